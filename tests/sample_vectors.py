"""
The sample store's vectors as the bundled model makes them: tests need not compute for minutes what it always says.

    python -m tests.sample_vectors

makes the file anew, of what is not in it yet, after articles have changed; what it lacks is computed by the tests.
`tests/kb/embedding/test_sample_vectors.py` compares some of them with the model.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from indexer.content import content_of, needed_vectors
from indexer.library import scan
from indexer.plan import VectorSource
from indexer.progress import Silent
from indexer.vectors import SavedVectors, embed
from kb.embedding.base import Embedder, FloatVector
from kb.embedding.models import embedder_for
from tests.service import ROOT, SAMPLE

PATH = ROOT / "tests/cases/sample_vectors.npz"


def main() -> None:
    embedder = embedder_for()
    needed, known = wanted(embedder), stored(embedder)
    new = {key: source for key, source in needed.items() if key not in known}
    with tempfile.TemporaryDirectory() as folder:
        known |= embed(new, embedder, SavedVectors(Path(folder), embedder.name), Silent())
    write({key: known[key] for key in sorted(needed)}, embedder)


def wanted(embedder: Embedder) -> dict[str, VectorSource]:
    """Return key → source of every vector that the sample store needs."""
    return needed_vectors(content_of(SAMPLE, scan(SAMPLE)), embedder.name)


def stored(embedder: Embedder) -> dict[str, FloatVector]:
    """Return key → vector; nothing for another model."""
    if not PATH.exists():
        return {}
    with np.load(PATH) as file:
        if str(file["model"]) != embedder.name:
            return {}
        vectors = file["vectors"].astype(np.float32)
        keys = [str(key) for key in file["keys"]]
    return dict(zip(keys, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), strict=True))


def write(vectors: Mapping[str, FloatVector], embedder: Embedder) -> None:
    """Half the digits are kept: no test can tell the difference."""
    matrix = np.stack(list(vectors.values())).astype(np.float16)
    np.savez_compressed(PATH, model=np.array(embedder.name), keys=np.array(list(vectors)), vectors=matrix)


def seed(data: Path, embedder: Embedder) -> None:
    """Let a publish into `data` find them as if it had been cut off after computing them."""
    vectors = stored(embedder)
    if vectors:
        data.mkdir(parents=True, exist_ok=True)
        SavedVectors(data, embedder.name).append(vectors)


if __name__ == "__main__":
    main()
