"""
How well questions find their article, beside a stock Meilisearch, and how well the service knows when it does not know.

    python -m tests.benchmarks.quality SETS… [--golden DIR] [--cache DIR] [--http] [--store]
                                       [--keyword] [--alone]

Asks the service's own search in process over folders of labelled questions (see `sets`), with exact vectors and the
words of a real engine, and asks a stock Meilisearch (see `engines`) the same questions with the same vectors. Prints
the test splits: order by set and language, ours minus stock's with its 95 % interval, confidence and outcomes.
`--http` publishes each folder as a store, starts a service and asks it the same once more through `/api/v1/search`:
its figures stand beside, and how many answers differ. `--store` appends a line per set to `quality.jsonl` under the
commit. `--alone`: without any engine. `--keyword`: as if there were no vectors.

More of the same sets: `ablation` (each part removed), `variants` (typing errors, other languages), `fallback`
(something gone), `confidence` (calibration), `training` (fits its models), `scale` (speed and memory at size); of the
sample store: `short_queries` (two words, unfinished, mistyped).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from kb.answers import Outcome
from kb.ranking import Scores
from tests.benchmarks import stored
from tests.benchmarks.asking import Row, Told, judged, loaded, parser, signals_of, without_vectors
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
from tests.benchmarks.searching import asked_in_process, asked_over_http
from tests.benchmarks.sets import LabelledSet

OURS, HTTP = "ours", "ours, through HTTP"
WAYS = (KEYWORD, HALF, MORE, HALF_OWN_LANGUAGE)
# The API rounds the chance.
SENT_DIGITS = 1e-4
RESULTS = Path(__file__).parent / "quality.jsonl"
Asked = Mapping[str, list[Told]]
"""Set to what became of its test questions."""


def main() -> None:
    chosen = _options()
    sets = list(loaded(chosen))
    if chosen.alone:
        _report(chosen, {each.name: _asked(each, None, chosen) for each in sets}, {})
    else:
        with running_engine() as engine:
            asked = {each.name: _asked(each, engine, chosen) for each in sets}
            _report(chosen, asked, {each.name: _stock(engine, each) for each in sets}, _over_http(chosen, sets))


def _options() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--http", action="store_true", help="once more through the running service")
    options.add_argument("--store", action="store_true", help="append the figures to quality.jsonl")
    options.add_argument("--keyword", action="store_true", help="as if there were no vectors")
    options.add_argument("--alone", action="store_true", help="without any engine")
    return options.parse_args()


def _report(
    chosen: argparse.Namespace, asked: Asked, orders: dict[str, dict[str, list[Found]]], http: Asked | None = None
) -> None:
    for name, order in orders.items():
        order[OURS] = [told.found for told in asked[name]]
        if http and name in http:
            order[HTTP] = [told.found for told in http[name]]
    if orders:
        _print_order(orders)
    _print_outcomes(asked, http or {})
    for name in asked if chosen.store else ():
        half = mean_ndcg(answerable(orders[name][HALF.name])) if name in orders else None
        stored.store(RESULTS, {"set": name, **figures(asked[name]), "nDCG@10 stock 0.5": half})


def _asked(labelled: LabelledSet, engine: RunningEngine | None, chosen: argparse.Namespace) -> list[Told]:
    return asked_in_process(labelled, labelled.test, engine, without_vectors=chosen.keyword)


def _over_http(chosen: argparse.Namespace, sets: Sequence[LabelledSet]) -> Asked:
    folders = {folder.name: folder for folder in chosen.sets} if chosen.http else {}
    known = [each for each in sets if each.name in folders]
    return {each.name: asked_over_http(folders[each.name], each, each.test) for each in known}


def _rows(sets: Sequence[LabelledSet], chosen: argparse.Namespace) -> dict[str, list[Row]]:
    """Return all questions with what the model of confidence learns from."""
    if chosen.alone:
        return {each.name: _judged(each, [None] * len(each.questions), chosen.keyword) for each in sets}
    with running_engine() as engine:
        return {each.name: _judged(each, service_words(engine, each, each.questions), chosen.keyword) for each in sets}


def _judged(labelled: LabelledSet, words: Sequence[Scores | None], keyword: bool) -> list[Row]:
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


def _print_outcomes(asked: Asked, http: Asked) -> None:
    print(f"\n{'set':14} {'n':>5} nDCG@10   R@1  AUROC  answered right/wrong  refused: unanswerable, answerable")
    for name, every in asked.items():
        print(_line(name, every))
        if name in http:
            print(_line("  HTTP", http[name]))
            print(f"  through HTTP {_differing(every, http[name])} of {len(every)} answers differ")


def _differing(ours: list[Told], http: list[Told]) -> int:
    """Return how many have other hits, another outcome or another chance."""
    pairs = zip(ours, http, strict=True)
    return sum(
        a.found != b.found or a.outcome != b.outcome or abs(a.confidence - b.confidence) > 1e-4 for a, b in pairs
    )


def figures(every: list[Told]) -> dict[str, float]:
    """Return what is told of a set: shares of the answerable questions unless the name says otherwise."""
    yes, no = [each for each in every if each.answerable], [each for each in every if not each.answerable]
    found = [each.found for each in yes]
    sure = np.array([each.confidence for each in yes]), np.array([each.confidence for each in no])
    answered = [each for each in yes if each.outcome is Outcome.ANSWER]
    right = sum(each.first for each in answered) / len(yes)
    return {
        "questions": len(every),
        "nDCG@10": mean_ndcg(found),
        "R@1": recall(found, 1),
        "R@3": recall(found, 3),
        "MRR@10": mean_reciprocal_rank(found),
        "AUROC": auroc(*sure),
        "answered right": right,
        "answered wrong": len(answered) / len(yes) - right,
        "refused, of the unanswerable": _refused(no),
        "refused": _refused(yes),
    }


def _line(name: str, every: list[Told]) -> str:
    told = figures(every)
    return (
        f"{name:14} {told['questions']:5} {told['nDCG@10']:7.3f} {told['R@1']:5.3f} "
        f"{told['AUROC']:6.3f}  {told['answered right']:8.2f} / {told['answered wrong']:.2f}"
        f"        {told['refused, of the unanswerable']:14.2f}, {told['refused']:.2f}"
    )


def _refused(every: list[Told]) -> float:
    return mean(each.outcome is Outcome.HANDOFF for each in every)


def share(value: float) -> str:
    """Return a figure as the tables show it: .912."""
    return f"{value:.3f}".removeprefix("0")


if __name__ == "__main__":
    main()
