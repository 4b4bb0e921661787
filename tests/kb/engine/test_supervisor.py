"""Keeping the engine there: started again when it ends, with empty data when the old will not do, stopped in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from kb.engine import supervisor
from kb.engine.access import EngineAccess
from kb.engine.supervisor import EARLY_DEATHS, Supervisor
from kb.errors import EngineUnavailable

ACCESS = EngineAccess("http://127.0.0.1:9", "kb_", "w", "p", "a")
PATIENCE_SECONDS = 20.0


class FakeEngine:
    """Runs until it is told to die."""

    def __init__(self) -> None:
        self.starts = 0
        self.aside = 0
        self.running = False
        self.healthy = True
        self.refuses = 0

    def start(self) -> EngineAccess:
        self.starts += 1
        if self.refuses:
            self.refuses -= 1
            raise EngineUnavailable("It cannot be started.")
        self.running = self.healthy = True
        return ACCESS

    def is_running(self) -> bool:
        return self.running

    def is_healthy(self) -> bool:
        return self.healthy

    def stop(self) -> None:
        self.running = False

    def put_data_aside(self) -> str:
        self.aside += 1
        return "broken-db"


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("POLL_SECONDS", 0.005), ("HEALTH_SECONDS", 0.01), ("HUNG_SECONDS", 0.1)):
        monkeypatch.setattr(supervisor, name, seconds)
    monkeypatch.setattr(supervisor, "PAUSES", (0.0, 0.01))


def _until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.005)


class Watched:
    """A supervisor over a fake engine, and what it told."""

    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine
        self.said: list[str] = []
        self.ready = 0
        self.supervisor = Supervisor(engine, lambda _: self._heard(), self.said.append)

    def _heard(self) -> None:
        self.ready += 1

    def __enter__(self) -> Watched:
        self.supervisor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.supervisor.stop()


def test_engine_that_ends_is_started_again() -> None:
    """Each start is told, so that somebody sees whether it still holds everything."""
    with Watched(FakeEngine()) as watched:
        _until(lambda: watched.ready == 1)
        watched.engine.running = False
        _until(lambda: watched.ready == 2)

    assert any("ended by itself" in line for line in watched.said)
    assert watched.engine.aside == 0


def test_engine_that_hangs_is_started_again() -> None:
    """A process that is there and does not answer is as good as none."""
    with Watched(FakeEngine()) as watched:
        _until(lambda: watched.ready == 1)
        watched.engine.healthy = False
        _until(lambda: watched.ready == 2)

    assert any("has not answered" in line for line in watched.said)


def test_engine_that_cannot_start_is_tried_until_it_can() -> None:
    """Somebody frees the disk, or installs it: nobody has to restart the service."""
    engine = FakeEngine()
    engine.refuses = 2
    with Watched(engine) as watched:
        _until(lambda: watched.ready == 1)

    assert engine.starts == 3
    assert any("It cannot be started." in line for line in watched.said)


def test_engine_that_dies_again_and_again_gets_empty_data() -> None:
    """Its data are a cache: better empty and filled again than dead."""
    engine = FakeEngine()
    engine.refuses = EARLY_DEATHS
    with Watched(engine) as watched:
        _until(lambda: watched.ready == 1)

    assert engine.aside == 1
    assert any("broken-db" in line for line in watched.said)


def test_stopped_it_leaves_nothing_running() -> None:
    """Neither the engine nor the thread, whenever it is stopped."""
    before = threading.active_count()
    with Watched(FakeEngine()) as watched:
        _until(lambda: watched.ready == 1)

    assert not watched.engine.running
    assert threading.active_count() == before
