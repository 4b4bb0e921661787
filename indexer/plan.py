"""What is new: which articles changed since the live edition, and which texts have no vector yet. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import msgspec

from kb.article import Article, Passage, PassageKind
from kb.edition import Edition, Texts
from kb.embedding.base import PASSAGE_PREFIX, QUERY_PREFIX, FloatVector

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
class VectorSource:
    """What one vector is made of."""

    texts: tuple[str, ...]
    """As the model shall read them; the vector of several is their mean."""
    are_questions: bool = False
    """Read as what a customer asks, not as what answers."""

    @property
    def chars(self) -> int:
        return sum(len(text) for text in self.texts)


@dataclass(frozen=True, slots=True)
class VectorPlan:
    """The rows of a half's matrix, in their order."""

    keys: tuple[str, ...]
    sources: tuple[VectorSource, ...]


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
    rows = [VectorSource((_whole(article),)) for article in texts.articles]
    rows += [VectorSource((_passage(passage, articles[passage.article_id]),)) for passage in texts.passages]
    rows += [VectorSource(article.wordings, are_questions=True) for article in texts.articles]
    return VectorPlan(tuple(vector_key(row, model) for row in rows), tuple(rows))


def missing(plans: Iterable[VectorPlan], known: Mapping[str, FloatVector]) -> dict[str, VectorSource]:
    """Return key → source of every vector that must be computed, each once."""
    rows = (row for plan in plans for row in zip(plan.keys, plan.sources, strict=True))
    return {key: source for key, source in rows if key not in known}


def vector_key(source: VectorSource, model: str) -> str:
    """Equal keys are equal vectors: model, prefix and texts are all that a vector depends on."""
    prefix = QUERY_PREFIX if source.are_questions else PASSAGE_PREFIX
    return _digest("\n".join([model, prefix, *source.texts]).encode())


def _whole(article: Article) -> str:
    return f"{article.title}\n{article.text}"[:WHOLE_ARTICLE_CHARS]


def _passage(passage: Passage, article: Article) -> str:
    if passage.kind is PassageKind.TITLE:
        return passage.text
    path = dict.fromkeys([article.title, passage.heading])
    return "\n".join([*path, passage.text])


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
