"""
Whether the service knows when it does not know: the shipped confidence, and one fitted without the set it judges.

    python -m tests.benchmarks.confidence SETS… [--cache DIR]

Test splits, with the words of a real engine. AUROC: answerable against unanswerable questions. ECE: how far confidence
lies from the share of first hits that are right, in ten bins of equal size; an unanswerable question's never is. Then
what became of the questions at the shipped thresholds. Draws `reliability.svg`.

`training` fits the models anew.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.answers import Outcome
from kb.confidence import chance
from kb.embedding.models import embedder_for
from tests.benchmarks.asking import Row, loaded, parser
from tests.benchmarks.engines import running_engine
from tests.benchmarks.metrics import auroc, bins, calibration_error, mean
from tests.benchmarks.reliability import diagram
from tests.benchmarks.training import TARGETS, Asked, ask_all, fitted
from tests.benchmarks.wordings import base_of, both

DIAGRAM = Path(__file__).parent / "reliability.svg"


def main() -> None:
    options = parser(__doc__).parse_args()
    embedder = embedder_for()
    with running_engine() as engine:
        asked = ask_all(engine, both(loaded(options, embedder), embedder))
    shipped = {name: np.array([row.confidence for row in rows]) for name, rows in asked.items()}
    left_out = {name: _left_out(asked, name) for name in asked}
    print("| set | AUROC shipped | left out | ECE shipped | left out |\n|---|---|---|---|---|")
    for name, rows in asked.items():
        figures = [measure(rows, chances[name]) for measure in (_auroc, _ece) for chances in (shipped, left_out)]
        print(f"| {name} | {' | '.join(_told(each, 3) for each in figures)} |")
    _print_outcomes(asked)
    curves = {name: bins(*_tested(rows, left_out[name])) for name, rows in asked.items() if name == base_of(name)}
    DIAGRAM.write_text(diagram(curves), encoding="utf-8")


def _left_out(asked: Asked, name: str) -> NDArray[np.float64]:
    """Return the confidence in each question of a set, by a model of the other sets' tune splits."""
    others = {other: rows for other, rows in asked.items() if base_of(other) != base_of(name)}
    weights = fitted(others, TARGETS["first_is_right"]).weights
    return np.array([chance(row.features, weights) for row in asked[name]], dtype=np.float64)


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


if __name__ == "__main__":
    main()
