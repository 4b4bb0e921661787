"""Opening the records: SQLite by default, made ready for readers beside a writer."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from kb.errors import SettingsError
from kb.records.database import metadata, open_database


def _url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'records.sqlite'}"


def test_tables_exist_after_opening(tmp_path: Path) -> None:
    """A new database is ready to use."""
    engine = open_database(_url(tmp_path))

    assert set(inspect(engine).get_table_names()) == set(metadata.tables)
    engine.dispose()


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    """Tables are made where they are missing, never anew."""
    first = open_database(_url(tmp_path))
    with first.begin() as connection:
        connection.execute(
            text("insert into keys (id, name, role, sha256, created_at) values ('a', 'n', 'agent', 'h', '2026-06-15')")
        )
    first.dispose()

    second = open_database(_url(tmp_path))
    with second.connect() as connection:
        count = connection.execute(text("select count(*) from keys")).scalar()
    second.dispose()

    assert count == 1


@pytest.mark.parametrize(("pragma", "expected"), [("journal_mode", "wal"), ("synchronous", 1), ("busy_timeout", 5000)])
def test_sqlite_serves_readers_beside_a_writer(tmp_path: Path, pragma: str, expected: object) -> None:
    """Readers do not wait for the writer, and a locked database is waited for."""
    engine = open_database(_url(tmp_path))
    with engine.connect() as connection:
        found = connection.execute(text(f"pragma {pragma}")).scalar()
    engine.dispose()

    assert expected == found


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
