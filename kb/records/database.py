"""
One database: opened when it is first needed, and again when its file has become another. SQLite by default.

A SQLite file that is damaged when it is opened is moved aside and begun anew. One that cannot be opened is tried again
every RETRY_SECONDS; in between RecordsUnavailable is raised at once.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from filelock import FileLock
from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from kb.errors import RecordsUnavailable, SettingsError
from kb.records.tables import agents

log = logging.getLogger("kb.records")

RETRY_SECONDS = 30.0
BUSY_MS = 5000
# A connection that stays open does not see that the file's header was overwritten: a new one does.
RECYCLE_SECONDS = 60
MOVING_SECONDS = 10
SWITCH_SECONDS = 0.02
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Database:
    """The tables of `metadata` at an address. Safe for threads; raises SettingsError when the address is no address."""

    def __init__(
        self,
        url: str,
        metadata: MetaData,
        *,
        busy_ms: int = BUSY_MS,
        retry_seconds: float = RETRY_SECONDS,
        recycle_seconds: int = RECYCLE_SECONDS,
        lasting: bool = False,
    ) -> None:
        """`lasting`: what is committed survives a power cut, and each commit takes some milliseconds more."""
        try:
            # Errors of a database name the values of a row: what somebody wrote must not get into the log.
            self._engine = create_engine(
                url, hide_parameters=True, pool_recycle=recycle_seconds, pool_pre_ping=not url.startswith("sqlite")
            )
        except (SQLAlchemyError, ImportError, ValueError) as error:
            raise SettingsError(
                f"The database cannot be used: {error}", "Mend KB_DATABASE_URL, or leave it out."
            ) from error
        self._metadata = metadata
        self._retry_seconds = retry_seconds
        self._lock = threading.Lock()
        self._file: Path | None = None
        self._opened: tuple[int, int] | None = None
        """Device and inode of the file when it was opened; (0, 0) for what is no file."""
        self._failed: tuple[float, RecordsUnavailable] | None = None
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", partial(_prepare_sqlite, busy_ms, lasting))
            name = self._engine.url.database
            self._file = Path(name) if name and name != ":memory:" else None

    @property
    def name(self) -> str:
        """For people: the file, or the kind of database."""
        return str(self._file or self._engine.dialect.name)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Read. Raises RecordsUnavailable, from the error of the database when it could be opened."""
        with self._translated(), self.open().connect() as connection:
            yield connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Write in one transaction. Raises as `connect` does."""
        with self._translated(), self.open().begin() as connection:
            yield connection

    @contextmanager
    def look(self) -> Iterator[Connection | None]:
        """Read what is there, None if there is no file; make and mend nothing. Raises RecordsUnavailable."""
        if self._file and not self._file.exists():
            yield None
            return
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise RecordsUnavailable(f"{self.name} cannot be read: {_told(error)}.") from error

    def open(self) -> Engine:
        """Return the engine, with the tables made. Raises RecordsUnavailable."""
        with self._lock:
            if self._opened is not None and self._opened == self._identity():
                return self._engine
            if self._opened is not None:
                log.error("%s is gone or another file: it is opened anew", self.name)
                self._forget()
            if self._failed and time.monotonic() - self._failed[0] < self._retry_seconds:
                raise RecordsUnavailable(self._failed[1].message, self._failed[1].hint)
            self._open()
            return self._engine

    def dispose(self) -> None:
        """Close every connection; the next use opens it again."""
        with self._lock:
            self._forget()

    def _open(self) -> None:
        try:
            if self._file:
                _make_file(self._file)
                self._move_aside_if_damaged(self._file)
            try:
                self._metadata.create_all(self._engine)
            except DBAPIError:
                # Another process may have made the same tables at the same moment.
                self._metadata.create_all(self._engine)
        except (SQLAlchemyError, ImportError, OSError) as error:
            refusal = RecordsUnavailable(
                f"{self.name} cannot be opened: {_told(error)}.",
                "Look at its rights and the space on its disk, or mend KB_DATABASE_URL.",
            )
            if self._failed is None:
                log.error("%s It is tried again every %.0f seconds.", refusal, self._retry_seconds)  # noqa: TRY400
            self._failed = (time.monotonic(), refusal)
            self._engine.dispose()
            raise refusal from error
        if self._failed:
            log.warning("%s is open again", self.name)
        self._failed = None
        self._opened = self._identity()

    def _move_aside_if_damaged(self, file: Path) -> None:
        if not self._is_damaged():
            return
        # Two processes that start together must not move the new file away too.
        with FileLock(f"{file}.lock", timeout=MOVING_SECONDS):
            if not self._is_damaged():
                return
            self._engine.dispose()
            aside = file.with_name(f"{file.name}.broken-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
            for suffix in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{file}{suffix}").rename(f"{aside}{suffix}")
            log.error("%s IS DAMAGED. It was moved to %s, and an empty one is begun.", file, aside.name)
            _make_file(file)

    def _is_damaged(self) -> bool:
        try:
            with self._engine.connect() as connection:
                return bool(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok")
        except DBAPIError as error:
            if is_damage(error):
                return True
            raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Have a file that turns out to be damaged looked at when it is opened next."""
        try:
            yield
        except (SQLAlchemyError, OSError) as error:  # some drivers let the errors of their socket through
            if isinstance(error, DBAPIError) and is_damage(error):
                self.dispose()
            raise RecordsUnavailable(
                f"{self.name} cannot be used now: {_told(error)}.", "Try again; the log says whether it lasts."
            ) from error

    def _identity(self) -> tuple[int, int] | None:
        if self._file is None:
            return (0, 0)
        try:
            found = self._file.stat()
        except OSError:
            return None
        return (found.st_dev, found.st_ino)

    def _forget(self) -> None:
        self._opened = None
        self._engine.dispose()


def open_database(url: str, metadata: MetaData = agents) -> Database:
    """Return a database whose tables exist. Raises SettingsError when it cannot be opened now."""
    database = Database(url, metadata)
    try:
        database.open()
    except RecordsUnavailable as error:
        raise SettingsError(error.message, error.hint) from error
    return database


def is_damage(error: DBAPIError) -> bool:
    """Whether SQLite says that the file is not a database, or not a whole one."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def _told(error: Exception) -> str:
    """Return what may be told: only errors of operation never name what a row holds."""
    if isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and is_damage(error)):
        return str(error.orig)
    return type(error).__name__ if isinstance(error, SQLAlchemyError) else str(error)


def _make_file(file: Path) -> None:
    """Make it readable by its owner only; SQLite gives the files beside it the same rights."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    # What was made beside a file that could not be written cannot be written after that was mended either.
    for beside in (Path(f"{file}-wal"), Path(f"{file}-shm")):
        with contextlib.suppress(OSError):
            if os.access(file, os.W_OK) and not os.access(beside, os.W_OK):
                beside.chmod(0o600)


def _prepare_sqlite(busy_ms: int, lasting: bool, connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Readers and the writer do not wait for each other; a lock is waited for; what is deleted is overwritten."""
    cursor = connection.cursor()
    try:
        # First: everything after it may find the database locked.
        cursor.execute(f"PRAGMA busy_timeout={busy_ms}")
        _switch_to_wal(cursor, busy_ms)
        cursor.execute(f"PRAGMA synchronous={'FULL' if lasting else 'NORMAL'}")
        cursor.execute("PRAGMA secure_delete=ON")
    finally:
        cursor.close()


def _switch_to_wal(cursor: DBAPICursor, busy_ms: int) -> None:
    """Two that open a new file at the same moment: the one that is late is refused at once, whatever its timeout."""
    deadline = time.monotonic() + busy_ms / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(SWITCH_SECONDS)
        else:
            return
