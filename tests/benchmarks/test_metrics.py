"""The figures of the benchmarks, on cases that can be reckoned by hand."""

from __future__ import annotations

import numpy as np
import pytest

from kb.evaluation import ndcg
from tests.benchmarks.metrics import (
    Found,
    auroc,
    bins,
    calibration_error,
    interval,
    mean,
    mean_reciprocal_rank,
    recall,
)

ONE = frozenset({"a"})


def test_ndcg_is_one_when_everything_right_stands_in_front() -> None:
    """The ideal order of two right articles is both before all others."""
    assert ndcg(["a", "b", "x"], frozenset({"a", "b"})) == pytest.approx(1)


def test_ndcg_falls_with_the_place() -> None:
    """At place p a hit gains 1 / log2(p + 1): the third half of the first."""
    assert ndcg(["x", "y", "a"], ONE) == pytest.approx(0.5)


def test_ndcg_ignores_what_stands_behind_the_tenth() -> None:
    """Nobody looks at the eleventh hit."""
    assert ndcg([*"0123456789", "a"], ONE) == 0


def test_ndcg_without_right_articles_is_nought() -> None:
    """There is nothing to gain."""
    assert ndcg(["x"], frozenset()) == 0


def test_recall_and_reciprocal_rank_count_answerable_questions_only() -> None:
    """A question that nothing answers has no right place."""
    found = [Found(("a", "x"), ONE), Found(("x", "y", "a"), ONE), Found(("x",), frozenset())]

    assert recall(found, 1) == pytest.approx(1 / 2)
    assert recall(found, 3) == 1
    assert mean_reciprocal_rank(found) == pytest.approx((1 + 1 / 3) / 2)


def test_auroc_is_the_chance_of_the_right_order() -> None:
    """Three of four pairs are in order, and a tie counts half."""
    assert auroc(np.array([0.9, 0.4]), np.array([0.1, 0.5])) == pytest.approx(0.75)
    assert auroc(np.array([0.5]), np.array([0.5])) == pytest.approx(0.5)


def test_auroc_of_one_kind_alone_is_not_a_number() -> None:
    """A set in which everything can be answered says nothing of refusing."""
    assert np.isnan(auroc(np.array([0.5]), np.array([])))


def test_bins_have_equal_size() -> None:
    """Twenty questions are ten bins of two, the least confident first."""
    made = bins(np.linspace(0, 0.95, 20), np.arange(20) >= 10)

    assert [each.size for each in made] == [2] * 10
    assert [each.right for each in made] == [0] * 5 + [1] * 5
    assert made[0].confidence == pytest.approx(0.025)


def test_calibration_error_is_the_distance_of_confidence_from_truth() -> None:
    """Sure of everything and right in half of it: off by a half; sure by half: off by nothing."""
    right = np.tile([True, False], 10)

    assert calibration_error(np.ones(20), right) == pytest.approx(0.5)
    assert calibration_error(np.full(20, 0.5), right) == pytest.approx(0)


def test_interval_of_a_constant_gain_is_that_gain() -> None:
    """Pairs are drawn, so what all questions share does not spread."""
    assert interval([0.7, 0.2, 0.5], [0.6, 0.1, 0.4]) == pytest.approx((0.1, 0.1, 0.1))


def test_interval_holds_nought_when_there_is_no_difference_on_the_average() -> None:
    """As many questions got better as got worse."""
    middle, low, high = interval([1.0, 0.0] * 20, [0.0, 1.0] * 20)

    assert middle == 0
    assert low < 0 < high


def test_interval_is_the_same_every_time() -> None:
    """The seed is fixed."""
    ours, theirs = [0.1, 0.9, 0.4], [0.3, 0.2, 0.5]

    assert interval(ours, theirs) == interval(ours, theirs)


def test_mean_of_nothing_is_not_a_number() -> None:
    """A share of no questions must not look like nought."""
    assert np.isnan(mean([]))
