"""What tests take for the model's vectors of the sample store is what the model says."""

from __future__ import annotations

import random

import numpy as np
import pytest

from indexer.vectors import vectors_of
from kb.embedding.base import Embedder
from tests import sample_vectors

pytestmark = pytest.mark.slow


def test_stored_vectors_are_the_models(embedder: Embedder) -> None:
    """Of whole articles, passages and questions; where many are missing the file is to be made anew."""
    needed, stored = sample_vectors.wanted(embedder), sample_vectors.stored(embedder)
    there = sorted(key for key in needed if key in stored)
    some = random.Random(5).sample(there, 24)  # noqa: S311

    computed = vectors_of([needed[key] for key in some], embedder)

    assert len(there) >= 0.9 * len(needed)
    cosines = [float(stored[key] @ vector) for key, vector in zip(some, computed, strict=True)]
    assert min(cosines) > 0.9995
    assert np.linalg.norm(stored[some[0]]) == pytest.approx(1, abs=1e-5)
