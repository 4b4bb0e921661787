"""
Questions as they are typed in a hurry: with one mistake, without accents, or as two words. Pure and deterministic.

What a question becomes depends on its text alone, so that every run asks the same.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from kb.ngrams import folded
from kb.words import stem, telling_words

# Rows of the usual keyboards; a finger slips to the left or right. Hungarian shares its letters with z and y swapped.
_QWERTY = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
KEYBOARDS: dict[str, Sequence[str]] = {
    "en": _QWERTY,
    "it": ("qwertyuiopè", "asdfghjklòà", "zxcvbnm"),
    "hu": ("qwertzuiopőú", "asdfghjkléáű", "íyxcvbnm"),
    "ru": ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
}
# A slip in a shorter word makes another word, or none that anybody could read.
SHORTEST = 4


def with_typo(text: str, lang: str) -> str:
    """Return the text with one letter of one longer word missing, swapped with the next, or its key's neighbour."""
    chance = random.Random(hashlib.sha256(text.encode()).digest())  # noqa: S311 - not for secrets
    parts = text.split(" ")
    long = [place for place, part in enumerate(parts) if len(part) >= SHORTEST and part.isalpha()]
    if not long:
        return text
    place = chance.choice(long)
    parts[place] = _mistyped(parts[place], lang, chance)
    return " ".join(parts)


def _mistyped(word: str, lang: str, chance: random.Random) -> str:
    # The first letter is seldom wrong.
    at = chance.randrange(1, len(word) - 1)
    kind = chance.choice(["omission", "transposition", "neighbour"])
    before, letter, after = word[:at], word[at], word[at + 1 :]
    if kind == "transposition" and letter != after[0]:
        return before + after[0] + letter + after[1:]
    if kind == "neighbour" and (beside := neighbours(letter, lang)):
        return before + chance.choice(beside) + after
    return before + after


def neighbours(letter: str, lang: str) -> str:
    """Return the letters beside one on the keyboard; empty for a letter that is on none."""
    for row in KEYBOARDS.get(lang, _QWERTY):
        at = row.find(letter.lower())
        if at >= 0:
            return row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    return ""


def without_accents(text: str, lang: str) -> str:
    """Return the text as a keyboard without accents writes it; Russian ones have й."""
    return text.replace("ё", "е").replace("Ё", "Е") if lang == "ru" else folded(text)


def most_telling(text: str, lang: str, rarity: dict[str, float]) -> str:
    """Return the two words whose stems are rarest (in `rarity`; unknown ones tell nothing), in their order."""
    words = list(dict.fromkeys(telling_words(text, lang)))
    told = sorted(words, key=lambda word: (-rarity.get(stem(word, lang), 0.0), words.index(word)))[:2]
    return " ".join(word for word in words if word in told)
