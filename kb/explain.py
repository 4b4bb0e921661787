"""Why a question found what it found: what each signal added to a topic's score, and each feature to the confidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb.confidence import Chances, weights_for
from kb.query import Question
from kb.ranking import RankedTopic, foreign_points, meaning_points, word_points
from kb.search import Weighed
from kb.words import stems


@dataclass(frozen=True, slots=True)
class Part:
    """What one signal or feature has to say."""

    name: str
    value: float
    """As it was measured."""
    points: float
    """What that adds to the score, or to the confidence's log-odds."""


@dataclass(frozen=True, slots=True)
class Word:
    """A stem of the question, or of a synonym that the store has for it."""

    stem: str
    is_held: bool
    """By the article whose words count."""
    is_asked: bool
    """False for a synonym."""
    rarity: float
    """How much it tells; the more, the fewer articles hold it."""


@dataclass(frozen=True, slots=True)
class ExplainedHit:
    """Why one topic stands where it does."""

    article_id: str
    scored_by: str
    """The translation that scored best, and gave its cosines."""
    words_of: str | None
    """The article whose words count: the topic's in the question's language. None: it has none, see `words_as`."""
    words_as: str | None
    """Beside vectors such a topic counts as if it had the words of this article, which has the most."""
    words: tuple[Word, ...]
    parts: tuple[Part, ...]
    score: float
    """The sum of all points."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a question found what it found."""

    question: Question
    hits: tuple[ExplainedHit, ...]
    confidence: tuple[Part, ...]
    """The features and the bias by which the first may be right, the store's if it has some; empty for no hits."""
    chances: Chances


def explain(weighed: Weighed, limit: int) -> Explanation:
    """Return why the first `limit` topics stand where they do."""
    hits = tuple(_hit(weighed, topic) for topic in weighed.ranked[:limit])
    return Explanation(weighed.question, hits, _confidence(weighed), weighed.chances)


def _hit(weighed: Weighed, topic: RankedTopic) -> ExplainedHit:
    corpus, lang = weighed.view.corpus, weighed.question.lang
    own = int(corpus.members(lang)[topic.best_row])
    told_by = own if own >= 0 else _most_told(weighed)
    return ExplainedHit(
        article_id=corpus.articles[topic.row].id,
        scored_by=corpus.articles[topic.best_row].id,
        words_of=corpus.articles[own].id if own >= 0 else None,
        words_as=corpus.articles[told_by].id if own < 0 and told_by is not None else None,
        words=_words(weighed, own),
        parts=(*_word_parts(weighed, topic.best_row, told_by), *_meaning_parts(weighed, topic.best_row)),
        score=topic.score,
    )


def _most_told(weighed: Weighed) -> int | None:
    """Return the row whose words count for a topic that the question's language lacks; None without vectors."""
    in_language = np.flatnonzero(weighed.view.corpus.langs == weighed.question.lang)
    if weighed.signals.closeness is None or not len(in_language):
        return None
    return int(in_language[np.argmax(word_points(weighed.signals, _lacking(weighed)).held[in_language])])


def _lacking(weighed: Weighed) -> float:
    return weighed.view.corpus.lacking(weighed.question.lang)


def _words(weighed: Weighed, row: int) -> tuple[Word, ...]:
    lexical, question = weighed.view.corpus.lexical, weighed.question
    asked = set(stems(question.text, question.lang))
    return tuple(
        Word(stem, lexical.holds(stem, question.lang, row), stem in asked, lexical.rarity(stem, question.lang))
        for stem in dict.fromkeys(lexical.expanded(question.text, question.lang))
    )


def _word_parts(weighed: Weighed, row: int, told_by: int | None) -> tuple[Part, ...]:
    """Return what words add: all those of article `told_by`, its concepts only if it is the topic's own."""
    signals, lacking = weighed.signals, _lacking(weighed)
    points = word_points(signals, lacking)._asdict()
    is_own = weighed.view.corpus.members(weighed.question.lang)[row] == told_by
    parts = [
        Part(name, float(getattr(signals, name)[told_by]), float(points[name][told_by]))
        for name in points
        if told_by is not None and (is_own or name != "concepts")
    ]
    return tuple(parts) if is_own else (*parts, *_foreign_parts(weighed, row))


def _foreign_parts(weighed: Weighed, row: int) -> tuple[Part, ...]:
    signals = weighed.signals
    spelling, concepts = foreign_points(signals, _lacking(weighed))
    parts = [Part("concepts", float(signals.concepts[row]), float(concepts[row]))]
    if signals.closeness is None:
        parts.insert(0, Part("ngrams", float(signals.ngrams[row]), float(spelling[row])))
    return tuple(parts)


def _meaning_parts(weighed: Weighed, row: int) -> tuple[Part, ...]:
    near = weighed.signals.closeness
    if near is None:
        return ()
    raw, centred, asked = meaning_points(near, _lacking(weighed))
    return (
        Part("cosine", float(near.whole[row] + near.best[row]) / 2, float(raw[row])),
        Part("centred", float(near.centred_whole[row] + near.centred_best[row]) / 2, float(centred[row])),
        Part("asked", float(near.asked[row]), float(asked[row])),
    )


def _confidence(weighed: Weighed) -> tuple[Part, ...]:
    seen = weighed.features
    if seen is None:
        return ()
    model, _ = weights_for(weighed.signals, weighed.calibration)
    values = {name: float(getattr(seen, name)) for name in model.weights}
    parts = [Part(name, values[name], weight * values[name]) for name, weight in model.weights.items()]
    return (Part("bias", 1.0, model.bias), *parts)
