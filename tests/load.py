"""Searches at a steady rate, whatever becomes of them: what the tests of faults look at."""

from __future__ import annotations

import json
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Sent:
    """One search."""

    at: float
    """Seconds since the load began, when it was due: waiting for a busy client counts."""
    seconds: float
    status: int
    """0 when there was no answer at all."""
    mode: str


@dataclass(slots=True)
class Load:
    """What was sent so far, and what came back."""

    begun: float = field(default_factory=time.monotonic)
    sent: list[Sent] = field(default_factory=list)

    def since(self, at: float) -> list[Sent]:
        return sorted((each for each in list(self.sent) if each.at >= at), key=lambda each: each.at)

    @property
    def now(self) -> float:
        return time.monotonic() - self.begun


@contextmanager
def searching(url: str, per_second: float, questions: list[str], lang: str = "en", at_once: int = 0) -> Iterator[Load]:
    """
    Ask `per_second` questions a second, each time another wording, until the block ends.

    With `at_once`, none while so many are under way: whoever does not measure must not bury a slow machine.
    """
    load, stopping = Load(), threading.Event()
    pool = ThreadPoolExecutor(64)
    free = threading.Semaphore(at_once or sys.maxsize)

    def ask(due: float, question: str) -> None:
        query = urllib.parse.urlencode({"q": question, "lang": lang})
        try:
            status, mode = _answer(f"{url}/api/v1/search?{query}")
        finally:
            free.release()
        load.sent.append(Sent(due - load.begun, time.monotonic() - due, status, mode))

    def send() -> None:
        number = 0
        while not stopping.is_set():
            due = load.begun + number / per_second
            time.sleep(max(0.0, due - time.monotonic()))
            number += 1
            if not free.acquire(blocking=False):
                continue
            # A number makes it a question that has no cached vector.
            pool.submit(ask, due, f"{questions[number % len(questions)]} {number}")

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        yield load
    finally:
        stopping.set()
        thread.join()
        pool.shutdown()


def _answer(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as response:
            return int(response.status), str(json.load(response)["mode"])
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""
    except OSError:
        return 0, ""
