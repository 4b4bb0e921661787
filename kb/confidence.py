"""
How likely the first hit answers a question, and how likely any article does: two logistic models of the same features.

A threshold on a score would not do: scores that keep 57 % of the answerable questions of one store reject 9 % of
another's. What tells is how the signals agree, how far the first stands out, and how many of the question's telling
words it holds. A store's own golden questions move the weights, see kb/calibration.py. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib import resources

import msgspec
import numpy as np

from kb.article import Calibration, Weights
from kb.corpus import Corpus
from kb.query import Question
from kb.ranking import RankedTopic, Signals


@dataclass(frozen=True, slots=True)
class Features:
    """What the chances are computed from."""

    score: float
    """Of the first topic."""
    gap: float
    """How far the second is behind."""
    stands_out: float
    """How many standard deviations the first lies above all topics."""
    coverage: float
    """
    Share (0 to 1) of the question's stems, by rarity, that the first article holds; of its concepts where the topic
    lacks the question's language.
    """
    spelling: float
    """n-gram cosine (0 to 1) of the first with how it is asked."""
    agreement: float
    """Share (0 to 1) of the signals that put the first topic first."""
    length: float
    """Logarithm of the number of stems: a long question that scores as much as a short one says more."""


NAMES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model, as it was fitted on public question sets."""

    weights: Weights
    spreads: dict[str, float]
    """The standard deviation of each feature there: the unit in which a store's own questions move its weight."""


@dataclass(frozen=True, slots=True)
class Models:
    """What is estimated of a question."""

    first_is_right: Model
    answerable: Model


@dataclass(frozen=True, slots=True)
class Chances:
    """Both from 0 to 1, and strictly between."""

    first_is_right: float
    answerable: float
    """Some article answers it, be it not the first."""


# Nothing was found.
NO_CHANCES = Chances(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Shipped:
    """
    kb/confidence.json: fitted on the tune splits of public question sets, most of them also with some of their
    questions in the articles, as a store's have; the figures of their test splits stand in tests/benchmarks/README.md.

    A negative weight for spelling: its share in the score already counts.
    """

    made_by: str
    sets: tuple[str, ...]
    with_vectors: Models
    without_vectors: Models
    """Scores of words alone are smaller, and say less."""


_SHIPPED = msgspec.json.decode((resources.files("kb") / "confidence.json").read_bytes(), type=Shipped)
WITH_VECTORS, WITHOUT_VECTORS = _SHIPPED.with_vectors, _SHIPPED.without_vectors


def features(corpus: Corpus, question: Question, signals: Signals, ranked: Sequence[RankedTopic]) -> Features:
    """Return the features of the first of `ranked`, which must not be empty."""
    first = ranked[0]
    told_by = int(corpus.members(question.lang)[first.best_row])
    is_told = told_by >= 0
    row = told_by if is_told else first.best_row
    covered = corpus.lexical.coverage if is_told else corpus.lexical.concept_coverage
    all_scores = np.array([topic.score for topic in ranked], dtype=np.float32)
    spread = float(all_scores.std()) or 1.0
    return Features(
        score=first.score,
        gap=first.score - ranked[1].score if len(ranked) > 1 else spread,
        stands_out=(first.score - float(all_scores.mean())) / spread,
        coverage=covered(question.text, question.lang, row),
        spelling=float(signals.ngrams[row]),
        agreement=_agreement(corpus, signals, first.topic, is_told=is_told),
        length=math.log1p(signals.stems),
    )


def in_force(signals: Signals, calibration: Calibration | None) -> Calibration | None:
    """Return the store's own calibration where it holds: without vectors it was not learned."""
    return calibration if signals.closeness is not None else None


def chances(seen: Features, signals: Signals, own: Calibration | None = None) -> Chances:
    """Return what is likely, by the calibration in force if there is one."""
    right, answerable = weights_for(signals, own)
    return Chances(chance(seen, right), chance(seen, answerable))


def weights_for(signals: Signals, own: Calibration | None) -> tuple[Weights, Weights]:
    """Return the weights for "the first is right" and for "some article answers it"."""
    if own is not None:
        return own.first_is_right, own.answerable
    shipped = WITH_VECTORS if signals.closeness is not None else WITHOUT_VECTORS
    return shipped.first_is_right.weights, shipped.answerable.weights


def chance(seen: Features, weights: Weights) -> float:
    """Return the chance that a model gives, strictly between 0 and 1, however wild a score."""
    log_odds = weights.bias + sum(weight * getattr(seen, name) for name, weight in weights.weights.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def _agreement(corpus: Corpus, signals: Signals, topic: str, *, is_told: bool) -> float:
    near = signals.closeness
    opinions = [signals.bm25, signals.ngrams] if is_told else [signals.concepts]
    if near is not None:
        opinions.append(near.centred_whole + near.centred_best)
    agree = [corpus.articles[int(np.argmax(opinion))].topic == topic for opinion in opinions if opinion.max() > 0]
    return sum(agree) / len(agree) if agree else 0.0
