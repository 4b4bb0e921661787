"""
How well questions find their article, and how well the service knows when it does not know.

    python -m tests.benchmarks.quality SETS… [--cache DIR] [--train]

Runs the service's own ranking in process, on exact vectors and without the engine, over folders of labelled questions
(see `sets`). Prints nDCG@10 and R@1 on the test split, AUROC between answerable and unanswerable questions, the
outcomes at the shipped thresholds, and the calibration error; `kb/evaluation.py` defines them. `--train` fits the
confidence model on the tune splits and prints its weights; each set's test split is then scored by a model trained on
the other sets only.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.answers import Features, confidence, decide, features, model_for
from kb.embedding.models import embedder_for
from kb.evaluation import Judged, auroc, figures
from kb.ranking import Signals, fuse, rank
from tests.benchmarks.sets import LabelledQuestion, LabelledSet, load

FEATURES = tuple(Features.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Row:
    """One question, asked."""

    split: str
    features: Features
    judged: Judged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("data/benchmarks"))
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--keyword", action="store_true", help="as if there were no vectors")
    options = parser.parse_args()
    embedder = embedder_for()
    asked = {each.name: _ask_all(load(each, options.cache, embedder), options.keyword) for each in options.sets}
    print(f"{'set':14} {'n':>5} nDCG@10   R@1  AUROC  answered right/wrong  refused: unanswerable, answerable    ECE")
    for name, rows in asked.items():
        print(_line(name, [row for row in rows if row.split == "test"]))
    if options.train:
        _train(asked)


def _ask_all(labelled: LabelledSet, keyword: bool) -> list[Row]:
    return [_ask(labelled, question, keyword) for question in labelled.questions]


def _ask(labelled: LabelledSet, asked: LabelledQuestion, keyword: bool) -> Row:
    corpus, question = labelled.corpus, asked.question
    nothing = np.zeros(len(corpus.articles), dtype=np.float32)
    signals = Signals(
        None if keyword else corpus.closeness(asked.vector, question.lang),
        corpus.lexical.bm25(question.text, question.lang),
        corpus.lexical.ngrams(question.text),
        nothing,
    )
    ranked = rank(corpus, question, fuse(corpus, signals, question.lang), range(len(corpus.articles)))
    found = tuple(corpus.articles[topic.row].id for topic in ranked[:10])
    seen, model = features(corpus, question, signals, ranked), model_for(signals)
    chance = confidence(seen, model)
    return Row(asked.split, seen, Judged(found, asked.relevant, decide(chance, ranked, model), chance))


def _line(name: str, rows: list[Row]) -> str:
    found = figures([row.judged for row in rows])
    right = sum(row.judged.is_answered_right for row in rows) / (found.answerable.questions or 1)
    wrong = (found.answerable.answered or 0.0) - right
    return (
        f"{name:14} {len(rows):5} {_share(found.ndcg, 7)} {_share(found.first, 5)} {_share(found.auroc, 6)}"
        f"  {right:8.2f} / {wrong:.2f}"
        f"        {_share(found.unanswerable.handed_off, 14, 2)}, {_share(found.answerable.handed_off, 4, 2)}"
        f"        {_share(found.calibration_error, 5)}"
    )


def _share(value: float | None, width: int, digits: int = 3) -> str:
    return f"{'–' if value is None else format(value, f'.{digits}f')}".rjust(width)


def _train(asked: dict[str, list[Row]]) -> None:
    print("\ntrained on the other sets only: AUROC answerable / unanswerable, and first right / wrong")
    for name, rows in asked.items():
        others = {other: each for other, each in asked.items() if other != name}
        weights, bias = _fit(others or asked)
        chances = _matrix(rows) @ weights + bias
        test = np.array([row.split == "test" for row in rows])
        answerable = np.array([row.judged.is_answerable for row in rows])
        first = np.array([row.judged.is_first_right for row in rows])
        told_apart = [
            auroc(chances[test & answerable], chances[test & ~answerable]),
            auroc(chances[test & first], chances[test & ~first]),
        ]
        print(f"  {name:14} {' '.join(_share(each, 5) for each in told_apart)}")
    weights, bias = _fit(asked)
    print("\nBIAS =", round(float(bias), 3))
    print("WEIGHTS =", {name: round(float(w), 3) for name, w in zip(FEATURES, weights, strict=True)})


def _matrix(rows: list[Row]) -> NDArray[np.float64]:
    return np.array([[asdict(row.features)[name] for name in FEATURES] for row in rows], dtype=np.float64)


def _fit(asked: dict[str, list[Row]]) -> tuple[NDArray[np.float64], float]:
    """Fit `the first hit is right` on the tune splits; every set weighs the same, however many questions it has."""
    from sklearn.linear_model import LogisticRegression

    tune = {name: [row for row in rows if row.split == "tune"] for name, rows in asked.items()}
    matrix = np.concatenate([_matrix(rows) for rows in tune.values() if rows])
    right = np.array([row.judged.is_first_right for rows in tune.values() for row in rows])
    shares = np.concatenate([np.full(len(rows), 1 / len(rows)) for rows in tune.values() if rows])
    middle, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit((matrix - middle) / spread, right, sample_weight=shares / shares.mean())
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - (weights * middle).sum())


if __name__ == "__main__":
    main()
