"""
How texts are spelt: cosines of character n-grams, accents aside. Pure; only importer of sklearn.

Finding the n-grams is the slow part of loading an edition, and most texts of one were in the edition before, or are in
the other half's index too: those of the texts seen last are kept.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import count

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

Scores = NDArray[np.float32]

SIZES = (3, 5)
# Each takes about one and a half kilobyte.
TEXTS_KEPT = 16_384
# N-gram → number, for all indexes of the process: it only grows, by what is new in an edition. Counted apart, so that
# two editions that load at once never give one number twice.
_numbers: dict[str, int] = {}
_next = count()


class NgramIndex:
    """Scores articles, in their order, by the text of each that is spelt most like a question."""

    def __init__(self, texts: Sequence[tuple[int, str]], size: int) -> None:
        """`texts` are (row of its article, text); `size` is the number of articles."""
        self._size = size
        self._owners = np.array([row for row, _ in texts], dtype=np.int64)
        spelt = [_spelt(text) for _, text in texts]
        holders = np.repeat(np.arange(len(texts)), [len(grams) for grams, _ in spelt])
        grams = np.concatenate([np.empty(0, np.int64), *(grams for grams, _ in spelt)])
        counts = np.concatenate([np.empty(0, np.int64), *(counts for _, counts in spelt)])
        # By n-grams: a question holds some hundred, and only their entries are read.
        order = np.argsort(grams, kind="stable")
        self._grams, found_in = np.unique(grams[order], return_counts=True)
        places = np.empty(len(grams), np.int64)
        places[order] = np.repeat(np.arange(len(found_in)), found_in)
        self._idf = np.log((1 + len(texts)) / (1 + found_in)) + 1
        self._unknown_idf = float(1 + np.log(1 + len(texts)))
        weights = (1 + np.log(counts)) * self._idf[places]
        weights /= np.sqrt(np.bincount(holders, weights**2, minlength=len(texts)))[holders]
        self._holders, self._weights = holders[order].astype(np.int32), weights[order].astype(np.float32)
        self._starts = np.concatenate([[0], np.cumsum(found_in)])

    def scores(self, text: str) -> Scores:
        """Return per article the best cosine (0 to 1) of `text` with a text of the article."""
        places, weights = self._weighed(text)
        starts, ends = self._starts[places], self._starts[places + 1]
        entries = [np.arange(start, end) for start, end in zip(starts, ends, strict=True)]
        entry = np.concatenate([np.empty(0, np.int64), *entries])
        told = self._weights[entry] * np.repeat(weights, ends - starts)
        alike = np.bincount(self._holders[entry], told, minlength=len(self._owners)).astype(np.float32)
        best = np.zeros(self._size, dtype=np.float32)
        np.maximum.at(best, self._owners, alike)
        return best

    def _weighed(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the places of the known n-grams of a text, with their weights in a vector of unit length."""
        counts = Counter(_ngrams()(folded(text)))
        numbers = np.array([_numbers.get(gram, -1) for gram in counts], dtype=np.int64)
        places = np.searchsorted(self._grams, numbers)
        known = np.zeros(len(numbers), dtype=bool)
        inside = places < len(self._grams)
        known[inside] = self._grams[places[inside]] == numbers[inside]
        # What no text holds counts in the length: a question with one known syllable is no perfect match.
        idf = np.full(len(numbers), self._unknown_idf)
        idf[known] = self._idf[places[known]]
        weights = (1 + np.log(np.array(list(counts.values()), dtype=np.float64))) * idf
        length = float(np.sqrt((weights**2).sum())) or 1.0
        return places[known], weights[known] / length


def folded(text: str) -> str:
    """Return the text in lower case without accents: Hungarian is often typed on keyboards that have none."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@cache
def _ngrams() -> Callable[[str], list[str]]:
    vectorizer = CountVectorizer(analyzer="char_wb", ngram_range=SIZES, lowercase=False)
    found: Callable[[str], list[str]] = vectorizer.build_analyzer()
    return found


@lru_cache(TEXTS_KEPT)
def _spelt(text: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the numbers of the n-grams of a text, in its order, and how often it has each."""
    counts = Counter(_ngrams()(folded(text)))
    numbers = [_numbers.setdefault(gram, next(_next)) for gram in counts]
    return np.array(numbers, dtype=np.int32), np.array(list(counts.values()), dtype=np.int32)
