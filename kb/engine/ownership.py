"""
Who runs the engine of a data directory: exactly one process, by a file lock that the kernel drops when it dies.

The owner writes `data/engine.json`; every other `kb` command on the same data reads it and joins the running engine, or
becomes the owner for as long as it works. `open_engine` is the door for all of them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout
from meilisearch import Client

from kb.engine.access import EngineAccess, make_access
from kb.engine.install import find_or_install
from kb.engine.server import ManagedServer, end_orphan
from kb.errors import AlreadyRunning, EngineUnavailable
from kb.settings import Settings

SERVE = "serve"
INDEX = "index"
# A short command takes its engine with it when it ends: who works for long waits for it, and joins a service only.
NEEDS_LASTING = frozenset({SERVE, INDEX})
JOIN_SECONDS = 60
POLL_SECONDS = 0.1

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Owner:
    """What the owner writes for the others."""

    command: str
    pid: int
    engine_pid: int
    """0 when the engine is not ours to manage."""
    service_url: str
    access: EngineAccess | None
    """None until the engine answers."""


@contextmanager
def open_engine(
    settings: Settings, command: str, service_url: str = "", say: Say = lambda _: None
) -> Iterator[EngineAccess]:
    """
    Give access to the engine of this data directory: as its owner when nobody is, else beside the owner.

    `kb serve` must be the owner: it waits for a short command to end, and raises AlreadyRunning when another service
    runs. Raises EngineUnavailable, EngineRefused.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.data / "owner.lock")
    joined = _own_or_join(settings, lock, command, say)
    if joined:
        yield joined
        return
    with ExitStack() as stack:
        stack.callback(lock.release)
        yield stack.enter_context(_owned(settings, command, service_url, say))


def current_owner(data: Path) -> Owner | None:
    """Return what the running owner wrote; None when nobody holds the lock."""
    if not _is_locked(data / "owner.lock"):
        return None
    return _read_owner(data)


def _own_or_join(settings: Settings, lock: FileLock, command: str, say: Say) -> EngineAccess | None:
    """Return access to join with, or None with the lock held."""
    deadline = time.monotonic() + JOIN_SECONDS
    told = False
    while True:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            owner = _read_owner(settings.data)
        else:
            return None
        if command == SERVE and owner and owner.command == SERVE:
            raise AlreadyRunning(
                f"A service on {settings.data}/ is running already: {owner.service_url} (process {owner.pid}).",
                "Use that one, end it, or give another directory with --data or KB_DATA.",
            )
        if command in NEEDS_LASTING and not (owner and owner.command == SERVE):
            if owner and not told:
                say(f"waiting for `kb {owner.command}` to end")
                told = True
        elif owner and owner.access and Client(owner.access.url, timeout=1).is_healthy():
            return owner.access
        elif time.monotonic() > deadline:
            raise EngineUnavailable(f"The owner of {settings.data}/ has no engine running.", "End it, and try again.")
        time.sleep(POLL_SECONDS)


@contextmanager
def _owned(settings: Settings, command: str, service_url: str, say: Say) -> Iterator[EngineAccess]:
    folder = settings.data / "engine"
    left = _read_owner(settings.data)
    if left:
        end_orphan(left.engine_pid, folder)
    if settings.meili_url:
        access = make_access(settings.meili_url, settings.meili_key, settings.meili_prefix, settings.meili_search_key)
        with _written(settings.data, Owner(command, os.getpid(), 0, service_url, access)):
            yield access
        return
    server = ManagedServer(find_or_install(settings, say), folder)
    server.launch()
    try:
        # Written before it answers, so that a server whose owner is killed right now is found by the next one.
        starting = Owner(command, os.getpid(), server.pid, service_url, None)
        with _written(settings.data, starting):
            server.wait_until_ready()
            access = make_access(server.url, server.master_key, settings.meili_prefix)
            _write_owner(settings.data, replace(starting, access=access))
            yield access
    finally:
        server.stop()


@contextmanager
def _written(data: Path, owner: Owner) -> Iterator[None]:
    _write_owner(data, owner)
    try:
        yield
    finally:
        (data / "engine.json").unlink(missing_ok=True)


def _write_owner(data: Path, owner: Owner) -> None:
    part = data / f".engine.json.{os.getpid()}.part"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds keys
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(owner))
    part.replace(data / "engine.json")


def _read_owner(data: Path) -> Owner | None:
    try:
        return msgspec.json.decode((data / "engine.json").read_bytes(), type=Owner)
    except (OSError, msgspec.MsgspecError):
        return None


def _is_locked(path: Path) -> bool:
    probe = FileLock(path)
    try:
        probe.acquire(timeout=0)
    except Timeout:
        return True
    probe.release()
    return False
