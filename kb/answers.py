"""
Question + ranked topics → outcome: answer, clarify or hand off, by the chance that the first hit is right. Pure.

A threshold on a score would not do: scores that keep 57 % of the answerable questions of one store reject 9 % of
another's. What tells is how the signals agree, how far the first stands out, and how many of the question's telling
words it holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kb.article import Calibration
from kb.corpus import Corpus
from kb.language import rules
from kb.lexical import words
from kb.query import Question
from kb.ranking import RankedTopic, Signals


class Outcome(StrEnum):
    """What the reader is led to."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    HANDOFF = "handoff"


class Reason(StrEnum):
    """Why a person is handed on to a human."""

    NO_ANSWER = "no_answer"
    ASKED_FOR_HUMAN = "asked_for_human"


# With at least this chance the first hit is shown as the answer.
ANSWER_FROM = 0.5
MAX_CLARIFY_OPTIONS = 3


@dataclass(frozen=True, slots=True)
class Features:
    """What the confidence is computed from; each about 0 to 1 for a good match."""

    score: float
    """Of the first topic."""
    gap: float
    """How far the second is behind."""
    stands_out: float
    """How many standard deviations the first lies above all topics."""
    coverage: float
    """Share of the question's stems, by rarity, that the first article holds."""
    spelling: float
    """n-gram cosine of the first with its titles and questions."""
    agreement: float
    """Share of the signals that put the first topic first."""


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model of "the first hit answers it", and from where on a choice is worth offering."""

    bias: float
    weights: Mapping[str, float]
    clarify_score: float
    """Unsure, but the first hit scores this much: ask which of the nearest subjects is meant."""


# Both were fitted by `python -m tests.benchmarks.quality … --train` on the tune splits of six public question sets of
# equal weight; the figures on their test splits stand in tests/benchmarks/README.md. A negative weight for spelling:
# its share in the score already counts. On the tune splits one of the first two hits was right for 54 % of the unsure
# questions above the score for a choice, for 13 % of those below.
WITH_VECTORS = Model(
    bias=-3.352,
    weights={
        "score": 0.445,
        "gap": 1.638,
        "stands_out": 0.145,
        "coverage": 0.463,
        "spelling": -0.767,
        "agreement": 0.213,
    },
    clarify_score=2.4,
)
# With `--keyword`: scores of words alone are smaller, and say less. For a choice: 58 % above, 21 % below.
WITHOUT_VECTORS = Model(
    bias=-3.418,
    weights={"score": 2.202, "gap": 3.438, "coverage": 1.782, "spelling": -5.294, "agreement": 0.735},
    clarify_score=1.0,
)


def model_for(signals: Signals) -> Model:
    """Return the model that fits what is known."""
    return WITHOUT_VECTORS if signals.closeness is None else WITH_VECTORS


def features(corpus: Corpus, question: Question, signals: Signals, ranked: Sequence[RankedTopic]) -> Features:
    """Return the features of the first of `ranked`, which must not be empty."""
    first = ranked[0]
    told_by = int(corpus.members(question.lang)[first.best_row])
    row = told_by if told_by >= 0 else first.best_row
    all_scores = np.array([topic.score for topic in ranked], dtype=np.float32)
    spread = float(all_scores.std()) or 1.0
    return Features(
        score=first.score,
        gap=first.score - ranked[1].score if len(ranked) > 1 else spread,
        stands_out=(first.score - float(all_scores.mean())) / spread,
        coverage=corpus.lexical.coverage(question.text, question.lang, row),
        spelling=float(signals.ngrams[row]),
        agreement=_agreement(corpus, signals, first.topic),
    )


def _agreement(corpus: Corpus, signals: Signals, topic: str) -> float:
    near = signals.closeness
    opinions = [signals.bm25, signals.ngrams]
    if near is not None:
        opinions.append(near.centred_whole + near.centred_best)
    agree = [corpus.articles[int(np.argmax(opinion))].topic == topic for opinion in opinions if opinion.max() > 0]
    return sum(agree) / len(agree) if agree else 0.0


def confidence(seen: Features, model: Model = WITH_VECTORS) -> float:
    """Return the chance (0 to 1) that the first hit answers the question."""
    return _chance(model.bias + sum(weight * getattr(seen, name) for name, weight in model.weights.items()))


def calibrated(chance: float, calibration: Calibration | None, model: Model = WITH_VECTORS) -> float:
    """
    Return the chance as the store's own golden questions correct it.

    Without vectors it stays: a calibration is learned with them.
    """
    if calibration is None or model is not WITH_VECTORS:
        return chance
    return _chance(calibration.slope * logit(chance) + calibration.shift)


def logit(chance: float) -> float:
    """Return the logarithm of the odds, from -30 to 30."""
    return _bounded(math.log(chance / (1 - chance)) if 0 < chance < 1 else math.copysign(math.inf, chance - 0.5))


def _chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-_bounded(log_odds)))


def _bounded(log_odds: float) -> float:
    """Keep chances strictly between 0 and 1, however wild a score."""
    return max(-30.0, min(30.0, log_odds))


def asks_for_human(question: Question) -> bool:
    """Whether the question is for a person, not for an article."""
    found = rules(question.lang)
    text = f" {' '.join(words(question.text))} "
    return any(f" {' '.join(words(phrase))} " in text for phrase in (found.human if found else ()))


def decide(chance: float, ranked: Sequence[RankedTopic], model: Model = WITH_VECTORS) -> Outcome:
    """Return what to offer for a question whose first hit is right with `chance`."""
    if not ranked:
        return Outcome.HANDOFF
    if chance >= ANSWER_FROM:
        return Outcome.ANSWER
    return Outcome.CLARIFY if len(ranked) > 1 and ranked[0].score >= model.clarify_score else Outcome.HANDOFF
