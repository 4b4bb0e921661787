"""Recording: nobody waits for it, everything is written, masked, and nothing is lost at the end."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection

from kb.records.database import Database
from kb.records.entries import Entry
from kb.records.journal import BATCH_ROWS, Chore, Journal
from kb.records.tables import feedback, searches
from tests.kb.records.journals import open_database, open_journal, query_ids
from tests.kb.records.samples import rated, rows, searched, wait_until
from tests.service import ROOT


def test_everything_is_written_and_counted(journal: Journal, reader: Database) -> None:
    """More than a batch holds, from one thread."""
    journal.add(*(searched(number) for number in range(1, BATCH_ROWS * 2 + 1)))
    wait_until(lambda: journal.state().waiting == 0)

    assert query_ids(reader) == list(range(BATCH_ROWS * 2 + 1))
    assert journal.state().written == BATCH_ROWS * 2 + 1
    assert journal.state().failing_since is None


def test_a_burst_is_one_transaction(tmp_path: Path) -> None:
    """A commit for every search would wear the disk, and take the time of the next one."""
    batches = []

    def write(connection: Connection, entries: Sequence[Entry]) -> None:
        batches.append(len(entries))

    journal = Journal(open_database(tmp_path), write)
    journal.add(*(searched(number) for number in range(BATCH_ROWS + 7)))
    journal.start()
    journal.close()

    assert batches == [BATCH_ROWS, 7]


def test_text_is_masked_before_it_reaches_the_disk(tmp_path: Path, journal: Journal, reader: Database) -> None:
    """What is in the file once is in every backup."""
    journal.add(searched(1, text="Refund to ivan@mail.ru"), rated(comment="call 8 903 123 45 67"))
    wait_until(lambda: journal.state().waiting == 0)
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())

    assert rows(reader, searches)[1]["text"] == "Refund to [email]"
    assert rows(reader, feedback)[0]["comment"] == "call [phone]"
    assert b"ivan" not in stored
    assert b"123 45" not in stored


def test_closing_writes_what_waits(tmp_path: Path, reader: Database) -> None:
    """A service that is restarted loses nothing."""
    journal = open_journal(tmp_path)
    journal.start()
    journal.add(*(searched(number) for number in range(BATCH_ROWS * 3)))
    journal.close()

    assert query_ids(reader) == list(range(BATCH_ROWS * 3))


def test_closing_gives_up_in_time(
    tmp_path: Path, journal: Journal, lock: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever stops the service does not wait for a database that does not answer, and hears what was lost."""
    journal.add(searched(1), searched(2))
    wait_until(lambda: journal.state().failing_since is not None)
    journal.close(seconds=2.0)
    wait_until(lambda: not journal._thread.is_alive())

    assert journal.state().dropped == 2
    assert "2 records could not be written before the end" in caplog.text


def test_closing_twice_or_unstarted_does_no_harm(tmp_path: Path) -> None:
    """An application that fails while it starts is closed too."""
    journal = open_journal(tmp_path)
    journal.close()
    journal.close()

    assert journal.state().written == 0


def test_two_processes_write_into_one_file(tmp_path: Path, reader: Database) -> None:
    """Two workers behind one address keep one set of records."""
    journals = [open_journal(tmp_path), open_journal(tmp_path)]
    for journal in journals:
        journal.start()
    for number in range(200):
        journals[number % 2].add(searched(number), rated(visitor=f"{number % 3}"))
    for journal in journals:
        journal.close()

    assert query_ids(reader) == list(range(200))
    assert {row["visitor"] for row in rows(reader, feedback)} == {"0", "1", "2"}
    assert len(rows(reader, feedback)) == 3


def test_chores_are_done_at_the_start_and_again(tmp_path: Path) -> None:
    """Deleting what is old must not wait for a day that never comes on a service restarted daily."""
    done: list[float] = []

    def work() -> bool:
        done.append(time.monotonic())
        return len(done) < 3

    journal = open_journal(tmp_path, chores=[Chore(work, 3600.0)])
    journal.start()
    wait_until(lambda: len(done) == 3)
    journal.add(searched(1))
    wait_until(lambda: journal.state().written == 1)
    journal.close()

    assert len(done) == 3


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.kb.records.journals import open_journal
from tests.kb.records.samples import searched, wait_until

journal = open_journal(Path(sys.argv[1]))
journal.start()
journal.add(*(searched(number) for number in range(1200)))
wait_until(lambda: journal.state().written >= 500)
print(journal.state().written, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
def test_what_counts_as_written_survives_a_kill(tmp_path: Path, reader: Database) -> None:
    """`written` promises: a process that is killed right then has lost none of it."""
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(query_ids(reader)) >= int(killed.stdout)
