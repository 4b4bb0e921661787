"""
Everything the service leans on, taken away while people search: it answers, says how well, and comes back by itself.

How fast it does so is measured by `python -m tests.benchmarks.faults`; here nothing depends on how busy the machine is.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.embedding.base import Embedder, FloatVector
from kb.embedding.queries import QueryVectors
from tests.kb_process import PATIENCE_SECONDS, Kb, running_kb
from tests.load import Load, searching
from tests.service import Store, small_store

pytestmark = pytest.mark.slow

QUESTIONS = ["when will I get my money back", "what does delivery cost", "how do I return an item"]
PER_SECOND, AT_ONCE = 10, 16
# A busy machine is no fault; what hangs is given up soon enough all the same.
PATIENT = {"KB_EMBEDDING_DEADLINE_MS": "5000", "KB_ENGINE_DEADLINE_MS": "2000"}


@pytest.fixture
def kb(tmp_path: Path, embedder: Embedder) -> Iterator[Kb]:
    store = small_store(tmp_path, embedder)
    with store.engine() as access:
        store.publish(access)
    with running_kb(store) as running:
        running.settings |= PATIENT
        yield running


def _until(load: Load, mode: str) -> None:
    """Wait until a search that is sent from now on is answered in `mode`."""
    begun, deadline = load.now, time.monotonic() + PATIENCE_SECONDS
    while not any(each.mode == mode for each in load.since(begun)):
        assert time.monotonic() < deadline, f"no search was answered in mode {mode}"
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hanging"])
def test_engine_is_gone_and_comes_back(kb: Kb, number: signal.Signals) -> None:
    """
    Killed or hanging, the engine takes nothing from customers but some hits, and is there again by itself.

    One that is killed may be there again before a search has missed it: then no search is answered without it.
    """
    kb.serve()
    with searching(kb.url, PER_SECOND, QUESTIONS, at_once=AT_ONCE) as load:
        _until(load, "hybrid")
        first = kb.engines()
        os.kill(first[0], number)
        page = kb.status("/en/returns/refund-time")
        if number is signal.SIGSTOP:
            _until(load, "fallback")
        second = kb.engines_once_started(other_than=first)
        _until(load, "hybrid")

    assert {each.status for each in load.sent} == {200}
    assert page == 200
    assert len(second) == 1


def test_damaged_database_of_the_engine_is_put_aside(kb: Kb) -> None:
    """An engine that cannot start on its data gets empty data, filled from the edition, without anybody's help."""
    database = next((kb.store.settings.data / "engine").glob("db-*"))
    for path in database.rglob("*.mdb"):
        path.write_bytes(b"not a database" * 1000)
    kb.serve()
    with searching(kb.url, PER_SECOND, QUESTIONS, at_once=AT_ONCE) as load:
        _until(load, "hybrid")

    assert {each.status for each in load.sent} == {200}
    assert (kb.store.settings.data / "engine" / f"broken-{database.name}").is_dir()


def test_no_engine_program_at_all_is_no_reason_not_to_answer(kb: Kb) -> None:
    """Without any engine the service answers from the edition, and says what is missing."""
    kb.settings["KB_MEILI_BINARY"] = "/nowhere/meilisearch"
    kb.serve()
    with searching(kb.url, PER_SECOND, QUESTIONS, at_once=AT_ONCE) as load:
        _until(load, "fallback")

    assert {each.status for each in load.sent} == {200}
    assert "KB_MEILI_BINARY" in kb.told()


class HangingEmbedder:
    """The real model, until it is made to hang."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name = embedder.name
        self.embed_passages = embedder.embed_passages
        self.runs = threading.Event()
        self.runs.set()

    def embed_query(self, text: str) -> FloatVector:
        self.runs.wait(PATIENCE_SECONDS)
        return self._embedder.embed_query(text)


def test_hanging_model_leaves_search_by_words(store: Store, embedder: Embedder) -> None:
    """A model that hangs is left alone after a few searches, and asked again until it is well."""
    hanging = HangingEmbedder(embedder)
    store.settings = replace(store.settings, embedding_deadline_ms=2000)
    with store.engine() as access:
        store.publish(access)
        with (
            store.serve(access, embedder=hanging) as service,
            searching(service.url, PER_SECOND, QUESTIONS, at_once=AT_ONCE) as load,
        ):
            _until(load, "hybrid")
            hanging.runs.clear()
            _until(load, "keyword")
            _until_open(service.services.knowledge.vectors)
            hanging.runs.set()
            _until(load, "hybrid")

    assert {each.status for each in load.sent} == {200}


def _until_open(vectors: QueryVectors) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not vectors.breaker.is_open:
        assert time.monotonic() < deadline, "the breaker does not open"
        time.sleep(0.05)


def test_locked_database_stops_no_search(kb: Kb) -> None:
    """Somebody holds the records' database: searches and pages go on."""
    kb.serve()
    databases = sorted(kb.store.settings.data.glob("*.sqlite"))
    locks = [sqlite3.connect(path, isolation_level=None) for path in databases]
    try:
        for lock in locks:
            lock.execute("BEGIN EXCLUSIVE")
        with searching(kb.url, PER_SECOND, QUESTIONS, at_once=AT_ONCE) as load:
            _until(load, "hybrid")
            time.sleep(2)
    finally:
        for lock in locks:
            lock.close()

    assert databases
    assert {each.status for each in load.sent} == {200}
