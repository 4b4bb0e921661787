"""
Fits the models of kb/confidence.py: whether the first hit is right, and whether any article answers a question.

    python -m tests.benchmarks.training SETS… [--cache DIR]

On the tune splits of the sets, and of the same with questions in their articles (see `wordings`), with the words of a
real engine; prints what to write into kb/confidence.json. Each set weighs the same, however many questions it has, and
the unanswerable weigh in it what they do in the set as it was made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from kb.article import Weights
from kb.confidence import NAMES, Model, Models, Shipped
from kb.embedding.models import embedder_for
from tests.benchmarks.asking import Row, judged, loaded, parser, signals_of, without_vectors
from tests.benchmarks.engines import RunningEngine, running_engine, service_words
from tests.benchmarks.sets import LabelledSet
from tests.benchmarks.wordings import base_of, both

Asked = Mapping[str, Sequence[Row]]
TARGETS: Mapping[str, Callable[[Row], bool]] = {
    "first_is_right": lambda row: row.first,
    "answerable": lambda row: row.answerable,
}

# Better evidence must not lower a chance: where one of these would, the others tell it already, and it is left out.
SIGNS = ("score", "gap", "coverage")


def main() -> None:
    options = parser(__doc__).parse_args()
    embedder = embedder_for()
    with running_engine() as engine:
        sets = list(both(loaded(options, embedder), embedder))
        with_vectors, without = (_models(ask_all(engine, sets, keyword=keyword)) for keyword in (False, True))
    names = tuple(dict.fromkeys(base_of(each.name) for each in sets))
    shipped = Shipped("python -m tests.benchmarks.training", names, with_vectors, without)
    print(msgspec.json.format(msgspec.json.encode(shipped), indent=1).decode())


def _models(asked: Asked) -> Models:
    return Models(**{target: fitted(asked, truth) for target, truth in TARGETS.items()})


def ask_all(engine: RunningEngine, sets: Iterable[LabelledSet], *, keyword: bool = False) -> dict[str, list[Row]]:
    """Return every question of every set, asked."""
    asked = {}
    for labelled in sets:
        words = service_words(engine, labelled, labelled.questions)
        pairs = zip(labelled.questions, words, strict=True)
        signals = ((each, signals_of(labelled, each, word)) for each, word in pairs)
        asked[labelled.name] = [
            judged(labelled, each, without_vectors(known) if keyword else known) for each, known in signals
        ]
    return asked


def fitted(asked: Asked, truth: Callable[[Row], bool]) -> Model:
    """Return a model of the tune splits."""
    tune = {name: [row for row in rows if row.split == "tune"] for name, rows in asked.items()}
    times = Counter(base_of(name) for name, rows in tune.items() if rows)
    rows = [row for own in tune.values() for row in own]
    shares = np.concatenate(
        [_shares(own, _answerable(asked[base_of(name)])) / times[base_of(name)] for name, own in tune.items() if own]
    )
    values = matrix(rows)
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    is_true = [truth(row) for row in rows]
    kept = np.ones(len(NAMES))
    while True:
        model = LogisticRegression(C=1.0, max_iter=3000)
        model.fit((values - middle) / spread * kept, is_true, sample_weight=shares / shares.mean())
        wrong = (model.coef_[0] < 0) & np.isin(NAMES, SIGNS)
        if not wrong.any():
            break
        kept[wrong] = 0
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - (weights * middle).sum())
    return Model(Weights(round(bias, 3), _named(weights)), _named(spread))


def matrix(rows: Sequence[Row]) -> NDArray[np.float64]:
    """Return the features, a row per question."""
    return np.array([[asdict(row.features)[name] for name in NAMES] for row in rows], dtype=np.float64)


def _shares(rows: Sequence[Row], answerable: float) -> NDArray[np.float64]:
    """Return what each row weighs: together 1, the answerable together `answerable`."""
    is_answerable = np.array([row.answerable for row in rows])
    total = {True: max(1, is_answerable.sum()), False: max(1, (~is_answerable).sum())}
    shares = np.where(is_answerable, answerable / total[True], (1 - answerable) / total[False])
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def _answerable(rows: Sequence[Row]) -> float:
    return sum(row.answerable for row in rows) / len(rows)


def _named(values: NDArray[np.float64]) -> dict[str, float]:
    return {name: round(float(value), 3) for name, value in zip(NAMES, values, strict=True)}


if __name__ == "__main__":
    main()
