"""
What a service publishes with: wishes in, one worker process that fulfils them one after the other.

Wishes come from the watcher (a file was saved), from the engine's supervisor (it was started, and may be empty) and
from the clock. They are kept as a set, so that ten saves while one publish runs are one more publish, not ten.
"""

from __future__ import annotations

import threading
import time

from indexer.progress import Progress
from indexer.worker import Event
from indexer.worker_process import WorkerProcess
from kb.settings import Settings

PUBLISH, RESTORE, TIDY, WARM, END = "publish", "restore", "tidy", "warm", "end"
# The most urgent first: what is published has just been loaded, and needs no restoring.
ORDER = (END, PUBLISH, RESTORE, TIDY, WARM)
# At the first start the engine is waited for this long; without it an edition goes live all the same.
ENGINE_SECONDS = 10.0
# Searches under way may still ask for documents of the old edition; then it is tried until all readers have moved on.
TIDY_SECONDS = 2.0
# A publish that failed for a reason that may pass (a full disk, an engine that is starting) is tried again.
RETRY_SECONDS = 15.0
# Once everything is published the model is loaded for the next save, so that it takes a second and not ten.
WARM_SECONDS = 1.0
# The engine is compared with the edition this often: it is a cache, and a cache may lose something.
RECONCILE_SECONDS = 60.0
# What a person has to mend first.
NOT_RETRIED = frozenset({"publish_refused", "settings"})


class Publisher:
    """One thread and its worker."""

    def __init__(self, settings: Settings, progress: Progress, *, lasting: bool) -> None:
        """`lasting`: keep the worker, with its model, for the next save; else it ends when nothing is left to do."""
        self._settings = settings
        self._progress = progress
        self._lasting = lasting
        self._due: dict[str, float] = {}
        self._changed = threading.Condition()
        self._worker: WorkerProcess | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    def start(self) -> None:
        """Begin with publishing what differs, as soon as the engine is there."""
        self.wish(PUBLISH, ENGINE_SECONDS)
        self._thread.start()

    def files_changed(self) -> None:
        self.wish(PUBLISH)

    def engine_ready(self) -> None:
        """The engine was started, and may hold nothing: see to it; a publish that waited for it need not wait on."""
        with self._changed:
            waits = PUBLISH in self._due
        self.wish(PUBLISH if waits else RESTORE)

    def wish(self, what: str, in_seconds: float = 0.0) -> None:
        """Ask for something; asked twice it is done once, at the earlier time."""
        due = time.monotonic() + in_seconds
        with self._changed:
            self._due[what] = min(due, self._due.get(what, due))
            self._changed.notify()

    def stop(self) -> None:
        """End the worker, in the middle of its work if need be: the next start finishes it."""
        self._stopping = True
        self.wish(END)
        if worker := self._worker:
            worker.interrupt()
        self._thread.join()
        self._end_worker()

    def _run(self) -> None:
        while (what := self._next()) != END:
            failure = self._do(what)
            self._follow_up(what, failure)
            if not self._lasting and not self._has_urgent():
                self._end_worker()

    def _next(self) -> str:
        with self._changed:
            while True:
                now = time.monotonic()
                for what in ORDER:
                    if self._due.get(what, now + 1) <= now:
                        del self._due[what]
                        return what
                self._changed.wait(min(self._due.values(), default=now + 3600) - now)

    def _has_urgent(self) -> bool:
        with self._changed:
            return any(due <= time.monotonic() + TIDY_SECONDS for due in self._due.values())

    def _follow_up(self, what: str, failure: Event | None) -> None:
        if what == PUBLISH:
            self._after_publish(failure)
        if what in (RESTORE, PUBLISH):
            self.wish(RESTORE, RECONCILE_SECONDS)
        if what == TIDY and failure:
            self.wish(TIDY, TIDY_SECONDS if failure.code == "readers" else RETRY_SECONDS)

    def _after_publish(self, failure: Event | None) -> None:
        if failure is None:
            self.wish(TIDY, TIDY_SECONDS)
        else:
            self.wish(RESTORE)  # what is live answers on, and the engine may have been started just now
            if failure.code not in NOT_RETRIED:
                self.wish(PUBLISH, RETRY_SECONDS)
        if self._lasting:
            self.wish(WARM, WARM_SECONDS)

    def _do(self, what: str) -> Event | None:
        """Let the worker do it; return how it failed, None when it is done."""
        try:
            if self._worker is None or not self._worker.is_running:
                self._worker = WorkerProcess(self._settings)
            return self._worker.do(what, self._progress)
        except OSError as error:
            self._end_worker()
            if not self._stopping:
                self._progress.say(f"The publishing process cannot be used: {error}.")
            return Event("failed", str(error), code="worker")

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker:
            worker.end()
