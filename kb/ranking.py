"""
Candidates → one place per topic. Pure: signals in, order out.

Every signal is on an absolute scale, so scores of different questions can be compared; the weights were set on public
question sets in other people's words (tests/benchmarks/README.md) and hold for the bundled model.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.article_rows import Rows
from kb.corpus import Closeness, Corpus
from kb.query import Question
from kb.words import stems

Scores = NDArray[np.float32]

# The bundled model's cosines lie between .75 and .95: this maps them to about -2 … +2.
COSINE_MIDDLE, COSINE_STEP = 0.84, 0.05
COSINE_WEIGHT = 1.0
# Without its language's centre a cosine compares across languages; five, because its spread is a fifth of the raw
# one's.
CENTRED_WEIGHT = 5.0
# How near a question lies to the mean of all that its topic is asked with. It put the right topic first for 6 of 100
# more golden questions of the sample store, on either half of them (tests/benchmarks/README.md).
ASKED_WEIGHT = 6.0
# BM25 grows without end with rare words; past about six one more word says little.
BM25_HALF = 6.0
BM25_WEIGHT = 1.5
NGRAM_WEIGHT = 2.0
# What is in few articles leads to them, the more so the fewer words there are: to the model a name it never met means
# nothing. It puts the one article that holds a word first for 98 of 100 single words of the sample store, not for 41,
# and the right topic for 2 of 100 more of its golden questions (tests/benchmarks/README.md). The second is shared by
# the question's stems.
DISTINCT_WEIGHT, DISTINCT_SHARED_WEIGHT = 0.5, 2.0
# What spelling says of an article in a language that the store has no translation from: names and loan words only.
FOREIGN_NGRAM_SHARE = 0.05
# What the glossary has names for finds articles in other languages: the more topics lack the question's, the likelier
# one of them answers, and the less raw and centred cosines can be compared across them. Where each topic is in one
# language, questions in the others find theirs for nDCG@10 .02 to .09 more on the public sets
# (tests/benchmarks/README.md).
CONCEPT_WEIGHT, LACKING_CONCEPT_WEIGHT = 1.0, 3.0
LACKING_CENTRED_WEIGHT = 3.0
# The same where words alone decide: enough to be found, too little to stand before what is known.
ALONE_CONCEPT_WEIGHT, ALONE_LACKING_CONCEPT_WEIGHT = 1.5, 2.0
# The engine's typing-error tolerance and prefixes find what stems and n-grams miss; its order is a weak signal for
# questions. Through the service it added .007 nDCG@10 on vinetka_kb and nothing on stackfaq.
ENGINE_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of every article for one question; one value per row of the corpus."""

    closeness: Closeness | None
    """None without vectors."""
    bm25: Scores
    ngrams: Scores
    engine: Scores
    """0 to 1; 0 where the engine did not find the article, or was not asked."""
    distinct: Scores
    """Share (0 to 1) of the question's stems that the article holds and few others do."""
    concepts: Scores
    """BM25 of what the question speaks of, whatever the article's language."""
    stems: int
    """How many the question has."""


def lexical_signals(corpus: Corpus, question: Question) -> Signals:
    """Return what the edition's own words say, before vectors and engine are heard."""
    lexical, text, lang = corpus.lexical, question.text, question.lang
    return Signals(
        closeness=None,
        bm25=lexical.bm25(text, lang),
        ngrams=lexical.ngrams(text),
        engine=np.zeros(len(corpus.articles), dtype=np.float32),
        distinct=lexical.distinct(text, lang),
        concepts=lexical.concepts(text, lang),
        stems=len(stems(text, lang)),
    )


class RankedTopic(NamedTuple):
    """One topic's place; a tuple, because every search makes one for each topic of the store."""

    topic: str
    row: int
    """Of the article to show."""
    score: float
    best_row: int
    """Of the translation that scored best: its own words matched."""


def fuse(corpus: Corpus, signals: Signals, lang: str) -> Scores:
    """Return one score per article for a question in `lang`: a weighted sum of all signals."""
    words = _words(corpus, signals, lang)
    if signals.closeness is None:
        return words
    raw, centred, asked = meaning_points(signals.closeness, corpus.lacking(lang))
    return np.asarray(words + (raw + centred + asked), dtype=np.float32)


def meaning_points(near: Closeness, lacking: float) -> tuple[Scores, Scores, Scores]:
    """
    Return what raw cosines, centred ones, and those with how it is asked add to the score of each article.

    `lacking` is the share (0 to 1) of the topics that have no article in the question's language. What the first two
    lose by it the nearest article keeps, and all others get as much: scores of different questions stay comparable.
    """
    raw = (COSINE_WEIGHT * ((near.whole + near.best) / 2 - COSINE_MIDDLE) / COSINE_STEP).astype(np.float32)
    centred = (CENTRED_WEIGHT * (near.centred_whole + near.centred_best) / 2).astype(np.float32)
    return (
        _levelled(raw, lacking),
        _levelled(centred, lacking * (1 - LACKING_CENTRED_WEIGHT / CENTRED_WEIGHT)),
        (ASKED_WEIGHT * near.asked).astype(np.float32),
    )


def _levelled(points: Scores, share: float) -> Scores:
    """Return each value moved towards the greatest by a share of its distance."""
    return np.asarray(points + share * (points.max(initial=-np.inf) - points), dtype=np.float32)


class WordPoints(NamedTuple):
    """What an article's own words are worth, in points of the score; one value per row of the corpus."""

    bm25: Scores
    ngrams: Scores
    engine: Scores
    distinct: Scores
    concepts: Scores
    """Beside topics that lack the question's language."""

    @property
    def held(self) -> Scores:
        """Of the words themselves, without what they mean."""
        return self.bm25 + self.ngrams + self.engine + self.distinct

    @property
    def total(self) -> Scores:
        return self.held + self.concepts


def word_points(signals: Signals, lacking: float) -> WordPoints:
    return WordPoints(
        bm25=BM25_WEIGHT * _saturated(signals.bm25),
        ngrams=NGRAM_WEIGHT * signals.ngrams,
        engine=ENGINE_WEIGHT * signals.engine,
        distinct=(DISTINCT_WEIGHT + DISTINCT_SHARED_WEIGHT / max(1, signals.stems)) * signals.distinct,
        concepts=CONCEPT_WEIGHT * lacking * _saturated(signals.concepts),
    )


def foreign_points(signals: Signals, lacking: float) -> tuple[Scores, Scores]:
    """Return what spelling and concepts say of articles that no translation in the question's language speaks for."""
    if signals.closeness is not None:
        spelling = np.zeros_like(signals.ngrams)
        return spelling, LACKING_CONCEPT_WEIGHT * lacking * _saturated(signals.concepts)
    weight = ALONE_CONCEPT_WEIGHT + ALONE_LACKING_CONCEPT_WEIGHT * lacking
    return FOREIGN_NGRAM_SHARE * NGRAM_WEIGHT * signals.ngrams, weight * _saturated(signals.concepts)


def _saturated(bm25: Scores) -> Scores:
    return bm25 / (bm25 + BM25_HALF)


def _words(corpus: Corpus, signals: Signals, lang: str) -> Scores:
    """
    Return what the words say of each topic, told by its article in the question's language.

    A topic without one gets the best that any other has beside what it is about: its words are unknown, and not
    knowing must not bury it. On the sample store, with one article hidden in the asked language, that puts its
    translation first in 75 %, and a translation before the right article in 2 % (tests/benchmarks/README.md).
    """
    lacking = corpus.lacking(lang)
    points = word_points(signals, lacking)
    members, in_language = corpus.members(lang), corpus.langs == lang
    spelling, concepts = foreign_points(signals, lacking)
    foreign = spelling + concepts
    # Where words alone decide, what is not known must not outrank what is.
    if in_language.any() and signals.closeness is not None:
        foreign = foreign + points.held[in_language].max()
    return np.asarray(np.where(members >= 0, points.total[members], foreign), dtype=np.float32)


def rank(corpus: Corpus, question: Question, scores: Scores, allowed: Iterable[int]) -> list[RankedTopic]:
    """
    Return topics, best first, each with the article to show: in the asked language if there is one, else the best.

    A topic scores what its best translation scores. Equal scores are ordered by topic, so every node answers the same.
    """
    rows = np.fromiter(allowed, dtype=np.int64)
    if not len(rows):
        return []
    best = _best_of_topics(corpus, scores, rows)
    shown = _in_language(corpus, question.asked_lang, best, rows)
    numbers = corpus.by_row.topic_numbers[best].tolist()
    names = [corpus.by_row.topics[number] for number in numbers]
    return list(map(RankedTopic, names, shown.tolist(), scores[best].tolist(), best.tolist()))


def _best_of_topics(corpus: Corpus, scores: Scores, rows: Rows) -> Rows:
    """Return the best row of each topic, best topic first; of equal ones the last by id."""
    topics, ids = corpus.by_row.topic_numbers, corpus.by_row.id_places
    grouped = rows[np.lexsort((ids[rows], scores[rows], topics[rows]))]
    best = grouped[np.append(np.diff(topics[grouped]) != 0, True)]
    placed: Rows = best[np.lexsort((topics[best], -scores[best]))]
    return placed


def _in_language(corpus: Corpus, lang: str, best: Rows, allowed: Rows) -> Rows:
    """Return per row of `best` its translation in `lang` where that is allowed, else the row itself."""
    is_allowed = np.zeros(len(corpus.articles), dtype=bool)
    is_allowed[allowed] = True
    translated = corpus.members(lang)[best]
    return np.where((translated >= 0) & is_allowed[translated], translated, best)
