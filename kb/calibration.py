"""
Learning from a store's own golden questions how far its confidence can be trusted. Pure.

The shipped models were fitted on other stores' questions; a store's own move their weights, as far as they can say
something that chance cannot (logistic regression around the shipped weights).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.article import Weights
from kb.confidence import NAMES, Features, Model

# Fewer say nothing that the prior does not say.
MIN_QUESTIONS = 20
# How far, as a standard deviation, a store's weights are expected to lie from the shipped ones, in units of the
# features' spreads. Learned on one half of the sample store's golden questions, log loss on the other (mean of both
# models, both ways) is .263 at .15, .219 here, and .216 to .218 from 1 to 4: the least that costs next to nothing, for
# stores with fewer questions.
WEIGHT_SPREAD = 0.7
# Stores differ in how many of their questions have an answer at all.
BIAS_SPREAD = 2.0
# One of twenty questions that an article answers may be handed off, for the sake of those that none does.
REFUSED = 0.05
# Beyond these a store's questions say more of themselves than of what customers ask.
LIMITS = (0.3, 0.85)
DIGITS = 4
# Each step takes the steepest that the curve can be, so that none goes too far; it has settled long before.
STEPS = 5000
STEEPEST = 0.25


def fit(seen: Sequence[Features], truth: Sequence[bool], model: Model) -> Weights:
    """Return the weights that make a model's chances fit what was true of each question, and stay near its own."""
    shipped = model.weights
    spreads = np.array([model.spreads[name] for name in NAMES])
    values = np.array([[getattr(each, name) for name in NAMES] for each in seen], dtype=np.float64) / spreads
    inputs = np.concatenate([values, np.ones((len(seen), 1))], axis=1)
    middle = np.append(np.array([shipped.weights[name] for name in NAMES]) * spreads, shipped.bias)
    tightness = np.append(np.full(len(NAMES), WEIGHT_SPREAD), BIAS_SPREAD) ** -2.0
    step = np.linalg.inv(STEEPEST * inputs.T @ inputs + np.diag(tightness))
    true = np.array(truth, dtype=np.float64)
    found = middle
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-np.clip(inputs @ found, -30, 30)))
        found = found - step @ (inputs.T @ (likely - true) + tightness * (found - middle))
    moved = {name: round(float(value), DIGITS) for name, value in zip(NAMES, found[:-1] / spreads, strict=True)}
    return Weights(round(float(found[-1]), DIGITS), moved)


def limit(answerable: Sequence[float], otherwise: float) -> float:
    """Return the chance below which one of twenty answerable questions lies; `otherwise` where there are too few."""
    if len(answerable) < MIN_QUESTIONS:
        return otherwise
    low, high = LIMITS
    return round(min(high, max(low, float(np.quantile(answerable, REFUSED)))), DIGITS)
