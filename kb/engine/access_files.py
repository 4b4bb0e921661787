"""
How processes on one data directory learn where the engine is, each only with the key that it needs.

    data/access/public.json    search in the public index: all that a process for customers ever opens
    data/access/agents.json    search in both
    data/access/owner.json     everything; for commands that publish

The owner writes them whenever the engine has a new address. They are readable by their user only; an operator who runs
the public process as another user gives it the first file and nothing else.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TypeVar

import msgspec

from kb.engine.access import EngineAccess, ReadAccess

T = TypeVar("T")

PUBLIC = "public"
AGENTS = "agents"
OWNER = "owner"
# A search looks at the file's time at most this often.
LOOK_SECONDS = 0.2


def write_access(data: Path, access: EngineAccess) -> None:
    """Tell every process of this data directory where the engine is now."""
    folder = data / "access"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in ((PUBLIC, access.public), (AGENTS, access.agents), (OWNER, access)):
        write_private(folder / f"{name}.json", msgspec.json.encode(content))


def remove_access(data: Path) -> None:
    """Tell that no engine is there."""
    for name in (PUBLIC, AGENTS, OWNER):
        (data / "access" / f"{name}.json").unlink(missing_ok=True)


def owner_access(data: Path) -> EngineAccess | None:
    return _read(data / "access" / f"{OWNER}.json", EngineAccess)


def write_private(path: Path, content: bytes) -> None:
    """Replace a file in one rename, readable by its user only."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    part.replace(path)


class FollowedAccess:
    """The access of one audience as its file tells it at this moment; None while there is no engine."""

    def __init__(self, data: Path, name: str) -> None:
        self._path = data / "access" / f"{name}.json"
        self._looked = 0.0
        self._stamp: tuple[int, int] | None = None
        self._access: ReadAccess | None = None

    def __call__(self) -> ReadAccess | None:
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            self._looked = time.monotonic()
            self._look()
        return self._access

    def _look(self) -> None:
        try:
            told = self._path.stat()
        except OSError:
            self._stamp = self._access = None
            return
        stamp = (told.st_mtime_ns, told.st_ino)
        if stamp != self._stamp:
            self._stamp, self._access = stamp, _read(self._path, ReadAccess)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None
