"""
What each part of the ranking is worth: nDCG@10 with one part at a time removed.

    python -m tests.benchmarks.ablation SETS… [--golden DIR] [--cache DIR]

Test splits, the service's ranking in process with the words of a real engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from kb.article import Article
from kb.corpus import Closeness, Corpus
from kb.ranking import Scores, Signals, fuse
from tests.benchmarks.asking import found_by, loaded, parser, ranked_by, signals_of, without_engine
from tests.benchmarks.engines import running_engine, service_words
from tests.benchmarks.metrics import Found, mean_ndcg
from tests.benchmarks.sets import LabelledSet

Removal = Callable[[Signals], Signals]


def main() -> None:
    options = parser(__doc__).parse_args()
    sets = list(loaded(options))
    with running_engine() as engine:
        words = [service_words(engine, each, each.test) for each in sets]
    print(f"| | {' | '.join(each.name for each in sets)} |\n|---|{'---|' * len(sets)}")
    for name, change in CHANGES.items():
        row = [mean_ndcg(change(each, heard)) for each, heard in zip(sets, words, strict=True)]
        print(f"| {name} | {' | '.join(f'{value:.3f}'.removeprefix('0') for value in row)} |", flush=True)


def _asked(labelled: LabelledSet, words: list[Scores], removal: Removal = lambda signals: signals) -> list[Found]:
    found = []
    for asked, word in zip(labelled.test, words, strict=True):
        signals = removal(signals_of(labelled, asked, word))
        found.append(found_by(labelled, asked, ranked_by(labelled.corpus, asked.question, signals)))
    return found


def _without(removal: Removal) -> Callable[[LabelledSet, list[Scores]], list[Found]]:
    return lambda labelled, words: _asked(labelled, words, removal)


def _closeness(change: Callable[[Closeness], Closeness]) -> Callable[[LabelledSet, list[Scores]], list[Found]]:
    def changed(signals: Signals) -> Signals:
        near = signals.closeness
        return signals if near is None else replace(signals, closeness=change(near))

    return _without(changed)


def _no_meaning(near: Closeness) -> Closeness:
    zero = np.zeros_like(near.whole)
    return replace(near, whole=zero, best=zero, centred_whole=zero, centred_best=zero, asked=zero)


def _asked_under(
    patched: Callable[[], AbstractContextManager[object]],
) -> Callable[[LabelledSet, list[Scores]], list[Found]]:
    def asked(labelled: LabelledSet, words: list[Scores]) -> list[Found]:
        with patched():
            return _asked(labelled, words)

    return asked


def _not_levelled() -> AbstractContextManager[object]:
    return patch.object(Corpus, "_levels", lambda self, *_: np.zeros(len(self.articles), dtype=np.float32))


def _own_words() -> AbstractContextManager[object]:
    """Every article is told by its own words, whatever language the question is in."""
    return patch.object(Corpus, "members", lambda self, _: np.arange(len(self.articles)))


@contextmanager
def _no_siblings() -> Iterator[None]:
    """Every article is a topic of its own; words count for articles in the question's language only."""

    def own(self: Corpus, lang: str) -> NDArray[np.int64]:
        return np.where(self.langs == lang, np.arange(len(self.articles)), -1)

    with patch.object(Corpus, "members", own), patch.object(Article, "topic", property(lambda self: self.id)):
        yield


def _unknown_is_nothing() -> AbstractContextManager[object]:
    """A topic without an article in the question's language gets nothing for its words."""

    def fused(corpus: Corpus, signals: Signals, lang: str) -> Scores:
        members = corpus.members(lang)
        heard = (np.where(members >= 0, each[members], 0) for each in (signals.bm25, signals.ngrams, signals.engine))
        bm25, ngrams, engine = heard
        told = replace(signals, bm25=bm25, ngrams=ngrams, engine=engine)
        with patch.object(Corpus, "members", lambda self, _: np.arange(len(self.articles))):
            return fuse(corpus, told, lang)

    return patch("tests.benchmarks.asking.fuse", fused)


CHANGES: Mapping[str, Callable[[LabelledSet, list[Scores]], list[Found]]] = {
    "everything": _asked,
    "without vectors' raw cosines": _closeness(
        lambda near: replace(near, whole=np.zeros_like(near.whole), best=np.zeros_like(near.best))
    ),
    "without centred cosines": _closeness(
        lambda near: replace(near, centred_whole=np.zeros_like(near.whole), centred_best=np.zeros_like(near.best))
    ),
    "without levelled languages": _asked_under(_not_levelled),
    "without best passage": _closeness(lambda near: replace(near, best=near.whole, centred_best=near.centred_whole)),
    "without whole article": _closeness(lambda near: replace(near, whole=near.best, centred_whole=near.centred_best)),
    "without how it is asked": _closeness(lambda near: replace(near, asked=np.zeros_like(near.whole))),
    "without any cosine": _closeness(_no_meaning),
    "without BM25": _without(lambda signals: replace(signals, bm25=np.zeros_like(signals.bm25))),
    "without n-grams": _without(lambda signals: replace(signals, ngrams=np.zeros_like(signals.ngrams))),
    "without words few articles hold": _without(lambda signals: replace(signals, distinct=np.zeros_like(signals.bm25))),
    "without the glossary": _without(lambda signals: replace(signals, concepts=np.zeros_like(signals.concepts))),
    "without the engine's words": _without(without_engine),
    "without any words": _without(
        lambda signals: replace(
            signals,
            bm25=np.zeros_like(signals.bm25),
            ngrams=np.zeros_like(signals.ngrams),
            engine=np.zeros_like(signals.engine),
            distinct=np.zeros_like(signals.distinct),
            concepts=np.zeros_like(signals.concepts),
        )
    ),
    "words of any language": _asked_under(_own_words),
    "unknown words count for nothing": _asked_under(_unknown_is_nothing),
    "without siblings": _asked_under(_no_siblings),
}

if __name__ == "__main__":
    main()
