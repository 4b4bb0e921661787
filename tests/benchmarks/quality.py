"""
How well questions find their article, beside a stock Meilisearch, and how well the service knows when it does not know.

    python -m tests.benchmarks.quality SETS… [--golden DIR] [--cache DIR] [--train] [--keyword] [--alone]

Runs the service's own ranking in process over folders of labelled questions (see `sets`), with exact vectors and the
words of a real engine, and asks a stock Meilisearch (see `engines`) the same questions with the same vectors. Prints
the test splits: order by set and language, ours minus stock's with its 95 % interval, confidence and outcomes.
`--alone`: without any engine. `--keyword`: as if there were no vectors. `--train` fits the confidence model on the tune
splits (see `confidence`).

More of the same sets: `ablation` (each part removed), `variants` (typing errors, other languages), `fallback`
(something gone), `confidence` (calibration), `scale` (speed and memory at size).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.answers import Outcome
from kb.ranking import Scores
from tests.benchmarks.asking import Row, judged, loaded, parser, signals_of, without_vectors
from tests.benchmarks.confidence import train
from tests.benchmarks.engines import (
    HALF,
    HALF_OWN_LANGUAGE,
    KEYWORD,
    MORE,
    RunningEngine,
    StockIndex,
    running_engine,
    service_words,
)
from tests.benchmarks.metrics import (
    Found,
    answerable,
    auroc,
    interval,
    mean,
    mean_ndcg,
    mean_reciprocal_rank,
    recall,
)
from tests.benchmarks.sets import LabelledSet

OURS = "ours"
WAYS = (KEYWORD, HALF, MORE, HALF_OWN_LANGUAGE)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--train", action="store_true")
    options.add_argument("--keyword", action="store_true", help="as if there were no vectors")
    options.add_argument("--alone", action="store_true", help="without any engine")
    chosen = options.parse_args()
    sets = list(loaded(chosen))
    if chosen.alone:
        asked = {each.name: _ask_all(each, None, chosen.keyword) for each in sets}
    else:
        with running_engine() as engine:
            asked = {each.name: _ask_all(each, engine, chosen.keyword) for each in sets}
            orders = {each.name: _stock(engine, each) for each in sets}
        for name, order in orders.items():
            order[OURS] = [row.found for row in _test(asked[name])]
        _print_order(orders)
    _print_outcomes(asked)
    if chosen.train:
        train(asked)


def _ask_all(labelled: LabelledSet, engine: RunningEngine | None, keyword: bool) -> list[Row]:
    words: Sequence[Scores | None] = [None] * len(labelled.questions)
    if engine:
        words = service_words(engine, labelled, labelled.questions)
    every = (signals_of(labelled, each, word) for each, word in zip(labelled.questions, words, strict=True))
    known = (without_vectors(signals) if keyword else signals for signals in every)
    return [judged(labelled, each, signals) for each, signals in zip(labelled.questions, known, strict=True)]


def _stock(engine: RunningEngine, labelled: LabelledSet) -> dict[str, list[Found]]:
    index = StockIndex(engine, labelled)
    several = len(set(labelled.corpus.langs.tolist())) > 1
    ways = [way for way in WAYS if several or not way.own_language]
    return {
        way.name: [
            Found(hits, asked.relevant, asked.question.asked_lang)
            for hits, asked in zip(index.hits(labelled.test, way), labelled.test, strict=True)
        ]
        for way in ways
    }


def _test(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.split == "test"]


def _print_order(orders: dict[str, dict[str, list[Found]]]) -> None:
    print("| set | language | questions | | nDCG@10 | R@1 | R@3 | MRR@10 |\n|---|---|---|---|---|---|---|---|")
    for name, order in orders.items():
        langs = sorted({found.lang for found in order[OURS]})
        for lang in [*langs, "all"] if len(langs) > 1 else langs:
            for way, every in order.items():
                found = answerable(each for each in every if lang in ("all", each.lang))
                figures = (mean_ndcg(found), recall(found, 1), recall(found, 3), mean_reciprocal_rank(found))
                print(f"| {name} | {lang} | {len(found)} | {way} | {' | '.join(map(share, figures))} |")
    print("\n| set | ours − stock 0.5 | 95 % | ours − stock 0.5, own language | 95 % |\n|---|---|---|---|---|")
    for name, order in orders.items():
        cells = (_apart(order[OURS], order.get(way.name)) for way in (HALF, HALF_OWN_LANGUAGE))
        print(f"| {name} | {' | '.join(cells)} |")


def _apart(ours: Sequence[Found], theirs: Sequence[Found] | None) -> str:
    if theirs is None:
        return "– | –"
    middle, low, high = interval([f.ndcg for f in answerable(ours)], [f.ndcg for f in answerable(theirs)])
    return f"{middle:+.3f} | {low:+.3f} … {high:+.3f}"


def _print_outcomes(asked: dict[str, list[Row]]) -> None:
    print(f"\n{'set':14} {'n':>5} nDCG@10   R@1  AUROC  answered right/wrong  refused: unanswerable, answerable")
    for name, rows in asked.items():
        print(_line(name, _test(rows)))


def _line(name: str, rows: list[Row]) -> str:
    yes, no = [r for r in rows if r.answerable], [r for r in rows if not r.answerable]
    sure = np.array([row.confidence for row in yes]), np.array([row.confidence for row in no])
    answered = [row for row in yes if row.outcome is Outcome.ANSWER]
    right = sum(row.first for row in answered) / len(yes)
    return (
        f"{name:14} {len(rows):5} {mean(r.found.ndcg for r in yes):7.3f} {mean(r.first for r in yes):5.3f} "
        f"{auroc(*sure):6.3f}  {right:8.2f} / {len(answered) / len(yes) - right:.2f}"
        f"        {_refused(no):14.2f}, {_refused(yes):.2f}"
    )


def _refused(rows: list[Row]) -> float:
    return mean(row.outcome is Outcome.HANDOFF for row in rows)


def share(value: float) -> str:
    """Return a figure as the tables show it: .912."""
    return f"{value:.3f}".removeprefix("0")


if __name__ == "__main__":
    main()
