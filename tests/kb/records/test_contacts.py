"""Messages to the store: none is lost, none is delivered by two at once, none is kept longer than it must be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from kb.errors import RecordsUnavailable
from kb.records.contacts import CLAIM, Backlog, ContactStore, Waiting
from kb.records.database import Database
from kb.records.tables import contacts, customers
from tests.kb.records.samples import NOON, contacted, rows

MINUTE = timedelta(minutes=1)


class Clock:
    """A time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'searches.sqlite'}", customers, lasting=True)
    yield opened
    opened.dispose()


@pytest.fixture
def store(database: Database, clock: Clock) -> ContactStore:
    return ContactStore(database, clock)


def _rows(database: Database) -> list[dict[str, Any]]:
    return rows(database, contacts)


def _taken(store: ContactStore) -> Waiting:
    message = store.take()
    assert message is not None
    return message


def test_message_is_kept_as_it_was_written(store: ContactStore, database: Database) -> None:
    """Whoever replies needs every number in it; the mask is for what stays."""
    entry = contacted(query_id="1" * 32, article_id="en/returns/refund-time")
    reference = store.keep(entry, "v")
    message = _taken(store)

    assert (message.reference, message.message, message.name, message.email) == (
        reference,
        entry.message,
        entry.name,
        entry.email,
    )
    assert (message.category, message.query_id, message.article_id) == ("returns", "1" * 32, "en/returns/refund-time")


def test_message_survives_a_power_cut(database: Database) -> None:
    """The visitor is told that it has arrived: the disk must have it by then."""
    with database.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_message_sent_twice_is_one(store: ContactStore, database: Database) -> None:
    """A button pressed twice must not make two tickets; another text, or another person, does."""
    first = store.keep(contacted(), "v")

    assert store.keep(contacted(at=NOON + MINUTE), "v") == first
    assert len({first, store.keep(contacted(), "w"), store.keep(contacted(message="And?"), "v")}) == 3
    assert len(_rows(database)) == 3


def test_message_sent_twice_at_once_is_one(store: ContactStore, database: Database) -> None:
    """Both requests look before either writes; the database decides, and both are told the same."""
    told: list[str] = []
    threads = [Thread(target=lambda: told.append(store.keep(contacted(), "v"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(told) == 8
    assert len(set(told)) == len(_rows(database)) == 1


def test_what_cannot_be_stored_is_refused(tmp_path: Path, clock: Clock) -> None:
    """Then the visitor is told so, with the text still there."""
    (tmp_path / "searches.sqlite").mkdir()
    store = ContactStore(Database(f"sqlite:///{tmp_path / 'searches.sqlite'}", customers), clock)

    with pytest.raises(RecordsUnavailable):
        store.keep(contacted(), "v")


def test_taken_message_is_nobody_elses(store: ContactStore, database: Database, clock: Clock) -> None:
    """Two processes on one database deliver each message once; of one that died, the other takes over."""
    store.keep(contacted(), "v")
    other = ContactStore(database, clock)
    first = _taken(store)
    meanwhile = other.take()
    clock.now += CLAIM

    assert meanwhile is None
    assert _taken(other).reference == first.reference


def test_many_who_take_at_once_take_different_ones(store: ContactStore, database: Database, clock: Clock) -> None:
    """What one has taken, the others pass over."""
    references = {store.keep(contacted(message=f"Question {number}"), "v") for number in range(12)}
    taken: list[str] = []

    def take_all() -> None:
        mine = ContactStore(database, clock)
        while message := mine.take():
            taken.append(message.reference)

    threads = [Thread(target=take_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == sorted(references)


def test_delivered_message_leaves_no_person_behind(store: ContactStore, database: Database) -> None:
    """Name and address have done their work; the text stays for a while, masked, to learn what is missing."""
    store.keep(contacted(), "v")
    store.delivered(_taken(store))
    (row,) = _rows(database)

    assert (row["name"], row["email"], row["message"]) == ("", "", "Where is my money? Call [phone].")
    assert row["delivered_at"] == NOON
    assert store.take() is None


def test_message_that_was_put_back_is_due_again(store: ContactStore, clock: Clock) -> None:
    """After its pause, with every attempt counted, and with the reason for who looks."""
    store.keep(contacted(), "v")
    store.put_back(_taken(store), "it is closed", MINUTE)
    at_once = store.take()
    told = store.backlog()
    clock.now += MINUTE

    assert at_once is None
    assert told == Backlog(1, NOON, "it is closed")
    assert _taken(store).attempts == 2


def test_erased_message_is_gone(store: ContactStore, database: Database) -> None:
    """By the reference that the person was given, however it is typed."""
    reference = store.keep(contacted(), "v")

    assert not store.erase("2222-2222")
    assert store.erase(f" {reference.lower()} ")
    assert _rows(database) == []
    assert store.take() is None


def test_old_texts_are_forgotten(store: ContactStore, database: Database) -> None:
    """Delivered, the row stays to be counted; what nobody ever took goes with the person's address."""
    delivered = store.keep(contacted(query_id="1" * 32), "v")
    store.delivered(_taken(store))
    store.keep(contacted(message="Nobody took this."), "v")
    store.keep(contacted(message="This is new.", at=NOON + 2 * MINUTE), "v")

    assert store.forget(NOON + MINUTE) is False
    assert {row["message"]: row["query_id"] for row in _rows(database)} == {"": "1" * 32, "This is new.": None}
    assert delivered in {row["reference"] for row in _rows(database)}
