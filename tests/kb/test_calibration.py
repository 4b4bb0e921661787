"""Learning how sure to be: towards what the questions say, and only as far as they can say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from kb.answers import Outcome
from kb.article import Weights
from kb.calibration import LIMITS, MIN_QUESTIONS, fit, limit
from kb.confidence import NAMES, Features, Model, chance
from kb.evaluation import Judged, calibration_error

SHIPPED = Weights(-2.0, {**dict.fromkeys(NAMES, 0.0), "score": 1.0})
MODEL = Model(SHIPPED, dict.fromkeys(NAMES, 1.0))
BOLDER = replace(SHIPPED, bias=0.0)


def _seen(count: int, seed: int = 1) -> list[Features]:
    draw = Random(seed)  # noqa: S311
    return [Features(*[draw.gauss(0, 1) + (2 if name == "score" else 0) for name in NAMES]) for _ in range(count)]


def _truth(seen: list[Features], weights: Weights, seed: int = 2) -> list[bool]:
    draw = Random(seed)  # noqa: S311
    return [draw.random() < chance(each, weights) for each in seen]


def _error(seen: list[Features], truth: list[bool], weights: Weights) -> float:
    return (
        calibration_error(
            [
                Judged(("a",), frozenset("a" if true else "b"), Outcome.ANSWER, chance(each, weights))
                for each, true in zip(seen, truth, strict=True)
            ]
        )
        or 0.0
    )


def test_good_chances_are_left_as_they_are() -> None:
    """Right as often as said: the weights stay where they were."""
    seen = _seen(2000)
    found = fit(seen, _truth(seen, SHIPPED), MODEL)

    assert found.bias == pytest.approx(SHIPPED.bias, abs=0.3)
    assert all(found.weights[name] == pytest.approx(SHIPPED.weights[name], abs=0.2) for name in NAMES)


def test_what_is_said_and_what_is_true_come_together() -> None:
    """On questions that it was not learned from."""
    learned, tested = _seen(300), _seen(1000, seed=3)
    found = fit(learned, _truth(learned, BOLDER), MODEL)
    truth = _truth(tested, BOLDER, seed=4)

    assert _error(tested, truth, found) < 0.5 * _error(tested, truth, SHIPPED)


def test_a_sign_that_means_nothing_elsewhere_may_mean_something_here() -> None:
    """The store's own questions can give weight to what other stores' did not."""
    here = replace(SHIPPED, weights={**SHIPPED.weights, "coverage": 2.0})
    seen = _seen(400)

    assert fit(seen, _truth(seen, here), MODEL).weights["coverage"] > 1.0


def test_few_questions_change_little() -> None:
    """Twenty questions may be chance: the more there are, the farther they carry."""
    few, many = (fit(_seen(count), [True] * count, MODEL) for count in (20, 400))

    assert chance(Features(*[0.0] * len(NAMES)), few) < chance(Features(*[0.0] * len(NAMES)), many)
    assert abs(few.weights["coverage"]) < 0.3


@pytest.mark.parametrize("truth", [True, False])
def test_extremes_can_be_learned_from(truth: bool) -> None:
    """All right, or all wrong, far from what was expected: the weights stay numbers that can be written down."""
    wild: Callable[[Features], Features] = lambda each: replace(each, score=1e6)  # noqa: E731
    found = fit([*map(wild, _seen(15)), *_seen(15)], [truth] * 30, MODEL)

    assert all(abs(value) < 50 for value in [found.bias, *found.weights.values()])


@pytest.mark.parametrize(
    ("chances", "expected"),
    [
        pytest.param([number / 100 for number in range(40, 100)], 0.4295, id="one of twenty below"),
        pytest.param([0.99] * 40, LIMITS[1], id="all sure"),
        pytest.param([0.01] * 40, LIMITS[0], id="none sure"),
        pytest.param([0.9] * (MIN_QUESTIONS - 1), 0.6, id="too few"),
    ],
)
def test_one_of_twenty_answerable_questions_may_be_handed_off(chances: list[float], expected: float) -> None:
    """Within limits, and not from a handful of questions."""
    assert limit(chances, otherwise=0.6) == pytest.approx(expected)
