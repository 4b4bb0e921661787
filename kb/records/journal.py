"""
One bounded queue and one writer thread for one database: recording costs a request nothing, and cannot fail it.

Entries wait in memory until they are committed, a batch in one transaction. While the database is locked, full,
read-only or gone, the writer tries again after growing pauses; when the queue is full, the oldest entries are dropped,
and counted.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from kb.errors import RecordsUnavailable
from kb.records.database import Database
from kb.records.entries import Entry

log = logging.getLogger("kb.records")

CAPACITY = 10_000
BATCH_ROWS = 500
BATCH_SECONDS = 0.1
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
CLOSE_SECONDS = 5.0

Write = Callable[[Connection, Sequence[Entry]], None]


@dataclass(frozen=True, slots=True)
class JournalState:
    """How recording goes; counted since the start of the process."""

    written: int
    dropped: int
    """Entries lost: the queue was full, or the database refused this one."""
    waiting: int
    failing_since: datetime | None
    """UTC."""


@dataclass(slots=True)
class Chore:
    """Work that the writer does beside writing, every so often; first at its start."""

    work: Callable[[], bool]
    """Returns whether there is more to do at once. May raise RecordsUnavailable."""
    every_seconds: float
    due: float = 0.0


class Journal:
    """Records of one database. `add` may be called by any thread and never waits for the database."""

    def __init__(
        self,
        database: Database,
        write: Write,
        *,
        capacity: int = CAPACITY,
        chores: Sequence[Chore] = (),
        longest_pause: float = LONGEST_PAUSE,
        alarm: Path | None = None,
    ) -> None:
        self._database = database
        self._write = write
        self._capacity = capacity
        self._chores = chores
        self._longest_pause = longest_pause
        self._alarm = alarm
        """A file that is there while writing fails: how other processes learn of it."""
        self._queue: deque[Entry] = deque()
        self._changed = threading.Condition()
        self._in_hand = 0
        self._written = self._dropped = 0
        self._failing_since: datetime | None = None
        self._pause = 0.0
        self._closing: float | None = None
        """Until when the writer may go on, once it is to end."""
        self._thread = threading.Thread(target=self._run, name=f"records of {database.name}", daemon=True)

    def start(self) -> None:
        """Begin to write; what was added before is waiting."""
        self._lower_alarm()
        self._thread.start()

    def add(self, *entries: Entry) -> None:
        """Have entries written, soon. Drops the oldest ones that wait when there is no room."""
        with self._changed:
            was_empty = not self._queue
            self._queue.extend(entries)
            self._drop_oldest()
            # In between the writer waits for more anyway: woken for nothing, it would take time from the request.
            if was_empty or len(self._queue) >= BATCH_ROWS:
                self._changed.notify()

    def state(self) -> JournalState:
        with self._changed:
            waiting = len(self._queue) + self._in_hand
            return JournalState(self._written, self._dropped, waiting, self._failing_since)

    def end(self, seconds: float = CLOSE_SECONDS) -> None:
        """Begin to end: what waits is written, for so long at most."""
        with self._changed:
            if self._closing is None:
                self._closing = time.monotonic() + seconds
                self._changed.notify()

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """End, wait for it, and let go of the database."""
        self.end(seconds)
        if self._thread.is_alive():
            self._thread.join(max(0.0, (self._closing or 0.0) - time.monotonic()))
        waiting = self.state().waiting
        if waiting:
            log.error("%s: %d records could not be written before the end", self._database.name, waiting)
        self._database.dispose()

    def _run(self) -> None:
        # At once, so that a damaged file is told of at the start and not with the first visitor.
        with contextlib.suppress(RecordsUnavailable):
            self._database.open()
        while True:
            batch = self._next_batch()
            if batch:
                self._write_batch(batch)
            elif self._is_over():
                return
            if self._failing_since is None and self._closing is None:
                self._do_chores()

    def _next_batch(self) -> list[Entry]:
        """Return the oldest entries, after a moment in which more may join them; none when there are none for now."""
        with self._changed:
            if self._pause:
                self._rest()
            else:
                self._changed.wait_for(lambda: self._queue or self._closing is not None, self._until_next_chore())
                if self._queue:
                    self._changed.wait_for(self._has_full_batch, BATCH_SECONDS)
            batch = [self._queue.popleft() for _ in range(min(BATCH_ROWS, len(self._queue)))]
            self._in_hand = len(batch)
            return batch

    def _rest(self) -> None:
        """Pause after a failure; closing cuts the pause short, and makes those after it short."""
        if self._closing is None:
            self._changed.wait_for(lambda: self._closing is not None, self._pause)
        else:
            self._changed.wait_for(lambda: False, FIRST_PAUSE)

    def _has_full_batch(self) -> bool:
        return len(self._queue) >= BATCH_ROWS or self._closing is not None

    def _is_over(self) -> bool:
        """Closing, and nothing to write, or no time left."""
        with self._changed:
            return self._closing is not None and not self._queue

    def _write_batch(self, batch: list[Entry]) -> None:
        """Write in one transaction; what the database refuses, entry by entry, so that one takes no others along."""
        parts = deque([batch])
        while parts:
            part = parts.popleft()
            try:
                with self._database.begin() as connection:
                    self._write(connection, part)
            except Exception as error:  # noqa: BLE001  the thread must outlive whatever one entry does to it
                if isinstance(error, RecordsUnavailable) and not _concerns_a_row(error):
                    self._put_back([*part, *chain.from_iterable(parts)], error)
                    return
                if len(part) == 1:
                    self._lose(error)
                else:
                    parts.extend([each] for each in part)
            else:
                self._has_written(len(part))

    def _has_written(self, count: int) -> None:
        with self._changed:
            self._written += count
            self._in_hand -= count
            since, self._failing_since, self._pause = self._failing_since, None, 0.0
        if since:
            lasted = datetime.now(UTC) - since
            log.warning(
                "%s is written again, after %s; %d records were lost", self._database.name, lasted, self._dropped
            )
            self._lower_alarm()

    def _put_back(self, batch: list[Entry], error: RecordsUnavailable) -> None:
        """Keep what could not be written, and try again later; at the end give up when time is over."""
        with self._changed:
            self._queue.extendleft(reversed(batch))
            self._in_hand = 0
            self._drop_oldest()
            self._pause = min(self._pause * 2 or FIRST_PAUSE, self._longest_pause)
            is_new = self._failing_since is None
            self._failing_since = self._failing_since or datetime.now(UTC)
            is_over = self._closing is not None and time.monotonic() + 2 * FIRST_PAUSE > self._closing
        # Opened anew, tables that are gone are made again, and connections that are dead are not asked again.
        self._database.dispose()
        if is_new:
            log.error("records are kept in memory: %s", error.message)
            self._raise_alarm(error.message)
        if is_over:
            self._give_up()

    def _give_up(self) -> None:
        with self._changed:
            self._dropped += len(self._queue)
            count = len(self._queue)
            self._queue.clear()
        log.error("%s: %d records could not be written before the end", self._database.name, count)

    def _lose(self, error: Exception) -> None:
        with self._changed:
            self._dropped += 1
            self._in_hand -= 1
        # Not the error itself: it may name what the entry holds.
        log.error("a record could not be written: %s", type(error.__cause__ or error).__name__)

    def _drop_oldest(self) -> None:
        while len(self._queue) > self._capacity:
            self._queue.popleft()
            self._dropped += 1

    def _raise_alarm(self, reason: str) -> None:
        if self._alarm:
            with contextlib.suppress(OSError):
                part = self._alarm.with_name(f".{self._alarm.name}.part")
                part.write_text(f"since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {reason}", encoding="utf-8")
                part.replace(self._alarm)

    def _lower_alarm(self) -> None:
        if self._alarm:
            with contextlib.suppress(OSError):
                self._alarm.unlink(missing_ok=True)

    def _until_next_chore(self) -> float | None:
        return max(0.0, min(each.due for each in self._chores) - time.monotonic()) if self._chores else None

    def _do_chores(self) -> None:
        for chore in self._chores:
            if chore.due > time.monotonic():
                continue
            try:
                has_more = chore.work()
            except RecordsUnavailable as error:
                log.warning("%s", error.message)
                has_more = False
            chore.due = 0.0 if has_more else time.monotonic() + chore.every_seconds


def _concerns_a_row(error: RecordsUnavailable) -> bool:
    """Whether the database works, and will not take this."""
    cause = error.__cause__
    if isinstance(cause, DBAPIError):
        return isinstance(cause, IntegrityError | DataError)
    return isinstance(cause, StatementError)
