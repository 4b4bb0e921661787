"""Entries become rows: masked, the last word counts, nothing invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kb.records.database import Database, open_database
from kb.records.entries import Decided, Entry, Kind, Reason, Verdict
from kb.records.tables import agent_searches, agents, customers, feedback, searches, suggestions
from kb.records.writing import share_changed, write_agents, write_customers
from tests.kb.records.samples import NOON, rated, rows, searched, suggested


@pytest.fixture
def of_customers(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'searches.sqlite'}", customers)
    yield database
    database.dispose()


@pytest.fixture
def of_agents(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'records.sqlite'}", agents)
    yield database
    database.dispose()


def _customers(database: Database, *entries: Entry) -> None:
    with database.begin() as connection:
        write_customers(connection, entries)


def _agents(database: Database, *entries: Entry) -> None:
    with database.begin() as connection:
        write_agents(connection, entries)


def _decided(verdict: Verdict, final: str | None = None, before: str | None = None, **changes: Any) -> Decided:
    values = {"suggestion_id": "1" * 32, "at": NOON + timedelta(minutes=5), **changes}
    return Decided(verdict=verdict, final_text=final, suggested_text=before, **values)


def test_search_is_stored_with_everything_about_it(of_customers: Database) -> None:
    """Insights have no other source."""
    _customers(of_customers, searched(7, text="refund", category="returns"))

    assert rows(of_customers, searches) == [
        {
            "query_id": f"{7:032x}",
            "at": NOON,
            "lang": "en",
            "text": "refund",
            "kind": "full",
            "category": "returns",
            "mode": "hybrid",
            "outcome": "answer",
            "confidence": 0.9,
            "top_article": "en/returns/refund-time",
            "hits": 3,
            "edition": "e",
            "took_ms": 8.5,
        }
    ]


def test_typed_search_has_no_outcome(of_customers: Database) -> None:
    """What was never asked was never answered."""
    _customers(of_customers, searched(kind=Kind.TYPED, outcome=None, confidence=None, top_article=None, hits=0))
    row = rows(of_customers, searches)[0]

    assert (row["kind"], row["outcome"], row["confidence"], row["top_article"]) == ("typed", None, None, None)


def test_last_rating_of_a_day_counts(of_customers: Database) -> None:
    """Who clicks ten times counts once; who changes their mind is heard."""
    _customers(of_customers, rated(helpful=True), rated(visitor="b"))
    _customers(of_customers, rated(helpful=False, reason=Reason.OUTDATED, comment="mail ivan@mail.ru"))
    found = [(row["visitor"][0], row["helpful"], row["reason"], row["comment"]) for row in rows(of_customers, feedback)]

    assert found == [("a", False, "outdated", "mail [email]"), ("b", True, None, None)]


def test_other_days_and_articles_are_other_ratings(of_customers: Database) -> None:
    """One row for a visitor, article and day: each of the three."""
    _customers(of_customers, rated(), rated(at=NOON + timedelta(days=1)), rated(article_id="en/returns/other"))

    assert len(rows(of_customers, feedback)) == 3


def test_agents_search_goes_where_customers_cannot_look(of_agents: Database) -> None:
    """An agent's question may name a customer."""
    _agents(of_agents, searched(1, text="refund for +36 30 123 4567"))

    assert [row["text"] for row in rows(of_agents, agent_searches)] == ["refund for [phone]"]


def test_suggestion_waits_for_its_outcome(of_agents: Database) -> None:
    """Until an agent tells, nothing is known, and nothing is guessed."""
    _agents(of_agents, suggested(question="I am ivan@mail.ru, where is my money?"))
    row = rows(of_agents, suggestions)[0]

    assert row["question"] == "I am [email], where is my money?"
    assert [row[name] for name in ("outcome", "decided_at", "final_text", "difference")] == [None] * 4


@pytest.mark.parametrize(
    ("decided", "expected"),
    [
        (_decided(Verdict.ACCEPTED), ("accepted", None, 0.0)),
        (_decided(Verdict.REJECTED), ("rejected", None, None)),
        (_decided(Verdict.EDITED), ("edited", None, None)),
        (_decided(Verdict.EDITED, "a b c x", "a b c d"), ("edited", "a b c x", 0.25)),
        (_decided(Verdict.EDITED, "a b c x"), ("edited", "a b c x", None)),
        (_decided(Verdict.EDITED, "call 8 903 123 45 67", "call us"), ("edited", "call [phone]", 5 / 6)),
    ],
    ids=["accepted", "rejected", "edited", "edited text", "text no longer known", "masked"],
)
def test_outcome_is_stored(of_agents: Database, decided: Decided, expected: object) -> None:
    """In the same batch as the suggestion or later; the share of words changed is told only when it is known."""
    _agents(of_agents, suggested(), suggested(suggestion_id="3" * 32), decided)
    row, other = rows(of_agents, suggestions)

    assert (row["outcome"], row["final_text"], row["difference"]) == expected
    assert row["decided_at"] == NOON + timedelta(minutes=5)
    assert other["outcome"] is None


def test_last_outcome_counts(of_agents: Database) -> None:
    """Sent after all, or taken back: nothing of what was told before stays."""
    _agents(of_agents, suggested(), _decided(Verdict.EDITED, "a b", "a c"))
    _agents(of_agents, _decided(Verdict.REJECTED))
    row = rows(of_agents, suggestions)[0]

    assert (row["outcome"], row["final_text"], row["difference"]) == ("rejected", None, None)


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        ("a b c d", "a b c d", 0.0),
        ("a b c d", "d c b a", 0.0),
        ("a b c d", "a b c d e", 0.2),
        ("a b c d", "a b", 0.5),
        ("a a a a", "a", 0.75),
        ("a b", "c d", 1.0),
        ("", "a", 1.0),
        ("", "", 0.0),
    ],
)
def test_share_of_words_changed(before: str, after: str, share: float) -> None:
    """0 is as suggested, 1 is written anew."""
    assert share_changed(before, after) == pytest.approx(share)
