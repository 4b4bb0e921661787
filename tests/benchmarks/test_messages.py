"""The labelled messages are what they are said to be, and verdicts on them can be lost."""

from __future__ import annotations

import pytest

from kb.messages import read_message
from kb.reading.situations import NEUTRAL, SITUATIONS
from tests.benchmarks.messages import HALVES, OR, Ask, LabelledMessage, read_messages
from tests.benchmarks.replies import LONG, PLAIN
from tests.store.policy import LANGUAGES
from tests.store.texts import library

ENOUGH = 40


@pytest.mark.parametrize("lang", LANGUAGES)
def test_enough_messages_of_every_kind(lang: str) -> None:
    """Each half has messages without a question and with several, and every situation."""
    halves = {half: [each for each in read_messages(half) if each.lang == lang] for half in HALVES}

    assert sum(map(len, halves.values())) >= ENOUGH
    for messages in halves.values():
        assert {0, 1, 2, 3} <= {len(each.asks) for each in messages}
        assert {each.situation for each in messages} in ({*SITUATIONS, NEUTRAL}, {None})
        assert not all(each.is_answerable for each in messages)


@pytest.mark.parametrize("half", HALVES)
def test_labels_speak_of_the_message_and_the_store(half: str) -> None:
    """An excerpt stands in its message, a topic in the store."""
    topics = {draft.id.split("/", 1)[1] for draft in library().drafts}
    messages = read_messages(half)

    assert [each.text for each in messages if not all(ask.is_in(each.text) for ask in each.asks)] == []
    assert {topic for each in messages for ask in each.asks for topic in ask.topics} - topics == set()


def test_ask_is_found_by_any_of_its_excerpts() -> None:
    """Capitals and white space make no difference; other words do."""
    ask = Ask(("Where is it", "nothing has come"), ("delivery/track-order",))

    assert ask.is_in("where  IS it?")
    assert ask.is_in("So far nothing has come.")
    assert not ask.is_in("Where was it?")
    assert OR not in ask.excerpts[0]


def test_message_with_a_question_that_nothing_answers_is_not_answerable() -> None:
    """It must not be called sendable."""
    known, unknown = Ask(("a",), ("x/y",)), Ask(("b",), ())

    assert LabelledMessage("en", "a", (known,)).is_answerable
    assert not LabelledMessage("en", "a b", (known, unknown)).is_answerable


def test_long_message_of_the_speed_test_has_two_questions() -> None:
    """Else two searches would be no measure for it."""
    assert len(read_message(LONG.format(n=1), None, "en").questions) == len(PLAIN)
