"""Computed vectors are kept at once: a publish that was cut off goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.plan import VectorSource
from indexer.progress import Silent
from indexer.vectors import SOURCES_PER_SAVE, SavedVectors, embed, vectors_of
from kb.embedding.base import FloatMatrix
from tests.kb.fakes import WordEmbedder


def _texts(count: int) -> dict[str, VectorSource]:
    return {f"{number:032x}": VectorSource((f"text number {number}",)) for number in range(count)}


class DyingEmbedder(WordEmbedder):
    """Dies after some batches, as a machine that is switched off."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self.left = batches

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] = lambda _: None) -> FloatMatrix:
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().embed_passages(texts, progress)


def test_all_vectors_come_back(tmp_path: Path) -> None:
    """Written and read again they are the same to the bit."""
    texts = _texts(SOURCES_PER_SAVE * 2 + 3)
    computed = embed(texts, WordEmbedder(), SavedVectors(tmp_path, "words"), Silent())
    read = SavedVectors(tmp_path, "words").load()

    assert computed.keys() == read.keys() == texts.keys()
    assert all(np.array_equal(computed[key], read[key]) for key in texts)


def test_what_was_computed_before_the_end_is_there(tmp_path: Path) -> None:
    """Minutes of work are not done twice."""
    with pytest.raises(KeyboardInterrupt):
        embed(_texts(SOURCES_PER_SAVE * 3), DyingEmbedder(2), SavedVectors(tmp_path, "words"), Silent())

    assert len(SavedVectors(tmp_path, "words").load()) == SOURCES_PER_SAVE * 2


@pytest.mark.parametrize("torn", [1, 31, 33, 500])
def test_torn_end_is_passed_over_and_written_behind(tmp_path: Path, torn: int) -> None:
    """Killed in the middle of a write: what is whole is used, and what comes next is not shifted."""
    saved = SavedVectors(tmp_path, "words")
    first = embed(_texts(3), WordEmbedder(), saved, Silent())
    path = next(tmp_path.glob("vectors-*"))
    path.write_bytes(path.read_bytes()[:-torn])
    rest = {f"{99:032x}": VectorSource(("another text",))}
    later = embed(rest, WordEmbedder(), saved, Silent())
    read = saved.load()

    assert len(read) == 3
    assert all(np.array_equal(read[key], {**first, **later}[key]) for key in read)


def test_vectors_of_another_model_are_not_taken(tmp_path: Path) -> None:
    """Vectors of two models must never meet."""
    embed(_texts(2), WordEmbedder(), SavedVectors(tmp_path, "words"), Silent())

    assert SavedVectors(tmp_path, "another").load() == {}


@pytest.mark.parametrize("content", [b"", b"\x01", b"\0\0\0\0", b"\xff\xff\xff\xff" + b"x" * 50])
def test_file_that_is_none_of_ours_holds_nothing(tmp_path: Path, content: bytes) -> None:
    """A damaged file costs some computing, and nothing else."""
    saved = SavedVectors(tmp_path, "words")
    embed(_texts(1), WordEmbedder(), saved, Silent())
    next(tmp_path.glob("vectors-*")).write_bytes(content)

    assert saved.load() == {}


def test_several_questions_are_one_vector_between_them() -> None:
    """Read as questions, not as passages; of unit length; the order of the sources is kept."""
    embedder = WordEmbedder()
    asked = VectorSource(("when is my money back", "refund time"), are_questions=True)
    text = VectorSource(("a parcel",))

    between, alone = vectors_of([asked, text], embedder)

    first, second = (embedder.embed_query(each) for each in asked.texts)
    assert between @ first == pytest.approx(between @ second, abs=1e-6)
    assert between @ first > first @ second
    assert np.linalg.norm(between) == pytest.approx(1, abs=1e-6)
    assert np.array_equal(alone, embedder.embed_passages(["a parcel"])[0])
