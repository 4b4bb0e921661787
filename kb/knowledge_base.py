"""The one place that wires real parts: settings and an engine in, searches and replies out."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from kb.article import Calibration, Store
from kb.corpus import Corpus
from kb.edition import INTERNAL, PUBLIC, EditionShelf, Half, store_of
from kb.embedding.base import Embedder
from kb.embedding.models import embedder_for
from kb.embedding.queries import QueryVectors
from kb.engine.access import EngineAccess, ReadAccess
from kb.engine.access_files import AGENTS, FollowedAccess
from kb.engine.access_files import PUBLIC as PUBLIC_ACCESS
from kb.engine.documents import document
from kb.engine.reader import EngineReader
from kb.errors import EditionDamaged, EditionMissing
from kb.query import Question
from kb.readers import ReaderBoard
from kb.replies import Approved, Replies
from kb.search import Mode, Search, View
from kb.settings import Settings

log = logging.getLogger("kb.knowledge")

# Often enough to be known to be alive, see kb/readers.py.
REPORT_SECONDS = 5.0
# An agent would rather wait two seconds than get no draft.
AGENTS_PATIENCE = 4.0


Where = Callable[[], ReadAccess | None]
"""Asked before each search; None while there is no engine."""


@dataclass(frozen=True, slots=True)
class Live:
    """Everything that depends on the live edition; replaced as a whole."""

    edition: str
    published_at: str
    """ISO 8601, UTC."""
    store: Store
    public: View
    half: Half
    """The public one."""
    desk: DeskTexts | None
    """None in a process that serves customers only: it has never opened what is internal."""


@dataclass(frozen=True, slots=True)
class DeskTexts:
    """What agents search and reply with."""

    view: View
    approved: Approved
    half: Half
    """The internal one."""


class KnowledgeBase:
    """Search for customers, search and replies for agents, over whatever edition is live."""

    def __init__(
        self, settings: Settings, public: Where, agents: Where, embedder: Embedder, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._shelf = EditionShelf(settings.data)
        self._live: Live | None = None
        self._swapping = threading.Lock()
        self._board = ReaderBoard(settings.data)
        self._reported = 0.0
        self._now = now
        self.vectors = QueryVectors(embedder, settings.embedding_deadline_ms)
        self.engine = EngineReader(public, settings.engine_deadline_ms)
        self._agents_engine = EngineReader(agents, settings.engine_deadline_ms)
        self.search = Search(lambda: self.live().public, self.vectors, self.engine, now)
        self.agent_search = Search(lambda: self.desk().view, self.vectors, self._agents_engine, now, AGENTS_PATIENCE)
        self.replies = Replies(
            self.agent_search,
            lambda: self.desk().view,
            lambda: self.desk().approved,
            self.local_now,
            lambda: self.public_url,
        )

    @classmethod
    def open(
        cls,
        settings: Settings,
        access: EngineAccess | None = None,
        embedder: Embedder | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> KnowledgeBase:
        """
        Return a knowledge base over the live edition, if there is one that can be read.

        Without `access` it follows the files that the owner of the data directory writes.
        """
        public, agents = _fixed(access) if access else _followed(settings)
        opened = cls(settings, public, agents, embedder or embedder_for(settings.embedding_model), now)
        try:
            opened.refresh()
        except EditionDamaged as error:
            log.error("%s", error)  # noqa: TRY400  the message says it all; a publish makes it anew
        return opened

    def live(self) -> Live:
        """Raises EditionMissing when nothing was published yet."""
        if self._live is None:
            raise EditionMissing(
                "Nothing has been published yet.", "Run `kb index`, or wait for the first publish to end."
            )
        return self._live

    def desk(self) -> DeskTexts:
        """Raises EditionMissing; in a process for customers only, always."""
        desk = self.live().desk
        if desk is None:
            raise EditionMissing("This process serves customers only.", "Ask the one with KB_SURFACE=agent or all.")
        return desk

    def search_with(self, calibration: Calibration | None) -> Search:
        """Return the customers' search as it would answer with another calibration, or with none."""
        view = replace(self.live().public, calibration=calibration)
        return Search(lambda: view, self.vectors, self.engine, self._now)

    def has_live(self) -> bool:
        return self._live is not None

    def refresh(self) -> bool:
        """
        Move to the edition that is live now; return whether it is another. Blocks while it loads.

        Raises EditionDamaged; the one before goes on answering.
        """
        with self._swapping:
            wanted = self._shelf.live_id()
            moved = wanted is not None and not (self._live and self._live.edition == wanted)
            if wanted and moved:
                self._live = _loaded(self._shelf, wanted, with_desk=self._settings.surface != "public")
            if self._live and (moved or time.monotonic() - self._reported >= REPORT_SECONDS):
                self._reported = time.monotonic()
                self._board.report(self._live.edition)
            return moved

    def local_now(self) -> datetime:
        """Return the time it is at the store."""
        return self._now().astimezone(ZoneInfo(self.live().store.timezone))

    def today(self) -> date:
        """Return the day it is at the store."""
        return self.local_now().date()

    @property
    def public_url(self) -> str:
        """Where customers find the pages, without a slash at its end; KB_PUBLIC_URL wins over store.yaml."""
        return (self._settings.public_url or self.live().store.url).rstrip("/")

    def warm_up(self) -> None:
        """
        Do once what the first question would wait for: load the detector, the stemmers, the model.

        Raises EmbeddingUnavailable.
        """
        if self._live:
            for lang in self._live.store.languages:
                question = Question.parse("warm up", lang)
                self._live.public.corpus.lexical.bm25(question.text, lang)
                self._live.public.corpus.lexical.ngrams(question.text)
        self.vectors.warm_up()

    async def mode(self) -> Mode:
        """Return how well search works right now, by searching. Raises EditionMissing."""
        return (await self.search.find(Question.parse("ok", self.live().store.default_language), limit=1)).mode

    async def close(self) -> None:
        self._board.leave()
        self.vectors.close()
        await self.engine.close()
        await self._agents_engine.close()


def _fixed(access: EngineAccess) -> tuple[Where, Where]:
    return lambda: access.public, lambda: access.agents


def _followed(settings: Settings) -> tuple[Where, Where]:
    if settings.meili_url and not settings.meili_key:  # a process for customers that was given a search key
        told = ReadAccess(settings.meili_url, settings.meili_search_key, (f"{settings.meili_prefix}public",))
        return lambda: told, lambda: None
    agents = FollowedAccess(settings.data, AGENTS) if settings.surface != "public" else lambda: None
    return FollowedAccess(settings.data, PUBLIC_ACCESS), agents


def _loaded(shelf: EditionShelf, edition: str, *, with_desk: bool) -> Live:
    public = shelf.load_half(edition, PUBLIC)
    store = store_of(public)
    desk = None
    if with_desk:
        internal = shelf.load_half(edition, INTERNAL)
        texts = internal.texts
        supplements = {each.article_id: each for each in texts.supplements}
        approved = Approved(supplements, texts.phrases, texts.solutions)
        desk = DeskTexts(_view(store, [public, internal], edition), approved, internal)
    return Live(edition, shelf.info(edition).published_at, store, _view(store, [public], public.id), public, desk)


def _view(store: Store, halves: Sequence[Half], name: str) -> View:
    corpus = Corpus(store, halves)
    rows = {}
    for half in halves:
        keys = half.passage_keys
        for passage, key in zip(half.texts.passages, keys, strict=True):
            row = corpus.rows[passage.article_id]
            rows[str(document(passage, corpus.articles[row], key)["id"])] = row
    return View(corpus, name, rows, store.calibration_for(corpus.model))
