"""
How fast it is, beside its floor: `make bench`.

Publishes the sample store into a temporary folder, then asks its own titles and other questions, in one run: the
parts alone (model, engine), the service's whole road without and with a cached vector, and typing. Medians and 95th
percentiles in ms.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from kb.embedding.sentence import SentenceEmbedder
from kb.engine.access import EngineAccess
from kb.engine.reader import EngineReader
from kb.knowledge_base import KnowledgeBase
from kb.query import Question
from tests.service import PATIENT_MS, SAMPLE, Store


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), SentenceEmbedder())
        shutil.copytree(SAMPLE, store.settings.articles)
        with store.engine() as access:
            report = store.publish(access)
            print(f"publish: {report.embedded} texts embedded in {report.seconds:.1f} s")
            print(f"publish again, nothing changed: {store.publish(access).seconds:.1f} s")
            asyncio.run(_measure(store, access))


async def _measure(store: Store, access: EngineAccess) -> None:
    knowledge = KnowledgeBase.open(store.settings, access, store.embedder)
    knowledge.warm_up()
    articles = knowledge.live().public.corpus.articles
    asked = [Question.parse(text, a.lang) for a in articles for text in (a.title, *a.questions)]
    engine = EngineReader(lambda: access.public, PATIENT_MS)

    async def embed(question: Question) -> None:
        await asyncio.to_thread(store.embedder.embed_query, question.text)

    print(f"{len(asked)} questions, one at a time           p50     p95 ms")
    await _timed("model alone", asked, embed)
    await _timed("engine alone", asked, lambda question: engine.words(question.text, 60))
    await _timed("search, vector to be computed", asked, lambda question: knowledge.search.find(question))
    await _timed("search, vector cached", asked, lambda question: knowledge.search.find(question))
    await _timed("typing", asked, lambda question: knowledge.search.type_ahead(question))
    await engine.close()
    await knowledge.close()


async def _timed(name: str, asked: list[Question], work: Callable[[Question], Awaitable[object]]) -> None:
    times = []
    for question in asked:
        start = time.perf_counter()
        await work(question)
        times.append((time.perf_counter() - start) * 1000)
    print(f"  {name:32} {statistics.median(times):7.1f} {sorted(times)[int(len(times) * 0.95)]:7.1f}")


if __name__ == "__main__":
    main()
