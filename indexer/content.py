"""What an edition will say, before it has vectors: the files without error and drafts, in two halves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np

from indexer import markdown
from indexer.history import last_changes
from indexer.library import KEPT_DRAFTS, Library, errors
from indexer.markdown import Draft
from indexer.passages import cut, cut_notes
from indexer.plan import VectorSource, missing, plan_vectors
from kb.article import Article, Audience, Image, Passage, Supplement
from kb.edition import Edition, EditionInfo, Half, Texts, edition_id, half_id, rows_of, stacked
from kb.embedding.base import FloatVector

# Of an edition whose vectors are not computed yet.
NO_MODEL = ""


@dataclass(frozen=True, slots=True)
class Content:
    """The texts of an edition."""

    commit: str
    public: Texts
    internal: Texts

    @property
    def halves(self) -> tuple[Texts, Texts]:
        return self.public, self.internal

    @property
    def articles(self) -> dict[str, Article]:
        return {article.id: article for half in self.halves for article in half.articles}


def content_of(articles: Path, library: Library) -> Content:
    """Render and cut everything that is without error and no draft."""
    broken = {problem.path for problem in errors(library.all_problems())}
    drafts = [d for d in library.drafts if d.path not in broken and not d.front.draft]
    commit, updated = last_changes(articles, drafts)
    public_ids = {d.id for d in drafts if d.front.audience is Audience.CUSTOMER}
    finished = [_finished(draft, public_ids, updated.get(draft.id), library) for draft in drafts]
    public, internal = _halves(library, finished)
    shown = library.images_of((d for d in drafts if d.id in public_ids), with_theme=True)
    shown_to_agents = library.images_of(d for d in drafts if d.id not in public_ids)
    return Content(commit, replace(public, images=shown), replace(internal, images=shown_to_agents))


def needed_vectors(content: Content, model: str) -> dict[str, VectorSource]:
    """Return key → source of every vector that the edition needs."""
    plans = [plan_vectors(half, model, content.articles) for half in content.halves]
    return missing(plans, {})


def edition_of(content: Content, vectors: Mapping[str, FloatVector], model: str) -> Edition:
    """Return the edition; `vectors` holds all that `needed_vectors` named."""
    public, internal = (_half(half, content, vectors, model) for half in content.halves)
    return _edition(content, public, internal)


def edition_of_words(content: Content) -> Edition:
    """Return the edition without vectors: it is searched by words, until one with vectors takes its place."""
    public, internal = (_half_of_words(half) for half in content.halves)
    return _edition(content, public, internal)


def _finished(
    draft: Draft, public_ids: set[str], updated: date | None, library: Library
) -> tuple[Article, Supplement | None]:
    readable = public_ids.intersection(link.article_id for link in draft.links)
    images = {use.path: library.images[use.path] for use in draft.images if use.path in library.images}
    return _rendered(draft, frozenset(readable), updated, tuple(sorted(images.items())))


@lru_cache(KEPT_DRAFTS)
def _rendered(
    draft: Draft, readable: frozenset[str], updated: date | None, images: tuple[tuple[str, Image], ...]
) -> tuple[Article, Supplement | None]:
    """Render once for everything that a page depends on."""
    return markdown.finish(draft, readable, updated, dict(images))


def _halves(library: Library, finished: Sequence[tuple[Article, Supplement | None]]) -> tuple[Texts, Texts]:
    public = tuple(article for article, _ in finished if article.audience is Audience.CUSTOMER)
    agent_only = tuple(article for article, _ in finished if article.audience is Audience.AGENT)
    supplements = tuple(supplement for _, supplement in finished if supplement)
    articles = {article.id: article for article, _ in finished}
    notes = [p for supplement in supplements for p in cut_notes(articles[supplement.article_id], supplement)]
    return (
        Texts(public, _cut_all(public), library.store),
        Texts(agent_only, (*_cut_all(agent_only), *notes), None, supplements, library.phrases, library.solutions),
    )


def _cut_all(articles: Sequence[Article]) -> tuple[Passage, ...]:
    return tuple(passage for article in articles for passage in cut(article))


def _half(texts: Texts, content: Content, vectors: Mapping[str, FloatVector], model: str) -> Half:
    keys = plan_vectors(texts, model, content.articles).keys
    return Half(half_id(texts, model), model, texts, stacked([vectors[key] for key in keys]), keys)


def _half_of_words(texts: Texts) -> Half:
    count = rows_of(texts)
    return Half(half_id(texts, NO_MODEL), NO_MODEL, texts, np.zeros((count, 0), dtype=np.float32), ("",) * count)


def _edition(content: Content, public: Half, internal: Half) -> Edition:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Edition(EditionInfo(edition_id(public.id, internal.id), content.commit, now), public, internal)
