"""Fit the confidence model, and judge it on sets that it has not seen."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from kb.answers import Features
from tests.benchmarks.asking import Row
from tests.benchmarks.metrics import auroc

FEATURES = tuple(Features.__dataclass_fields__)


def train(asked: dict[str, list[Row]]) -> None:
    """Print each set's figures by a model of the other sets only, then the weights fitted on all."""
    print("\ntrained on the other sets only: AUROC answerable / unanswerable, and first right / wrong")
    for name, rows in asked.items():
        others = {other: each for other, each in asked.items() if other != name}
        weights, bias = fit(others or asked)
        chances = matrix(rows) @ weights + bias
        test = np.array([row.split == "test" for row in rows])
        answerable = np.array([row.answerable for row in rows])
        first = np.array([row.first for row in rows])
        figures = (
            auroc(chances[test & answerable], chances[test & ~answerable]),
            auroc(chances[test & first], chances[test & ~first]),
        )
        print(f"  {name:14} {figures[0]:.3f} {figures[1]:.3f}")
    weights, bias = fit(asked)
    print("\nBIAS =", round(float(bias), 3))
    print("WEIGHTS =", {name: round(float(w), 3) for name, w in zip(FEATURES, weights, strict=True)})


def matrix(rows: list[Row]) -> NDArray[np.float64]:
    return np.array([[asdict(row.features)[name] for name in FEATURES] for row in rows], dtype=np.float64)


def fit(asked: dict[str, list[Row]]) -> tuple[NDArray[np.float64], float]:
    """Fit `the first hit is right` on the tune splits; every set weighs the same, however many questions it has."""
    from sklearn.linear_model import LogisticRegression

    tune = {name: [row for row in rows if row.split == "tune"] for name, rows in asked.items()}
    every = np.concatenate([matrix(rows) for rows in tune.values() if rows])
    right = np.array([row.first for rows in tune.values() for row in rows])
    shares = np.concatenate([np.full(len(rows), 1 / len(rows)) for rows in tune.values() if rows])
    middle, spread = every.mean(axis=0), every.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit((every - middle) / spread, right, sample_weight=shares / shares.mean())
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - (weights * middle).sum())
