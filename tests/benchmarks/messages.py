"""
Labelled messages of customers, and how a suggested reply is judged by their labels. Pure but for `read_messages`.

The shape of the files stands in tests/cases/README.md. Shares are 0 to 1, nan where there is nothing to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kb.query import normalised
from kb.replies import QuestionGroup, ReplyResult, Suggestion
from tests.benchmarks.metrics import mean

MESSAGES = Path(__file__).resolve().parents[1] / "cases/messages"
HALVES = ("tune", "further", "test")
# Written later, by somebody else, for its questions only.
UNJUDGED = "further"
# How an excerpt says that the same request stands in the message twice.
OR = " | "


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that a message asks."""

    excerpts: tuple[str, ...]
    """Any one of them is in the text of the question that finds it."""
    topics: tuple[str, ...]
    """Any one of them answers; empty when nothing does."""

    def is_in(self, text: str) -> bool:
        return any(_comparable(excerpt) in _comparable(text) for excerpt in self.excerpts)


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """A message and what a person reads in it."""

    lang: str
    text: str
    asks: tuple[Ask, ...]
    situation: str | None = "neutral"
    """None, here and below: it was not labelled."""
    order: str | None = ""
    name: str | None = ""
    """What a reply may call the customer; empty when that is not certain."""

    @property
    def is_answerable(self) -> bool:
        return all(ask.topics for ask in self.asks)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one reply compares with its labels."""

    message: LabelledMessage
    reply: ReplyResult
    pairs: tuple[tuple[Ask, QuestionGroup], ...]
    """Each request with the question that was found for it, each question for one request only."""

    @property
    def found(self) -> int:
        return len(self.pairs)

    @property
    def right(self) -> int:
        """How many requests have a right article first."""
        return sum(_first_topic(group) in ask.topics for ask, group in self.pairs)

    @property
    def shown(self) -> int:
        """How many have one among the three that an agent is shown."""
        return sum(bool({_topic(each) for each in group.suggestions} & {*ask.topics}) for ask, group in self.pairs)

    @property
    def answerable(self) -> int:
        return sum(bool(ask.topics) for ask in self.message.asks)

    @property
    def is_wholly_right(self) -> bool:
        return self.right == len(self.message.asks) == len(self.reply.questions)


def read_messages(half: str, folder: Path = MESSAGES) -> list[LabelledMessage]:
    """Return the messages of one of HALVES, all languages."""
    return [
        _message(path.stem, row, "neutral" if half != UNJUDGED else None, "" if half != UNJUDGED else None)
        for path in sorted(folder.glob("*.yaml"))
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))[half]
    ]


def judge(message: LabelledMessage, reply: ReplyResult) -> Verdict:
    """Return the verdict on one reply."""
    left = list(reply.questions)
    pairs = []
    for ask in message.asks:
        found = next((group for group in left if ask.is_in(group.text)), None)
        if found:
            left.remove(found)
            pairs.append((ask, found))
    return Verdict(message, reply, tuple(pairs))


def figures(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """Return name → share over all verdicts."""
    asked = sum(len(each.message.asks) for each in verdicts)
    groups = sum(len(each.reply.questions) for each in verdicts)
    found = sum(each.found for each in verdicts)
    sendable = [each for each in verdicts if each.reply.draft.sendable]
    answerable = [each for each in verdicts if each.message.is_answerable]
    return {
        "questions found, precision": found / groups,
        "questions found, recall": found / asked,
        "question count exact": mean(len(each.reply.questions) == len(each.message.asks) for each in verdicts),
        "right article first": sum(v.right for v in verdicts) / sum(v.answerable for v in verdicts),
        "right article among three": sum(v.shown for v in verdicts) / sum(v.answerable for v in verdicts),
        "right language": mean(each.reply.lang == each.message.lang for each in verdicts),
        "right situation": _exact((each.reply.situation, each.message.situation) for each in verdicts),
        "order number exact": _exact((_order(each.reply), each.message.order) for each in verdicts),
        "name exact": _exact((_name(each.reply), each.message.name) for each in verdicts),
        "unanswerable: not sendable": mean(not v.reply.draft.sendable for v in verdicts if not v.message.is_answerable),
        "answerable: sendable": mean(each.reply.draft.sendable for each in answerable),
        "sendable: all of it right": mean(each.is_wholly_right for each in sendable),
    }


def _exact(pairs: Iterable[tuple[str, str | None]]) -> float:
    """Return the share of what was read as it was labelled, of what was."""
    return mean(read == labelled for read, labelled in pairs if labelled is not None)


def _message(lang: str, row: dict[str, Any], situation: str | None, entity: str | None) -> LabelledMessage:
    """`situation` and `entity` are what a row means that does not say it."""
    return LabelledMessage(
        lang,
        row["message"],
        tuple(Ask(tuple(key.split(OR)), _topics(topics)) for key, topics in row["asks"].items()),
        row.get("situation", situation),
        row.get("order", entity),
        row.get("name", entity),
    )


def _topics(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _first_topic(group: QuestionGroup) -> str:
    return _topic(group.suggestions[0]) if group.suggestions else ""


def _topic(suggestion: Suggestion) -> str:
    return suggestion.article_id.split("/", 1)[1]


def _order(reply: ReplyResult) -> str:
    return next((each.text for each in reply.entities if each.kind == "order_number"), "")


def _name(reply: ReplyResult) -> str:
    return next((each.text for each in reply.entities if each.kind == "name"), "")


def _comparable(text: str) -> str:
    return " ".join(normalised(text).casefold().split())
