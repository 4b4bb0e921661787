"""What the records say: what is asked and not answered, what does not help, and what agents make of suggestions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, MetaData, Row, Select, Table, and_, case, func, or_, select, true

from kb.records.database import Database
from kb.records.entries import Kind, Verdict
from kb.records.tables import agent_searches, agents, customers, feedback, searches, suggestions
from kb.settings import Settings

# The head of what is asked: each has to be embedded, and nobody reads a thousand.
MAX_WORDINGS = 500
MAX_SAID = 3
"""Comments and changed replies that are told of one article."""
ANSWERED, UNANSWERED = "answer", "handoff"


@dataclass(frozen=True, slots=True)
class Wording:
    """A question as it was asked, masked."""

    text: str
    lang: str
    """Of the page it was asked on."""
    count: int


@dataclass(frozen=True, slots=True)
class SearchFigures:
    """Customers' searches in one language that were sent."""

    lang: str
    searches: int
    answered: int
    unanswered: int
    without_hits: int


@dataclass(frozen=True, slots=True)
class Rating:
    """How customers rated an article."""

    article_id: str
    helpful: int
    unhelpful: int
    reasons: dict[str, int]
    comments: tuple[str, ...]
    """The last ones, masked."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What became of the suggestions from an article, or of all in a language."""

    name: str
    """An article's id, or a language."""
    suggested: int
    accepted: int
    edited: int
    rejected: int
    changed: float | None
    """Mean share of words that was changed in the edited ones, 0 to 1; None when it is not known."""
    sent: tuple[str, ...] = ()
    """What was sent in their place lately, masked."""

    @property
    def share(self) -> float | None:
        """Accepted as it was, of those that somebody decided on; None when nobody did."""
        decided = self.accepted + self.edited + self.rejected
        return self.accepted / decided if decided else None


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything since a moment, worst or most frequent first."""

    searches: tuple[SearchFigures, ...]
    typed: int
    """Searches that were typed and never sent."""
    unanswered: tuple[Wording, ...]
    without_hits: tuple[Wording, ...]
    low_rated: tuple[Rating, ...]
    by_article: tuple[Acceptance, ...]
    by_language: tuple[Acceptance, ...]


def findings(settings: Settings, since: datetime, lang: str | None = None) -> Findings:
    """Return what was recorded since a moment (UTC, without a zone). Makes nothing; raises RecordsUnavailable."""
    with _looking(settings.searches_url, customers) as connection:
        figures = _figures(connection, since, lang)
        typed = _typed(connection, since, lang)
        ratings = _low_rated(connection, since, lang)
        asked = _asked(connection, searches, since, lang)
    with _looking(settings.records_url, agents) as connection:
        decided = _suggested(connection, since, lang)
        asked += _asked(connection, agent_searches, since, lang)
    return Findings(
        searches=figures,
        typed=typed,
        unanswered=_wordings(row for row in asked if row.outcome == UNANSWERED),
        without_hits=_wordings(row for row in asked if row.is_empty),
        low_rated=ratings,
        by_article=_acceptance(decided, "article_id", with_texts=True),
        by_language=_acceptance(decided, "lang"),
    )


@contextmanager
def _looking(url: str, tables: MetaData) -> Iterator[Connection | None]:
    database = Database(url, tables)
    try:
        with database.look() as connection:
            yield connection
    finally:
        database.dispose()


def _rows(connection: Connection | None, wanted: Select[Any]) -> Sequence[Row[Any]]:
    return connection.execute(wanted).all() if connection is not None else []


def _since(table: Table, since: datetime, lang: str | None) -> ColumnElement[bool]:
    return and_(table.c.at >= since, table.c.lang == lang if lang else true())


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _figures(connection: Connection | None, since: datetime, lang: str | None) -> tuple[SearchFigures, ...]:
    outcome = searches.c.outcome
    wanted = (
        select(
            searches.c.lang,
            func.count().label("searches"),
            _count(outcome == ANSWERED).label("answered"),
            _count(outcome == UNANSWERED).label("unanswered"),
            _count(searches.c.hits == 0).label("without_hits"),
        )
        .where(_since(searches, since, lang), searches.c.kind == Kind.FULL)
        .group_by(searches.c.lang)
        .order_by(func.count().desc(), searches.c.lang)
    )
    return tuple(SearchFigures(**row._mapping) for row in _rows(connection, wanted))


def _typed(connection: Connection | None, since: datetime, lang: str | None) -> int:
    wanted = select(func.count()).where(_since(searches, since, lang), searches.c.kind == Kind.TYPED)
    return sum(row[0] for row in _rows(connection, wanted))


def _asked(connection: Connection | None, table: Table, since: datetime, lang: str | None) -> list[Row[Any]]:
    """Return the questions that led nowhere, the most frequent ones."""
    is_empty, times = (table.c.hits == 0).label("is_empty"), func.count().label("times")
    wanted = (
        select(table.c.text, table.c.lang, table.c.outcome, is_empty, times)
        .where(_since(table, since, lang), table.c.kind == Kind.FULL)
        .where(or_(table.c.outcome == UNANSWERED, table.c.hits == 0))
        .group_by(table.c.text, table.c.lang, table.c.outcome, is_empty)
        .order_by(times.desc(), table.c.text)
        .limit(MAX_WORDINGS)
    )
    return list(_rows(connection, wanted))


def _wordings(rows: Iterable[Row[Any]]) -> tuple[Wording, ...]:
    """Count questions that differ only in capitals and in what ends them as one."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        counts[" ".join(row.text.casefold().split()).strip(" ?!."), row.lang] += row.times
    return tuple(Wording(text, lang, count) for (text, lang), count in counts.most_common(MAX_WORDINGS))


def _low_rated(connection: Connection | None, since: datetime, lang: str | None) -> tuple[Rating, ...]:
    wanted = select(feedback).where(_since(feedback, since, lang)).order_by(feedback.c.at.desc(), feedback.c.id.desc())
    of_article: dict[str, list[Row[Any]]] = {}
    for row in _rows(connection, wanted):
        of_article.setdefault(row.article_id, []).append(row)
    ratings = [_rating(article_id, rows) for article_id, rows in of_article.items()]
    low = [each for each in ratings if each.unhelpful]
    return tuple(sorted(low, key=lambda each: (each.helpful - each.unhelpful, each.article_id)))


def _rating(article_id: str, rows: Sequence[Row[Any]]) -> Rating:
    against = [row for row in rows if not row.helpful]
    return Rating(
        article_id,
        helpful=len(rows) - len(against),
        unhelpful=len(against),
        reasons=dict(Counter(row.reason for row in against if row.reason).most_common()),
        comments=tuple(dict.fromkeys(row.comment for row in against if row.comment))[:MAX_SAID],
    )


def _suggested(connection: Connection | None, since: datetime, lang: str | None) -> Sequence[Row[Any]]:
    table = suggestions.c
    wanted = select(table.article_id, table.lang, table.outcome, table.difference, table.final_text)
    return _rows(connection, wanted.where(_since(suggestions, since, lang)).order_by(table.at.desc()))


def _acceptance(rows: Sequence[Row[Any]], by: str, *, with_texts: bool = False) -> tuple[Acceptance, ...]:
    """Return one for each value of a column that somebody decided on: the ones that fit least come first."""
    of_name: dict[str, list[Row[Any]]] = {}
    for row in rows:
        of_name.setdefault(getattr(row, by), []).append(row)
    found = [_accepted(name, each, with_texts=with_texts) for name, each in of_name.items()]
    decided = [each for each in found if each.share is not None]
    return tuple(sorted(decided, key=lambda each: (each.accepted - each.edited - each.rejected, each.name)))


def _accepted(name: str, rows: Sequence[Row[Any]], *, with_texts: bool) -> Acceptance:
    outcomes = Counter(row.outcome for row in rows)
    edited = [row for row in rows if row.outcome == Verdict.EDITED]
    changed = [row.difference for row in edited if row.difference is not None]
    return Acceptance(
        name,
        suggested=len(rows),
        accepted=outcomes[Verdict.ACCEPTED.value],
        edited=len(edited),
        rejected=outcomes[Verdict.REJECTED.value],
        changed=sum(changed) / len(changed) if changed else None,
        sent=tuple(dict.fromkeys(row.final_text for row in edited if row.final_text))[:MAX_SAID] if with_texts else (),
    )
