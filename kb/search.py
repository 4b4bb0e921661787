"""
The customer's journey: question → vector → candidates → ranking → answer, choice or handoff.

`Search` is bound to one audience: what it can see is what its corpus and its engine key let it see.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from kb.answers import HANDOFF_BELOW, MAX_CLARIFY_OPTIONS, Outcome, Reason, asks_for_human, decide
from kb.article import Article, Calibration, Contact
from kb.confidence import NO_CHANCES, Chances, Features, chances, features, in_force
from kb.contacts import reachable
from kb.corpus import Closeness, Corpus
from kb.direct_answers import DirectAnswer, NearText, direct_answer
from kb.embedding.queries import QueryVectors
from kb.engine.reader import EngineReader, WordHit
from kb.errors import EmbeddingUnavailable, EngineUnavailable
from kb.excerpts import snippet
from kb.query import Question
from kb.ranking import BM25_HALF, RankedTopic, Scores, Signals, fuse, lexical_signals, rank
from kb.words import stems, telling_words

# Several passages of one article collapse into one hit, and while two editions are in the engine half may be dropped.
ENGINE_DEPTH = 60
# Articles begin with the short answer: another section must be nearer by this much (mean of two cosines) to be shown,
# where words do not tell. On the sample store, leads that did answer were behind by up to .07, and those that did not
# by .1 and more.
LEAD_BONUS = 0.08
# The engine knows neither stems nor how rare a word is: beside it the finished words count as in a search. With this
# weight MRR@10 went from .496 to .507 on the sample store's golden questions, cut short.
WORDS_WHILE_TYPING = 1.0
# Prefix hits score .5 and more: spelling decides between equals. Two words that share most of their letters are alike.
SPELLING_WHILE_TYPING = 0.01
ALIKE_WHILE_TYPING = 0.3
# Below this score (0 to 1) the nearest articles are near by chance, and their category says nothing.
CATEGORY_SCORE = 0.45
# One near article may be chance; this many of one category are a subject, and its people are the ones to ask.
CATEGORY_HITS = 3
# What a question is asked in counts as much as the question: on the labelled messages the right article is first for 81
# of 100 questions so, for 78 with .4, 80 with .6, and for 67 without (tests/benchmarks/README.md).
CONTEXT_SHARE = 0.5
# How far its chance is trusted where the question alone finds something else, or the same by chance only: enough for a
# draft that says what to check. Of the answers to those messages .83 are right so, as with .5 and .7, and .75 without.
CONTEXT_ALONE, BY_CHANCE = 0.6, 0.3


class Mode(StrEnum):
    """How well search works at the moment; never worse in silence."""

    HYBRID = "hybrid"
    KEYWORD = "keyword"
    """Without vectors."""
    FALLBACK = "fallback"
    """Without the engine: the edition's own words and vectors."""


@dataclass(frozen=True, slots=True)
class View:
    """What one audience searches at this moment; replaced as a whole when an edition goes live."""

    corpus: Corpus
    edition: str
    """Id of the half, or of the whole edition for agents."""
    document_rows: dict[str, int]
    """Engine document to article row; what is not in here is not in the live edition, and is dropped."""
    calibration: Calibration | None = None
    """Of the store, when it was made with the model of this corpus."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One topic found."""

    article: Article
    anchor: str
    snippet: str
    """Safe HTML, `<mark>` its only tag."""
    score: float
    """0 to 1, comparable within one result."""

    @property
    def url(self) -> str:
        return self.article.url + (f"#{self.anchor}" if self.anchor else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentences of an article, word for word."""

    text: str
    hit: Hit
    confidence: float


@dataclass(frozen=True, slots=True)
class Handoff:
    """The way to a human."""

    reason: Reason
    category: str | None
    contacts: tuple[Contact, ...]
    at: datetime
    """Local time of the store, for "open now"."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a question led to; without outcome while typing."""

    question: Question
    mode: Mode
    edition: str
    took_ms: float
    hits: tuple[Hit, ...]
    outcome: Outcome | None = None
    confidence: float | None = None
    answer: Answer | None = None
    clarify: tuple[Hit, ...] = ()
    handoff: Handoff | None = None
    features: Features | None = None
    """What the confidence was computed from; None where nothing was found, and while typing."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Everything that is known of a question before it is decided what to do with it."""

    view: View
    asked: Question
    question: Question
    """As it was meant, see kb.keyboards."""
    category: str | None
    signals: Signals
    mode: Mode
    scores: Scores
    """Of every article, by which they are ranked."""
    ranked: Sequence[RankedTopic] = ()
    features: Features | None = None
    """None where nothing was found."""
    calibration: Calibration | None = None
    """Of the store, where it is in force."""
    chances: Chances = NO_CHANCES

    @property
    def first(self) -> str | None:
        """The topic in the first place."""
        return self.ranked[0].topic if self.ranked else None

    @property
    def handoff_below(self) -> float:
        return self.calibration.handoff_below if self.calibration else HANDOFF_BELOW


class Search:
    """Search for one audience."""

    def __init__(
        self,
        view: Callable[[], View],
        vectors: QueryVectors,
        engine: EngineReader,
        now: Callable[[], datetime],
        patience: float = 1.0,
    ) -> None:
        """`patience`: how many times the usual deadline the vector is waited for."""
        self._patience = patience
        self._view = view
        self._vectors = vectors
        self._engine = engine
        self._now = now

    async def find(self, question: Question, category: str | None = None, limit: int = 10) -> SearchResult:
        """Return hits and outcome. Degrades without vectors or engine and says so; raises EditionMissing."""
        start = time.perf_counter()
        weighed = await self.weigh(question, category)
        return self.result_of(weighed, (time.perf_counter() - start) * 1000, limit)

    def result_of(self, weighed: Weighed, took_ms: float = 0.0, limit: int = 10) -> SearchResult:
        """Return what a weighed question leads to; `took_ms` is what it took till now."""
        start = time.perf_counter()
        question, category, ranked = weighed.question, weighed.category, weighed.ranked
        view, signals, chance = weighed.view, weighed.signals, weighed.chances.first_is_right
        corpus, now = view.corpus, self._local_now(view)
        shown = ranked[: max(limit, MAX_CLARIFY_OPTIONS)]
        hits = tuple(_hit(corpus, question, signals.closeness, topic) for topic in shown)
        for_human = asks_for_human(question)
        outcome = Outcome.HANDOFF if for_human else decide(weighed.chances, ranked, weighed.handoff_below)
        answer = _answer(corpus, question, signals, ranked[0], hits[0], chance) if outcome is Outcome.ANSWER else None
        if answer:  # the first hit leads to where the answer stands
            hits = (answer.hit, *hits[1:])
        reason = Reason.ASKED_FOR_HUMAN if for_human else Reason.NO_ANSWER
        return SearchResult(
            question=weighed.asked,
            mode=weighed.mode,
            edition=view.edition,
            took_ms=took_ms + (time.perf_counter() - start) * 1000,
            hits=hits[:limit],
            outcome=outcome,
            confidence=chance,
            answer=answer,
            clarify=hits[:MAX_CLARIFY_OPTIONS] if outcome is Outcome.CLARIFY else (),
            handoff=_handoff(corpus, question, reason, hits, category, now) if outcome is Outcome.HANDOFF else None,
            features=weighed.features,
        )

    async def weigh(self, question: Question, category: str | None = None) -> Weighed:
        """Return what all signals say of a question, topics in order; raises EditionMissing."""
        view = self._view()
        meant = _meant(view.corpus, question)
        signals, mode = await self._signals(view, meant)
        scores = fuse(view.corpus, signals, meant.lang)
        return self._ranked(Weighed(view, question, meant, category, signals, mode, scores))

    def within(self, weighed: Weighed, context: Weighed) -> Weighed:
        """
        Return a question weighed in what it was asked in: what that is about counts as much as the question.

        Of another edition, which may have gone live between, the context says nothing: its articles are others.
        """
        if context.view is not weighed.view:
            return weighed
        scores = (1 - CONTEXT_SHARE) * weighed.scores + CONTEXT_SHARE * context.scores
        both = self._ranked(replace(weighed, scores=scores))
        return replace(both, chances=_surest(both, weighed, context))

    def _ranked(self, weighed: Weighed) -> Weighed:
        view, question, signals = weighed.view, weighed.question, weighed.signals
        today = self._local_now(view).date()
        ranked = rank(view.corpus, question, weighed.scores, view.corpus.by_row.valid(today, weighed.category))
        seen = features(view.corpus, question, signals, ranked) if ranked else None
        own = in_force(signals, view.calibration)
        likely = chances(seen, signals, own) if seen else NO_CHANCES
        return replace(weighed, ranked=ranked, features=seen, calibration=own, chances=likely)

    async def type_ahead(self, question: Question, category: str | None = None, limit: int = 10) -> SearchResult:
        """Return hits for an unfinished question: words and prefixes only, no vector, no outcome."""
        start = time.perf_counter()
        view = self._view()
        corpus = view.corpus
        asked, question = question, _meant(corpus, question)
        found, mode = await self._prefixes(view, question)
        spelt_alike = corpus.lexical.ngrams(question.text)
        bm25 = corpus.lexical.bm25(question.text, question.lang)
        # Spelling only orders and completes: what was found by its words stands above it.
        told = WORDS_WHILE_TYPING * bm25 / (bm25 + BM25_HALF) + SPELLING_WHILE_TYPING * spelt_alike
        scores = np.asarray(found + told, dtype=np.float32)
        allowed = corpus.by_row.valid(self._local_now(view).date(), category)
        matching = allowed[(found[allowed] > 0) | (spelt_alike[allowed] >= ALIKE_WHILE_TYPING)]
        in_language = matching[corpus.langs[matching] == question.asked_lang]
        ranked = rank(corpus, question, scores, in_language if len(in_language) else matching)
        hits = tuple(_hit(corpus, question, None, topic) for topic in ranked[:limit])
        took_ms = (time.perf_counter() - start) * 1000
        return SearchResult(asked, mode, view.edition, took_ms, hits)

    def _local_now(self, view: View) -> datetime:
        return self._now().astimezone(ZoneInfo(view.corpus.store.timezone))

    async def _signals(self, view: View, question: Question) -> tuple[Signals, Mode]:
        corpus = view.corpus
        near, words = (
            asyncio.create_task(self._closeness(view, question)),
            asyncio.create_task(self._words(view, question)),
        )
        await asyncio.sleep(0)  # lets both begin: the lexical scores are computed while they work outside Python
        signals = lexical_signals(corpus, question)
        closeness, engine = await near, await words
        mode = Mode.FALLBACK if engine is None else Mode.KEYWORD if closeness is None else Mode.HYBRID
        return replace(signals, closeness=closeness, engine=signals.engine if engine is None else engine), mode

    async def _closeness(self, view: View, question: Question) -> Closeness | None:
        if view.corpus.model != self._vectors.model:  # published with another model than the one set now
            return None
        try:
            return view.corpus.closeness(await self._vectors.of(question.text, self._patience), question.lang)
        except EmbeddingUnavailable:
            return None

    async def _words(self, view: View, question: Question) -> Scores | None:
        telling = " ".join(telling_words(question.text, question.lang))
        try:
            return _per_article(view, await self._engine.words(telling, ENGINE_DEPTH))
        except EngineUnavailable:
            return None

    async def _prefixes(self, view: View, question: Question) -> tuple[Scores, Mode]:
        try:
            hits = await self._engine.words(question.text, ENGINE_DEPTH, prefix=True)
        except EngineUnavailable:
            return view.corpus.lexical.bm25(question.text, question.lang), Mode.FALLBACK
        return _per_article(view, hits), Mode.KEYWORD


def _surest(both: Weighed, alone: Weighed, context: Weighed) -> Chances:
    """Return the chances of a question in its context: the best of those that found the same article first."""
    heard = [(both.chances, 1.0)]
    if alone.first == both.first:
        heard.append((alone.chances, 1.0))
    if context.first == both.first:
        is_alike = alone.first == both.first and alone.chances.first_is_right >= BY_CHANCE
        heard.append((context.chances, 1.0 if is_alike else CONTEXT_ALONE))
    return Chances(
        max(trust * likely.first_is_right for likely, trust in heard),
        max(trust * likely.answerable for likely, trust in heard),
    )


def _meant(corpus: Corpus, question: Question) -> Question:
    """Return the question as it was meant where the keyboard was switched to the other alphabet."""
    text = corpus.lexical.on_keyboard(question.text, question.asked_lang)
    return question if text == question.text else Question(text, question.asked_lang, question.asked_lang)


def _per_article(view: View, hits: list[WordHit]) -> Scores:
    scores = np.zeros(len(view.corpus.articles), dtype=np.float32)
    for hit in hits:
        row = view.document_rows.get(hit.document_id)
        if row is not None:
            scores[row] = max(scores[row], hit.score)
    return scores


def _hit(corpus: Corpus, question: Question, closeness: Closeness | None, topic: RankedTopic) -> Hit:
    article = corpus.articles[topic.row]
    passage = best_passage(corpus, topic.row, closeness)
    asked = set(stems(question.text, article.lang))
    text = corpus.passages[passage].text if passage is not None else article.description or article.title
    anchor = corpus.passages[passage].anchor if passage is not None else ""
    return Hit(article, anchor, snippet(text, asked, article.lang), _relative(topic.score))


def best_passage(corpus: Corpus, row: int, closeness: Closeness | None) -> int | None:
    """Return the row of the article's passage that is nearest to the question, the first one without vectors."""
    body = corpus.body_passages_of(row)
    if not body or closeness is None:
        return body[0] if body else None
    near = {passage: float(closeness.passages[passage]) for passage in body}
    near[body[0]] += LEAD_BONUS
    return max(body, key=lambda passage: (near[passage], -passage))


def _relative(score: float) -> float:
    """Map a score to 0 … 1, on the same scale for all questions."""
    return float(1 / (1 + np.exp(-(score - 2.0) / 2.0)))


def _answer(
    corpus: Corpus, question: Question, signals: Signals, topic: RankedTopic, hit: Hit, chance: float
) -> Answer:
    article = hit.article
    found = answer_within(corpus, topic.row, question, signals.closeness)
    asked = set(stems(question.text, article.lang))
    text = next((section.text for section in article.sections if section.anchor == found.anchor), found.text)
    return Answer(found.text, replace(hit, anchor=found.anchor, snippet=snippet(text, asked, article.lang)), chance)


def answer_within(corpus: Corpus, row: int, question: Question, closeness: Closeness | None) -> DirectAnswer:
    """Return what of article `row` answers the question."""
    article = corpus.articles[row]
    near = _near_texts(corpus, question, closeness, row)
    return direct_answer(article, question.text, lambda stem: corpus.lexical.rarity(stem, article.lang), near)


def _near_texts(corpus: Corpus, question: Question, closeness: Closeness | None, row: int) -> list[NearText]:
    """Return how near each passage of an article is; nothing without vectors."""
    if closeness is None:
        return []
    body = corpus.body_passages_of(row)
    # The words of another language match nothing, so that the lead needs the same bonus as without them.
    bonus = 0.0 if corpus.articles[row].lang == question.lang else LEAD_BONUS
    return [
        NearText(
            corpus.passages[passage].anchor,
            corpus.passages[passage].text,
            float(closeness.passages[passage]) + (bonus if passage == body[0] else 0.0),
        )
        for passage in body
    ]


def _handoff(
    corpus: Corpus, question: Question, reason: Reason, hits: tuple[Hit, ...], category: str | None, now: datetime
) -> Handoff:
    # "I want to talk to somebody" says nothing of a subject; what is nearest to it is near by chance.
    about = category or (None if reason is Reason.ASKED_FOR_HUMAN else _common_category(hits))
    return Handoff(reason, about, reachable(corpus.store, about, question.asked_lang, now), now)


def _common_category(hits: tuple[Hit, ...]) -> str | None:
    """Return what the question seems to be about: the category that the nearest hits agree on."""
    nearest = {hit.article.category for hit in hits[:CATEGORY_HITS]}
    agree = len(hits) >= CATEGORY_HITS and len(nearest) == 1 and hits[0].score >= CATEGORY_SCORE
    return nearest.pop() if agree else None
