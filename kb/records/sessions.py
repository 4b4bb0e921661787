"""
Signed-in browsers of agents: a random token for each, kept as a hash beside the key that it was opened with.

A session may do what its key may, and no longer: it ends when it is signed out, when its time is over, and in the same
moment as its key.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, insert, select

from kb.errors import NotSignedIn
from kb.records.keys import KeyInfo, KeyStore, digest, info_of
from kb.records.tables import keys, sessions

TOKEN_BYTES = 32
MAX_TOKEN_CHARS = 100


class SessionStore:
    """The sessions of the keys of one database."""

    def __init__(self, key_store: KeyStore) -> None:
        self._keys = key_store

    def open(self, holder: KeyInfo, hours: int) -> str:
        """Return the token of a new session of a key's holder; what is over is deleted. Raises RecordsUnavailable."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._keys.utc()
        with self._keys.database.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            connection.execute(
                insert(sessions).values(
                    sha256=digest(token), key_id=holder.id, created_at=now, expires_at=now + timedelta(hours=hours)
                )
            )
        return token

    def holder(self, token: str) -> KeyInfo:
        """
        Return whose session this is.

        Raises NotSignedIn, the same for every reason, and RecordsUnavailable when sessions cannot be looked up.
        """
        refused = NotSignedIn("This needs a session that is still open.", "Sign in again, with a valid key.")
        if not token or len(token) > MAX_TOKEN_CHARS or not token.isascii():
            raise refused
        now = self._keys.utc()
        wanted = (
            select(keys)
            .join(sessions, sessions.c.key_id == keys.c.id)
            .where(sessions.c.sha256 == digest(token), sessions.c.expires_at > now)
        )
        with self._keys.database.connect() as connection:
            row = connection.execute(wanted).first()
        if row is None or not (info := info_of(row)).is_valid_at(now):
            raise refused
        return info

    def end(self, token: str) -> None:
        """End a session; one that is not there is ended already. Raises RecordsUnavailable."""
        with self._keys.database.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.sha256 == digest(token)))
