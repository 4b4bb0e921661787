"""The one place that wires real parts: settings and an engine in, searches and replies out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from kb.corpus import Corpus
from kb.edition import Edition, EditionShelf, Half
from kb.embedding.base import Embedder
from kb.embedding.queries import QueryVectors
from kb.embedding.sentence import SentenceEmbedder
from kb.engine.access import EngineAccess
from kb.engine.documents import document
from kb.engine.reader import EngineReader
from kb.errors import EditionMissing
from kb.query import Question
from kb.replies import Approved, Replies
from kb.search import Mode, Search, View
from kb.settings import Settings

# An agent would rather wait two seconds than get no draft.
AGENTS_PATIENCE = 4.0


@dataclass(frozen=True, slots=True)
class Live:
    """Everything that depends on the live edition; replaced as a whole."""

    edition: Edition
    public: View
    agents: View
    approved: Approved


class KnowledgeBase:
    """Search for customers, search and replies for agents, over whatever edition is live."""

    def __init__(
        self, settings: Settings, access: EngineAccess, embedder: Embedder, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._shelf = EditionShelf(settings.data)
        self._live: Live | None = None
        self._swapping = threading.Lock()
        self._now = now
        self.vectors = QueryVectors(embedder, settings.embedding_deadline_ms)
        deadline = settings.engine_deadline_ms
        self._readers = [
            EngineReader(access.url, access.public_key, [access.public_index], deadline),
            EngineReader(access.url, access.agent_key, [access.public_index, access.internal_index], deadline),
        ]
        self.search = Search(lambda: self.live().public, self.vectors, self._readers[0], now)
        self.agent_search = Search(lambda: self.live().agents, self.vectors, self._readers[1], now, AGENTS_PATIENCE)
        self.replies = Replies(
            self.agent_search,
            lambda: self.live().agents,
            lambda: self.live().approved,
            self.today,
            lambda: self.public_url,
        )

    @classmethod
    def open(
        cls,
        settings: Settings,
        access: EngineAccess,
        embedder: Embedder | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> KnowledgeBase:
        """Return a knowledge base over the live edition, if there is one yet. Raises EditionDamaged."""
        opened = cls(settings, access, embedder or SentenceEmbedder(settings.embedding_model), now)
        opened.refresh()
        return opened

    def live(self) -> Live:
        """Raises EditionMissing when nothing was published yet."""
        if self._live is None:
            raise EditionMissing(
                "Nothing has been published yet.", "Run `kb index`, or wait for the first publish to end."
            )
        return self._live

    def has_live(self) -> bool:
        return self._live is not None

    def refresh(self) -> bool:
        """Move to the edition that is live now; return whether it is another. Blocks while it loads."""
        with self._swapping:
            wanted = self._shelf.live_id()
            if wanted is None or (self._live and self._live.edition.id == wanted):
                return False
            self._live = _loaded(self._shelf.load(wanted))
            return True

    def local_now(self) -> datetime:
        """Return the time it is at the store."""
        return self._now().astimezone(ZoneInfo(self.live().edition.store.timezone))

    def today(self) -> date:
        """Return the day it is at the store."""
        return self.local_now().date()

    @property
    def public_url(self) -> str:
        """Where customers find the pages, without a slash at its end; KB_PUBLIC_URL wins over store.yaml."""
        return (self._settings.public_url or self.live().edition.store.url).rstrip("/")

    def warm_up(self) -> None:
        """Do once what the first question would wait for: load the model, the detector, the stemmers."""
        live = self.live()
        self.vectors.warm_up()
        for lang in live.edition.store.languages:
            question = Question.parse("warm up", lang)
            for view in (live.public, live.agents):
                view.corpus.lexical.bm25(question.text, lang)
                view.corpus.lexical.ngrams(question.text)

    async def mode(self) -> Mode:
        """Return how well search works right now, by searching. Raises EditionMissing."""
        return (await self.search.find(Question.parse("ok", self.live().edition.store.default_language), limit=1)).mode

    async def close(self) -> None:
        self.vectors.close()
        for reader in self._readers:
            await reader.close()


def _loaded(edition: Edition) -> Live:
    internal = edition.internal.texts
    return Live(
        edition=edition,
        public=_view(edition, [edition.public], edition.public.id),
        agents=_view(edition, [edition.public, edition.internal], edition.id),
        approved=Approved({each.article_id: each for each in internal.supplements}, internal.phrases),
    )


def _view(edition: Edition, halves: Sequence[Half], name: str) -> View:
    corpus = Corpus(edition.store, halves)
    rows = {}
    for half in halves:
        keys = half.vector_keys[len(half.texts.articles) :]
        for passage, key in zip(half.texts.passages, keys, strict=True):
            row = corpus.rows[passage.article_id]
            rows[str(document(passage, corpus.articles[row], key)["id"])] = row
    return View(corpus, name, rows)
