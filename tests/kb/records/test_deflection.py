"""What was assumed and what was confirmed, counted apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kb.records.contacts import ContactStore
from kb.records.database import Database, open_database
from kb.records.deflection import Counts, Deflection, deflection
from kb.records.entries import Entry, Kind
from kb.records.tables import customers
from kb.records.writing import write_customers
from tests.kb.records.samples import NOON, contacted, deflected, rated, searched

REFUND = "en/returns/refund-time"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'searches.sqlite'}", customers)
    yield opened
    opened.dispose()


def _write(database: Database, *entries: Entry) -> None:
    with database.begin() as connection:
        write_customers(connection, entries)


def _counts(database: Database) -> Counts:
    with database.connect() as connection:
        return deflection(connection, NOON - timedelta(days=1))


def _id(number: int) -> str:
    return f"{number:032x}"


def test_search_nobody_spoke_of_is_assumed_only(database: Database) -> None:
    """Silence is no thanks."""
    _write(database, searched(1), searched(2, outcome="clarify"))
    counts = _counts(database)["en", "returns"]

    assert (counts.offered, counts.assumed, counts.confirmed, counts.contacted) == (2, 2, 0, 0)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(rated(query_id=_id(1)), id="rated helpful"),
        pytest.param(deflected(query_id=_id(1)), id="said while writing"),
    ],
)
def test_search_is_confirmed_by_who_says_so(database: Database, told: Entry) -> None:
    """A yes below the article, or on the form, belongs to the search that led there."""
    _write(database, searched(1), searched(2), told)
    counts = _counts(database)["en", "returns"]

    assert (counts.assumed, counts.confirmed) == (1, 1)


def test_search_that_was_no_help_is_not_confirmed(database: Database) -> None:
    """A no is an answer too, but not that one."""
    _write(database, searched(1), rated(query_id=_id(1), helpful=False))

    assert _counts(database)["en", "returns"].confirmed == 0


def test_who_writes_in_the_end_was_not_helped(database: Database) -> None:
    """Also if an article was liked before: a message is a message."""
    _write(database, searched(1), rated(query_id=_id(1)))
    ContactStore(database, lambda: NOON).keep(contacted(query_id=_id(1)), "v")
    counts = _counts(database)["en", "returns"]

    assert (counts.contacted, counts.confirmed, counts.assumed, counts.messages) == (1, 0, 0, 1)


def test_what_was_offered_nothing_is_not_counted(database: Database) -> None:
    """A handoff deflects nobody, prefixes lead to no outcome, and what is old is another report's."""
    old = NOON - timedelta(days=2)
    _write(database, searched(1, outcome="handoff"), searched(2, kind=Kind.TYPED, outcome=None), searched(3, at=old))

    assert _counts(database) == {}


def test_languages_and_categories_are_apart(database: Database) -> None:
    """A message's own category counts, else the one of the article it came from."""
    _write(database, searched(1, lang="hu", top_article="hu/delivery/delivery-cost"), deflected(article_id=REFUND))
    messages = ContactStore(database, lambda: NOON)
    messages.keep(contacted(category="warranty"), "v")
    messages.keep(contacted(category=None, article_id=REFUND), "w")
    messages.keep(contacted(category=None), "x")

    assert _counts(database) == {
        ("hu", "delivery"): Deflection(offered=1),
        ("en", "returns"): Deflection(while_writing=1, messages=1),
        ("en", "warranty"): Deflection(messages=1),
        ("en", ""): Deflection(messages=1),
    }
