"""
A real Meilisearch for the benchmarks: a set as the service loads it, or as a plain user of Meilisearch would.

One process for all sets, over a folder that is gone afterwards.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from meilisearch import Client

from indexer.loading import load
from kb.edition import Edition, EditionInfo, Half, Texts, stacked
from kb.embedding.base import FloatVector
from kb.engine.access import EngineAccess, make_access
from kb.engine.documents import document
from kb.engine.install import find_or_install
from kb.engine.reader import EngineReader
from kb.engine.server import ManagedServer
from kb.ranking import Scores
from kb.search import ENGINE_DEPTH
from kb.settings import Settings
from kb.words import telling_words
from tests.benchmarks.sets import LabelledQuestion, LabelledSet
from tests.service import PATIENT_MS

TASK_MS = 600_000
BATCH = 100


@dataclass(frozen=True, slots=True)
class Way:
    """How the plain user asks."""

    name: str
    ratio: float
    """Meilisearch's semanticRatio; 0 is words only."""
    own_language: bool = False
    """Only articles in the language that is asked for."""


KEYWORD, HALF, MORE = Way("keyword", 0.0), Way("hybrid 0.5", 0.5), Way("hybrid 0.7", 0.7)
HALF_OWN_LANGUAGE = Way("0.5, own language", 0.5, own_language=True)


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """A Meilisearch that answers."""

    url: str
    key: str

    def access(self, name: str) -> EngineAccess:
        """Return the service's own keys to indexes of this set."""
        return make_access(self.url, self.key, f"kb_{_plain(name)}_")


@contextmanager
def running_engine() -> Iterator[RunningEngine]:
    with tempfile.TemporaryDirectory() as folder:
        server = ManagedServer(find_or_install(Settings(), print, lambda: False), Path(folder))
        server.launch()
        try:
            server.wait_until_ready()
            yield RunningEngine(server.url, server.master_key)
        finally:
            server.stop()


def service_words(engine: RunningEngine, labelled: LabelledSet, asked: Sequence[LabelledQuestion]) -> list[Scores]:
    """
    Return, per question, what the engine's words say of every article, as the service would hear it.

    Kept in the set's cache by what was published: the engine answers words the same every time.
    """
    path = labelled.cache / f"words-{labelled.half.id}.npz"
    known: dict[str, Scores] = dict(np.load(path)) if path.exists() else {}
    new = {_key(each): each for each in asked if _key(each) not in known}
    if new:
        access = published(engine, labelled)
        known |= zip(new, asyncio.run(_words(access, labelled, list(new.values()))), strict=True)
        np.savez_compressed(path, allow_pickle=False, **known)
    return [known[_key(each)] for each in asked]


def published(engine: RunningEngine, labelled: LabelledSet) -> EngineAccess:
    """Load the set into the engine as the service does, and return the keys to it."""
    access, half = engine.access(labelled.name), labelled.half
    load(access, Edition(EditionInfo(half.id, "", ""), half, Half("", half.model, Texts(), stacked([]), ())))
    return access


def _key(asked: LabelledQuestion) -> str:
    question = asked.question
    return hashlib.sha256(f"{question.lang}\n{question.text}".encode()).hexdigest()


async def _words(access: EngineAccess, labelled: LabelledSet, asked: Sequence[LabelledQuestion]) -> list[Scores]:
    reader, rows = EngineReader(lambda: access.public, PATIENT_MS), document_rows(labelled)
    found = []
    for each in asked:
        telling = " ".join(telling_words(each.question.text, each.question.lang))
        scores = np.zeros(len(labelled.corpus.articles), dtype=np.float32)
        for hit in await reader.words(telling, ENGINE_DEPTH):
            scores[rows[hit.document_id]] = max(scores[rows[hit.document_id]], hit.score)
        found.append(scores)
    await reader.close()
    return found


def document_rows(labelled: LabelledSet) -> dict[str, int]:
    """Return the row of its article per engine document."""
    corpus, half = labelled.corpus, labelled.half
    keys = half.passage_keys
    passages = zip(half.texts.passages, keys, strict=True)
    articles = {article.id: article for article in corpus.articles}
    return {str(document(p, articles[p.article_id], key)["id"]): corpus.rows[p.article_id] for p, key in passages}


class StockIndex:
    """One document per article, title and body, with the vector of the whole: everything else as it is by default."""

    def __init__(self, engine: RunningEngine, labelled: LabelledSet) -> None:
        self._client = Client(engine.url, engine.key)
        self._name = f"stock_{_plain(labelled.name)}"
        self._ids = [article.id for article in labelled.corpus.articles]
        vectors = labelled.half.article_vectors
        self._wait(self._client.create_index(self._name, {"primaryKey": "id"}).task_uid)
        embedder = {"source": "userProvided", "dimensions": int(vectors.shape[1])}
        settings = {"embedders": {"e5": embedder}, "filterableAttributes": ["lang"]}
        # Its identifier and language are not what a reader looks for, as nobody would let them be searched.
        settings["searchableAttributes"] = ["title", "body"]
        self._wait(self._client.index(self._name).update_settings(settings).task_uid)
        articles = labelled.corpus.articles
        documents = [
            {"id": row, "lang": a.lang, "title": a.title, "body": a.text, "_vectors": {"e5": _numbers(vectors[row])}}
            for row, a in enumerate(articles)
        ]
        self._wait(self._client.index(self._name).add_documents(documents).task_uid)

    def hits(self, asked: Sequence[LabelledQuestion], way: Way) -> list[tuple[str, ...]]:
        """Return article ids per question, best first."""
        found: list[tuple[str, ...]] = []
        for start in range(0, len(asked), BATCH):
            queries = [self._query(each, way) for each in asked[start : start + BATCH]]
            answers = self._client.multi_search(queries)["results"]
            found += [tuple(self._ids[int(hit["id"])] for hit in answer["hits"]) for answer in answers]
        return found

    def _query(self, asked: LabelledQuestion, way: Way) -> dict[str, Any]:
        query = {"indexUid": self._name, "q": asked.question.text, "limit": 10, "attributesToRetrieve": ["id"]}
        if way.own_language:
            query["filter"] = f'lang = "{asked.question.asked_lang}"'
        if way.ratio:
            query |= {"vector": _numbers(asked.vector), "hybrid": {"embedder": "e5", "semanticRatio": way.ratio}}
        return query

    def _wait(self, task: int) -> None:
        done = self._client.wait_for_task(task, timeout_in_ms=TASK_MS)
        if done.status != "succeeded":
            raise RuntimeError(f"Meilisearch could not do it: {done.error}")


def _numbers(vector: FloatVector) -> list[float]:
    return [round(float(value), 6) for value in vector]


def _plain(name: str) -> str:
    return name.replace(" ", "_")
