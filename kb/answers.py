"""Chances → outcome: answer, clarify or hand off. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from kb.confidence import Chances
from kb.language import rules
from kb.query import Question
from kb.ranking import RankedTopic
from kb.words import words


class Outcome(StrEnum):
    """What the reader is led to."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    HANDOFF = "handoff"


class Reason(StrEnum):
    """Why a person is handed on to a human."""

    NO_ANSWER = "no_answer"
    ASKED_FOR_HUMAN = "asked_for_human"


# With at least this chance the first hit is shown as the answer.
ANSWER_FROM = 0.5
# With less, that any article answers it, the question is for a person: the nearest articles would only cost time. A
# calibrated store has a limit of its own.
HANDOFF_BELOW = 0.6
MAX_CLARIFY_OPTIONS = 3


def asks_for_human(question: Question) -> bool:
    """Whether the question is for a person, not for an article."""
    found = rules(question.lang)
    text = f" {' '.join(words(question.text))} "
    return any(f" {' '.join(words(phrase))} " in text for phrase in (found.human if found else ()))


def decide(chances: Chances, ranked: Sequence[RankedTopic], handoff_below: float = HANDOFF_BELOW) -> Outcome:
    """Return what to offer for a question that led to these topics."""
    if not ranked or chances.answerable < handoff_below:
        return Outcome.HANDOFF
    if chances.first_is_right >= ANSWER_FROM:
        return Outcome.ANSWER
    return Outcome.CLARIFY if len(ranked) > 1 else Outcome.HANDOFF
