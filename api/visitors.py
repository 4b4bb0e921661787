"""
Who is the same visitor today: a keyed hash of address and browser, with a key that is thrown away every day (UTC).

Two requests of a day can be told to be one visitor's; nobody can tell whose, or find the visitor on another day. The
address is neither stored nor logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from ipaddress import IPv6Address
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout
from litestar import Litestar
from litestar.concurrency import sync_to_thread
from litestar.types import Scope

from api.clients import Network, client_address

log = logging.getLogger("kb.api")

SALT_BYTES = 32
VISITOR_CHARS = 32
MAX_AGENT_BYTES = 500
LOCK_SECONDS = 2
ROTATION_SECONDS = 60
# Whoever has one IPv6 address has all of its network.
IPV6_NETWORK_BYTES = 8


@dataclass(frozen=True, slots=True)
class _Salt:
    day: date
    key: bytes


def _today() -> date:
    return datetime.now(UTC).date()


class Visitors:
    """Names visitors. The day's key is in `folder`, for all processes; without one, or when it fails, in memory."""

    def __init__(
        self, folder: Path | None = None, trusted: tuple[Network, ...] = (), today: Callable[[], date] = _today
    ) -> None:
        self._file = folder / "visitors.salt" if folder else None
        self._trusted = trusted
        self._today = today
        self._salt: _Salt | None = None
        self._lock = Lock()

    def of(self, scope: Scope) -> str:
        """Return 32 hexadecimal digits that stand for who sends this request, today."""
        browser = next((value for name, value in scope["headers"] if name == b"user-agent"), b"")
        told = _network(scope, self._trusted) + b"\0" + browser[:MAX_AGENT_BYTES]
        return hmac.digest(self.rotate(), told, hashlib.sha256).hex()[:VISITOR_CHARS]

    def rotate(self) -> bytes:
        """Return the key of today; the one of another day is destroyed."""
        today = self._today()
        salt = self._salt
        if salt is None or salt.day != today:
            with self._lock:
                salt = self._salt
                if salt is None or salt.day != today:
                    self._salt = salt = self._shared(today)
        return salt.key

    def _shared(self, today: date) -> _Salt:
        if self._file is None:
            return _new(today)
        try:
            with FileLock(f"{self._file}.lock", timeout=LOCK_SECONDS):
                return _kept(self._file, today)
        except (OSError, Timeout) as error:
            log.warning("%s cannot be used (%s): each process counts visitors by itself", self._file, error)
            return _new(today)


def _network(scope: Scope, trusted: tuple[Network, ...]) -> bytes:
    address = client_address(scope, trusted)
    if address is None:
        return b""
    return address.packed[:IPV6_NETWORK_BYTES] if isinstance(address, IPv6Address) else address.packed


def _new(today: date) -> _Salt:
    return _Salt(today, secrets.token_bytes(SALT_BYTES))


def _kept(file: Path, today: date) -> _Salt:
    """Return the key in the file if it is of today, else a new one, written over the old."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as opened:
        day, _, key = opened.read(200).partition(b" ")
        with contextlib.suppress(ValueError):
            if day == today.isoformat().encode() and len(bytes.fromhex(key.decode())) == SALT_BYTES:
                return _Salt(today, bytes.fromhex(key.decode()))
        salt = _new(today)
        opened.seek(0)
        opened.write(today.isoformat().encode() + b" " + salt.key.hex().encode())
        opened.truncate()
        opened.flush()
        os.fsync(opened.fileno())
    return salt


@asynccontextmanager
async def forgetting_yesterday(app: Litestar) -> AsyncIterator[None]:
    """Destroy yesterday's key also when nobody comes."""
    visitors: Visitors = app.state.services.visitors
    task = asyncio.create_task(_rotate_daily(visitors))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _rotate_daily(visitors: Visitors) -> None:
    while True:
        await sync_to_thread(visitors.rotate)
        await asyncio.sleep(ROTATION_SECONDS)
