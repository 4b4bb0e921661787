"""
Who runs the engine of a data directory: exactly one process, by a file lock that the kernel drops when it dies.

The owner writes `data/engine.json` and `data/access/`; every other `kb` command on the same data reads them and joins
the running engine, or becomes the owner for as long as it works. `open_engine` is the door for commands, `keep_engine`
for a service.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout
from meilisearch import Client

from kb.engine.access import EngineAccess
from kb.engine.access_files import owner_access, remove_access, write_access, write_private
from kb.engine.engines import engine_of
from kb.engine.server import end_orphan
from kb.engine.supervisor import Supervisor
from kb.errors import AlreadyRunning, EngineUnavailable
from kb.settings import Settings

SERVE = "serve"
INDEX = "index"
JOIN_SECONDS = 60
POLL_SECONDS = 0.1

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Owner:
    """What the owner says of itself."""

    command: str
    pid: int
    service_url: str = ""
    engine_pid: int = 0
    """0 while there is none, or when it is not ours to manage."""


@contextmanager
def open_engine(settings: Settings, command: str, say: Say = lambda _: None) -> Iterator[EngineAccess]:
    """
    Give access to the engine of this data directory: as its owner when nobody is, else beside the owner.

    Raises EngineUnavailable, EngineRefused.
    """
    lock = _lock(settings.data)
    joined = _own_or_join(settings.data, lock, command, say)
    if joined:
        yield joined
        return
    with _owning(settings, lock, Owner(command, os.getpid())) as note_engine:
        engine = engine_of(settings, note_engine, say)
        try:
            access = engine.start()
            write_access(settings.data, access)
            yield access
        finally:
            engine.stop()


@contextmanager
def keep_engine(
    settings: Settings, service_url: str, on_ready: Callable[[EngineAccess], None], say: Say
) -> Iterator[Supervisor]:
    """
    Own this data directory for a service, and keep an engine running beside it; nothing waits until it does.

    `on_ready` hears of each start, in another thread. Waits for a short command to end. Raises AlreadyRunning.
    """
    lock = _lock(settings.data)
    _own(settings.data, lock, say)
    with _owning(settings, lock, Owner(SERVE, os.getpid(), service_url)) as note_engine:

        def ready(access: EngineAccess) -> None:
            write_access(settings.data, access)
            on_ready(access)

        supervisor = Supervisor(engine_of(settings, note_engine, say), ready, say)
        supervisor.start()
        try:
            yield supervisor
        finally:
            supervisor.stop()


def current_owner(data: Path) -> Owner | None:
    """Return what the running owner wrote; None when nobody holds the lock."""
    if not _is_locked(data / "owner.lock"):
        return None
    return _read_owner(data)


def _lock(data: Path) -> FileLock:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return FileLock(data / "owner.lock")


def _own(data: Path, lock: FileLock, say: Say) -> None:
    """Take the lock, as soon as a short command has ended. Raises AlreadyRunning."""
    told = False
    while not _acquired(lock):
        owner = _read_owner(data)
        if owner and owner.command == SERVE:
            raise AlreadyRunning(
                f"A service on {data}/ is running already: {owner.service_url} (process {owner.pid}).",
                "Use that one, end it, or give another directory with --data or KB_DATA.",
            )
        told = told or _told_to_wait(owner, say)
        time.sleep(POLL_SECONDS)


def _own_or_join(data: Path, lock: FileLock, command: str, say: Say) -> EngineAccess | None:
    """Return access to join with, or None with the lock held."""
    deadline = time.monotonic() + JOIN_SECONDS
    told = False
    while not _acquired(lock):
        owner, access = _read_owner(data), owner_access(data)
        # A short command takes its engine with it when it ends: who publishes waits for it, and joins a service only.
        if command == INDEX and owner and owner.command != SERVE:
            told = told or _told_to_wait(owner, say)
        elif owner and access and Client(access.url, timeout=1).is_healthy():
            return access
        elif time.monotonic() > deadline:
            raise EngineUnavailable(f"The owner of {data}/ has no engine running.", "End it, and try again.")
        time.sleep(POLL_SECONDS)
    return None


def _acquired(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


def _told_to_wait(owner: Owner | None, say: Say) -> bool:
    if owner:
        say(f"waiting for `kb {owner.command}` to end")
    return owner is not None


@contextmanager
def _owning(settings: Settings, lock: FileLock, owner: Owner) -> Iterator[Callable[[int], None]]:
    """Hold what is ours while the lock is held; yields how to note the engine's process."""
    data = settings.data

    def note(engine_pid: int) -> None:
        _write_owner(data, replace(owner, engine_pid=engine_pid))

    try:
        left = _read_owner(data)
        if left:
            end_orphan(left.engine_pid, data / "engine")
        remove_access(data)
        note(0)
        yield note
    finally:
        remove_access(data)
        (data / "engine.json").unlink(missing_ok=True)
        lock.release()


def _write_owner(data: Path, owner: Owner) -> None:
    write_private(data / "engine.json", msgspec.json.encode(owner))


def _read_owner(data: Path) -> Owner | None:
    try:
        return msgspec.json.decode((data / "engine.json").read_bytes(), type=Owner)
    except (OSError, msgspec.MsgspecError):
        return None


def _is_locked(path: Path) -> bool:
    probe = FileLock(path)
    if _acquired(probe):
        probe.release()
        return False
    return True
