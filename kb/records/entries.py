"""
What can be recorded: a search, a rating, a message that was not needed, a suggestion, what became of it.

As it was written: masked when stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """How a search was asked."""

    FULL = "full"
    TYPED = "typed"
    """Typed and never sent: what was left of it."""


class Reason(StrEnum):
    """Why an article did not help."""

    INACCURATE = "inaccurate"
    INCOMPLETE = "incomplete"
    UNCLEAR = "unclear"
    OUTDATED = "outdated"
    NOT_MY_QUESTION = "not_my_question"
    OTHER = "other"


class Verdict(StrEnum):
    """What an agent did with a suggestion."""

    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Searched:
    """A question and what it led to."""

    query_id: str
    at: datetime
    """UTC, without a zone; the same below."""
    lang: str
    text: str
    kind: Kind
    category: str | None
    """One that exists: what else stands in that parameter is anybody's text."""
    mode: str
    outcome: str | None
    confidence: float | None
    top_article: str | None
    hits: int
    edition: str
    took_ms: float


@dataclass(frozen=True, slots=True)
class Rated:
    """Whether an article helped. The last of a visitor, article and day counts."""

    at: datetime
    query_id: str | None
    article_id: str
    lang: str
    helpful: bool
    reason: Reason | None
    comment: str | None
    visitor: str
    edition: str


@dataclass(frozen=True, slots=True)
class Deflected:
    """Somebody wrote a message, was shown an article, and said that it answers. Once a visitor, article and day."""

    at: datetime
    query_id: str | None
    article_id: str
    lang: str
    visitor: str
    edition: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """One suggested text for one question of a message."""

    suggestion_id: str
    message_id: str
    at: datetime
    lang: str
    question: str
    article_id: str
    confidence: float
    edition: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a suggestion. The last word counts."""

    suggestion_id: str
    at: datetime
    verdict: Verdict
    final_text: str | None
    suggested_text: str | None
    """Compared with the final text, never stored; None when it is no longer known."""


Entry = Searched | Rated | Deflected | Suggested | Decided
