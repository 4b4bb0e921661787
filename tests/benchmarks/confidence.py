"""
Whether the service knows when it does not know: the shipped confidence, and one fitted without the set it judges.

    python -m tests.benchmarks.confidence SETS… [--cache DIR]

Test splits, with the words of a real engine. AUROC: answerable against unanswerable questions. ECE: how far confidence
lies from the share of first hits that are right, in ten bins of equal size; an unanswerable question's never is. Then
what became of the questions at the shipped thresholds. Draws `reliability.svg`.

`quality --train` fits the model anew.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.answers import Features, Outcome
from tests.benchmarks.asking import Row, judged, loaded, parser, signals_of
from tests.benchmarks.engines import running_engine, service_words
from tests.benchmarks.metrics import auroc, bins, calibration_error, mean
from tests.benchmarks.reliability import diagram

FEATURES = tuple(Features.__dataclass_fields__)


DIAGRAM = Path(__file__).parent / "reliability.svg"


def main() -> None:
    options = parser(__doc__).parse_args()
    asked: dict[str, list[Row]] = {}
    with running_engine() as engine:
        for labelled in loaded(options):
            words = service_words(engine, labelled, labelled.questions)
            pairs = zip(labelled.questions, words, strict=True)
            asked[labelled.name] = [judged(labelled, each, signals_of(labelled, each, word)) for each, word in pairs]
    shipped = {name: np.array([row.confidence for row in rows]) for name, rows in asked.items()}
    left_out = {name: _left_out(asked, name) for name in asked}
    print("| set | AUROC shipped | left out | ECE shipped | left out |\n|---|---|---|---|---|")
    for name, rows in asked.items():
        figures = [measure(rows, chances[name]) for measure in (_auroc, _ece) for chances in (shipped, left_out)]
        print(f"| {name} | {' | '.join(_told(each, 3) for each in figures)} |")
    _print_outcomes(asked)
    curves = {name: bins(*_tested(rows, left_out[name])) for name, rows in asked.items()}
    DIAGRAM.write_text(diagram(curves), encoding="utf-8")


def _left_out(asked: dict[str, list[Row]], name: str) -> NDArray[np.float64]:
    """Return the confidence in each question of a set, by a model of the other sets' tune splits."""
    weights, bias = fit({other: rows for other, rows in asked.items() if other != name})
    chances: NDArray[np.float64] = 1 / (1 + np.exp(-(matrix(asked[name]) @ weights + bias)))
    return chances


def _tested(rows: list[Row], chances: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    test = np.array([row.split == "test" for row in rows])
    return chances[test], np.array([row.first for row in rows])[test]


def _auroc(rows: list[Row], chances: NDArray[np.float64]) -> float:
    test, answerable = (np.array([value(row) for row in rows]) for value in (_is_test, _is_answerable))
    return auroc(chances[test & answerable], chances[test & ~answerable])


def _is_test(row: Row) -> bool:
    return row.split == "test"


def _is_answerable(row: Row) -> bool:
    return row.answerable


def _ece(rows: list[Row], chances: NDArray[np.float64]) -> float:
    return calibration_error(*_tested(rows, chances))


def _print_outcomes(asked: dict[str, list[Row]]) -> None:
    print(
        "\n| set | answerable: answered right | wrong | asked back | refused | unanswerable: answered | asked back |",
        end="",
    )
    print(" refused |\n|---|---|---|---|---|---|---|---|")
    for name, rows in asked.items():
        yes, no = ([row for row in rows if _is_test(row) and row.answerable is kind] for kind in (True, False))
        right = mean(row.first and row.outcome is Outcome.ANSWER for row in yes)
        shares = [mean(row.outcome is outcome for row in kind) for kind in (yes, no) for outcome in Outcome]
        print(f"| {name} | {' | '.join(_told(each, 2) for each in (right, shares[0] - right, *shares[1:]))} |")


def _told(value: float, digits: int) -> str:
    return "–" if np.isnan(value) else f"{value:.{digits}f}".removeprefix("0")


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


if __name__ == "__main__":
    main()
