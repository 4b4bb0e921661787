"""What an embedder is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatMatrix = NDArray[np.float32]
"""Rows of unit length."""
FloatVector = NDArray[np.float32]

QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "
"""After the E5 model card: the model was trained with them and loses much without."""


class Embedder(Protocol):
    """Turns texts into vectors of unit length."""

    @property
    def name(self) -> str:
        """Names the model: vectors of different names must never meet."""

    def embed_query(self, text: str) -> FloatVector:
        """Return one vector, shape (dimensions,). Raises EmbeddingUnavailable."""

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] = ...) -> FloatMatrix:
        """
        Return one vector per text, shape (len(texts), dimensions), order kept.

        Texts past the model's window (512 tokens for the bundled one) are cut, not refused. `progress` hears how many
        more are done. Raises EmbeddingUnavailable.
        """
