"""Deleting what is older than it may become, a few rows at a time, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Table, delete, select

from kb.records.database import Database

SWEPT_ROWS = 500


def sweep(database: Database, tables: Sequence[Table], before: datetime, rows: int = SWEPT_ROWS) -> bool:
    """Delete up to `rows` older rows of each table; return whether there may be more. Raises RecordsUnavailable."""
    found = [_sweep_one(database, table, before, rows) for table in tables]
    return any(count == rows for count in found)


def _sweep_one(database: Database, table: Table, before: datetime, rows: int) -> int:
    key = next(iter(table.primary_key))
    with database.begin() as connection:
        old = connection.execute(select(key).where(table.c.at < before).limit(rows)).scalars().all()
        if old:
            connection.execute(delete(table).where(key.in_(old)))
        return len(old)
