"""
The child process in which a service publishes: `python -m indexer.worker`.

It reads one word per line on standard input (`publish`, `restore`, `tidy`, `warm`) and tells what it does as JSON
lines on standard output, each command's last line being `done`. It works at low priority, keeps the model for the next
save, and ends when its parent does.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import msgspec

from indexer import outcome
from indexer.loading import restore, tidy
from indexer.progress import Step
from indexer.publish import one_at_a_time, publish
from indexer.summary import lines
from kb.edition import EditionShelf
from kb.embedding.models import embedder_for
from kb.engine.access_files import owner_access
from kb.errors import KnowledgeBaseError
from kb.readers import ReaderBoard
from kb.settings import Settings

# Whoever searches goes first; with nobody searching it has both cores.
NICENESS = 15
TELL_SECONDS = 1.0


class Event(msgspec.Struct, omit_defaults=True):
    """One line of what a worker tells."""

    kind: str
    """`say`, `bar` (opens one of `count`), `advance` (by `count`), `bar-end`, `published`, `failed`, `done`."""
    text: str = ""
    count: int = 0
    code: str = ""
    """Of the error, for `failed`."""


class Worker:
    """Does one command after the other."""

    def __init__(self, settings: Settings, tell: Callable[[Event], None]) -> None:
        self._settings = settings
        self._tell = tell
        self._embedder = embedder_for(settings.embedding_model)
        self._progress = Told(tell)
        self._publishing = Told(tell, lambda message: outcome.write_work(settings.data, message))

    def do(self, command: str) -> None:
        """Run one command; whatever goes wrong is told, and the next one can come."""
        try:
            {"publish": self._publish, "restore": self._restore, "tidy": self._tidy, "warm": self._warm}[command]()
        except KnowledgeBaseError as error:
            self._tell(Event("failed", str(error), code=error.code))
        except OSError as error:  # a full disk, for one
            self._tell(Event("failed", f"{command}: {error}", code="disk"))
        self._tell(Event("done"))

    def _publish(self) -> None:
        first = EditionShelf(self._settings.data).live_id() is None
        report = publish(
            self._settings,
            owner_access(self._settings.data),
            self._embedder,
            keep_going=first,
            by_itself=True,
            progress=self._publishing,
        )
        self._tell(Event("published", "\n".join(lines(report))))

    def _restore(self) -> None:
        access = owner_access(self._settings.data)
        if access and EditionShelf(self._settings.data).live_id():
            with one_at_a_time(self._settings, self._progress):
                sent = restore(self._settings, access, self._progress)
            if sent:
                self._tell(Event("say", f"the search engine had lost {sent} documents: they are back"))

    def _tidy(self) -> None:
        live = EditionShelf(self._settings.data).live_id()
        if live and not ReaderBoard(self._settings.data).all_on(live):
            self._tell(Event("failed", code="readers"))  # nothing is wrong: it is too early
            return
        with one_at_a_time(self._settings, self._progress):
            tidy(self._settings, owner_access(self._settings.data), self._progress)

    def _warm(self) -> None:
        self._embedder.embed_query("warm up")


class Told:
    """
    Progress as events; of a publish also in `data/publish.json`, for `kb status`.

    Of nothing else: how the last publish ended must stand there while an emptied engine is filled again.
    """

    def __init__(self, tell: Callable[[Event], None], write: Callable[[str], None] = lambda _: None) -> None:
        self._tell = tell
        self._write = write
        self._written = 0.0

    def say(self, message: str) -> None:
        self._tell(Event("say", message))

    def reached(self, step: Step) -> None: ...

    @contextmanager
    def steps(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self._tell(Event("advance", count=count))
            if time.monotonic() - self._written >= TELL_SECONDS:
                self._written = time.monotonic()
                self._write(f"{what}: {done} of {total}")

        self._tell(Event("bar", what, count=total))
        yield advance
        self._tell(Event("bar-end"))


def main() -> None:
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us in order
    out = _own_output()
    commands: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(commands,), daemon=True).start()

    def tell(event: Event) -> None:
        out.write(msgspec.json.encode(event) + b"\n")
        out.flush()

    worker = Worker(Settings.from_environment(os.environ), tell)
    while True:
        worker.do(commands.get())


def _own_output() -> IO[bytes]:
    """Keep standard output for events; what a library prints there goes to standard error."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _listen(commands: queue.Queue[str]) -> None:
    """Pass commands on; when there is nobody left who could send one, end at once, whatever is being done."""
    for line in sys.stdin:
        commands.put(line.strip())
    os._exit(0)


if __name__ == "__main__":
    main()
