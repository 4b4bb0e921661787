"""
How often people found their answer and how often they wrote: what was assumed and what was confirmed, apart.

A search that led to an answer or a choice, and to no message, is assumed to have been enough: nobody said so. It is
confirmed when the visitor said that an article answered, on the article or while writing a message.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, case, exists, func, or_, select

from kb.records.tables import contacts, deflections, feedback, searches

OFFERED = ("answer", "clarify")


@dataclass(slots=True)
class Deflection:
    """The counts of one language and category."""

    offered: int = 0
    """Searches that led to an answer or a choice; what was typed counts once, when the visitor paused."""
    contacted: int = 0
    """Of them, those that a message came from."""
    confirmed: int = 0
    """Of the others, those whose visitor said that an article answered."""
    messages: int = 0
    """All messages, whatever came before them."""
    while_writing: int = 0
    """Messages that were not sent, because an article answered."""

    @property
    def assumed(self) -> int:
        """Searches after which nobody said anything."""
        return self.offered - self.contacted - self.confirmed


Counts = dict[tuple[str, str], Deflection]
"""(language, category) to counts; the category is empty where it is not known."""


def deflection(connection: Connection, since: datetime) -> Counts:
    """Return the counts since a moment (UTC, without a zone). Raises what the database raises."""
    counts: Counts = defaultdict(Deflection)
    for lang, article, offered, contacted, confirmed in connection.execute(_searches(since)):
        found = counts[lang, _category(article)]
        found.offered += offered
        found.contacted += contacted
        found.confirmed += confirmed
    for lang, category, article, count in connection.execute(_messages(since)):
        counts[lang, category or _category(article)].messages += count
    for lang, article, count in connection.execute(_while_writing(since)):
        counts[lang, _category(article)].while_writing += count
    return dict(counts)


def _searches(since: datetime) -> Select[str, str | None, int, int, int]:
    wrote = exists().where(contacts.c.query_id == searches.c.query_id)
    helped = or_(
        exists().where(feedback.c.query_id == searches.c.query_id, feedback.c.helpful),
        exists().where(deflections.c.query_id == searches.c.query_id),
    )
    contacted, confirmed = case((wrote, 1), else_=0), case((~wrote & helped, 1), else_=0)
    return (
        select(searches.c.lang, searches.c.top_article, func.count(), func.sum(contacted), func.sum(confirmed))
        .where(searches.c.at >= since, searches.c.outcome.in_(OFFERED))
        .group_by(searches.c.lang, searches.c.top_article)
    )


def _messages(since: datetime) -> Select[str, str | None, str | None, int]:
    columns = (contacts.c.lang, contacts.c.category, contacts.c.article_id)
    return select(*columns, func.count()).where(contacts.c.at >= since).group_by(*columns)


def _while_writing(since: datetime) -> Select[str, str, int]:
    columns = (deflections.c.lang, deflections.c.article_id)
    return select(*columns, func.count()).where(deflections.c.at >= since).group_by(*columns)


def _category(article_id: str | None) -> str:
    return article_id.split("/")[1] if article_id else ""
