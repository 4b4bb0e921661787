"""The service's side of the engine: async, pooled, and without gzip, which would cost 44 ms a request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from meilisearch_python_sdk import AsyncClient
from meilisearch_python_sdk.errors import MeilisearchCommunicationError, MeilisearchError

from kb.breaker import Breaker
from kb.engine.access import ReadAccess
from kb.errors import EngineUnavailable

# Any request that carries `Accept-Encoding: gzip` is answered in several small writes and meets the delayed ACK.
NO_GZIP = {"Accept-Encoding": "identity"}
# It reads ten words of a query; more only cost time.
MAX_QUERY_WORDS = 10


@dataclass(frozen=True, slots=True)
class WordHit:
    """A passage that the engine found by its words."""

    document_id: str
    score: float
    """0 to 1, the engine's own; comparable within one answer."""


class EngineReader:
    """Word search over the indexes that one key may see, behind a deadline and a breaker."""

    def __init__(self, where: Callable[[], ReadAccess | None], deadline_ms: int) -> None:
        """`where` is asked before each search: a restarted engine may have another address."""
        self._where = where
        self._deadline_s = deadline_ms / 1000
        self._access: ReadAccess | None = None
        self._client: AsyncClient | None = None
        self.breaker = Breaker()

    async def words(self, text: str, limit: int, prefix: bool = False) -> list[WordHit]:
        """
        Return the passages that hold the words of `text`, typing errors forgiven, best first.

        `prefix`: the last word may be unfinished, and every word counts (typing); else rare words count more and
        common ones may be missing. Raises EngineUnavailable, also past the deadline, and at once while the breaker is
        open.
        """
        if not self.breaker.lets_through():
            raise EngineUnavailable("Meilisearch has failed several times.", "It is asked again in a moment.")
        query = " ".join(text.split()[:MAX_QUERY_WORDS])
        try:
            hits = await asyncio.wait_for(self._all(query, limit, prefix), self._deadline_s)
        except (MeilisearchError, TimeoutError, OSError, ValueError, KeyError, TypeError) as error:
            self.breaker.failed()
            raise EngineUnavailable(f"Meilisearch gave no answer: {type(error).__name__}.", "Is it running?") from error
        self.breaker.succeeded()
        return sorted(hits, key=lambda hit: (-hit.score, hit.document_id))[:limit]

    async def _all(self, query: str, limit: int, prefix: bool) -> list[WordHit]:
        access, client = await self._connected()
        searches = [self._search(client, index, query, limit, prefix) for index in access.indexes]
        return [hit for answer in await asyncio.gather(*searches) for hit in answer]

    async def _connected(self) -> tuple[ReadAccess, AsyncClient]:
        access = self._where()
        if access is None:
            raise OSError("no engine is running")
        if self._client is None or access != self._access:
            await self.close()
            timeout = max(1, int(self._deadline_s) + 1)
            self._client = AsyncClient(access.url, access.key, custom_headers=NO_GZIP, timeout=timeout)
            self._access = access
        return access, self._client

    async def _search(self, client: AsyncClient, index: str, query: str, limit: int, prefix: bool) -> list[WordHit]:
        try:
            return await self._search_once(client, index, query, limit, prefix)
        except MeilisearchCommunicationError:
            # A kept connection that the engine closed meanwhile: nothing was answered, so asking again is no more work
            # for it. Anything else is not asked twice, least of all what was too slow.
            return await self._search_once(client, index, query, limit, prefix)

    async def _search_once(
        self, client: AsyncClient, index: str, query: str, limit: int, prefix: bool
    ) -> list[WordHit]:
        result = await client.index(index).search(
            query,
            limit=limit,
            attributes_to_retrieve=["id"],
            matching_strategy="last" if prefix else "frequency",
            show_ranking_score=True,
        )
        return [WordHit(str(hit["id"]), float(hit["_rankingScore"])) for hit in result.hits]

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()
