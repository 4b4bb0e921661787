"""
Speed and memory at size.

    python -m tests.benchmarks.scale SETS… [--cache DIR] [--passages N]

A made-up store of N (10,000) passages: articles with the title of one and four sections of any articles of the same
language, vectors a little off. Prints memory and build time of the lexical index at N and at ten times as many, and
the medians of a hybrid search whose vector has to be computed and of what nothing can be faster than, the model and
then the bare engine, in turns on the same questions.
"""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from indexer.passages import cut
from kb.article import Article, Passage, PassageKind, Section, Store
from kb.centring import unit
from kb.corpus import Corpus
from kb.edition import Half, Texts
from kb.embedding.base import FloatMatrix, FloatVector
from kb.embedding.models import embedder_for
from kb.embedding.queries import QueryVectors
from kb.engine.reader import EngineReader
from kb.lexical import LexicalIndex
from kb.query import Question
from kb.search import ENGINE_DEPTH, Search, View
from kb.words import telling_words
from tests.benchmarks.asking import loaded, parser
from tests.benchmarks.engines import RunningEngine, document_rows, published, running_engine
from tests.benchmarks.sets import LabelledSet
from tests.service import PATIENT_MS

SECTIONS = 4
QUESTIONS = 100
# Near enough that the neighbours of a text stay what they were, far enough that no two rows are equal.
NOISE = 0.01


@dataclass(frozen=True, slots=True)
class Pool:
    """What articles of one language are made of."""

    titles: list[tuple[Article, FloatVector]]
    texts: list[tuple[Passage, FloatVector]]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--passages", type=int, default=10_000)
    chosen = options.parse_args()
    sets = list(loaded(chosen))
    pools = _pools(sets)
    made = made_up(pools, chosen.passages)
    for half in (made, made_up(pools, 10 * chosen.passages)):
        megabytes, seconds = _lexical_index(half.texts.articles)
        print(f"lexical index, {len(half.texts.passages):,} passages: {megabytes:.0f} MB, {seconds:.1f} s", flush=True)
    store = LabelledSet("made up", Corpus(Store("Made up", tuple(pools), min(pools)), [made]), [], made, Path())
    # Each is asked once, so that no vector is known.
    questions = list({asked.question.text: asked.question for each in sets for asked in each.test}.values())
    with running_engine() as engine:
        asyncio.run(_searches(engine, store, random.Random(2).sample(questions, QUESTIONS)))  # noqa: S311


def _pools(sets: Sequence[LabelledSet]) -> dict[str, Pool]:
    pools: dict[str, Pool] = {}
    for each in sets:
        corpus, half = each.corpus, each.half
        for passage, vector in zip(corpus.passages, np.asarray(half.passage_vectors), strict=True):
            pool = pools.setdefault(passage.lang, Pool([], []))
            if passage.kind is PassageKind.TITLE:
                pool.titles.append((corpus.articles[corpus.rows[passage.article_id]], vector))
            else:
                pool.texts.append((passage, vector))
    return pools


def made_up(pools: dict[str, Pool], passages: int) -> Half:
    """Return a published half of about so many passages, the same every time."""
    chance, noise = random.Random(1), np.random.default_rng(1)  # noqa: S311 - not for secrets
    articles, wholes, parts = [], [], []
    for number in range(passages // (SECTIONS + 1)):
        lang = sorted(pools)[number % len(pools)]
        title, vector = chance.choice(pools[lang].titles)
        picked = chance.choices(pools[lang].texts, k=SECTIONS)
        sections = tuple(Section(f"s{i}", p.heading, 2, p.text) for i, (p, _) in enumerate(picked))
        articles.append(replace(title, id=f"{lang}/made-up/{number}", sections=sections))
        rows = np.stack([vector, *(each for _, each in picked)])
        parts.append(rows)
        wholes.append(rows.mean(axis=0))
    vectors = np.concatenate([np.stack(wholes), *parts])
    cut_up = tuple(passage for article in articles for passage in cut(article))
    texts = Texts(tuple(articles), cut_up, Store("Made up", tuple(sorted(pools)), min(pools)))
    off: FloatMatrix = unit(vectors + noise.normal(0, NOISE, vectors.shape).astype(np.float32))
    return Half("made-up", embedder_for().name, texts, off, tuple(map(str, range(len(off)))))


def _lexical_index(articles: Sequence[Article]) -> tuple[float, float]:
    """Return megabytes held and seconds taken."""
    gc.collect()
    before, begun = _held(), time.perf_counter()
    index = LexicalIndex(articles, {})
    took = time.perf_counter() - begun
    gc.collect()
    megabytes = _held() - before
    del index
    return megabytes, took


def _held() -> float:
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


async def _searches(engine: RunningEngine, store: LabelledSet, asked: Sequence[Question]) -> None:
    embedder, begun = embedder_for(), time.perf_counter()
    access = published(engine, store)
    print(f"loaded into the engine: {time.perf_counter() - begun:.1f} s", flush=True)
    reader = EngineReader(lambda: access.public, PATIENT_MS)
    view = View(store.corpus, "made-up", document_rows(store))
    service = Search(lambda: view, QueryVectors(embedder, PATIENT_MS), reader, lambda: datetime.now(UTC))

    async def floor(question: Question) -> None:
        await asyncio.to_thread(embedder.embed_query, question.text)
        await reader.words(" ".join(telling_words(question.text, question.lang)), ENGINE_DEPTH)

    async def search(question: Question) -> None:
        await service.find(question)

    roads: dict[str, Callable[[Question], Awaitable[None]]] = {"model, then engine": floor, "search": search}
    took: dict[str, list[float]] = {name: [] for name in roads}
    for question in asked:
        for name, road in roads.items():
            start = time.perf_counter()
            await road(question)
            took[name].append((time.perf_counter() - start) * 1000)
    for name, each in took.items():
        print(f"{name}: {statistics.median(each):.1f} ms median, {sorted(each)[int(len(each) * 0.95)]:.1f} ms p95")
    await reader.close()


if __name__ == "__main__":
    main()
