"""
What a word that no article holds was meant to be: one of their words without its accents, or with one slip.

Hungarian is often typed on keyboards without accents, where stems no longer meet: "javitas" and "javítás".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

# One slip in a shorter word makes another word.
SHORTEST_WITH_A_SLIP = 5


class Spellings:
    """The words of one language's articles, by what is left of them without accents."""

    def __init__(self, words: Iterable[str], stem: Callable[[str], str], fold: Callable[[str], str]) -> None:
        self._stem, self._fold = stem, fold
        self._stems: defaultdict[str, set[str]] = defaultdict(set)
        for word in set(words):
            found = stem(word)
            self._stems[fold(word)].add(found)
            self._stems[fold(found)].add(found)
        self._by_letter: defaultdict[str, list[str]] = defaultdict(list)
        for plain in sorted(self._stems):
            self._by_letter[plain[:1]].append(plain)

    def meant(self, word: str) -> list[str]:
        """Return the stems that `word` may mean, in alphabetical order; words without accents before those mistyped."""
        plain = self._fold(word)
        alike = {plain, self._fold(self._stem(word))} & self._stems.keys()
        if not alike and len(plain) >= SHORTEST_WITH_A_SLIP:
            # The first letter is seldom wrong, and reading on from it is what keeps this fast.
            alike = {each for each in self._by_letter.get(plain[:1], ()) if is_one_slip(plain, each)}
        return sorted({stem for each in alike for stem in self._stems[each]})

    def begins(self, word: str) -> bool:
        """Whether a word of the articles begins with `word`, accents aside."""
        plain = self._fold(word)
        return any(each.startswith(plain) for each in self._by_letter.get(plain[:1], ()))


def is_one_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter: missing, too many, another one, or swapped with the next."""
    if abs(len(one) - len(other)) > 1:
        return False
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])
