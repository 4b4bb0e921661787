"""Golden questions: asked as a customer asks, split for learning, compared with the last time."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from kb.answers import Outcome
from kb.article import Calibration, Weights
from kb.confidence import NAMES
from kb.golden import Asked, Change, GoldenQuestion, ask, compare, halves
from kb.search import Mode
from tests.kb.fakes import a_half, a_search, a_view, an_article

TOPIC = "delivery/track-order"

NEVER = Weights(-40.0, dict.fromkeys(NAMES, 0.0))


def asked(
    *found: str, outcome: Outcome = Outcome.ANSWER, topic: str | None = TOPIC, text: str = "Where is it?"
) -> Asked:
    return Asked(GoldenQuestion("en", text, topic), found, outcome, 0.8, Mode.HYBRID)


def test_question_is_asked_in_its_language() -> None:
    """The topic counts, whichever of its articles is shown; each question is told to who shows progress."""
    view = a_view(
        a_half(
            [
                an_article("en/animals/zebra", "Where does the zebra live?", "The zebra lives in Africa."),
                an_article("ru/animals/zebra", "Где живёт зебра?", "Зебра живёт в Африке."),
                an_article("en/animals/okapi", "What does the okapi eat?", "Leaves."),
            ]
        )
    )
    golden = [GoldenQuestion("ru", "где живёт зебра", "animals/zebra"), GoldenQuestion("en", "okapi", None)]
    told: list[int] = []
    found = asyncio.run(ask(a_search(view), golden, told.append))

    assert [each.golden for each in found] == golden
    assert found[0].place == 1
    assert sorted(found[0].found) == ["animals/okapi", "animals/zebra"]
    assert found[1].place is None
    assert {each.mode for each in found} == {Mode.HYBRID}
    assert told == [1, 1]


def test_calibration_of_the_view_changes_chance_and_outcome() -> None:
    """The corrected chance is what is compared with the threshold, and what is told."""
    view = a_view(a_half([an_article("en/animals/zebra", "zebra stripes"), an_article("en/animals/okapi", "okapi")]))
    golden = [GoldenQuestion("en", "zebra stripes", "animals/zebra")]
    plain = asyncio.run(ask(a_search(view), golden))[0]
    timid = replace(view, calibration=Calibration("words", NEVER, NEVER, 0.5))
    corrected = asyncio.run(ask(a_search(timid), golden))[0]

    assert (plain.outcome, corrected.outcome == Outcome.ANSWER) == (Outcome.ANSWER, False)
    assert corrected.confidence < plain.confidence
    assert corrected.found == plain.found


def test_every_second_question_of_a_language_is_learned_from() -> None:
    """Pairs that ask for one topic are in both halves, and no question is in two."""
    questions = [GoldenQuestion(lang, str(number), None) for lang in ("en", "ru") for number in range(5)]
    to_learn, to_test = halves(questions)

    assert [(each.lang, each.text) for each in to_learn] == [("en", "1"), ("en", "3"), ("ru", "1"), ("ru", "3")]
    assert {*to_learn, *to_test} == set(questions)
    assert len(to_test) == 6


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(asked(TOPIC), asked(TOPIC), None, id="as before"),
        pytest.param(asked("x", TOPIC), asked(TOPIC), Change.GAINED, id="up to the answer"),
        pytest.param(asked(TOPIC), asked("x", TOPIC), Change.LOST, id="down from the answer"),
        pytest.param(asked(TOPIC), asked(TOPIC, outcome=Outcome.CLARIFY), Change.LOST, id="less sure"),
        pytest.param(asked(TOPIC), asked(), Change.LOST, id="found no more"),
        pytest.param(asked("x", "y", TOPIC), asked("x", TOPIC), Change.UP, id="up"),
        pytest.param(asked("x"), asked("x", TOPIC), Change.UP, id="found at last"),
        pytest.param(asked("x", TOPIC), asked("x", "y", TOPIC), Change.DOWN, id="down"),
        pytest.param(asked("x", TOPIC), asked("x"), Change.DOWN, id="gone from a low place"),
        pytest.param(
            asked("x", topic=None, outcome=Outcome.HANDOFF),
            asked("x", topic=None),
            Change.NOT_HANDED_OFF,
            id="answered what nothing answers",
        ),
        pytest.param(
            asked("x", topic=None, outcome=Outcome.CLARIFY),
            asked("x", topic=None, outcome=Outcome.HANDOFF),
            Change.HANDED_OFF,
            id="handed off at last",
        ),
        pytest.param(asked("x", topic=None), asked("y", topic=None), None, id="no place to move to"),
    ],
)
def test_change_is_what_a_customer_would_notice(before: Asked, now: Asked, expected: Change | None) -> None:
    """An answer lost or won is told as such, else the place of the right topic."""
    assert [each.change for each in compare([before], [now])] == ([expected] if expected else [])


def test_new_and_reworded_questions_are_not_compared() -> None:
    """They have no last time; nor has one that now asks for another topic."""
    before = [asked(TOPIC), asked(TOPIC, text="Deleted?")]
    now = [asked("x", text="New?"), asked("x", topic="delivery/other")]

    assert compare(before, now) == []


def test_gravest_change_is_told_first() -> None:
    """A lost answer must not stand below fifty small moves."""
    before = [asked("x", TOPIC, text="1"), asked("x", "y", TOPIC, text="2"), asked(TOPIC, text="3")]
    now = [asked("x", "y", TOPIC, text="1"), asked("x", TOPIC, text="2"), asked("x", text="3")]

    assert [each.change for each in compare(before, now)] == [Change.LOST, Change.DOWN, Change.UP]
