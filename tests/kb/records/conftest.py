"""A journal that writes, a reader of what it wrote, and somebody who locks the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.records.database import Database
from kb.records.journal import Journal
from tests.kb.records.journals import FILE, open_database, open_journal
from tests.kb.records.samples import searched, wait_until


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal that has written once, with short pauses."""
    journal = open_journal(tmp_path)
    journal.start()
    journal.add(searched(0))
    wait_until(lambda: journal.state().written == 1)
    yield journal
    journal.close()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path)
    yield database
    database.dispose()


@pytest.fixture
def lock(tmp_path: Path, journal: Journal) -> Iterator[sqlite3.Connection]:
    """Somebody else who writes, and does not end."""
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("begin exclusive")
    yield other
    other.close()
