"""
The words of a text: told apart, stemmed, those that tell nothing taken out. Only importer of Stemmer and stop_words.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import Stemmer
from stop_words import LANGUAGE_MAPPING, get_stop_words

from kb.language import rules

_WORD = re.compile(r"\w+")
_RESPELT = str.maketrans("ёõû", "еőű")

# Most words of an edition were in the one before.
WORDS_KEPT = 1 << 17
# So many common words of another language, and so many times as many as of the language itself, are no chance.
FOREIGN_WORDS = 3
FOREIGN_SHARE = 1.4


def words(text: str) -> list[str]:
    """Return the words of a text in lower case; ё counts as е, as Russians type it."""
    return _WORD.findall(text.casefold().replace("ё", "е"))


@cache
def _stemmer(lang: str) -> Stemmer.Stemmer | None:
    found = rules(lang)
    return Stemmer.Stemmer(found.snowball) if found else None


@cache
def stop_words(lang: str) -> frozenset[str]:
    """Return the words of a language that tell nothing apart; empty for a language without rules."""
    found = rules(lang)
    if not found:
        return frozenset()
    # The Hungarian list comes from an encoding that had no double acute.
    listed = {word.casefold().translate(_RESPELT) for word in get_stop_words(found.stop_words)}
    return frozenset(listed - found.keep_words)


def foreign_language(text: str, lang: str) -> str:
    """
    Return the code of a language without rules whose common words `text` holds rather than those of `lang`, or "".

    Whoever detects among the known languages takes German for one of them. Of 160 messages in English, Hungarian,
    Italian and Russian none was taken for another.
    """
    found = words(text)
    counts = {code: sum(word in listed for word in found) for code, listed in _foreign_words().items()}
    likeliest = max(counts, key=lambda code: counts[code])
    own = sum(word in stop_words(lang) for word in found)
    return likeliest if counts[likeliest] >= max(FOREIGN_WORDS, FOREIGN_SHARE * own) else ""


@cache
def _foreign_words() -> dict[str, frozenset[str]]:
    codes = [code for code in LANGUAGE_MAPPING if rules(code) is None]
    return {code: frozenset(word.casefold() for word in get_stop_words(code)) for code in codes}


@lru_cache(WORDS_KEPT)
def stem(word: str, lang: str) -> str:
    stemmer = _stemmer(lang)
    return str(stemmer.stemWord(word)) if stemmer else word


def stems(text: str, lang: str) -> list[str]:
    """Return the stems of a text without stop words; of a text that has only stop words, all stems."""
    return [stem(word, lang) for word in telling_words(text, lang)]


def telling_words(text: str, lang: str) -> list[str]:
    """Return the words of a text without stop words; of a text that has only stop words, all of them."""
    every, telling_nothing = words(text), stop_words(lang)
    return [word for word in every if word not in telling_nothing] or every
