"""Entries → rows: masked, and written in the order in which they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, and_, insert, update

from kb.records.entries import Decided, Deflected, Entry, Rated, Searched, Suggested, Verdict
from kb.records.personal_data import masked
from kb.records.tables import agent_searches, deflections, feedback, searches, suggestions

Row = dict[str, Any]


def write_customers(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write searches, ratings and messages that were not needed."""
    _write(connection, entries, searches)


def write_agents(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write agents' searches, suggestions and what became of them."""
    _write(connection, entries, agent_searches)


def _write(connection: Connection, entries: Sequence[Entry], searched: Table) -> None:
    for kind, group in groupby(entries, type):
        if kind is Searched:
            connection.execute(insert(searched), [_search(each) for each in group if isinstance(each, Searched)])
        elif kind is Suggested:
            connection.execute(
                insert(suggestions), [_suggestion(each) for each in group if isinstance(each, Suggested)]
            )
        else:
            for each in group:
                _write_one(connection, each)


def _write_one(connection: Connection, entry: Entry) -> None:
    if isinstance(entry, Rated):
        _write_of_day(connection, feedback, _rating(entry))
    elif isinstance(entry, Deflected):
        _write_of_day(connection, deflections, {**asdict(entry), "day": entry.at.date()})
    elif isinstance(entry, Decided):
        row = _decision(entry)
        connection.execute(update(suggestions).where(suggestions.c.suggestion_id == entry.suggestion_id).values(row))


def _write_of_day(connection: Connection, table: Table, row: Row) -> None:
    """Replace what the visitor said of the article today, or add it. Upserts are spelt differently in each database."""
    one = ("visitor", "article_id", "day")
    same = and_(*(table.c[name] == row[name] for name in one))
    if not connection.execute(update(table).where(same).values(row)).rowcount:
        connection.execute(insert(table).values(row))


def _search(entry: Searched) -> Row:
    return {**asdict(entry), "text": masked(entry.text), "kind": entry.kind.value}


def _rating(entry: Rated) -> Row:
    return {
        **asdict(entry),
        "day": entry.at.date(),
        "reason": entry.reason.value if entry.reason else None,
        "comment": masked(entry.comment) if entry.comment else None,
    }


def _suggestion(entry: Suggested) -> Row:
    return {**asdict(entry), "question": masked(entry.question)}


def _decision(entry: Decided) -> Row:
    return {
        "outcome": entry.verdict.value,
        "decided_at": entry.at,
        "final_text": masked(entry.final_text) if entry.final_text else None,
        "difference": _difference(entry),
    }


def _difference(entry: Decided) -> float | None:
    """Return the share of words changed, when both texts are known; what was accepted as it was has none."""
    if entry.final_text is None:
        return 0.0 if entry.verdict is Verdict.ACCEPTED else None
    return None if entry.suggested_text is None else share_changed(entry.suggested_text, entry.final_text)


def share_changed(before: str, after: str) -> float:
    """
    Return the share of words that only one of two texts has, 0 to 1, wherever they stand.

    By counting and not by aligning: the time grows with the length, whatever somebody sends.
    """
    one, other = Counter(before.split()), Counter(after.split())
    longer = max(one.total(), other.total())
    return 1 - (one & other).total() / longer if longer else 0.0
