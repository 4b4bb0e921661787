"""
What stands before the embedder when people wait: one thread, a deadline, a breaker, a cache, one computation per text.

Without the deadline a busy machine would make every search slow; past it the search goes on without vectors and says
so.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from kb.breaker import Breaker
from kb.embedding.base import Embedder, FloatVector
from kb.errors import EmbeddingUnavailable

# 20,000 vectors of 384 floats are 30 MB; questions repeat a lot (the head of the query log is short).
CACHED_VECTORS = 20_000
# A model that hangs must not be queued up at without end; these many would wait a second anyway.
MAX_WAITING = 64


class QueryVectors:
    """Question → vector, for the service's event loop."""

    def __init__(self, embedder: Embedder, deadline_ms: int) -> None:
        self._embedder = embedder
        self._deadline_s = deadline_ms / 1000
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embed")
        self._cache: OrderedDict[str, FloatVector] = OrderedDict()
        self._under_way: dict[str, asyncio.Future[FloatVector]] = {}
        self._is_loading = False
        self.breaker = Breaker()

    @property
    def model(self) -> str:
        return self._embedder.name

    async def of(self, text: str, patience: float = 1.0) -> FloatVector:
        """
        Return the vector of a question, shape (dimensions,).

        Raises EmbeddingUnavailable, also past `patience` times the deadline, and at once while the breaker is open.
        """
        if text in self._cache:
            self._cache.move_to_end(text)
            return self._cache[text]
        if self._is_loading:
            raise EmbeddingUnavailable("The model is being loaded.", "It is asked again in a moment.")
        if not self.breaker.lets_through():
            raise EmbeddingUnavailable("The model has failed several times.", "It is asked again in a moment.")
        computing = self._under_way.get(text) or self._start(text)
        try:
            # Shielded: who gives up waiting must not take the vector from the others, and it will be cached for next
            # time.
            vector = await asyncio.wait_for(asyncio.shield(computing), self._deadline_s * patience)
        except TimeoutError as error:
            self._failed()
            raise EmbeddingUnavailable(
                f"The model took longer than {self._deadline_s * patience * 1000:.0f} ms.",
                "Raise KB_EMBEDDING_DEADLINE_MS.",
            ) from error
        except (RuntimeError, OSError, ValueError, MemoryError) as error:
            self._failed()
            raise EmbeddingUnavailable(f"The model failed: {error}.", "See the log, or set another model.") from error
        except EmbeddingUnavailable:
            self._failed()
            raise
        except asyncio.CancelledError:
            if not computing.cancelled():
                raise
            raise EmbeddingUnavailable("The model has failed several times.") from None
        self.breaker.succeeded()
        return vector

    def _failed(self) -> None:
        self.breaker.failed()
        if self.breaker.is_open:
            # What still waits for a model that hangs would only delay the question that sees it well again.
            for waiting in list(self._under_way.values()):
                waiting.cancel()

    def _start(self, key: str) -> asyncio.Future[FloatVector]:
        if len(self._under_way) >= MAX_WAITING:
            self._failed()
            raise EmbeddingUnavailable("Too many questions wait for the model.", "It is too slow for this load.")
        loop = asyncio.get_running_loop()
        computing = loop.run_in_executor(self._thread, self._embedder.embed_query, key)
        self._under_way[key] = computing
        computing.add_done_callback(lambda done: self._finish(key, done))
        return computing

    def _finish(self, key: str, done: asyncio.Future[FloatVector]) -> None:
        self._under_way.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        self._cache[key] = done.result()
        while len(self._cache) > CACHED_VECTORS:
            self._cache.popitem(last=False)

    def warm_up(self) -> None:
        """
        Load the model now; until that is done, questions go on without it instead of waiting.

        Raises EmbeddingUnavailable.
        """
        self._is_loading = True
        try:
            self._thread.submit(self._embedder.embed_query, "warm up").result()
        finally:
            self._is_loading = False

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
