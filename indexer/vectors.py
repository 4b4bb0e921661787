"""
Computing the vectors of new texts, and keeping what was computed at once.

A first publish may compute for minutes. What is done is appended to `data/vectors-<model>.part` every few texts, so
that a publish that was cut off goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from indexer.plan import VectorSource
from indexer.progress import Progress
from kb.centring import unit
from kb.embedding.base import Embedder, FloatVector

# Lost at most when the machine is switched off in the middle: some seconds of work.
SOURCES_PER_SAVE = 32
KEY_BYTES = 32


def embed(
    new: Mapping[str, VectorSource], embedder: Embedder, saved: SavedVectors, progress: Progress
) -> dict[str, FloatVector]:
    """Return key → vector of everything in `new` (key → source). Raises EmbeddingUnavailable."""
    if not new:
        return {}
    vectors: dict[str, FloatVector] = {}
    # Texts of like length together: a batch takes as long as its longest.
    keys = sorted(new, key=lambda key: (new[key].are_questions, new[key].chars, key))
    with progress.steps("computing vectors", len(keys)) as done:
        for start in range(0, len(keys), SOURCES_PER_SAVE):
            some = keys[start : start + SOURCES_PER_SAVE]
            computed = dict(zip(some, vectors_of([new[key] for key in some], embedder, done), strict=True))
            saved.append(computed)
            vectors |= computed
    return vectors


def vectors_of(
    sources: Sequence[VectorSource], embedder: Embedder, done: Callable[[int], None] = lambda _: None
) -> list[FloatVector]:
    """Return a vector of unit length per source; `done` hears how many more are. Raises EmbeddingUnavailable."""
    passages = [text for source in sources if not source.are_questions for text in source.texts]
    read = iter(embedder.embed_passages(passages, done) if passages else ())
    return [_asked(source, embedder, done) if source.are_questions else _mean(read, source) for source in sources]


def _asked(source: VectorSource, embedder: Embedder, done: Callable[[int], None]) -> FloatVector:
    vector = _mean(map(embedder.embed_query, source.texts), source)
    done(1)
    return vector


def _mean(vectors: Iterator[FloatVector], source: VectorSource) -> FloatVector:
    """Return the mean of the source's next vectors, of unit length; a single one as it is."""
    own = [next(vectors) for _ in source.texts]
    return own[0] if len(own) == 1 else unit(np.mean(own, axis=0))


class SavedVectors:
    """A file of (key, vector) records; what was half written at its end is not read."""

    def __init__(self, data: Path, model: str) -> None:
        name = hashlib.sha256(model.encode()).hexdigest()[:16]
        self._path = data / f"vectors-{name}.part"

    def load(self) -> dict[str, FloatVector]:
        try:
            content = self._path.read_bytes()
        except OSError:
            return {}
        width = int.from_bytes(content[:4], "little")
        size = KEY_BYTES + 4 * width
        records = (content[at : at + size] for at in range(4, len(content) - size + 1, size)) if width else ()
        return {
            record[:KEY_BYTES].decode("ascii"): np.frombuffer(record[KEY_BYTES:], dtype="<f4") for record in records
        }

    def append(self, vectors: Mapping[str, FloatVector]) -> None:
        """Add vectors of one width, behind the last whole record."""
        width = len(next(iter(vectors.values())))
        size = KEY_BYTES + 4 * width
        with self._path.open("a+b") as file:
            end = file.seek(0, os.SEEK_END)
            file.truncate(end - (end - 4) % size if end >= 4 else 0)
            if end < 4:
                file.write(width.to_bytes(4, "little"))
            for key, vector in vectors.items():
                file.write(key.encode("ascii") + np.asarray(vector, dtype="<f4").tobytes())

    def remove(self) -> None:
        """Once an edition holds them."""
        self._path.unlink(missing_ok=True)
