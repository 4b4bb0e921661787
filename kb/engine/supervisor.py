"""
Keeps the engine there while a service runs: starts it, starts it again when it dies or hangs, and begins with an empty
database when the old one will not do.

Nothing waits for it. Searches go on without the engine (mode `fallback`), and `on_ready` hears of every start, so that
whoever publishes can see that it holds the live edition.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kb.engine.access import EngineAccess
from kb.engine.engines import Engine
from kb.errors import KnowledgeBaseError

# The engine is asked how it is this often, and its end is noticed as fast.
POLL_SECONDS = 0.25
HEALTH_SECONDS = 2.0
# Under heavy load it may be late; this long without one answer is no load.
HUNG_SECONDS = 15.0
# Between tries to start it: a program that cannot run must not be tried without pause.
PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
# Deaths this soon after a start, and this many of them, are the database's fault.
EARLY_SECONDS = 60.0
EARLY_DEATHS = 3

Say = Callable[[str], None]


class Supervisor:
    """One thread that does not let the engine be gone."""

    def __init__(self, engine: Engine, on_ready: Callable[[EngineAccess], None], say: Say) -> None:
        self._engine = engine
        self._on_ready = on_ready
        self._say = say
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._early_deaths = 0
        self.starts = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the engine and the thread."""
        self._stopping.set()
        self._engine.stop()  # first, so that a start under way ends at once
        self._thread.join()
        self._engine.stop()

    def _run(self) -> None:
        failures = 0
        while not self._stopping.wait(PAUSES[min(failures, len(PAUSES) - 1)]):
            started = time.monotonic()
            failures = 0 if self._keep_one() else failures + 1
            self._judge(time.monotonic() - started)

    def _keep_one(self) -> bool:
        """Start the engine and stay with it until it is gone; return whether it ever answered."""
        try:
            access = self._engine.start()
        except KnowledgeBaseError as error:
            self._say(f"{error} Search goes on without the engine.")
            return False
        self.starts += 1
        if self.starts > 1:
            self._say("the search engine is back")
        self._on_ready(access)
        self._watch()
        return True

    def _watch(self) -> None:
        well_at = asked_at = time.monotonic()
        while not self._stopping.wait(POLL_SECONDS):
            now = time.monotonic()
            if not self._engine.is_running():
                self._say("the search engine has ended by itself: it is started again")
                return
            if now - asked_at >= HEALTH_SECONDS:
                asked_at = now
                well_at = time.monotonic() if self._engine.is_healthy() else well_at
            if now - well_at > HUNG_SECONDS:
                self._say(f"the search engine has not answered for {HUNG_SECONDS:.0f} s: it is started again")
                self._engine.stop()
                return

    def _judge(self, lived: float) -> None:
        if self._stopping.is_set() or lived >= EARLY_SECONDS:
            self._early_deaths = 0
            return
        self._early_deaths += 1
        if self._early_deaths >= EARLY_DEATHS:
            self._early_deaths = 0
            aside = self._engine.put_data_aside()
            if aside:
                self._say(f"the engine's data will not do: they are at {aside}, and are made again from the edition")
