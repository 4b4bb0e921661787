"""
The sample store and its golden questions as sets: whole, and with each topic in one language only.

The latter is what a store looks like that has begun to translate: topics in alphabetical order are dealt to the
languages in turn. Its questions are two sets, those in languages that their topic is not in, and those in its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from indexer.content import content_of
from indexer.library import scan
from kb.article import Article, Store
from kb.corpus import Corpus
from kb.edition import store_of
from kb.embedding.base import Embedder
from kb.query import Question
from tests.benchmarks.sets import LabelledQuestion, LabelledSet, half_of, question_vectors

Golden = Sequence[tuple[str, str, str | None]]
"""Language, question, topic; None when nothing answers it."""
WHOLE, ONE_LANGUAGE, ITS_OWN = "sample store", "one language a topic", "asked in its own"


def store_sets(articles: Path, golden: Path, cache: Path, embedder: Embedder) -> list[LabelledSet]:
    """Return all three; `golden` holds a file of questions per language. Their questions count as test split."""
    public = content_of(articles, scan(articles)).public
    if public.store is None:
        raise ValueError(f"{articles} has no store.yaml")
    asked, kept = _read(golden), dealt(public.articles, public.store.languages)
    ids = {article.id for article in kept}
    elsewhere = [each for each in asked if each[2] is None or f"{each[0]}/{each[2]}" not in ids]
    own = [each for each in asked if f"{each[0]}/{each[2]}" in ids]
    folder = cache / "sample_store"
    return [
        _set(WHOLE, public.articles, public.store, asked, folder, embedder),
        _set(ONE_LANGUAGE, kept, public.store, elsewhere, folder, embedder),
        _set(ITS_OWN, kept, public.store, own, folder, embedder),
    ]


def dealt(articles: Sequence[Article], languages: Sequence[str]) -> tuple[Article, ...]:
    """Return one article per topic, the languages taking turns."""
    topics = sorted({article.topic for article in articles})
    keeps = {topic: languages[number % len(languages)] for number, topic in enumerate(topics)}
    return tuple(article for article in articles if article.lang == keeps[article.topic])


def _read(golden: Path) -> Golden:
    return [
        (path.stem, row["question"], row["topic"])
        for path in sorted(golden.glob("*.yaml"))
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def _set(
    name: str, articles: Sequence[Article], store: Store, golden: Golden, cache: Path, embedder: Embedder
) -> LabelledSet:
    half = half_of(tuple(articles), store, cache, embedder)
    corpus = Corpus(store_of(half), [half])
    asked = [(Question.parse(text, lang), topic) for lang, text, topic in golden]
    vectors = question_vectors([question.text for question, _ in asked], cache, embedder)
    questions = [
        LabelledQuestion(question, _relevant(corpus, question, topic), "test", vectors[question.text])
        for question, topic in asked
    ]
    return LabelledSet(name, corpus, questions, half, cache)


def _relevant(corpus: Corpus, question: Question, topic: str | None) -> frozenset[str]:
    """Return the article that a reader should see: in the asked language, else in those that there are."""
    members = [article for article in corpus.articles if article.topic == topic]
    own = [article.id for article in members if article.lang == question.asked_lang]
    return frozenset(own or [article.id for article in members])


def sampled(labelled: LabelledSet, most: int) -> LabelledSet:
    """Return the set with at most so many of its answerable test questions, evenly taken."""
    questions = [question for question in labelled.test if question.relevant]
    step = max(1, -(-len(questions) // most))
    return replace(labelled, questions=questions[::step])
