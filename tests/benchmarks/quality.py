"""
How well questions find their article, and how well the service knows when it does not know.

    python -m tests.benchmarks.quality SETS… [--cache DIR] [--train]

Runs the service's own ranking in process, on exact vectors and without the engine, over folders of labelled questions
(see `sets`). Prints nDCG@10 and R@1 on the test split, AUROC between answerable and unanswerable questions, and the
outcomes at the shipped thresholds. `--train` fits the confidence model on the tune splits and prints its weights;
each set's test split is then scored by a model trained on the other sets only.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.answers import Features, Outcome, confidence, decide, features, model_for
from kb.embedding.models import embedder_for
from kb.ranking import Signals, fuse, rank
from tests.benchmarks.sets import LabelledQuestion, LabelledSet, load

FEATURES = tuple(Features.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Row:
    """One question, asked."""

    split: str
    ndcg: float
    first: bool
    """The first hit is right."""
    answerable: bool
    features: Features
    confidence: float
    outcome: Outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("data/benchmarks"))
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--keyword", action="store_true", help="as if there were no vectors")
    options = parser.parse_args()
    embedder = embedder_for()
    asked = {each.name: _ask_all(load(each, options.cache, embedder), options.keyword) for each in options.sets}
    print(f"{'set':14} {'n':>5} nDCG@10   R@1  AUROC  answered right/wrong  refused: unanswerable, answerable")
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
    hits = [corpus.articles[topic.row].id for topic in ranked[:10]]
    seen, model = features(corpus, question, signals, ranked), model_for(signals)
    return Row(
        split=asked.split,
        ndcg=ndcg(hits, asked.relevant),
        first=hits[0] in asked.relevant,
        answerable=bool(asked.relevant),
        features=seen,
        confidence=confidence(seen, model),
        outcome=decide(confidence(seen, model), ranked, model),
    )


def ndcg(hits: Sequence[str], relevant: frozenset[str]) -> float:
    """Return the normalised discounted cumulative gain of the first ten hits; 0 when nothing is relevant."""
    gain = sum(1 / np.log2(place + 2) for place, hit in enumerate(hits[:10]) if hit in relevant)
    ideal = sum(1 / np.log2(place + 2) for place in range(min(len(relevant), 10)))
    return float(gain / ideal) if ideal else 0.0


def auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Return the chance that a random positive lies above a random negative; ties count half."""
    if not len(positive) or not len(negative):
        return float("nan")
    above = (positive[:, None] > negative[None, :]).mean()
    return float(above + (positive[:, None] == negative[None, :]).mean() / 2)


def _line(name: str, rows: list[Row]) -> str:
    yes, no = [r for r in rows if r.answerable], [r for r in rows if not r.answerable]
    sure = np.array([row.confidence for row in yes]), np.array([row.confidence for row in no])
    answered = [row for row in yes if row.outcome is Outcome.ANSWER]
    right = sum(row.first for row in answered) / len(yes)
    return (
        f"{name:14} {len(rows):5} {np.mean([r.ndcg for r in yes]):7.3f} {np.mean([r.first for r in yes]):5.3f} "
        f"{auroc(*sure):6.3f}  {right:8.2f} / {len(answered) / len(yes) - right:.2f}"
        f"        {_refused(no):14.2f}, {_refused(yes):.2f}"
    )


def _refused(rows: list[Row]) -> float:
    return sum(row.outcome is Outcome.HANDOFF for row in rows) / len(rows) if rows else float("nan")


def _train(asked: dict[str, list[Row]]) -> None:
    print("\ntrained on the other sets only: AUROC answerable / unanswerable, and first right / wrong")
    for name, rows in asked.items():
        others = {other: each for other, each in asked.items() if other != name}
        weights, bias = _fit(others or asked)
        chances = _matrix(rows) @ weights + bias
        test = np.array([row.split == "test" for row in rows])
        answerable = np.array([row.answerable for row in rows])
        first = np.array([row.first for row in rows])
        figures = (
            auroc(chances[test & answerable], chances[test & ~answerable]),
            auroc(chances[test & first], chances[test & ~first]),
        )
        print(f"  {name:14} {figures[0]:.3f} {figures[1]:.3f}")
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
    right = np.array([row.first for rows in tune.values() for row in rows])
    shares = np.concatenate([np.full(len(rows), 1 / len(rows)) for rows in tune.values() if rows])
    middle, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit((matrix - middle) / spread, right, sample_weight=shares / shares.mean())
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - (weights * middle).sum())


if __name__ == "__main__":
    main()
