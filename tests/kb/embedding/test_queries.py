"""What stands before the model: a deadline, a cache, one computation per text, one thread."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from kb.breaker import FAILURES_TO_OPEN
from kb.embedding.base import FloatVector
from kb.embedding.queries import QueryVectors
from kb.errors import EmbeddingUnavailable
from tests.kb.fakes import BrokenEmbedder, GatedEmbedder, WordEmbedder

PATIENT_MS = 10_000
SHORT_MS = 150
# Times as long, where an answer is expected.
PATIENCE = 100


def _run(vectors: QueryVectors, journey: Callable[[QueryVectors], Awaitable[None]]) -> None:
    async def whole() -> None:
        try:
            await journey(vectors)
        finally:
            vectors.close()

    asyncio.run(whole())


async def _started(embedder: GatedEmbedder) -> None:
    """Wait until the model has begun to work."""
    assert await asyncio.to_thread(embedder.started.wait, PATIENT_MS / 1000)


def test_vector_is_the_models() -> None:
    """What comes out is what the embedder gave, under its name."""
    embedder = WordEmbedder("small")
    vectors = QueryVectors(embedder, PATIENT_MS)

    async def journey(vectors: QueryVectors) -> None:
        found = await vectors.of("Where is my parcel?")

        assert np.array_equal(found, WordEmbedder().embed_query("Where is my parcel?"))
        assert vectors.model == "small"

    _run(vectors, journey)


def test_repeated_question_is_computed_once() -> None:
    """The second time comes from the cache."""
    embedder = WordEmbedder()

    async def journey(vectors: QueryVectors) -> None:
        first = await vectors.of("Parcel")
        again = await vectors.of("Parcel")
        await vectors.of("refund")

        assert np.array_equal(first, again)
        assert len(embedder.asked) == 2

    _run(QueryVectors(embedder, PATIENT_MS), journey)


def test_same_question_of_many_at_once_is_computed_once() -> None:
    """Who asks while the vector is under way waits for that one."""
    embedder = GatedEmbedder()

    async def journey(vectors: QueryVectors) -> None:
        asking = [asyncio.create_task(vectors.of("parcel")) for _ in range(10)]
        await _started(embedder)
        embedder.gate.set()
        found = await asyncio.gather(*asking)

        assert embedder.asked == ["parcel"]
        assert all(np.array_equal(found[0], each) for each in found)

    _run(QueryVectors(embedder, PATIENT_MS), journey)


def test_slow_model_is_given_up_at_the_deadline() -> None:
    """Past the deadline the search goes on without a vector, and the message names the setting."""
    embedder = GatedEmbedder()

    async def journey(vectors: QueryVectors) -> None:
        with pytest.raises(EmbeddingUnavailable, match=f"{SHORT_MS} ms") as refusal:
            await vectors.of("parcel")
        embedder.gate.set()

        assert "KB_EMBEDDING_DEADLINE_MS" in refusal.value.hint

    _run(QueryVectors(embedder, SHORT_MS), journey)


def test_vector_that_came_too_late_is_kept_for_next_time() -> None:
    """The work is not thrown away: the next one who asks has it at once."""
    embedder = GatedEmbedder()

    async def journey(vectors: QueryVectors) -> None:
        with pytest.raises(EmbeddingUnavailable):
            await vectors.of("parcel")
        embedder.gate.set()
        await vectors.of("parcel", PATIENCE)
        await vectors.of("parcel")

        assert embedder.asked == ["parcel"]

    _run(QueryVectors(embedder, SHORT_MS), journey)


def test_who_gives_up_does_not_take_the_vector_from_others() -> None:
    """A closed connection ends one wait, not the computation that others wait for."""
    embedder = GatedEmbedder()

    async def journey(vectors: QueryVectors) -> None:
        leaving = asyncio.create_task(vectors.of("parcel"))
        staying = asyncio.create_task(vectors.of("parcel"))
        await _started(embedder)
        leaving.cancel()
        await asyncio.sleep(0)
        embedder.gate.set()

        assert len(await staying) > 0
        assert leaving.cancelled()
        assert embedder.asked == ["parcel"]

    _run(QueryVectors(embedder, PATIENT_MS), journey)


def test_failure_is_not_remembered() -> None:
    """A model that could not be loaded is asked again, and then answers."""
    embedder = BrokenEmbedder()

    async def journey(vectors: QueryVectors) -> None:
        with pytest.raises(EmbeddingUnavailable):
            await vectors.of("parcel")
        embedder.mended = True

        assert len(await vectors.of("parcel")) > 0
        assert len(embedder.asked) == 2

    _run(QueryVectors(embedder, PATIENT_MS), journey)


def test_model_works_on_one_text_at_a_time() -> None:
    """The model uses all cores by itself: two texts at once would make both late."""

    class Counting(WordEmbedder):
        """Hears whether it is called while it works."""

        def __init__(self) -> None:
            super().__init__()
            self.lock = threading.Lock()
            self.overlapped = False

        def embed_query(self, text: str) -> FloatVector:
            free = self.lock.acquire(blocking=False)
            self.overlapped = self.overlapped or not free
            threading.Event().wait(0.005)
            if free:
                self.lock.release()
            return super().embed_query(text)

    embedder = Counting()

    async def journey(vectors: QueryVectors) -> None:
        await asyncio.gather(*(vectors.of(f"question {number}") for number in range(8)))

        assert len(embedder.asked) == 8
        assert not embedder.overlapped

    _run(QueryVectors(embedder, PATIENT_MS), journey)


def test_event_loop_goes_on_while_the_model_works() -> None:
    """Other requests are answered while a vector is computed."""
    embedder = GatedEmbedder()

    async def journey(vectors: QueryVectors) -> None:
        asking = asyncio.create_task(vectors.of("parcel"))
        await _started(embedder)

        assert not asking.done()
        embedder.gate.set()
        await asking

    _run(QueryVectors(embedder, PATIENT_MS), journey)


def test_warming_up_tells_when_there_is_no_model() -> None:
    """The service hears at its start what every search would hear."""
    vectors = QueryVectors(BrokenEmbedder(), PATIENT_MS)

    with pytest.raises(EmbeddingUnavailable):
        vectors.warm_up()
    vectors.close()


@pytest.mark.slow
def test_model_that_hangs_is_left_alone_and_asked_again() -> None:
    """After some failures nobody waits for it; well again, it is used again."""
    embedder = GatedEmbedder()
    vectors = QueryVectors(embedder, SHORT_MS)

    async def journey(vectors: QueryVectors) -> None:
        for number in range(FAILURES_TO_OPEN):
            with pytest.raises(EmbeddingUnavailable):
                await vectors.of(f"question {number}")
        is_open = vectors.breaker.is_open
        begun = len(embedder.asked)
        with pytest.raises(EmbeddingUnavailable, match="several times"):
            await vectors.of("one more")
        embedder.gate.set()
        while vectors.breaker.is_open:
            await asyncio.sleep(0.05)
            with contextlib.suppress(EmbeddingUnavailable):
                await vectors.of("well again?")

        assert is_open
        assert "one more" not in embedder.asked[begun:]
        assert np.array_equal(await vectors.of("well", PATIENCE), WordEmbedder().embed_query("well"))

    _run(vectors, journey)


def test_who_waits_when_it_is_given_up_goes_on_without() -> None:
    """A question behind a model that hangs ends as any other without vectors, not as an error."""
    embedder = GatedEmbedder()
    vectors = QueryVectors(embedder, SHORT_MS)

    async def journey(vectors: QueryVectors) -> None:
        patient = asyncio.create_task(vectors.of("patient", PATIENCE))
        await asyncio.sleep(0)
        for number in range(FAILURES_TO_OPEN):
            with pytest.raises(EmbeddingUnavailable):
                await vectors.of(f"question {number}")
        with pytest.raises(EmbeddingUnavailable):
            await patient
        embedder.gate.set()

    _run(vectors, journey)


def test_while_the_model_is_loaded_questions_go_on_without() -> None:
    """The first customers after a start get answers by words instead of waiting for seconds."""
    embedder = GatedEmbedder()
    vectors = QueryVectors(embedder, PATIENT_MS)

    async def journey(vectors: QueryVectors) -> None:
        loading = asyncio.create_task(asyncio.to_thread(vectors.warm_up))
        await _started(embedder)
        with pytest.raises(EmbeddingUnavailable, match="being loaded"):
            await vectors.of("early")
        embedder.gate.set()
        await loading

        assert np.array_equal(await vectors.of("late"), WordEmbedder().embed_query("late"))

    _run(vectors, journey)
