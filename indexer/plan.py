"""What is new: which articles changed since the live edition, and which texts have no vector yet. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import msgspec

from kb.article import Article, Passage, PassageKind
from kb.edition import Edition, Texts
from kb.embedding.base import PASSAGE_PREFIX, FloatVector

# The model reads 512 tokens; more text than this is never read, only paid for.
WHOLE_ARTICLE_CHARS = 3000


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids of articles against the live edition."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VectorPlan:
    """The rows of a half's matrix, and what is missing."""

    keys: tuple[str, ...]
    texts: tuple[str, ...]
    """Row by row, as the model shall read them."""


def compare(live: Edition | None, public: Texts, internal: Texts) -> Changes:
    """Compare what is live with what would be, by content."""
    before = _fingerprints(live.public.texts, live.internal.texts) if live else {}
    after = _fingerprints(public, internal)
    return Changes(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(i for i in after.keys() & before.keys() if after[i] != before[i])),
        removed=tuple(sorted(before.keys() - after.keys())),
        kept=tuple(sorted(i for i in after.keys() & before.keys() if after[i] == before[i])),
    )


def content_digest(public: Texts, internal: Texts) -> str:
    """Return what names the texts of an edition whenever they were committed, store, phrases and solutions included."""
    named = [_fingerprints(public, internal), public.store, internal.phrases, internal.solutions]
    return _digest(msgspec.json.encode(named, order="deterministic"))


def _fingerprints(public: Texts, internal: Texts) -> dict[str, str]:
    supplements = {each.article_id: each for each in internal.supplements}
    articles = [*public.articles, *internal.articles]
    # Committing a text gives it a date, and does not change it.
    contents = {a.id: [replace(a, updated=None), supplements.get(a.id)] for a in articles}
    return {key: _digest(msgspec.json.encode(content, order="deterministic")) for key, content in contents.items()}


def plan_vectors(texts: Texts, model: str, articles: Mapping[str, Article]) -> VectorPlan:
    """Return the rows a half needs; `articles` finds those that its passages belong to."""
    rows = [_whole(article) for article in texts.articles]
    rows += [_passage(passage, articles[passage.article_id]) for passage in texts.passages]
    return VectorPlan(tuple(vector_key(row, model) for row in rows), tuple(rows))


def missing(plans: Iterable[VectorPlan], known: Mapping[str, FloatVector]) -> dict[str, str]:
    """Return key → text of everything that must be embedded, each text once."""
    return {key: text for plan in plans for key, text in zip(plan.keys, plan.texts, strict=True) if key not in known}


def vector_key(text: str, model: str) -> str:
    """Equal keys are equal vectors: model, prefix and text are all that a vector depends on."""
    return _digest(f"{model}\n{PASSAGE_PREFIX}\n{text}".encode())


def _whole(article: Article) -> str:
    return f"{article.title}\n{article.text}"[:WHOLE_ARTICLE_CHARS]


def _passage(passage: Passage, article: Article) -> str:
    if passage.kind is PassageKind.TITLE:
        return passage.text
    path = dict.fromkeys([article.title, passage.heading])
    return "\n".join([*path, passage.text])


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
