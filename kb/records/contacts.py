"""
Messages that customers leave for a human: on the disk before anybody is told that they have arrived.

A message waits as it was written until it is delivered; then it is masked, and name and address are emptied. Several
processes may deliver from one table: who takes a message moves its time on, and nobody else takes it meanwhile. After
KB_CONTACT_RETENTION_DAYS nothing is left of its text; that there was one is kept as long as the search before it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, inspect, select, update

from kb.errors import RecordsUnavailable
from kb.records.database import Database
from kb.records.personal_data import masked
from kb.records.retention import SWEPT_ROWS
from kb.records.tables import contacts

# Said on the phone: nothing that looks or sounds like something else. 39 bits.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
REFERENCE_CHARS = 8
# Longer than one attempt may take: after it, whoever took a message is taken to be dead.
CLAIM = timedelta(minutes=2)
MAX_PROBLEM_CHARS = 200
# At once: of many who deliver, each finds one that no other has taken.
LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Contacted:
    """A message as it came."""

    at: datetime
    """UTC, without a zone; the same below."""
    lang: str
    category: str | None
    query_id: str | None
    """Of the search that led to the form."""
    article_id: str | None
    """Of the article that did."""
    message: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that was taken to be delivered."""

    reference: str
    at: datetime
    lang: str
    category: str | None
    query_id: str | None
    article_id: str | None
    message: str
    name: str
    email: str
    attempts: int
    """This one included."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that waits, without what it says."""

    reference: str
    at: datetime
    due: datetime
    attempts: int
    problem: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not delivered yet."""

    waiting: int
    oldest: datetime | None
    problem: str
    """Why the attempt before failed, of the message that has waited longest; empty if there was none."""


class ContactStore:
    """The messages of one database."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self.arrived = Event()
        """Set when there is a message to deliver."""

    def keep(self, entry: Contacted, visitor: str) -> str:
        """
        Store a message, and return its reference. The same text sent twice by a visitor of a day is one message.

        Raises RecordsUnavailable: then it is not stored, and the visitor must be told so.
        """
        fingerprint = _fingerprint(visitor, entry)
        try:
            reference = self._known(fingerprint) or self._insert(entry, fingerprint)
        except RecordsUnavailable:
            # Sent twice at the same moment, the second is refused by the database.
            reference = self._known(fingerprint) or ""
            if not reference:
                raise
        self.arrived.set()
        return reference

    def take(self) -> Waiting | None:
        """Return a message that is due, and keep others from taking it for CLAIM. Raises RecordsUnavailable."""
        now = self._now()
        due = and_(contacts.c.delivered_at.is_(None), contacts.c.due <= now)
        wanted = select(contacts).where(due).order_by(contacts.c.due, contacts.c.at).limit(LOOKED_AT)
        with self._database.connect() as connection:
            rows = connection.execute(wanted).all()
        for row in rows:
            # Of several who read the same row, one moves it on.
            mine = and_(contacts.c.reference == row.reference, contacts.c.due == row.due)
            moved = update(contacts).where(mine).values(due=now + CLAIM, attempts=row.attempts + 1)
            with self._database.begin() as connection:
                if connection.execute(moved).rowcount:
                    return _taken(row)
        return None

    def delivered(self, message: Waiting) -> None:
        """Forget who wrote it. Raises RecordsUnavailable; the message will then be delivered once more."""
        done = {"delivered_at": self._now(), "problem": "", "name": "", "email": "", "message": masked(message.message)}
        with self._database.begin() as connection:
            connection.execute(update(contacts).where(contacts.c.reference == message.reference).values(done))

    def put_back(self, message: Waiting, problem: str, pause: timedelta) -> None:
        """Have it tried again, after `pause`. Raises RecordsUnavailable; it is tried again after CLAIM then."""
        later = {"due": self._now() + pause, "problem": problem[:MAX_PROBLEM_CHARS]}
        with self._database.begin() as connection:
            connection.execute(update(contacts).where(contacts.c.reference == message.reference).values(later))

    def erase(self, reference: str) -> bool:
        """Delete a message, delivered or not; return whether there was one. Raises RecordsUnavailable."""
        with self._database.begin() as connection:
            wanted = contacts.c.reference == reference.strip().upper()
            return bool(connection.execute(delete(contacts).where(wanted)).rowcount)

    def forget(self, before: datetime) -> bool:
        """Empty what is older, and delete it if it was never delivered; return whether there may be more."""
        old = and_(contacts.c.at < before, contacts.c.message != "")
        with self._database.begin() as connection:
            found = connection.execute(select(contacts.c.reference).where(old).limit(SWEPT_ROWS)).scalars().all()
            these = contacts.c.reference.in_(found)
            connection.execute(delete(contacts).where(these, contacts.c.delivered_at.is_(None)))
            connection.execute(update(contacts).where(these).values(message=""))
        return len(found) == SWEPT_ROWS

    def undelivered(self) -> list[Undelivered]:
        """Return what waits, oldest first. Raises RecordsUnavailable."""
        names = [contacts.c[each.name] for each in fields(Undelivered)]
        waits = select(*names).where(contacts.c.delivered_at.is_(None)).order_by(contacts.c.at)
        with self._database.connect() as connection:
            return [Undelivered(**row._asdict()) for row in connection.execute(waits)]

    def backlog(self) -> Backlog:
        """Raises RecordsUnavailable."""
        with self._database.connect() as connection:
            return read_backlog(connection)

    def close(self) -> None:
        self._database.dispose()

    def _known(self, fingerprint: str) -> str | None:
        with self._database.connect() as connection:
            found = select(contacts.c.reference).where(contacts.c.fingerprint == fingerprint)
            return connection.execute(found).scalar()

    def _insert(self, entry: Contacted, fingerprint: str) -> str:
        reference = new_reference()
        state = {"due": entry.at, "attempts": 0, "problem": "", "fingerprint": fingerprint}
        with self._database.begin() as connection:
            connection.execute(insert(contacts).values(reference=reference, **asdict(entry), **state))
        return reference


def read_backlog(connection: Connection) -> Backlog:
    """Return what is not delivered yet; nothing where there is no such table."""
    if not inspect(connection).has_table(contacts.name):
        return Backlog(0, None, "")
    waits = contacts.c.delivered_at.is_(None)
    count = connection.execute(select(func.count()).select_from(contacts).where(waits)).scalar_one()
    oldest = connection.execute(select(contacts.c.at, contacts.c.problem).where(waits).order_by(contacts.c.at)).first()
    return Backlog(count, oldest.at, oldest.problem) if oldest else Backlog(0, None, "")


def new_reference() -> str:
    """Return a reference like `K7QF-2M9X`."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(REFERENCE_CHARS))
    return f"{letters[:4]}-{letters[4:]}"


def _fingerprint(visitor: str, entry: Contacted) -> str:
    return hashlib.sha256("\0".join((visitor, entry.email, entry.message)).encode()).hexdigest()


def _taken(row: Row[Any]) -> Waiting:
    values = row._asdict()
    return Waiting(**{each.name: values[each.name] for each in fields(Waiting)} | {"attempts": row.attempts + 1})
