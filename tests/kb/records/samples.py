"""Entries to record, small disks to fill, and waiting for a writer that works beside the test."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from kb.records.contacts import Contacted
from kb.records.database import Database
from kb.records.entries import Deflected, Kind, Rated, Searched, Suggested

NOON = datetime(2026, 6, 15, 12, 0)
PATIENCE_SECONDS = 60

_SEARCHED = Searched(
    query_id="0" * 32,
    at=NOON,
    lang="en",
    text="refund time",
    kind=Kind.FULL,
    category=None,
    mode="hybrid",
    outcome="answer",
    confidence=0.9,
    top_article="en/returns/refund-time",
    hits=3,
    edition="e",
    took_ms=8.5,
)
_RATED = Rated(
    at=NOON,
    query_id=None,
    article_id="en/returns/refund-time",
    lang="en",
    helpful=True,
    reason=None,
    comment=None,
    visitor="a" * 32,
    edition="e",
)
_SUGGESTED = Suggested(
    suggestion_id="1" * 32,
    message_id="2" * 32,
    at=NOON,
    lang="en",
    question="where is my money?",
    article_id="en/returns/refund-time",
    confidence=0.9,
    edition="e",
)

_CONTACTED = Contacted(
    at=NOON,
    lang="en",
    category="returns",
    query_id=None,
    article_id=None,
    message="Where is my money? Call +36 1 555 0104.",
    name="Anna",
    email="anna@example.org",
)
_DEFLECTED = Deflected(
    at=NOON, query_id=None, article_id="en/returns/refund-time", lang="en", visitor="a" * 32, edition="e"
)


def contacted(**changes: Any) -> Contacted:
    return replace(_CONTACTED, **changes)


def deflected(**changes: Any) -> Deflected:
    return replace(_DEFLECTED, **changes)


def searched(number: int = 0, **changes: Any) -> Searched:
    return replace(_SEARCHED, query_id=f"{number:032x}", **changes)


def rated(**changes: Any) -> Rated:
    return replace(_RATED, **changes)


def suggested(**changes: Any) -> Suggested:
    return replace(_SUGGESTED, **changes)


def rows(database: Database, table: Table) -> list[dict[str, Any]]:
    """Return everything in a table, in the order of its key."""
    with database.connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key)).mappings()
        return [dict(row) for row in found]


def wait_until(is_so: Callable[[], bool]) -> None:
    """Return as soon as it is so; it has to be some time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError("it never became so")
        time.sleep(0.005)


@contextmanager
def small_disk(folder: Path, size: str = "1m") -> Iterator[Path]:
    """A file system of its own; skips the test where mounting is not permitted."""
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0 or _run(mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)):
        pytest.skip("mounting a small disk is not permitted here")
    try:
        yield folder
    finally:
        _run("/bin/umount", "-l", str(folder))


def remount(folder: Path, how: str) -> None:
    """Make the small disk `ro` or `rw`."""
    assert not _run("/bin/mount", "-o", f"remount,{how}", str(folder))


def _run(*command: str) -> int:
    return subprocess.run(command, check=False, capture_output=True).returncode
