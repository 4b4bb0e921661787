"""The stand-ins themselves: they behave as what they stand for."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from kb.engine.reader import WordHit
from kb.errors import EmbeddingUnavailable, EngineUnavailable
from tests.kb.fakes import DIMENSIONS, BrokenEmbedder, FakeReader, WordEmbedder, a_half, an_article


@pytest.mark.parametrize("text", ["where is my parcel", "", "…"])
def test_vectors_have_length_one(text: str) -> None:
    """Every text, even an empty one, has a vector of unit length, the same for questions and passages."""
    vector = WordEmbedder().embed_query(text)

    assert vector.shape == (DIMENSIONS,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(vector, WordEmbedder().embed_passages([text])[0])


def test_shared_words_make_texts_near() -> None:
    """Cosines lie where the bundled model's do: all texts are near, those that share words nearer."""
    question, same, other = WordEmbedder().embed_passages(["my parcel", "parcels", "pay by card"])

    assert question @ same > 0.95
    assert 0.75 < question @ other < 0.85


def test_progress_is_heard_once_per_text() -> None:
    """Who embeds passages is told how many were done."""
    heard: list[int] = []

    assert WordEmbedder().embed_passages(["a", "b"], heard.append).shape == (2, DIMENSIONS)
    assert sum(heard) == 2


def test_broken_model_is_unavailable() -> None:
    """It fails in the way the real one fails."""
    with pytest.raises(EmbeddingUnavailable):
        BrokenEmbedder().embed_query("parcel")


def test_reader_gives_what_it_was_given() -> None:
    """Hits come up to the limit; a reader that is gone raises what the real one raises."""
    hits = [WordHit("a", 1.0), WordHit("b", 0.5)]

    assert asyncio.run(FakeReader(hits).words("parcel", 1)) == hits[:1]
    with pytest.raises(EngineUnavailable):
        asyncio.run(FakeReader(gone=True).words("parcel", 1))


def test_half_has_a_vector_and_a_key_per_text() -> None:
    """Articles, passages, and how the articles are asked for, in that order."""
    half = a_half([an_article("en/a/a", "A", "text"), an_article("en/a/b", "B")])

    assert len(half.vectors) == len(half.vector_keys) == 2 + 3 + 2
