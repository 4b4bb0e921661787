"""What a running service keeps, of whom, and for how long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kb.errors import RecordsUnavailable, SettingsError
from kb.records.database import Database, open_database
from kb.records.entries import Kind
from kb.records.records import SUGGESTIONS_KNOWN, CustomersRecords, Records
from kb.records.retention import sweep
from kb.records.summary import Stored, alarms, stored
from kb.records.tables import agents, customers, feedback, searches, suggestions
from kb.records.writing import write_customers
from kb.settings import Settings
from tests.kb.records.samples import NOON, rated, rows, searched, suggested, wait_until

Open = Callable[..., Records]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def opened(settings: Settings) -> Iterator[Open]:
    """Open records at noon; they are closed at the end."""
    all_opened = []

    def open_records(changed: Settings = settings, **options: bool) -> Records:
        records = Records.open(changed, now=lambda: NOON, **options)
        all_opened.append(records)
        return records

    yield open_records
    for each in all_opened:
        each.close()


def _customers(records: Records) -> CustomersRecords:
    assert records.customers is not None
    return records.customers


def _read(settings: Settings) -> Database:
    return open_database(settings.searches_url, customers)


def _search(records: Records, number: int, visitor: str = "v", **changes: object) -> None:
    kept = _customers(records).searches
    assert kept is not None
    kept.add(searched(number, **changes), lambda: visitor)


def test_process_for_customers_never_opens_what_agents_wrote(settings: Settings, opened: Open) -> None:
    """Not even an empty file of it."""
    records = opened(agents=False)
    _search(records, 1)
    records.close()

    assert records.agents is None
    assert not list(settings.data.glob("records.sqlite*"))
    assert stored(settings) == Stored(searches=1, ratings=0)


def test_customers_and_agents_are_in_files_of_their_own(settings: Settings, opened: Open) -> None:
    """One that is damaged or handed out does not concern the other."""
    records = opened()
    _search(records, 1)
    assert records.agents is not None
    records.agents.searches.add(searched(2, text="okapi"), lambda: "key")
    records.close()
    reader = _read(settings)

    assert len(rows(reader, searches)) == 1
    reader.dispose()
    assert b"okapi" in (settings.data / "records.sqlite").read_bytes()
    assert b"okapi" not in (settings.data / "searches.sqlite").read_bytes()


def test_one_address_holds_both(settings: Settings, opened: Open) -> None:
    """KB_DATABASE_URL is for everything."""
    shared = replace(settings, database_url=f"sqlite:///{settings.data / 'all.sqlite'}")
    records = opened(shared)
    _search(records, 1)
    assert records.agents is not None
    records.agents.suggested([suggested()], ["text"])
    records.close()

    assert stored(shared).searches == 1
    assert {path.name for path in settings.data.iterdir()} == {"all.sqlite"}


def test_unusable_address_is_told_at_once(settings: Settings) -> None:
    """A typing error in a setting is not a fault to wait for."""
    with pytest.raises(SettingsError, match="cannot be used"):
        Records.open(replace(settings, database_url="nonsense"))


def test_searches_can_be_switched_off(settings: Settings, opened: Open) -> None:
    """A store that may not keep searches keeps none; what customers send themselves is kept."""
    records = opened(replace(settings, records=False))
    _customers(records).rated(rated())
    records.close()

    assert _customers(records).searches is None
    assert stored(settings) == Stored(searches=0, ratings=1)


def test_typing_is_collapsed_and_the_rest_written_at_the_end(settings: Settings, opened: Open) -> None:
    """Typed and sent is one row; typed and left is another, also when the service ends before its time."""
    records = opened()
    _search(records, 1, kind=Kind.TYPED, text="ref")
    _search(records, 2, kind=Kind.TYPED, text="refund")
    _search(records, 3, text="refund time")
    _search(records, 4, kind=Kind.TYPED, text="delivery", visitor="other")
    records.close()
    reader = _read(settings)

    assert [(row["kind"], row["text"]) for row in rows(reader, searches)] == [
        ("full", "refund time"),
        ("typed", "delivery"),
    ]
    reader.dispose()


def test_what_was_left_is_written_when_it_is_due(settings: Settings) -> None:
    """Without a further visitor, and without an end of the service."""
    moment = [NOON]
    records = Records.open(settings, agents=False, now=lambda: moment[0])
    _search(records, 1, kind=Kind.TYPED, text="refund")
    moment[0] += timedelta(seconds=30)
    wait_until(lambda: records.states()["customers"].written == 1)
    records.close()

    assert stored(settings).searches == 1


def test_suggestion_is_known_before_and_after_it_is_written(settings: Settings, opened: Open) -> None:
    """An agent who is fast, and one who comes back after a restart, can both tell what became of it."""
    records = opened()
    assert records.agents is not None
    records.agents.suggested([suggested()], ["the text"])

    assert records.agents.knows("1" * 32)
    assert records.agents.text_of("1" * 32) == "the text"
    assert not records.agents.knows("4" * 32)
    records.close()
    again = opened()
    assert again.agents is not None
    assert again.agents.knows("1" * 32)
    assert again.agents.text_of("1" * 32) is None


def test_suggestion_that_cannot_be_looked_up_is_not_said_to_be_unknown(settings: Settings, opened: Open) -> None:
    """Not knowing is told as not knowing."""
    records = opened(replace(settings, database_url="sqlite:////no/such/folder/x.sqlite"))
    assert records.agents is not None

    with pytest.raises(RecordsUnavailable):
        records.agents.knows("1" * 32)


def test_texts_of_suggestions_do_not_fill_the_memory(opened: Open) -> None:
    """Only the last ones are known, and none is stored: it may hold a customer's name."""
    records = opened()
    assert records.agents is not None
    for number in range(SUGGESTIONS_KNOWN + 10):
        records.agents.suggested([suggested(suggestion_id=f"{number:032x}")], ["x"])

    assert records.agents.text_of(f"{9:032x}") is None
    assert records.agents.text_of(f"{10:032x}") == "x"


def test_service_starts_without_a_database(settings: Settings, opened: Open) -> None:
    """Search must not end because a disk did."""
    records = opened(replace(settings, database_url="sqlite:////no/such/folder/x.sqlite"))
    _search(records, 1)
    wait_until(lambda: bool(alarms(settings)))

    assert records.states()["customers"].waiting == 1
    assert "no/such/folder" in alarms(settings)[0]
    records.close(seconds=0.5)
    assert records.states()["customers"].dropped == 1


def test_records_of_nothing_are_no_trouble() -> None:
    """The command line and tests answer without recording."""
    records = Records()
    records.close()

    assert records.states() == {}


@pytest.mark.parametrize(("days", "kept"), [(180, [1]), (0, [0, 1])], ids=["180 days", "for ever"])
def test_old_rows_are_deleted_at_the_start(settings: Settings, opened: Open, days: int, kept: list[int]) -> None:
    """What the privacy notice promises happens without anybody thinking of it."""
    settings.data.mkdir()
    reader = _read(settings)
    old = NOON - timedelta(days=181)
    with reader.begin() as connection:
        write_customers(connection, [searched(0, at=old), searched(1), rated(at=old), rated()])
    records = opened(replace(settings, retention_days=days))
    wait_until(lambda: [int(row["query_id"], 16) for row in rows(reader, searches)] == kept)
    wait_until(lambda: len(rows(reader, feedback)) == len(kept))
    records.close()
    reader.dispose()


def test_deleted_rows_are_gone_from_the_file(settings: Settings) -> None:
    """A row that is deleted but still readable in the file is kept."""
    settings.data.mkdir()
    database = _read(settings)
    with database.begin() as connection:
        write_customers(connection, [searched(0, text="zebracanary"), searched(1, at=NOON + timedelta(days=2))])
    sweep(database, (searches, feedback), NOON + timedelta(days=1))
    with database.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    database.dispose()

    assert not [path for path in settings.data.iterdir() if b"zebracanary" in path.read_bytes()]


def test_sweeping_takes_a_few_rows_at_a_time(settings: Settings) -> None:
    """A year of searches must not be deleted in one transaction, for which everybody waits."""
    settings.data.mkdir()
    database = _read(settings)
    with database.begin() as connection:
        write_customers(connection, [searched(number) for number in range(25)])
    end = NOON + timedelta(days=1)
    more = [sweep(database, (searches, feedback), end, rows=10) for _ in range(3)]
    left = rows(database, searches)
    database.dispose()

    assert more == [True, True, False]
    assert left == []


def test_keys_and_young_rows_are_never_swept(settings: Settings, opened: Open) -> None:
    """Agents must not be locked out after half a year."""
    settings.data.mkdir()
    database = open_database(settings.records_url, agents)
    with database.begin() as connection:
        connection.exec_driver_sql(
            "insert into keys (id, name, role, sha256, created_at) values ('a', 'n', 'agent', 'h', '2001-01-01')"
        )
        connection.execute(suggestions.insert().values(**_row(NOON)))
        connection.execute(suggestions.insert().values(**_row(NOON - timedelta(days=500))))
    opened()
    wait_until(lambda: len(rows(database, suggestions)) == 1)
    with database.connect() as connection:
        keys = connection.exec_driver_sql("select count(*) from keys").scalar()
    database.dispose()

    assert keys == 1


def _row(at: datetime) -> dict[str, object]:
    entry = suggested(suggestion_id=f"{at:%Y}".zfill(32), at=at)
    return {name: getattr(entry, name) for name in entry.__slots__}


def test_nothing_recorded_yet_is_told_as_nothing(settings: Settings) -> None:
    """`kb status` on a new folder makes no file."""
    assert stored(settings) == Stored(0, 0)
    assert not settings.data.exists()
