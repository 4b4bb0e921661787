"""
The service's own search over a labelled set: its words from a real engine, its vectors those that the set has.

In process, or through HTTP from a service that the indexer has published the set for.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import yaml

from kb.answers import Outcome
from kb.edition import stacked
from kb.embedding.base import Embedder, FloatMatrix, FloatVector
from kb.embedding.queries import QueryVectors
from kb.engine.reader import EngineReader
from kb.search import Search, SearchResult, View
from kb.settings import OFF
from tests.benchmarks.asking import Told
from tests.benchmarks.engines import RunningEngine, document_rows, published
from tests.benchmarks.metrics import DEPTH, Found
from tests.benchmarks.sets import LabelledQuestion, LabelledSet, sources
from tests.kb.fakes import FakeReader
from tests.service import PATIENT_MS, RunningService, Store

NO_MODEL = "none"


class KnownVectors:
    """An embedder of texts whose vectors are known already."""

    def __init__(self, name: str, vectors: Mapping[str, FloatVector]) -> None:
        self.name = name
        self._vectors = vectors

    def embed_query(self, text: str) -> FloatVector:
        return self._vectors[text]

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] = lambda _: None) -> FloatMatrix:
        progress(len(texts))
        if texts:
            raise ValueError(f"{len(texts)} texts have no vector, the first of them: {texts[0]!r}")
        return stacked([])


def asked_in_process(
    labelled: LabelledSet, asked: Sequence[LabelledQuestion], engine: RunningEngine | None, *, without_vectors: bool
) -> list[Told]:
    """Ask one after the other; without `engine` as if Meilisearch were gone."""

    async def ask() -> list[Told]:
        # Vectors of another model are not compared: the search goes on by words.
        embedder = _known(labelled, NO_MODEL if without_vectors else labelled.half.model)
        async with service_search(labelled, engine, embedder) as search:
            return [_told(each, await search.find(each.question, limit=DEPTH)) for each in asked]

    return asyncio.run(ask())


@asynccontextmanager
async def service_search(
    labelled: LabelledSet, engine: RunningEngine | None, embedder: Embedder
) -> AsyncIterator[Search]:
    """Give the service's search over a set; without `engine` as if Meilisearch were gone."""
    access = published(engine, labelled) if engine else None
    reader = EngineReader(lambda: access.public, PATIENT_MS) if access else FakeReader(gone=True)
    vectors = QueryVectors(embedder, PATIENT_MS)
    view = View(labelled.corpus, labelled.half.id, document_rows(labelled))
    yield Search(lambda: view, vectors, reader, lambda: datetime.now(UTC))
    vectors.close()
    await reader.close()


def _known(labelled: LabelledSet, name: str) -> KnownVectors:
    return KnownVectors(name, {each.question.text: each.vector for each in labelled.questions})


def _told(asked: LabelledQuestion, result: SearchResult) -> Told:
    found = Found(tuple(hit.article.id for hit in result.hits), asked.relevant, asked.question.asked_lang)
    return Told(found, result.confidence or 0.0, result.outcome or Outcome.HANDOFF)


def asked_over_http(folder: Path, labelled: LabelledSet, asked: Sequence[LabelledQuestion]) -> list[Told]:
    """Publish the set in `folder` as a store of its own, start a service, and ask its `/api/v1/search`."""
    with tempfile.TemporaryDirectory() as made:
        embedder = _known(labelled, labelled.half.model)
        store = _written(Path(made), folder, labelled, embedder)
        with store.engine() as access:
            store.publish(access, keep_going=True)
            with store.serve(access, datetime.now(UTC)) as service:
                return [_answered(each, service) for each in asked]


def _written(root: Path, folder: Path, labelled: LabelledSet, embedder: Embedder) -> Store:
    store = Store(root, embedder)
    store.settings = replace(store.settings, rate_search=OFF, records=False)
    languages = list(labelled.corpus.store.languages)
    store.write("store.yaml", yaml.safe_dump({"languages": languages, "name": "Benchmark"}))
    for article_id, source in sources(folder).items():
        store.write(f"{article_id}.md", source)
    # The vectors are known: nothing is embedded again.
    shutil.copytree(labelled.cache / "editions", store.settings.data / "editions")
    return store


def _answered(asked: LabelledQuestion, service: RunningService) -> Told:
    answer = service.search(asked.question.text, asked.question.asked_lang, limit=DEPTH)
    found = Found(tuple(hit["article_id"] for hit in answer["hits"]), asked.relevant, asked.question.asked_lang)
    return Told(found, answer["confidence"], Outcome(answer["outcome"]))
