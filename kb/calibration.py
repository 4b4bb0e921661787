"""
Learning from a store's own golden questions how far its confidence can be trusted (Platt scaling). Pure.

The confidence model was fitted on other stores' questions. Slope and shift of its logit are what a store may differ in,
and two numbers are what a hundred questions can tell.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.answers import logit
from kb.article import Calibration
from kb.evaluation import Judged

# Fewer say nothing that the prior does not say.
MIN_QUESTIONS = 20
# How far, as standard deviations, a store is expected to lie from slope 1 and shift 0. Twenty questions move the result
# a third of the way to what they say alone, two hundred nearly all of it.
SLOPE_SPREAD = 0.25
SHIFT_SPREAD = 0.5
# The order of two chances must never turn round.
MIN_SLOPE = 0.1
DIGITS = 3
# Each step takes the steepest that the curve can be, so that none goes too far; it has settled long before.
STEPS = 2000
STEEPEST = 0.25


def fit(asked: Sequence[Judged], model: str) -> Calibration:
    """
    Return the calibration that makes the confidence of these questions fit how often their first hit is right.

    Their confidence must be the uncalibrated one.
    """
    logits = np.array([logit(each.confidence) for each in asked], dtype=np.float64)
    right = np.array([each.is_first_right for each in asked], dtype=np.float64)
    middle, tightness = np.array([1.0, 0.0]), np.array([SLOPE_SPREAD, SHIFT_SPREAD]) ** -2.0
    inputs = np.stack([logits, np.ones_like(logits)], axis=1)
    step = np.linalg.inv(STEEPEST * inputs.T @ inputs + np.diag(tightness))
    found = middle
    for _ in range(STEPS):
        chances = 1 / (1 + np.exp(-np.clip(inputs @ found, -30, 30)))
        found = found - step @ (inputs.T @ (chances - right) + tightness * (found - middle))
    slope, shift = (round(float(value), DIGITS) for value in found)
    return Calibration(model, max(slope, MIN_SLOPE), shift, len(asked))
