"""A journal of customers' records in a folder, with short pauses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kb.records.database import Database
from kb.records.journal import Journal
from kb.records.tables import customers, searches
from kb.records.writing import write_customers
from tests.kb.records.samples import rows

FILE = "searches.sqlite"


def open_database(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / FILE}", customers, busy_ms=20, retry_seconds=0.05)


def open_journal(folder: Path, **options: Any) -> Journal:
    options = {"longest_pause": 0.05, "alarm": folder / "searches.failing", **options}
    return Journal(open_database(folder), write_customers, **options)


def query_ids(reader: Database) -> list[int]:
    """Return the numbers of the searches that were written, in order."""
    return [int(row["query_id"], 16) for row in rows(reader, searches)]
