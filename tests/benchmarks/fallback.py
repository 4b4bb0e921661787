"""
What is left when something is gone: nDCG@10 of the test splits, and as a share of that with everything.

    python -m tests.benchmarks.fallback SETS… [--golden DIR] [--cache DIR]
"""

from __future__ import annotations

from collections.abc import Callable

from kb.ranking import Signals
from tests.benchmarks.asking import (
    found_by,
    loaded,
    parser,
    ranked_by,
    signals_of,
    without_engine,
    without_vectors,
)
from tests.benchmarks.engines import running_engine, service_words
from tests.benchmarks.metrics import mean_ndcg

STATES: dict[str, Callable[[Signals], Signals]] = {
    "everything": lambda signals: signals,
    "engine gone": without_engine,
    "embedder gone": without_vectors,
    "both gone": lambda signals: without_engine(without_vectors(signals)),
}


def main() -> None:
    options = parser(__doc__).parse_args()
    print(f"| set | {' | '.join(STATES)} |\n|---|{'---|' * len(STATES)}")
    with running_engine() as engine:
        for labelled in loaded(options):
            known = [
                (asked, signals_of(labelled, asked, word))
                for asked, word in zip(labelled.test, service_words(engine, labelled, labelled.test), strict=True)
            ]
            figures = [
                mean_ndcg(
                    [
                        found_by(labelled, asked, ranked_by(labelled.corpus, asked.question, state(s)))
                        for asked, s in known
                    ]
                )
                for state in STATES.values()
            ]
            cells = (f"{each:.3f} ({each / figures[0]:.0%})".removeprefix("0") for each in figures)
            print(f"| {labelled.name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
