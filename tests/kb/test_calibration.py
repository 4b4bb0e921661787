"""Learning how sure to be: towards what the questions say, and only as far as they can say it."""

from __future__ import annotations

import pytest

from kb.answers import Outcome, calibrated
from kb.calibration import MIN_SLOPE, fit
from kb.evaluation import Judged, calibration_error


def asked(chance: float, right: int, of: int) -> list[Judged]:
    """Return questions answered with `chance`, `right` of them right."""
    outcome = Outcome.ANSWER
    return [Judged(("a",), frozenset("a" if number < right else "b"), outcome, chance) for number in range(of)]


WELL = [*asked(0.9, 90, 100), *asked(0.5, 50, 100), *asked(0.1, 10, 100)]
TOO_SURE = [*asked(0.95, 70, 100), *asked(0.7, 40, 100), *asked(0.3, 10, 100)]


def test_good_chances_are_left_as_they_are() -> None:
    """Right as often as said: slope 1, shift 0."""
    found = fit(WELL, "words")

    assert (found.slope, found.shift) == pytest.approx((1, 0), abs=0.02)
    assert (found.model, found.questions) == ("words", 300)


def test_too_sure_becomes_less_sure() -> None:
    """What was said and what was true come together."""
    found = fit(TOO_SURE, "words")
    after = [Judged(e.found, e.right, e.outcome, calibrated(e.confidence, found)) for e in TOO_SURE]

    assert found.shift < -0.5
    assert (calibration_error(after) or 1) < 0.5 * (calibration_error(TOO_SURE) or 0)


def test_few_questions_change_little() -> None:
    """Twenty questions may be chance: the more there are, the farther they carry."""
    few, many = (fit(asked(0.9, right, of), "words") for right, of in ((10, 20), (200, 400)))

    assert many.shift < few.shift < 0
    assert 0.5 < few.slope < 1
    assert calibrated(0.9, many) == pytest.approx(0.5, abs=0.06)
    assert calibrated(0.9, few) > 0.6


def test_order_never_turns_round() -> None:
    """Questions that were the more wrong the surer it was show a fault, and must not make the unsure sure."""
    assert fit([*asked(0.99, 0, 500), *asked(0.01, 500, 500)], "words").slope == MIN_SLOPE


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_certainty_can_be_learned_from(chance: float) -> None:
    """A chance of exactly 0 or 1 has no finite logit."""
    found = fit(asked(chance, 15, 30), "words")

    assert 0.05 < found.slope < 2
