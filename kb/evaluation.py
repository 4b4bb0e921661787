"""
How well questions find their answer, in numbers. Pure: questions with known answers, asked, in; shares out.

Each figure is None where there is no question that it speaks of.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.answers import Outcome

DEPTH = 10
BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A question whose answer is known, asked."""

    found: tuple[str, ...]
    """What was found, best first: topics, or articles."""
    right: frozenset[str]
    """Those that answer it; empty when nothing does, and it should be handed off."""
    outcome: Outcome
    confidence: float
    """The chance that the first of `found` is right, as estimated."""

    @property
    def is_answerable(self) -> bool:
        return bool(self.right)

    @property
    def place(self) -> int | None:
        """Of the first right one, from 1; None when it is not among the first ten."""
        return next((place for place, each in enumerate(self.found[:DEPTH], 1) if each in self.right), None)

    @property
    def is_first_right(self) -> bool:
        return self.place == 1

    @property
    def is_answered_right(self) -> bool:
        """Whether the right answer is shown as such."""
        return self.is_first_right and self.outcome is Outcome.ANSWER


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of questions of one kind; the shares (0 to 1) add up to 1."""

    questions: int
    answered: float | None
    asked_back: float | None
    """A choice between subjects was offered."""
    handed_off: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is measured of some questions; definitions stand at the functions."""

    questions: int
    first: float | None
    """R@1."""
    among_three: float | None
    """R@3."""
    mrr: float | None
    ndcg: float | None
    auroc: float | None
    answerable: Outcomes
    unanswerable: Outcomes
    right_answers: float | None
    calibration_error: float | None


def figures(judged: Sequence[Judged]) -> Figures:
    """Return everything that is measured."""
    return Figures(
        questions=len(judged),
        first=recall(judged, 1),
        among_three=recall(judged, 3),
        mrr=mean_reciprocal_rank(judged),
        ndcg=mean_ndcg(judged),
        auroc=separation(judged),
        answerable=outcomes(answerable(judged)),
        unanswerable=outcomes(unanswerable(judged)),
        right_answers=right_answers(judged),
        calibration_error=calibration_error(judged),
    )


def answerable(judged: Iterable[Judged]) -> list[Judged]:
    return [each for each in judged if each.is_answerable]


def unanswerable(judged: Iterable[Judged]) -> list[Judged]:
    return [each for each in judged if not each.is_answerable]


def recall(judged: Sequence[Judged], depth: int) -> float | None:
    """R@depth: the share (0 to 1) of the answerable questions with a right one among the first `depth` (at most 10)."""
    return _mean(each.place is not None and each.place <= depth for each in answerable(judged))


def mean_reciprocal_rank(judged: Sequence[Judged]) -> float | None:
    """MRR@10: the mean of 1 / place of the first right one, 0 where it is not among ten; answerable only, 0 to 1."""
    return _mean(1 / each.place if each.place else 0.0 for each in answerable(judged))


def mean_ndcg(judged: Sequence[Judged]) -> float | None:
    """nDCG@10, the mean over the answerable questions: 0 to 1, 1 when everything right stands in front."""
    return _mean(ndcg(each.found, each.right) for each in answerable(judged))


def ndcg(found: Sequence[str], right: frozenset[str]) -> float:
    """Return the normalised discounted cumulative gain of the first ten, 0 to 1; 0 when nothing is right."""
    gain = sum(1 / math.log2(place + 2) for place, each in enumerate(found[:DEPTH]) if each in right)
    ideal = sum(1 / math.log2(place + 2) for place in range(min(len(right), DEPTH)))
    return gain / ideal if ideal else 0.0


def separation(judged: Sequence[Judged]) -> float | None:
    """
    Return the AUROC of the confidence between answerable and unanswerable questions, 0 to 1.

    .5 is no better than chance.
    """
    sure = [np.array([each.confidence for each in some]) for some in (answerable(judged), unanswerable(judged))]
    return auroc(*sure)


def auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float | None:
    """Return the chance (0 to 1) that a random positive lies above a random negative; ties count half."""
    if not len(positive) or not len(negative):
        return None
    above = (positive[:, None] > negative[None, :]).mean()
    return float(above + (positive[:, None] == negative[None, :]).mean() / 2)


def outcomes(judged: Sequence[Judged]) -> Outcomes:
    """Return what became of questions of one kind, as shares."""
    answer, clarify, handoff = (
        _mean(each.outcome is outcome for each in judged)
        for outcome in (Outcome.ANSWER, Outcome.CLARIFY, Outcome.HANDOFF)
    )
    return Outcomes(len(judged), answer, clarify, handoff)


def right_answers(judged: Sequence[Judged]) -> float | None:
    """Of the answers that were shown, the share (0 to 1) that is right; one to an unanswerable question never is."""
    return _mean(each.is_first_right for each in judged if each.outcome is Outcome.ANSWER)


def calibration_error(judged: Sequence[Judged]) -> float | None:
    """
    Return the expected calibration error, 0 to 1: how far confidence and truth lie apart, on average.

    All questions, ordered by confidence, in ten bins of equal size: the mean, by size, of the distance between a bin's
    mean confidence and the share of its questions whose first hit is right (never, for an unanswerable one). 0 means
    that of a hundred hits with a chance of 70 %, seventy are right.
    """
    if not judged:
        return None
    sure_of = np.array([each.confidence for each in judged])
    is_right = np.array([float(each.is_first_right) for each in judged])
    values, group, sizes = np.unique(sure_of, return_inverse=True, return_counts=True)
    # Equal confidences may fall into two bins: each counts with the mean of all, so that order tells nothing.
    share_right = np.bincount(group, is_right) / sizes
    sure = np.array_split(np.repeat(values, sizes), BINS)
    right = np.array_split(np.repeat(share_right, sizes), BINS)
    apart = [len(some) * abs(some.mean() - true.mean()) for some, true in zip(sure, right, strict=True) if len(some)]
    return float(sum(apart) / len(judged))


@dataclass(frozen=True, slots=True)
class Demand:
    """A figure that a store can set a limit for."""

    told: str
    """What it is, in words."""
    figure: Callable[[Figures], float | None]
    at_least: bool = True
    """Else the limit is the most that it may be."""

    def is_met(self, figure: float, limit: float) -> bool:
        return figure >= limit if self.at_least else figure <= limit


# By their names in store.yaml, under `quality:`.
DEMANDS: Mapping[str, Demand] = {
    "first": Demand("the right topic comes first", lambda found: found.first),
    "among_three": Demand("the right topic is among the first three", lambda found: found.among_three),
    "refused": Demand("unanswerable questions are handed off", lambda found: found.unanswerable.handed_off),
    "wrongly_refused": Demand(
        "answerable questions are handed off", lambda found: found.answerable.handed_off, at_least=False
    ),
}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A demand that is not met."""

    name: str
    figure: float
    limit: float

    def __str__(self) -> str:
        demand = DEMANDS[self.name]
        bound = "at least" if demand.at_least else "at most"
        return f"{self.name}: {demand.told} for {self.figure:.1%}, wanted is {bound} {self.limit:.1%}."


def shortfalls(found: Figures, quality: Mapping[str, float]) -> list[Shortfall]:
    """Return the demands (name to limit) that these figures do not meet; what was not measured is not missed."""
    measured = [(name, DEMANDS[name].figure(found), quality[name]) for name in DEMANDS if name in quality]
    return [
        Shortfall(name, figure, limit)
        for name, figure, limit in measured
        if figure is not None and not DEMANDS[name].is_met(figure, limit)
    ]


def _mean(values: Iterable[float]) -> float | None:
    listed = [float(value) for value in values]
    return sum(listed) / len(listed) if listed else None
