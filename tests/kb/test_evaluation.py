"""The figures of `kb eval` and the benchmarks: each after its definition, counted by hand."""

from __future__ import annotations

from math import log2

import pytest

from kb.answers import Outcome
from kb.evaluation import (
    DEMANDS,
    Judged,
    calibration_error,
    figures,
    mean_reciprocal_rank,
    ndcg,
    recall,
    right_answers,
    separation,
    shortfalls,
)


def judged(
    *found: str, right: str = "a", outcome: Outcome = Outcome.ANSWER, confidence: float = 0.9, answerable: bool = True
) -> Judged:
    return Judged(found, frozenset(right if answerable else ""), outcome, confidence)


FIRST, SECOND, NOWHERE = judged("a", "b"), judged("b", "a"), judged("b", "c")
TWELFTH = judged(*"bcdefghijkl", "a")
WEATHER = judged("b", answerable=False, outcome=Outcome.HANDOFF, confidence=0.1)


def test_recall_counts_questions_whose_right_one_is_near_the_top() -> None:
    """A share of the answerable questions; what nothing answers has no right place."""
    asked = [FIRST, SECOND, NOWHERE, FIRST, WEATHER]

    assert (recall(asked, 1), recall(asked, 3)) == (0.5, 0.75)


def test_reciprocal_rank_halves_for_the_second_place() -> None:
    """1 for the first place, 1/2 for the second, nothing beyond the tenth."""
    assert mean_reciprocal_rank([FIRST, SECOND, NOWHERE, TWELFTH, WEATHER]) == pytest.approx(1.5 / 4)


@pytest.mark.parametrize(
    ("found", "right", "expected"),
    [
        pytest.param("ab", "a", 1.0, id="first"),
        pytest.param("ba", "a", 1 / log2(3), id="second"),
        pytest.param("bca", "ac", (1 / log2(3) + 1 / log2(4)) / (1 + 1 / log2(3)), id="two of two, late"),
        pytest.param("bcdefghijkla", "a", 0.0, id="past the tenth"),
        pytest.param("ab", "", 0.0, id="nothing is right"),
    ],
)
def test_gain_is_discounted_by_place(found: str, right: str, expected: float) -> None:
    """1 when everything right stands in front, less the later it comes."""
    assert ndcg(found, frozenset(right)) == pytest.approx(expected)


def test_separation_is_the_chance_to_be_surer_of_the_answerable() -> None:
    """Of six pairs four are in order, and one is a tie."""
    asked = [judged("a", confidence=sure) for sure in (0.9, 0.5, 0.2)]
    asked += [judged("b", confidence=sure, answerable=False) for sure in (0.5, 0.1)]

    assert separation(asked) == pytest.approx(4.5 / 6)


def test_outcomes_are_shares_of_their_kind() -> None:
    """What was handed off of the answerable says nothing of the unanswerable."""
    asked = [FIRST, SECOND, judged("a", outcome=Outcome.CLARIFY), judged("a", outcome=Outcome.HANDOFF)]
    found = figures([*asked, WEATHER])

    assert (found.answerable.answered, found.answerable.asked_back, found.answerable.handed_off) == (0.5, 0.25, 0.25)
    assert (found.unanswerable.questions, found.unanswerable.handed_off) == (1, 1.0)


def test_right_answers_are_those_of_the_shown() -> None:
    """A wrong answer and one to an unanswerable question count against it; what is not answered does not."""
    asked = [FIRST, FIRST, SECOND, judged("a", answerable=False), judged("b", outcome=Outcome.HANDOFF)]

    assert right_answers(asked) == 0.5


def test_perfectly_calibrated_is_no_error() -> None:
    """Sure of all and right in all: nothing lies apart."""
    assert calibration_error([judged("a", confidence=1.0)] * 30) == 0


def test_calibration_error_is_the_mean_distance_of_ten_bins() -> None:
    """Half are said to be right with .9 and are in .8 of the cases, half with .3 and are never: (.1 + .3) / 2."""
    sure = [judged("a" if number % 5 else "b", confidence=0.9) for number in range(50)]
    unsure = [judged("b", confidence=0.3) for _ in range(50)]

    assert calibration_error(sure + unsure) == pytest.approx(0.2)


def test_calibration_error_of_few_questions_takes_each_for_itself() -> None:
    """Three questions fill three bins; the others are empty and weigh nothing."""
    asked = [judged("a", confidence=1.0), judged("b", confidence=0.0), judged("b", confidence=0.6)]

    assert calibration_error(asked) == pytest.approx(0.2)


def test_calibration_error_does_not_depend_on_the_order_of_equals() -> None:
    """A cached question asked twice has the same confidence; which comes first is chance."""
    asked = [judged("a" if number < 20 else "b", confidence=0.5) for number in range(40)]

    assert calibration_error(asked) == calibration_error(asked[::-1]) == pytest.approx(0)


def test_what_nobody_asked_has_no_figure() -> None:
    """No unanswerable questions is not the same as none handed off."""
    only_answerable, nothing = figures([FIRST]), figures([])

    assert (only_answerable.unanswerable.handed_off, only_answerable.auroc) == (None, None)
    assert (nothing.first, nothing.ndcg, nothing.right_answers, nothing.calibration_error) == (None,) * 4


@pytest.mark.parametrize(
    ("name", "limit", "is_short"),
    [
        pytest.param("first", 0.5, False, id="just reached"),
        pytest.param("first", 0.51, True, id="too few first"),
        pytest.param("among_three", 0.5, False, id="more than wanted"),
        pytest.param("refused", 1.0, False, id="all refused"),
        pytest.param("wrongly_refused", 0.5, False, id="as many refused as allowed"),
        pytest.param("wrongly_refused", 0.4, True, id="too many refused"),
    ],
)
def test_demand_is_met_at_its_limit(name: str, limit: float, is_short: bool) -> None:
    """`first`, `among_three` and `refused` are the least, `wrongly_refused` is the most."""
    found = figures([FIRST, judged("b", "a", outcome=Outcome.HANDOFF), WEATHER])

    assert [each.name for each in shortfalls(found, {name: limit})] == [name] * is_short


def test_demand_of_what_was_not_asked_is_not_missed() -> None:
    """A store without unanswerable questions cannot fail to refuse them."""
    assert shortfalls(figures([FIRST]), dict.fromkeys(DEMANDS, 1.0)) == []
