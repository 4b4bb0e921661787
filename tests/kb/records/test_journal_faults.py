"""Recording while something is wrong: nothing is lost that can be kept, and what is lost is counted."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection

from kb.records.database import Database
from kb.records.entries import Entry, Searched
from kb.records.journal import BATCH_ROWS, Journal
from kb.records.tables import customers
from kb.records.writing import write_customers
from tests.kb.records.journals import FILE, open_database, open_journal, query_ids
from tests.kb.records.samples import remount, searched, small_disk, wait_until


def test_nobody_waits_for_a_lockedopen_database(
    tmp_path: Path, journal: Journal, lock: sqlite3.Connection, reader: Database
) -> None:
    """Would `add` wait, this test would never end: the lock is let go of after it."""
    journal.add(*(searched(number) for number in range(1, 51)))
    wait_until(lambda: journal.state().failing_since is not None)
    waiting = journal.state().waiting
    lock.execute("rollback")
    wait_until(lambda: journal.state().waiting == 0)

    assert waiting == 50
    assert query_ids(reader) == list(range(51))
    assert journal.state().failing_since is None
    assert journal.state().dropped == 0


def test_oldest_are_dropped_and_counted_when_there_is_no_room(tmp_path: Path, reader: Database) -> None:
    """A database that is gone for long must not fill the memory; the newest are worth most."""
    journal = open_journal(tmp_path, capacity=5)
    journal.start()
    journal.add(searched(0))
    wait_until(lambda: journal.state().written == 1)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("begin exclusive")
    journal.add(searched(1))
    wait_until(lambda: journal.state().failing_since is not None)
    for number in range(2, 21):
        journal.add(searched(number))
        assert journal.state().waiting <= 5 + BATCH_ROWS
    wait_until(lambda: journal.state().waiting <= 5)
    other.close()
    wait_until(lambda: journal.state().waiting == 0)
    state = journal.state()
    journal.close()

    assert state.written + state.dropped == 21
    assert state.dropped >= 10
    assert query_ids(reader)[1:] == list(range(21 - (state.written - 1), 21))


def test_failing_is_told_to_the_log_and_to_other_processes_once(
    tmp_path: Path, journal: Journal, lock: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator learns when it begins and when it ends, and nothing that somebody wrote."""
    alarm = tmp_path / "searches.failing"
    journal.add(searched(1, text="zebracanary"))
    wait_until(alarm.exists)
    told = alarm.read_text(encoding="utf-8")
    time.sleep(0.3)
    lock.execute("rollback")
    wait_until(lambda: journal.state().waiting == 0 and not alarm.exists())

    assert "locked" in told
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "zebracanary" not in caplog.text + told


def test_full_disk_is_waited_for(tmp_path: Path) -> None:
    """When somebody makes room, everything that waited is written, and nothing is damaged."""
    with small_disk(tmp_path / "disk") as disk:
        journal = open_journal(disk)
        journal.start()
        journal.add(searched(0))
        wait_until(lambda: journal.state().written == 1)
        ballast = disk / "ballast"
        with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="space"):
            while True:
                file.write(b"x" * 4096)
        journal.add(*(searched(number, text="x" * 400) for number in range(1, 400)))
        wait_until(lambda: journal.state().failing_since is not None)
        ballast.unlink()
        wait_until(lambda: journal.state().waiting == 0)
        journal.close()
        reader = open_database(disk)
        ids = query_ids(reader)
        with reader.connect() as connection:
            whole = connection.exec_driver_sql("pragma integrity_check").scalar()
        reader.dispose()

        assert ids == list(range(400))
        assert whole == "ok"


def test_read_only_disk_is_waited_for(tmp_path: Path) -> None:
    """A disk that the kernel made read-only after a fault comes back, and so do the records."""
    with small_disk(tmp_path / "disk") as disk:
        open_database(disk).open().dispose()
        remount(disk, "ro")
        journal = open_journal(disk)
        journal.start()
        journal.add(searched(1))
        wait_until(lambda: journal.state().failing_since is not None)
        remount(disk, "rw")
        wait_until(lambda: journal.state().waiting == 0)
        journal.close()
        reader = open_database(disk)
        ids = query_ids(reader)
        reader.dispose()

        assert ids == [1]


def test_file_without_the_right_to_write_is_waited_for(tmp_path: Path) -> None:
    """The same for a file that somebody copied with the wrong rights."""
    open_database(tmp_path).open().dispose()
    (tmp_path / FILE).chmod(0o400)
    if os.access(tmp_path / FILE, os.W_OK):
        pytest.skip("root may write everything")
    journal = open_journal(tmp_path)
    journal.start()
    journal.add(searched(1))
    wait_until(lambda: journal.state().failing_since is not None)
    (tmp_path / FILE).chmod(0o600)
    wait_until(lambda: journal.state().waiting == 0)
    journal.close()


def test_deleted_file_is_begun_anew(tmp_path: Path, journal: Journal, reader: Database) -> None:
    """Only what was in the file is lost; what comes after it is found where it belongs."""
    for path in tmp_path.glob(f"{FILE}*"):
        path.unlink()
    journal.add(searched(1))
    wait_until(lambda: journal.state().waiting == 0)

    assert query_ids(reader) == [1]


def test_damaged_file_is_begun_anew(tmp_path: Path, reader: Database) -> None:
    """Also while the service runs: the broken file is kept aside, recording goes on."""
    database = Database(f"sqlite:///{tmp_path / FILE}", customers, retry_seconds=0.05, recycle_seconds=0)
    journal = Journal(database, write_customers, longest_pause=0.05)
    journal.start()
    journal.add(searched(0))
    wait_until(lambda: journal.state().written == 1)
    with database.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    with (tmp_path / FILE).open("r+b") as file:
        file.write(os.urandom(4096))
    journal.add(searched(1))
    wait_until(lambda: journal.state().waiting == 0)
    journal.close()

    assert query_ids(reader) == [1]
    assert journal.state().dropped == 0
    assert list(tmp_path.glob(f"{FILE}.broken-*"))


def test_missing_folder_is_waited_for(tmp_path: Path) -> None:
    """A volume that is mounted late does not stop the service."""
    folder = tmp_path / "volume"
    journal = open_journal(folder, alarm=None)
    journal.start()
    journal.add(searched(1))
    wait_until(lambda: journal.state().failing_since is not None)
    folder.mkdir()
    wait_until(lambda: journal.state().waiting == 0)
    journal.close()

    assert (folder / FILE).exists()


def test_entry_that_is_refused_takes_no_others_along(
    journal: Journal, reader: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """One row that cannot be written would otherwise be tried for ever, with everything behind it."""
    broken = searched(2, lang=cast("str", None), text="zebracanary")
    journal.add(searched(1), broken, searched(3))
    wait_until(lambda: journal.state().waiting == 0)

    assert query_ids(reader) == [0, 1, 3]
    assert journal.state().dropped == 1
    assert "zebracanary" not in caplog.text


def test_writer_outlives_an_unexpected_fault(tmp_path: Path) -> None:
    """A mistake of ours with one entry must not end all recording."""
    written = []

    def write(connection: Connection, entries: Sequence[Entry]) -> None:
        numbers = [int(each.query_id, 16) for each in entries if isinstance(each, Searched)]
        if 2 in numbers:
            raise ZeroDivisionError
        written.extend(numbers)

    journal = Journal(open_database(tmp_path), write)
    journal.add(*(searched(number) for number in (1, 2, 3)))
    journal.start()
    wait_until(lambda: journal.state().waiting == 0)
    journal.close()

    assert written == [1, 3]
    assert journal.state().dropped == 1


def test_connection_that_breaks_loses_nothing(tmp_path: Path) -> None:
    """Some drivers let the errors of their socket through as they are: the database is gone, the entry is good."""
    written: list[int] = []
    faults = [ConnectionResetError("reset by peer"), BrokenPipeError("broken pipe")]

    def write(connection: Connection, entries: Sequence[Entry]) -> None:
        if faults:
            raise faults.pop()
        written.append(len(entries))

    journal = Journal(open_database(tmp_path), write, longest_pause=0.05)
    journal.add(searched(1), searched(2))
    journal.start()
    wait_until(lambda: journal.state().waiting == 0)
    journal.close()

    assert written == [2]
    assert journal.state().dropped == 0
