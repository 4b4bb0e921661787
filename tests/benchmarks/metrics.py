"""
Questions with known answers, asked, in; figures out. Pure.

Shares are 0 to 1, nan where there is nothing to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb import evaluation
from kb.answers import Outcome
from kb.evaluation import Judged

DEPTH = 10
BINS = 10
# Twice as many move the ends of an interval by less than .001.
RESAMPLES = 10_000
SEED = 77


@dataclass(frozen=True, slots=True)
class Found:
    """What one question found."""

    hits: tuple[str, ...]
    """Article ids, best first."""
    relevant: frozenset[str]
    """Empty when nothing answers it."""
    lang: str = ""

    @property
    def judged(self) -> Judged:
        """For the figures that `kb eval` prints too; what is ordered has no outcome yet."""
        return Judged(self.hits, self.relevant, Outcome.HANDOFF, 0.0)

    @property
    def ndcg(self) -> float:
        return evaluation.ndcg(self.hits, self.relevant)


def answerable(found: Iterable[Found]) -> list[Found]:
    return [each for each in found if each.relevant]


def recall(found: Sequence[Found], depth: int) -> float:
    """R@depth, see kb.evaluation."""
    return _or_nan(evaluation.recall([each.judged for each in found], depth))


def mean_reciprocal_rank(found: Sequence[Found]) -> float:
    """MRR@10, see kb.evaluation."""
    return _or_nan(evaluation.mean_reciprocal_rank([each.judged for each in found]))


def mean_ndcg(found: Sequence[Found]) -> float:
    """nDCG@10, see kb.evaluation."""
    return _or_nan(evaluation.mean_ndcg([each.judged for each in found]))


def auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Return the chance that a random positive lies above a random negative; ties count half."""
    return _or_nan(evaluation.auroc(positive, negative))


@dataclass(frozen=True, slots=True)
class Bin:
    """Some questions of about equal confidence."""

    size: int
    confidence: float
    """Their mean."""
    right: float
    """The share whose first hit is right."""


def bins(confidences: NDArray[np.float64], right: NDArray[np.bool_]) -> list[Bin]:
    """Return ten bins of equal size, least confident first."""
    order = np.argsort(confidences, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return [Bin(len(part), float(confidences[part].mean()), float(right[part].mean())) for part in parts]


def calibration_error(confidences: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error, see kb.evaluation."""
    hit = ("hit",)
    judged = [
        Judged(hit, frozenset(hit) if is_right else frozenset(), Outcome.ANSWER, float(sure))
        for sure, is_right in zip(confidences, right, strict=True)
    ]
    return _or_nan(evaluation.calibration_error(judged))


def interval(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
    """
    Return the mean of ours − theirs and its 95 % interval.

    A paired bootstrap: both were asked the same questions, so questions are drawn, not answers.
    """
    apart = np.array(ours, dtype=np.float64) - np.array(theirs, dtype=np.float64)
    random = np.random.default_rng(SEED)
    # In parts: all draws at once would be a hundred megabytes for a thousand questions.
    means = [apart[random.integers(0, len(apart), (500, len(apart)))].mean(axis=1) for _ in range(RESAMPLES // 500)]
    low, high = np.quantile(np.concatenate(means), [0.025, 0.975])
    return float(apart.mean()), float(low), float(high)


def mean(values: Iterable[float]) -> float:
    listed = [float(value) for value in values]
    return sum(listed) / len(listed) if listed else float("nan")


def _or_nan(figure: float | None) -> float:
    return float("nan") if figure is None else figure
