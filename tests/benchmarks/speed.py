"""
How fast it is and what it takes, beside its floor: `make bench`.

Everything on the sample store, in one run: start-up of a new store and of a published one, publishing, what a save
takes until it is found, searches meanwhile, each part of a search alone and the whole road, memory. Printed as a
table, and with `--store` appended to `speed.jsonl` under the commit. Medians and 95th percentiles.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.embedding.models import embedder_for
from kb.engine.access import EngineAccess
from kb.engine.reader import EngineReader
from kb.knowledge_base import KnowledgeBase
from kb.query import Question
from tests.benchmarks import stored
from tests.kb_process import Kb, running_kb
from tests.load import Load, searching
from tests.service import PATIENT_MS, SAMPLE, Store

RESULTS = Path(__file__).parent / "speed.jsonl"
QUESTIONS = ["when will I get my money back", "how do I return a parcel", "what does delivery cost", "is it in stock"]
SAVES = 10
# As many searches a second as one busy help centre has in its busiest minute.
PER_SECOND = 10
IDLE_SECONDS = 20
SAVED = "en/returns/refund-time.md"
# Longer than any publish of one article takes.
SAVE_SECONDS = 60
Results = dict[str, float]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), embedder_for())
        shutil.copytree(SAMPLE, store.settings.articles)
        results: Results = {}
        for measure in (_new_store, _published_store, _publishing, _searching):
            found = measure(store)
            results |= found
            for name, value in found.items():
                print(f"{name:52} {value:9.1f}", flush=True)
    if "--store" in sys.argv:
        stored.store(RESULTS, results)


@contextmanager
def _started(store: Store) -> Iterator[tuple[Kb, Callable[[], float]]]:
    """Start `kb serve`; the callable tells the seconds since."""
    with running_kb(store) as kb:
        begun = time.monotonic()
        kb.serve()
        yield kb, lambda: time.monotonic() - begun


def _new_store(store: Store) -> Results:
    with _started(store) as (kb, seconds):
        results = {"new store: first page, s": _when(lambda: kb.status("/ru/returns/refund-time") == 200, seconds)}
        results["new store: first search by words, s"] = _when(lambda: _mode(kb) != "", seconds)
        results["new store: search with vectors, s"] = _when(lambda: _mode(kb) == "hybrid", seconds)
    return results


def _published_store(store: Store) -> Results:
    with _started(store) as (kb, seconds):
        results = {
            "published store: first page, s": _when(lambda: kb.status("/ru/returns/refund-time") == 200, seconds)
        }
        results["published store: search with vectors, s"] = _when(lambda: _mode(kb) == "hybrid", seconds)
        # The publisher has compared the files and loaded its model.
        time.sleep(15)
        with searching(kb.url, PER_SECOND, QUESTIONS) as idle:
            time.sleep(IDLE_SECONDS)
        with searching(kb.url, PER_SECOND, QUESTIONS) as busy:
            took = [_save(kb, number) for number in range(SAVES)]
        results["saved to found, s, median"] = statistics.median(took)
        results["saved to found, s, slowest"] = max(took)
        for name, load in (("nothing else", idle), ("saves", busy)):
            results[f"search through HTTP beside {name}, ms, median"] = _percentile(load, 0.5)
            results[f"search through HTTP beside {name}, ms, p95"] = _percentile(load, 0.95)
        results |= _memory(kb)
    return results


def _save(kb: Kb, number: int) -> float:
    path = kb.store.settings.articles / SAVED
    text = path.read_text(encoding="utf-8")
    word = f"quux{number}desk"
    path.write_text(text.replace("\n---\n", f"\n---\nThe {word} answers too.\n\n", 1), encoding="utf-8")
    begun = time.monotonic()
    while word not in kb.search(word)["hits"][0]["snippet"]:
        if time.monotonic() - begun > SAVE_SECONDS:
            raise TimeoutError(f"{word} was saved in {path} and is not found after {SAVE_SECONDS} s.")
        time.sleep(0.05)
    took = time.monotonic() - begun
    path.write_text(text, encoding="utf-8")
    time.sleep(4)
    return took


def _memory(kb: Kb) -> Results:
    service = kb.started[-1].pid
    parts = {"service": [service], "publishing process": kb.workers(), "engine": kb.engines()}
    return {f"memory of the {name}, MB": sum(map(_pss, pids)) for name, pids in parts.items()}


def _pss(pid: int) -> float:
    """Return the process's share of memory, pages that it shares divided by how many share them."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def _publishing(store: Store) -> Results:
    with tempfile.TemporaryDirectory() as folder:
        fresh = Store(Path(folder), store.embedder)
        shutil.copytree(SAMPLE, fresh.settings.articles)
        with fresh.engine() as access:
            report = fresh.publish(access)
            again = fresh.publish(access)
            path = fresh.settings.articles / SAVED
            path.write_text(path.read_text(encoding="utf-8").replace("refund", "reimbursement", 1), encoding="utf-8")
            one = fresh.publish(access)
    return {
        f"publish of all ({report.embedded} texts), s": report.seconds,
        "publish of nothing, s": again.seconds,
        f"publish of one article ({one.embedded} texts), s": one.seconds,
    }


def _searching(store: Store) -> Results:
    with store.engine() as access:
        return asyncio.run(_roads(store, access))


async def _roads(store: Store, access: EngineAccess) -> Results:
    knowledge = KnowledgeBase.open(store.settings, access, store.embedder)
    knowledge.warm_up()
    articles = knowledge.live().public.corpus.articles
    asked = [Question.parse(text, a.lang) for a in articles for text in (a.title, *a.questions)]
    engine = EngineReader(lambda: access.public, PATIENT_MS)

    async def embed(question: Question) -> None:
        await asyncio.to_thread(store.embedder.embed_query, question.text)

    async def floor(question: Question) -> None:
        await asyncio.gather(embed(question), engine.words(question.text, 60))

    roads: dict[str, Callable[[Question], Awaitable[object]]] = {
        "model alone": embed,
        "engine alone": lambda question: engine.words(question.text, 60),
        "floor: model and engine at once": floor,
        "search, vector to be computed": lambda question: knowledge.search.find(question),
        "search, vector cached": lambda question: knowledge.search.find(question),
        "typing": lambda question: knowledge.search.type_ahead(question),
    }
    results: Results = {}
    for name, road in roads.items():
        results |= await _timed(name, asked, road)
    await engine.close()
    await knowledge.close()
    return results


async def _timed(name: str, asked: list[Question], work: Callable[[Question], Awaitable[object]]) -> Results:
    times = []
    for question in asked:
        start = time.perf_counter()
        await work(question)
        times.append((time.perf_counter() - start) * 1000)
    return {f"{name}, ms, median": statistics.median(times), f"{name}, ms, p95": sorted(times)[int(len(times) * 0.95)]}


def _when(what: Callable[[], bool], seconds: Callable[[], float]) -> float:
    while not what():
        time.sleep(0.05)
    return seconds()


def _mode(kb: Kb) -> str:
    try:
        return str(kb.search("when will I get my money back")["mode"])
    except OSError:
        return ""


def _percentile(load: Load, part: float) -> float:
    took = sorted(each.seconds * 1000 for each in load.sent)
    return took[int(len(took) * part)]


if __name__ == "__main__":
    main()
