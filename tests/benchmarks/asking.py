"""One labelled question through the service's own ranking, in process: signals, order, confidence, outcome."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kb.answers import Outcome, decide
from kb.confidence import Features, chances, features
from kb.corpus import Corpus
from kb.embedding.base import Embedder
from kb.embedding.models import embedder_for
from kb.query import Question
from kb.ranking import RankedTopic, Scores, Signals, fuse, lexical_signals, rank
from tests.benchmarks.metrics import Found
from tests.benchmarks.sets import LabelledQuestion, LabelledSet, load
from tests.benchmarks.store_sets import store_sets
from tests.service import SAMPLE

Change = Callable[[Corpus, Signals], Signals]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one question."""

    found: Found
    confidence: float
    outcome: Outcome

    @property
    def answerable(self) -> bool:
        return bool(self.found.relevant)

    @property
    def first(self) -> bool:
        """The first hit is right."""
        return self.found.judged.is_first_right


@dataclass(frozen=True, slots=True)
class Row(Told):
    """The same, with what a model of confidence learns from."""

    split: str
    features: Features


def parser(doc: str | None) -> argparse.ArgumentParser:
    """Return what all of these programs understand."""
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("sets", nargs="*", type=Path)
    made.add_argument("--cache", type=Path, default=Path("data/benchmarks"))
    made.add_argument("--golden", type=Path, help="questions on the sample store: adds it twice")
    return made


def loaded(options: argparse.Namespace, embedder: Embedder | None = None) -> Iterator[LabelledSet]:
    """Yield the sets of a command line, those of the sample store last."""
    embedder = embedder or embedder_for()
    for folder in options.sets:
        yield load(folder, options.cache, embedder)
    if options.golden:
        yield from store_sets(SAMPLE, options.golden, options.cache, embedder)


def signals_of(labelled: LabelledSet, asked: LabelledQuestion, engine: Scores | None = None) -> Signals:
    """Return all signals; `engine` is what its words say per article, nothing without."""
    corpus, question = labelled.corpus, asked.question
    signals = replace(lexical_signals(corpus, question), closeness=corpus.closeness(asked.vector, question.lang))
    return signals if engine is None else replace(signals, engine=engine)


def without_vectors(signals: Signals) -> Signals:
    return replace(signals, closeness=None)


def without_engine(signals: Signals) -> Signals:
    return replace(signals, engine=np.zeros_like(signals.engine))


def ranked_by(corpus: Corpus, question: Question, signals: Signals) -> list[RankedTopic]:
    return rank(corpus, question, fuse(corpus, signals, question.lang), range(len(corpus.articles)))


def found_by(labelled: LabelledSet, asked: LabelledQuestion, ranked: Sequence[RankedTopic]) -> Found:
    hits = tuple(labelled.corpus.articles[topic.row].id for topic in ranked[:10])
    return Found(hits, asked.relevant, asked.question.asked_lang)


def judged(labelled: LabelledSet, asked: LabelledQuestion, signals: Signals) -> Row:
    """Return what became of a question."""
    corpus, question = labelled.corpus, asked.question
    ranked = ranked_by(corpus, question, signals)
    seen = features(corpus, question, signals, ranked)
    likely = chances(seen, signals)
    found = found_by(labelled, asked, ranked)
    return Row(found, likely.first_is_right, decide(likely, ranked), asked.split, seen)
