"""
Labelled question sets, published as a store would publish them: through the indexer into an edition.

A set is a folder with `docs.jsonl` {id, lang, title, body, category?, group?} and `queries.jsonl` {id, lang, text,
relevant, split: tune | test, kind?}; an empty `relevant` is a question that must not be answered. Vectors are cached
by edition.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer import markdown
from indexer.passages import cut
from indexer.plan import missing, plan_vectors
from indexer.vectors import vectors_of
from kb.article import Article, Store
from kb.corpus import Corpus
from kb.edition import Edition, EditionInfo, EditionShelf, Half, Texts, half_id, stacked, store_of
from kb.embedding.base import Embedder, FloatVector
from kb.query import Question


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """One question and the articles that answer it."""

    question: Question
    relevant: frozenset[str]
    """Article ids; empty when nothing answers it."""
    split: str
    vector: FloatVector


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A published set."""

    name: str
    corpus: Corpus
    questions: list[LabelledQuestion]
    half: Half
    """What it was published as."""
    cache: Path
    """A folder of its own."""

    @property
    def test(self) -> list[LabelledQuestion]:
        return [question for question in self.questions if question.split == "test"]


def load(folder: Path, cache: Path, embedder: Embedder) -> LabelledSet:
    """Return the set in `folder`, questions across languages left out, because all languages are published at once."""
    documents = _rows(folder / "docs.jsonl")
    ids = {row["id"]: _article_id(row) for row in documents}
    articles = tuple(_article(row, ids[row["id"]]) for row in documents)
    half = half_of(articles, _store(articles), cache / folder.name, embedder)
    corpus = Corpus(store_of(half), [half])
    asked = [row for row in _rows(folder / "queries.jsonl") if row.get("kind") != "cross-lingual"]
    texts = [Question.parse(row["text"], row["lang"]).text for row in asked]
    vectors = question_vectors(texts, cache / folder.name, embedder)
    questions = [
        LabelledQuestion(
            question,
            frozenset(ids[each] for each in row["relevant"] if each in ids),
            row["split"],
            vectors[question.text],
        )
        for row in asked
        for question in [Question.parse(row["text"], row["lang"])]
    ]
    return LabelledSet(folder.name, corpus, questions, half, cache / folder.name)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _article_id(row: dict[str, Any]) -> str:
    key = row.get("group") or row["id"]
    category = re.sub(r"[^a-z0-9]+", "-", str(row.get("category") or "general").lower())
    return f"{row['lang']}/{category}/{hashlib.sha256(str(key).encode()).hexdigest()[:12]}"


def _article(row: dict[str, Any], article_id: str) -> Article:
    return markdown.finish(markdown.read(article_id, article_id, _source(row).encode()), set())[0]


def _source(row: dict[str, Any]) -> str:
    title = row["title"].strip() or row["body"].strip().split("\n")[0][:120]
    body = row["body"].replace("<", " ").replace(">", " ")
    return f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\naudience: customer\n---\n\n{body}\n"


def sources(folder: Path) -> dict[str, str]:
    """Return article id → Markdown file of the set in `folder`, as its store would write it."""
    return {_article_id(row): _source(row) for row in _rows(folder / "docs.jsonl")}


def _store(articles: tuple[Article, ...]) -> Store:
    languages = tuple(sorted({article.lang for article in articles}))
    return Store("Benchmark", languages, languages[0])


def half_of(articles: tuple[Article, ...], store: Store, cache: Path, embedder: Embedder) -> Half:
    """Return the articles as a published half; vectors that `cache` knows are not computed again."""
    passages = tuple(passage for article in articles for passage in cut(article))
    texts = Texts(articles, passages, store)
    plan = plan_vectors(texts, embedder.name, {article.id: article for article in articles})
    shelf = EditionShelf(cache)
    known = shelf.known_vectors(embedder.name)
    new = missing([plan], known)
    if new:
        keys = sorted(new, key=lambda key: new[key].chars)
        known.update(zip(keys, vectors_of([new[key] for key in keys], embedder), strict=True))
    identity = half_id(texts, embedder.name)
    half = Half(identity, embedder.name, texts, stacked([known[key] for key in plan.keys]), plan.keys)
    shelf.write(Edition(EditionInfo(identity, "", ""), half, Half("", embedder.name, Texts(), stacked([]), ())))
    return half


def question_vectors(texts: Sequence[str], cache: Path, embedder: Embedder) -> dict[str, FloatVector]:
    """Return text → vector; those that `cache` knows are not computed again."""
    path = cache / "questions.npz"
    known: dict[str, FloatVector] = dict(np.load(path)) if path.exists() else {}
    keys = {text: hashlib.sha256(f"{embedder.name}\n{text}".encode()).hexdigest() for text in texts}
    new = {key: text for text, key in keys.items() if key not in known}
    if new:
        known |= {key: embedder.embed_query(text) for key, text in new.items()}
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(path, allow_pickle=False, **known)
    return {text: known[key] for text, key in keys.items()}
