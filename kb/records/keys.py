"""Keys for agents: made once, shown once, kept as a hash, revocable."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import Row, insert, select, update

from kb.errors import KeyProblem, NotSignedIn
from kb.records.database import Database
from kb.records.tables import keys

PREFIX = "kb_"
SECRET_BYTES = 32
MAX_KEY_CHARS = 200
MAX_DAYS = 3650


class Role(StrEnum):
    """What the holder of a key may do."""

    AGENT = "agent"
    EDITOR = "editor"
    """Everything an agent may."""


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A key without its secret."""

    id: str
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def is_valid_at(self, moment: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or moment < self.expires_at)


class KeyStore:
    """The keys of one database; all times are UTC without a zone."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.database = database
        self._now = now

    def create(self, role: str, name: str, days: int | None = None) -> tuple[KeyInfo, str]:
        """Return a new key and its secret, which is shown this once. Raises KeyProblem."""
        if role not in tuple(Role):
            raise KeyProblem(f"There is no role {role!r}.", f"Choose one of: {', '.join(Role)}.")
        if not name.strip() or len(name) > 100:
            raise KeyProblem("A key needs a name of 1 to 100 characters.", "Name who or what will use it.")
        if days is not None and days < 1:
            raise KeyProblem(
                f"A key cannot be valid for {days} days.", "Give 1 or more, or none for a key without end."
            )
        secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        now = self.utc()
        until = now + timedelta(days=days) if days is not None else None
        info = KeyInfo(secrets.token_hex(6), name.strip(), Role(role), now, until, None)
        with self.database.begin() as connection:
            connection.execute(
                insert(keys).values(
                    id=info.id, name=info.name, role=role, sha256=digest(secret), created_at=now, expires_at=until
                )
            )
        return info, secret

    def list(self) -> list[KeyInfo]:
        """Return all keys, oldest first."""
        with self.database.connect() as connection:
            rows = connection.execute(select(keys).order_by(keys.c.created_at, keys.c.id)).all()
        return [info_of(row) for row in rows]

    def revoke(self, key_id: str) -> None:
        """End a key at once. Raises KeyProblem when there is none of that id."""
        with self.database.begin() as connection:
            done = connection.execute(
                update(keys).where(keys.c.id == key_id, keys.c.revoked_at.is_(None)).values(revoked_at=self.utc())
            )
        if not done.rowcount:
            raise KeyProblem(f"There is no valid key {key_id!r}.", "`kb keys list` shows them.")

    def holder(self, secret: str) -> KeyInfo:
        """
        Return whose key this is.

        Raises NotSignedIn, the same for every reason, and RecordsUnavailable when keys cannot be looked up.
        """
        refused = NotSignedIn(
            "This needs a valid key.", "Send `Authorization: Bearer <key>`; `kb keys create` makes one."
        )
        if not secret.startswith(PREFIX) or len(secret) > MAX_KEY_CHARS or not secret.isascii():
            raise refused
        with self.database.connect() as connection:
            # Looked up by hash: how long that takes tells nothing about the key.
            row = connection.execute(select(keys).where(keys.c.sha256 == digest(secret))).first()
        if row is None or not (info := info_of(row)).is_valid_at(self.utc()):
            raise refused
        return info

    def utc(self) -> datetime:
        """Return the time as the tables hold it."""
        return self._now().astimezone(UTC).replace(tzinfo=None)


def digest(secret: str) -> str:
    """Return how a secret is kept: SHA-256, for nobody guesses 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def info_of(row: Row[Any]) -> KeyInfo:
    """Return a row of the table of keys without its hash."""
    values = cast("Mapping[str, Any]", row._mapping)
    return KeyInfo(
        id=values["id"],
        name=values["name"],
        role=Role(values["role"]),
        created_at=values["created_at"],
        expires_at=values["expires_at"],
        revoked_at=values["revoked_at"],
    )
