"""Outcomes: when to answer, when to ask back, when to hand on."""

from __future__ import annotations

import pytest

from kb.answers import ANSWER_FROM, HANDOFF_BELOW, Outcome, asks_for_human, decide
from kb.confidence import NO_CHANCES, Chances
from kb.query import Question
from kb.ranking import RankedTopic


def _ranked(count: int) -> list[RankedTopic]:
    return [RankedTopic(f"a/{place}", place, float(-place), place) for place in range(count)]


@pytest.mark.parametrize(
    ("first", "any_article", "topics", "expected"),
    [
        pytest.param(0.99, 0.99, 2, Outcome.ANSWER, id="sure"),
        pytest.param(ANSWER_FROM, HANDOFF_BELOW, 2, Outcome.ANSWER, id="just sure enough"),
        pytest.param(ANSWER_FROM - 0.01, 0.99, 2, Outcome.CLARIFY, id="one of the first answers it"),
        pytest.param(0.1, HANDOFF_BELOW, 2, Outcome.CLARIFY, id="just likely enough"),
        pytest.param(0.1, HANDOFF_BELOW - 0.01, 2, Outcome.HANDOFF, id="no article answers it"),
        pytest.param(0.99, HANDOFF_BELOW - 0.01, 2, Outcome.HANDOFF, id="nor would the first be right"),
        pytest.param(0.1, 0.99, 1, Outcome.HANDOFF, id="one option is no choice"),
        pytest.param(0.99, 0.99, 0, Outcome.HANDOFF, id="nothing found"),
    ],
)
def test_outcome_follows_the_chances(first: float, any_article: float, topics: int, expected: Outcome) -> None:
    """Sure: answer; unsure which: ask; likely none: a human."""
    assert expected is decide(Chances(first, any_article), _ranked(topics))


def test_store_may_hand_off_sooner_or_later() -> None:
    """Its own golden questions say how many of the answerable lie below."""
    likely = Chances(0.9, 0.5)

    assert decide(likely, _ranked(2), 0.45) is Outcome.ANSWER
    assert decide(likely, _ranked(2), 0.55) is Outcome.HANDOFF


def test_nothing_found_is_for_a_human() -> None:
    """Without topics there are no chances."""
    assert decide(NO_CHANCES, []) is Outcome.HANDOFF


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Can I TALK to a human, please?"),
        ("en", "let me speak to someone"),
        ("ru", "Соедините с оператором!"),
        ("ru", "мне нужен живой человек"),
        ("it", "Vorrei parlare con un operatore"),
        ("it", "come contattare l'assistenza"),
        ("hu", "Élő ember kellene"),
        ("hu", "Hívjanak vissza, kérem"),
        ("hu", "beszélni akarok valakivel"),
        ("ru", "хочу человека"),
        ("it", "voglio una persona, non un robot"),
        ("en", "i want a human"),
    ],
)
def test_wish_for_a_human_is_heard(lang: str, text: str) -> None:
    """Who asks for a person is not given an article, whatever case or signs they use."""
    assert asks_for_human(Question(text, lang, lang))


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Is the watch safe for the human body?"),
        ("ru", "Сколько человек поместится в палатку?"),
        ("it", "Quante persone può ospitare la tenda?"),
        ("hu", "Hány ember fér a sátorba?"),
        ("de", "talk to a human"),
    ],
)
def test_question_about_people_is_a_question(lang: str, text: str) -> None:
    """A word that is in such a wish does not make one; a language without rules has no such wishes."""
    assert not asks_for_human(Question(text, lang, lang))
