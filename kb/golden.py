"""
Golden questions: a store's own questions with known answers, asked as customers ask them, and compared with the last
time they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb.answers import HANDOFF_BELOW, Outcome
from kb.article import Calibration
from kb.calibration import fit, limit
from kb.confidence import WITH_VECTORS, Features, chance
from kb.evaluation import DEPTH, Judged
from kb.query import Question
from kb.search import Mode, Search


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """One question and the topic that answers it."""

    lang: str
    text: str
    topic: str | None
    """None when nothing answers it, and it should be handed off."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A golden question and what it found."""

    golden: GoldenQuestion
    found: tuple[str, ...]
    """Topics, best first."""
    outcome: Outcome
    confidence: float
    mode: Mode
    features: Features | None = None
    """What the confidence was computed from; None where nothing was found."""

    @property
    def judged(self) -> Judged:
        right = frozenset([self.golden.topic] if self.golden.topic else [])
        return Judged(self.found, right, self.outcome, self.confidence)

    @property
    def place(self) -> int | None:
        """Of the right topic, from 1; None when it is not among the first ten."""
        return self.judged.place


class Change(StrEnum):
    """What became of a question since the last time, the gravest first."""

    LOST = "lost its answer"
    NOT_HANDED_OFF = "no longer handed off"
    DOWN = "moved down"
    GAINED = "got its answer"
    HANDED_OFF = "now handed off"
    UP = "moved up"


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that finds something else than the last time."""

    change: Change
    before: Asked
    now: Asked


async def ask(
    search: Search, questions: Iterable[GoldenQuestion], done: Callable[[int], None] = lambda _: None
) -> list[Asked]:
    """Ask one after the other; `done` hears how many more. Raises EditionMissing, InvalidQuestion."""
    asked = []
    for golden in questions:
        found = await search.find(Question.parse(golden.text, golden.lang), limit=DEPTH)
        topics = tuple(hit.article.topic for hit in found.hits)
        outcome = found.outcome or Outcome.HANDOFF
        asked.append(Asked(golden, topics, outcome, found.confidence or 0.0, found.mode, found.features))
        done(1)
    return asked


def learned(asked: Sequence[Asked], model: str) -> Calibration:
    """Return what golden questions, asked with vectors, say of the chances; `model` is the embedding model."""
    known = [(each.features, each.judged) for each in asked if each.features is not None]
    seen, judged = [features for features, _ in known], [judged for _, judged in known]
    first_is_right = fit(seen, [each.is_first_right for each in judged], WITH_VECTORS.first_is_right)
    answerable = fit(seen, [each.is_answerable for each in judged], WITH_VECTORS.answerable)
    answered = [chance(features, answerable) for features, each in known if each.is_answerable]
    return Calibration(model, first_is_right, answerable, limit(answered, HANDOFF_BELOW), len(known))


def halves(questions: Sequence[GoldenQuestion]) -> tuple[list[GoldenQuestion], list[GoldenQuestion]]:
    """
    Return those to learn from and those to test with: every second one of each language, the second first.

    Of two that stand side by side and ask for one topic, each half gets one.
    """
    by_lang = [[each for each in questions if each.lang == lang] for lang in dict.fromkeys(q.lang for q in questions)]
    return [each for some in by_lang for each in some[1::2]], [each for some in by_lang for each in some[::2]]


def compare(before: Iterable[Asked], now: Iterable[Asked]) -> list[Changed]:
    """Return what has changed of the questions that were asked both times, with the same topic; the gravest first."""
    known = {each.golden: each for each in before}
    pairs = [(known[each.golden], each) for each in now if each.golden in known]
    found = [Changed(change, old, new) for old, new in pairs for change in [_change(old, new)] if change]
    return sorted(found, key=lambda each: list(Change).index(each.change))


def _change(before: Asked, now: Asked) -> Change | None:
    if now.golden.topic is None:
        was, is_now = before.outcome is Outcome.HANDOFF, now.outcome is Outcome.HANDOFF
        worse, better = Change.NOT_HANDED_OFF, Change.HANDED_OFF
    else:
        was, is_now = before.judged.is_answered_right, now.judged.is_answered_right
        worse, better = Change.LOST, Change.GAINED
    if was != is_now:
        return better if is_now else worse
    return _moved(before, now) if now.golden.topic else None


def _moved(before: Asked, now: Asked) -> Change | None:
    was, is_now = before.place or DEPTH + 1, now.place or DEPTH + 1
    if was == is_now:
        return None
    return Change.UP if is_now < was else Change.DOWN
