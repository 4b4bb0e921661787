"""The service's side of the engine: async, pooled, and without gzip, which would cost 44 ms a request."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from meilisearch_python_sdk import AsyncClient
from meilisearch_python_sdk.errors import MeilisearchError

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
    """Word search over the indexes that one key may see."""

    def __init__(self, url: str, key: str, indexes: Sequence[str], deadline_ms: int) -> None:
        self._client = AsyncClient(url, key, custom_headers=NO_GZIP, timeout=max(1, deadline_ms // 1000 + 1))
        self._indexes = tuple(indexes)
        self._deadline_s = deadline_ms / 1000

    async def words(self, text: str, limit: int, prefix: bool = False) -> list[WordHit]:
        """
        Return the passages that hold the words of `text`, typing errors forgiven, best first.

        `prefix`: the last word may be unfinished, and every word counts (typing); else rare words count more and
        common ones may be missing. Raises EngineUnavailable, also past the deadline.
        """
        query = " ".join(text.split()[:MAX_QUERY_WORDS])
        searches = [self._search(index, query, limit, prefix) for index in self._indexes]
        try:
            answers = await asyncio.wait_for(asyncio.gather(*searches), self._deadline_s)
        except (MeilisearchError, TimeoutError, OSError, ValueError) as error:
            raise EngineUnavailable(f"Meilisearch gave no answer: {type(error).__name__}.", "Is it running?") from error
        hits = [hit for answer in answers for hit in answer]
        return sorted(hits, key=lambda hit: (-hit.score, hit.document_id))[:limit]

    async def _search(self, index: str, query: str, limit: int, prefix: bool) -> list[WordHit]:
        result = await self._client.index(index).search(
            query,
            limit=limit,
            attributes_to_retrieve=["id"],
            matching_strategy="last" if prefix else "frequency",
            show_ranking_score=True,
        )
        return [WordHit(str(hit["id"]), float(hit["_rankingScore"])) for hit in result.hits]

    async def close(self) -> None:
        await self._client.aclose()
