"""What is stored, and whether storing fails, as another process sees it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from kb.records.contacts import Backlog, read_backlog
from kb.records.database import Database
from kb.records.records import ALARM_SUFFIX
from kb.records.tables import customers, feedback, searches
from kb.settings import Settings


@dataclass(frozen=True, slots=True)
class Stored:
    """How many rows there are."""

    searches: int
    ratings: int


def stored(settings: Settings) -> Stored:
    """Return what customers' records hold; opens nothing of the agents'. Raises RecordsUnavailable."""
    database = Database(settings.searches_url, customers)
    try:
        with database.look() as connection:
            return Stored(_count(connection, searches), _count(connection, feedback)) if connection else Stored(0, 0)
    finally:
        database.dispose()


def undelivered(settings: Settings) -> Backlog:
    """Return what customers wrote and nobody has taken yet. Raises RecordsUnavailable."""
    database = Database(settings.searches_url, customers)
    try:
        with database.look() as connection:
            return read_backlog(connection) if connection else Backlog(0, None, "")
    finally:
        database.dispose()


def alarms(settings: Settings) -> list[str]:
    """Return what the running processes say of records that they cannot write."""
    found = []
    for path in sorted(settings.data.glob(f"*{ALARM_SUFFIX}")):
        with suppress(FileNotFoundError):  # mended this very moment
            found.append(path.read_text(encoding="utf-8"))
    return found


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
