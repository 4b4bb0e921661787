"""What the engine stores of a passage, and the index settings that go with it."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from kb.article import Article, Passage
from kb.embedding.base import FloatVector

EMBEDDER = "default"
# Part of every document's id: raised when documents change shape, so that all are loaded anew.
FORMAT = 1


def document(passage: Passage, article: Article, vector_key: str) -> dict[str, Any]:
    """Return the stored fields; the id is the hash of all of them, so a changed text is a new document."""
    is_first = passage.position == 0
    fields: dict[str, Any] = {
        "article_id": passage.article_id,
        "lang": passage.lang,
        "category": passage.category,
        "kind": passage.kind.value,
        "anchor": passage.anchor,
        "position": passage.position,
        "title": article.title,
        # Once per article: words that every passage had would count for none.
        "questions": [*article.questions, *article.phrasings] if is_first else [],
        "keywords": list(article.keywords) if is_first else [],
        "heading": passage.heading,
        "text": passage.text,
        "vector_key": vector_key,
    }
    return {"id": _hash(fields), **fields}


def with_vector(stored: dict[str, Any], vector: FloatVector) -> dict[str, Any]:
    """Return the fields as they are sent; a vector of no width, not computed yet, is told as null."""
    numbers = [round(float(value), 6) for value in vector]
    return {**stored, "_vectors": {EMBEDDER: numbers or None}}


def _hash(fields: dict[str, Any]) -> str:
    return hashlib.sha256(f"{FORMAT}\n".encode() + msgspec.json.encode(fields, order="deterministic")).hexdigest()[:32]


def index_settings(dimensions: int, synonyms: dict[str, list[str]]) -> dict[str, Any]:
    """Return the settings of both indexes: few fields, nothing shown but where a hit is."""
    return {
        "searchableAttributes": ["title", "questions", "keywords", "heading", "text"],
        "displayedAttributes": ["id", "article_id"],
        "filterableAttributes": ["id"],
        "sortableAttributes": [],
        "pagination": {"maxTotalHits": 200},
        "faceting": {"maxValuesPerFacet": 20},
        "facetSearch": False,
        "searchCutoffMs": 300,
        "synonyms": synonyms,
        "typoTolerance": {"disableOnNumbers": True},
        "embedders": {EMBEDDER: {"source": "userProvided", "dimensions": dimensions}},
    }
