"""
Stand-ins for the model and the engine, and builders of small articles, halves and views.

Nothing here is clever: a text is the sum of its words' directions, and the engine finds what a test says it finds.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

import numpy as np

from kb.article import Article, Audience, Category, Contact, Passage, PassageKind, Phrases, Section, Store, Supplement
from kb.corpus import Corpus
from kb.edition import Edition, EditionInfo, Half, Texts, edition_id, half_id, stacked
from kb.embedding.base import FloatMatrix, FloatVector
from kb.embedding.queries import QueryVectors
from kb.engine.reader import EngineReader, WordHit
from kb.errors import EmbeddingUnavailable, EngineUnavailable
from kb.search import Search, View
from kb.words import stems

DIMENSIONS = 257
# The bundled model's cosines lie between .75 and .95, and ranking is made for them: one direction is in every text.
SHARED = 0.8
NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
GATE_SECONDS = 10.0


class WordEmbedder:
    """Texts that share words are near, all others lie at a cosine of about .8; hears what it was asked."""

    def __init__(self, name: str = "words") -> None:
        self.name = name
        self.asked: list[str] = []

    def embed_query(self, text: str) -> FloatVector:
        self.asked.append(text)
        return _direction(text)

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] = lambda _: None) -> FloatMatrix:
        progress(len(texts))
        return stacked([_direction(text) for text in texts])


class GatedEmbedder(WordEmbedder):
    """Answers no question before its gate is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.started = threading.Event()

    def embed_query(self, text: str) -> FloatVector:
        vector = super().embed_query(text)
        self.started.set()
        self.gate.wait(GATE_SECONDS)
        return vector


class BrokenEmbedder(WordEmbedder):
    """Has no model to load until it is mended."""

    def __init__(self) -> None:
        super().__init__()
        self.mended = False

    def embed_query(self, text: str) -> FloatVector:
        vector = super().embed_query(text)
        if not self.mended:
            raise EmbeddingUnavailable("The model is missing.")
        return vector


class FakeReader(EngineReader):
    """Finds the given documents whatever is asked, or nothing because it is gone."""

    def __init__(self, hits: Sequence[WordHit] = (), gone: bool = False) -> None:
        self.hits = list(hits)
        self.gone = gone
        self.asked: list[tuple[str, bool]] = []

    async def words(self, text: str, limit: int, prefix: bool = False) -> list[WordHit]:
        self.asked.append((text, prefix))
        if self.gone:
            raise EngineUnavailable("Meilisearch gave no answer.")
        return self.hits[:limit]

    async def close(self) -> None:
        """Nothing is open."""


def _direction(text: str) -> FloatVector:
    told = np.zeros(DIMENSIONS, dtype=np.float32)
    for word in stems(text, "en"):
        told[1 + zlib.crc32(word.encode()) % (DIMENSIONS - 1)] += 1
    told *= np.float32(np.sqrt(1 - SHARED)) / max(np.linalg.norm(told), np.float32(1e-9))
    told[0] = np.sqrt(SHARED)
    unit: FloatVector = (told / np.linalg.norm(told)).astype(np.float32)
    return unit


def an_article(
    article_id: str,
    title: str = "A title",
    text: str = "",
    *,
    description: str = "",
    questions: tuple[str, ...] = (),
    keywords: tuple[str, ...] = (),
    audience: Audience = Audience.CUSTOMER,
    sections: tuple[Section, ...] | None = None,
    weight: int = 0,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Article:
    """Return an article of one section that holds `text`, unless `sections` are given."""
    return Article(
        id=article_id,
        title=title,
        description=description,
        questions=questions,
        keywords=keywords,
        audience=audience,
        sections=sections if sections is not None else (Section("", "", 0, text),) if text else (),
        html="",
        hash="",
        weight=weight,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def passages_of(article: Article) -> list[Passage]:
    """Return the title's passage and one per section."""
    asked = "\n".join([article.title, *article.questions])
    title = Passage(article.id, PassageKind.TITLE, "", 0, article.title, asked)
    return [title] + [
        Passage(article.id, PassageKind.BODY, section.anchor, position, section.title or article.title, section.text)
        for position, section in enumerate(article.sections, 1)
    ]


def a_store(
    languages: tuple[str, ...] = ("en", "ru", "it", "hu"),
    *,
    categories: tuple[Category, ...] = (),
    contacts: tuple[Contact, ...] = (Contact("email", "help@example.org"),),
    timezone: str = "UTC",
    synonyms: Mapping[str, tuple[tuple[str, ...], ...]] | None = None,
) -> Store:
    return Store(
        name="Techno Market",
        languages=languages,
        default_language=languages[0],
        timezone=timezone,
        categories=categories,
        contacts=contacts,
        synonyms=dict(synonyms or {}),
    )


def a_half(
    articles: Sequence[Article] = (),
    *,
    store: Store | None = None,
    supplements: Sequence[Supplement] = (),
    phrases: Mapping[str, Phrases] | None = None,
    model: str = "words",
) -> Half:
    """Return a half with the vectors that `WordEmbedder` gives its texts."""
    passages = [passage for article in articles for passage in passages_of(article)]
    embedded = [f"{article.title} {article.text}" for article in articles] + [passage.text for passage in passages]
    embedded += [" ".join([article.title, *article.questions]) for article in articles]
    texts = Texts(tuple(articles), tuple(passages), store, tuple(supplements), dict(phrases or {}))
    keys = tuple(f"{zlib.crc32(text.encode()):08x}" for text in embedded)
    return Half(half_id(texts, model), model, texts, WordEmbedder(model).embed_passages(embedded), keys)


def an_edition(public: Half, internal: Half, commit: str = "c0ffee") -> Edition:
    info = EditionInfo(edition_id(public.id, internal.id), commit, "2026-06-15T12:00:00+00:00")
    return Edition(info, public, internal)


def a_view(*halves: Half, store: Store | None = None) -> View:
    """Return a view in which the engine's document of an article has the article's id."""
    corpus = Corpus(store or a_store(), halves)
    return View(corpus, "-".join(half.id for half in halves), dict(corpus.rows))


def a_search(
    view: View, embedder: WordEmbedder | None = None, reader: FakeReader | None = None, now: datetime = NOON
) -> Search:
    """Return a search over `view` with a deadline that only a closed gate misses, however busy the machine is."""
    vectors = QueryVectors(embedder or WordEmbedder(), 100 if isinstance(embedder, GatedEmbedder) else 10_000)
    return Search(lambda: view, vectors, reader or FakeReader(), lambda: now)
