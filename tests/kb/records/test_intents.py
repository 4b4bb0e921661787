"""Typing is one search: insights count what people wanted to know, not how they typed it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kb.records.entries import Kind, Searched
from kb.records.intents import WINDOW, Intents
from tests.kb.records.samples import NOON, searched


class Typist:
    """A visitor with a clock."""

    def __init__(self, capacity: int = 100) -> None:
        self.moment = NOON
        self.intents = Intents(lambda: self.moment, capacity)

    def types(self, text: str, visitor: str = "v") -> list[str]:
        return _texts(self.intents.typed(visitor, self._entry(text, Kind.TYPED)))

    def asks(self, text: str, visitor: str = "v") -> None:
        self.intents.searched(visitor, self._entry(text, Kind.FULL))

    def waits(self, seconds: float) -> list[str]:
        self.moment += timedelta(seconds=seconds)
        return _texts(self.intents.due())

    def _entry(self, text: str, kind: Kind) -> Searched:
        return searched(at=self.moment, text=text, kind=kind)


def _texts(entries: list[Searched]) -> list[str]:
    return [entry.text for entry in entries]


@pytest.fixture
def typist() -> Typist:
    return Typist()


def test_letters_become_one_search(typist: Typist) -> None:
    """Eleven requests while typing are one question."""
    ended = [text for length in range(1, 12) for text in typist.types("refund time"[:length])]

    assert ended == []
    assert typist.waits(30) == ["refund time"]
    assert typist.waits(3600) == []


def test_taking_letters_back_is_the_same_search(typist: Typist) -> None:
    """A shorter version of the same words replaces the longer one."""
    typist.types("refund time")
    typist.types("Refund  ti")

    assert typist.waits(30) == ["Refund  ti"]


def test_full_search_swallows_what_led_to_it(typist: Typist) -> None:
    """Typed and then sent is one search: the sent one."""
    typist.types("refund ti")
    typist.waits(5)
    typist.asks("refund time for cards")

    assert typist.waits(60) == []


def test_other_words_are_another_search(typist: Typist) -> None:
    """What the visitor gave up is told at once; a full search of something else swallows nothing."""
    typist.types("refund")

    assert typist.types("delivery") == ["refund"]
    typist.asks("opening hours")
    assert typist.waits(30) == ["delivery"]


def test_same_words_much_later_are_another_search(typist: Typist) -> None:
    """Thirty seconds later it is a new question, also before anybody looked what is due."""
    typist.types("refund")
    typist.moment += WINDOW

    assert typist.types("refund time") == ["refund"]
    typist.moment += WINDOW
    typist.asks("refund time")
    assert typist.waits(0) == ["refund time"]


def test_visitors_are_kept_apart(typist: Typist) -> None:
    """Two people who ask the same are two searches."""
    typist.types("refund", visitor="a")
    typist.types("refund time", visitor="b")
    typist.asks("refund time", visitor="b")

    assert typist.waits(30) == ["refund"]


def test_what_goes_on_is_not_due(typist: Typist) -> None:
    """The thirty seconds begin with the last letter; the order stays that of the last letters."""
    typist.types("a", visitor="a")
    typist.moment += timedelta(seconds=20)
    typist.types("b", visitor="b")
    typist.types("ab", visitor="a")

    assert typist.waits(15) == []
    assert typist.waits(15) == ["b", "ab"]


def test_memory_is_bounded() -> None:
    """A flood of visitors ends the oldest intents early, and loses none."""
    typist = Typist(capacity=10)
    ended = [text for number in range(100) for text in typist.types(f"q{number}", visitor=f"v{number}")]

    assert ended == [f"q{number}" for number in range(90)]
    assert _texts(typist.intents.rest()) == [f"q{number}" for number in range(90, 100)]
    assert typist.intents.rest() == []
