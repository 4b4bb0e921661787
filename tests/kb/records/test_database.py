"""Opening the records: SQLite by default, made ready for readers beside a writer, mended when it is damaged."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateTable

from kb.errors import RecordsUnavailable, SettingsError
from kb.records.database import Database, open_database
from kb.records.tables import agents, customers

KEY = "insert into keys (id, name, role, sha256, created_at) values ('a', 'n', 'agent', 'h', '2026-06-15')"


def _url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'records.sqlite'}"


def _count(database: Database) -> int:
    with database.connect() as connection:
        return int(connection.execute(text("select count(*) from keys")).scalar_one())


def _add(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(text(KEY))


def test_tables_exist_after_opening(tmp_path: Path) -> None:
    """A new database is ready to use."""
    database = open_database(_url(tmp_path))

    assert set(inspect(database.open()).get_table_names()) == set(agents.tables)
    database.dispose()


def test_customers_and_agents_tables_are_apart(tmp_path: Path) -> None:
    """The process for customers never has what agents wrote: no table is in both sets."""
    database = open_database(_url(tmp_path), customers)

    assert set(inspect(database.open()).get_table_names()) == {"searches", "feedback", "contacts", "deflections"}
    assert not customers.tables.keys() & agents.tables.keys()
    database.dispose()


def test_both_sets_live_in_one_database(tmp_path: Path) -> None:
    """KB_DATABASE_URL names one place for everything."""
    both = [open_database(_url(tmp_path), each) for each in (customers, agents)]

    assert set(inspect(both[0].open()).get_table_names()) == customers.tables.keys() | agents.tables.keys()
    for each in both:
        each.dispose()


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    """Tables are made where they are missing, never anew."""
    first = open_database(_url(tmp_path))
    _add(first)
    first.dispose()

    second = open_database(_url(tmp_path))
    count = _count(second)
    second.dispose()

    assert count == 1


@pytest.mark.parametrize(
    ("pragma", "expected"), [("journal_mode", "wal"), ("synchronous", 1), ("busy_timeout", 5000), ("secure_delete", 1)]
)
def test_sqlite_serves_readers_beside_a_writer(tmp_path: Path, pragma: str, expected: object) -> None:
    """Readers do not wait for the writer, a locked database is waited for, and what is deleted is gone."""
    database = open_database(_url(tmp_path))
    with database.connect() as connection:
        found = connection.execute(text(f"pragma {pragma}")).scalar()
    database.dispose()

    assert expected == found


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    """Others on the machine have no business with what customers wrote."""
    database = open_database(_url(tmp_path))
    _add(database)
    rights = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("records.sqlite*")}
    database.dispose()

    assert rights == {0o600}


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("nonsense", id="no address"),
        pytest.param("sqlite:////no/such/folder/records.sqlite", id="no such folder"),
        pytest.param("nosuchdatabase://host/records", id="no such database"),
    ],
)
def test_unusable_address_is_a_settings_error(url: str) -> None:
    """The operator hears which variable to mend."""
    with pytest.raises(SettingsError) as refusal:
        open_database(url)

    assert "KB_DATABASE_URL" in refusal.value.hint


@pytest.mark.parametrize("dialect", ["postgresql", "mysql"])
def test_tables_can_be_made_in_other_databases(dialect: str) -> None:
    """Every type and length is one that others have too; a column without a length would be refused by MySQL."""
    for table in [*customers.sorted_tables, *agents.sorted_tables]:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=registry.load(dialect)()))


def _overwrite_header(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.write(os.urandom(4096))


def _truncate_pages(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("create table more (x)")
        connection.executemany("insert into more values (?)", [("x" * 500,)] * 500)
    connection.close()
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize("damage", [_overwrite_header, _truncate_pages], ids=["header", "pages"])
def test_damaged_database_is_moved_aside_and_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: object
) -> None:
    """A service whose disk broke starts, says so loudly, and throws nothing away."""
    assert callable(damage)
    before = open_database(_url(tmp_path))
    _add(before)
    before.dispose()
    damage(tmp_path / "records.sqlite")

    database = open_database(_url(tmp_path))
    _add(database)

    assert _count(database) == 1
    database.dispose()
    aside = list(tmp_path.glob("records.sqlite.broken-*"))
    assert len(aside) == 1
    assert aside[0].stat().st_size > 0
    assert "IS DAMAGED" in caplog.text
    assert aside[0].name in caplog.text


def test_damage_while_running_is_mended_with_the_next_use(tmp_path: Path) -> None:
    """Nobody has to restart the service."""
    database = open_database(_url(tmp_path))
    _add(database)
    with database.connect() as connection:
        connection.execute(text("pragma wal_checkpoint(truncate)"))
    database.dispose()
    database.open().dispose()
    _overwrite_header(tmp_path / "records.sqlite")
    with pytest.raises(RecordsUnavailable):
        _count(database)

    assert _count(database) == 0
    database.dispose()
    assert list(tmp_path.glob("records.sqlite.broken-*"))


def test_locked_database_is_not_taken_for_a_damaged_one(tmp_path: Path) -> None:
    """A backup that locks the file must not have it moved away under its hands."""
    open_database(_url(tmp_path)).dispose()
    other = sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)
    other.execute("pragma locking_mode=exclusive")
    other.execute("begin exclusive")
    database = Database(_url(tmp_path), agents, busy_ms=10)
    with pytest.raises(RecordsUnavailable, match="locked"):
        database.open()
    other.close()

    assert not list(tmp_path.glob("*.broken-*"))
    database.dispose()


def test_deleted_file_is_begun_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What is written into a file that no longer has a name would be lost in silence."""
    database = open_database(_url(tmp_path))
    _add(database)
    for path in tmp_path.glob("records.sqlite*"):
        path.unlink()
    _add(database)

    assert _count(database) == 1
    database.dispose()
    assert (tmp_path / "records.sqlite").exists()
    assert "is gone or another file" in caplog.text


def test_database_that_cannot_be_opened_is_tried_again_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Each request in between is refused at once, without a line in the log."""
    folder = tmp_path / "later"
    database = Database(f"sqlite:///{folder / 'records.sqlite'}", agents, retry_seconds=3600)
    for _ in range(3):
        with pytest.raises(RecordsUnavailable, match=r"records\.sqlite"):
            database.open()
    folder.mkdir()
    with pytest.raises(RecordsUnavailable):
        database.open()
    database._retry_seconds = 0

    _add(database)

    assert _count(database) == 1
    database.dispose()
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]


def test_error_names_nothing_that_was_to_be_written(tmp_path: Path) -> None:
    """What a customer wrote must not reach the log through the database's complaint."""
    database = open_database(_url(tmp_path))
    secret = text("insert into keys (id, name, role, sha256, created_at) values ('a', :name, null, null, null)")
    with pytest.raises(RecordsUnavailable) as refusal, database.begin() as connection:
        connection.execute(secret, {"name": "zebra@example.org"})
    database.dispose()

    assert "zebra" not in f"{refusal.value} {refusal.value.__cause__}"


def test_looking_makes_and_mends_nothing(tmp_path: Path) -> None:
    """A command that only asks must not change what it asks about."""
    database = Database(_url(tmp_path), agents)
    with database.look() as connection:
        assert connection is None
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "records.sqlite").write_bytes(b"no database" * 1000)

    with pytest.raises(RecordsUnavailable), database.look():
        pass
    database.dispose()

    assert [path.name for path in tmp_path.iterdir()] == ["records.sqlite"]
