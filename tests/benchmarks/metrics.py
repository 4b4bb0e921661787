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
    def place(self) -> int | None:
        """Of the first right hit, from 1; None when it is not among the first ten."""
        return next((place for place, hit in enumerate(self.hits[:DEPTH], 1) if hit in self.relevant), None)

    @property
    def ndcg(self) -> float:
        return evaluation.ndcg(self.hits, self.relevant)


def answerable(found: Iterable[Found]) -> list[Found]:
    return [each for each in found if each.relevant]


def recall(found: Sequence[Found], depth: int) -> float:
    """R@depth: the share of the answerable with a right one among the first `depth`."""
    return mean(each.place is not None and each.place <= depth for each in answerable(found))


def mean_reciprocal_rank(found: Sequence[Found]) -> float:
    """MRR@10: the mean of 1 / place of the first right one, 0 where it is not among ten."""
    return mean(1 / each.place if each.place else 0.0 for each in answerable(found))


def mean_ndcg(found: Sequence[Found]) -> float:
    return mean(each.ndcg for each in answerable(found))


def auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Return the chance that a random positive lies above a random negative; ties count half."""
    found = evaluation.auroc(positive, negative)
    return float("nan") if found is None else found


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
    """Return the expected calibration error: how far confidence and truth lie apart, in bins of equal size."""
    each = bins(confidences, right)
    return sum(b.size * abs(b.confidence - b.right) for b in each) / len(confidences) if each else float("nan")


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
