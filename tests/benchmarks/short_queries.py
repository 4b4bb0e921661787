"""
What customers type into a search box, ours beside a stock Meilisearch: R@1, R@3 and MRR@10 by kind and language.

    python -m tests.benchmarks.short_queries [--cache DIR] [--misses]

The cases of `tests/cases/short_queries` on the sample store: two words, unfinished, mistyped, without accents, on the
wrong keyboard, in the store's synonyms. `find` is a search that was sent, `typing` what is shown meanwhile; stock has
a document an article in the asked language only, titles and bodies, hybrid at `semanticRatio` 0.5 or words. `--misses`
lists what `find` has not first.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from indexer.content import content_of
from indexer.library import scan
from kb.corpus import Corpus
from kb.edition import store_of
from kb.embedding.base import Embedder
from kb.embedding.models import embedder_for
from kb.query import Question
from kb.search import SearchResult
from tests.benchmarks.engines import HALF_OWN_LANGUAGE, RunningEngine, StockIndex, Way, running_engine
from tests.benchmarks.metrics import DEPTH, Found, mean_reciprocal_rank, recall
from tests.benchmarks.searching import service_search
from tests.benchmarks.sets import LabelledQuestion, LabelledSet, half_of, question_vectors
from tests.service import ROOT, SAMPLE

CASES = ROOT / "tests" / "cases" / "short_queries"
WORDS_OWN_LANGUAGE = Way("words, own language", 0.0, own_language=True)
STOCK = {"stock 0.5": HALF_OWN_LANGUAGE, "stock words": WORDS_OWN_LANGUAGE}
ALL = "all"


@dataclass(frozen=True, slots=True)
class Case:
    """A short question and the topics that answer it."""

    lang: str
    kind: str
    query: str
    topics: tuple[str, ...]


def read_cases(folder: Path = CASES) -> list[Case]:
    """Return the cases of all languages."""
    return [
        Case(path.stem, row["kind"], row["query"], tuple(row["topics"]))
        for path in sorted(folder.glob("*.yaml"))
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cache", type=Path, default=Path("data/benchmarks"))
    options.add_argument("--misses", action="store_true", help="list what is not first")
    chosen, cases = options.parse_args(), read_cases()
    labelled = _published(cases, chosen.cache / "sample_store", embedder_for())
    with running_engine() as engine:
        found = asyncio.run(_ours(labelled, engine))
        index = StockIndex(engine, labelled)
        for name, way in STOCK.items():
            hits = index.hits(labelled.questions, way)
            found[name] = [_found(each, ids) for each, ids in zip(labelled.questions, hits, strict=True)]
    _print(cases, found)
    if chosen.misses:
        _print_misses(cases, found)


def _published(cases: Sequence[Case], cache: Path, embedder: Embedder) -> LabelledSet:
    public = content_of(SAMPLE, scan(SAMPLE)).public
    if public.store is None:
        raise ValueError(f"{SAMPLE} has no store.yaml")
    half = half_of(public.articles, public.store, cache, embedder)
    corpus = Corpus(store_of(half), [half])
    asked = [Question.parse(case.query, case.lang) for case in cases]
    vectors = question_vectors([question.text for question in asked], cache, embedder)
    questions = [
        LabelledQuestion(
            question, frozenset(f"{case.lang}/{topic}" for topic in case.topics), "test", vectors[question.text]
        )
        for case, question in zip(cases, asked, strict=True)
    ]
    return LabelledSet("sample store", corpus, questions, half, cache)


async def _ours(labelled: LabelledSet, engine: RunningEngine) -> dict[str, list[Found]]:
    # The model itself: what is typed on the wrong keyboard is asked as it was meant.
    async with service_search(labelled, engine, embedder_for()) as search:
        asked = labelled.questions
        return {
            "find": [_found(each, _ids(await search.find(each.question, limit=DEPTH))) for each in asked],
            "typing": [_found(each, _ids(await search.type_ahead(each.question, limit=DEPTH))) for each in asked],
        }


def _ids(result: SearchResult) -> tuple[str, ...]:
    return tuple(hit.article.id for hit in result.hits)


def _found(asked: LabelledQuestion, hits: tuple[str, ...]) -> Found:
    return Found(hits, asked.relevant, asked.question.asked_lang)


def _print(cases: Sequence[Case], found: dict[str, list[Found]]) -> None:
    print(f"| language | kind | cases | {' | '.join(f'{name} R@1 | R@3 | MRR' for name in found)} |")
    print(f"|---|---|---|{'---|---|---|' * len(found)}")
    for lang in [*dict.fromkeys(case.lang for case in cases), ALL]:
        for kind in [*dict.fromkeys(case.kind for case in cases if lang in (ALL, case.lang)), ALL]:
            rows = [at for at, case in enumerate(cases) if lang in (ALL, case.lang) and kind in (ALL, case.kind)]
            cells = " | ".join(_figures([every[at] for at in rows]) for every in found.values())
            print(f"| {lang} | {kind} | {len(rows)} | {cells} |")


def _figures(found: Sequence[Found]) -> str:
    values = (recall(found, 1), recall(found, 3), mean_reciprocal_rank(found))
    return " | ".join(f"{value:.2f}".removeprefix("0") for value in values)


def _print_misses(cases: Sequence[Case], found: dict[str, list[Found]]) -> None:
    for case, sent, typed in zip(cases, found["find"], found["typing"], strict=True):
        if not (sent.judged.is_first_right and typed.judged.is_first_right):
            print(f"{case.lang} {case.kind:10} {case.query!r} → {_told(sent)} | typing {_told(typed)}; {case.topics}")


def _told(found: Found) -> str:
    return f"{found.hits[0] if found.hits else 'nothing'} (right: {found.judged.place or '–'})"


if __name__ == "__main__":
    main()
