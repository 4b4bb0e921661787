"""Phrases of the word lists, looked for in a text. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from kb.words import words


def beginning(text: str, phrases: Sequence[str]) -> str:
    """
    Return what of the text one of the phrases begins it with, the longest; a `*` stands for any letters.

    "Can't" does not begin with "can".
    """
    match = _pattern(tuple(phrases)).match(text.casefold())
    return text[: match.end()] if match else ""


def holds(text: str, phrases: Sequence[str]) -> bool:
    """Whether one of the phrases stands in the text, in whole words; a `*` stands for any letters."""
    return bool(_anywhere(tuple(phrases)).search(text.casefold()))


def alternatives(phrases: Sequence[str]) -> str:
    """Return a pattern that matches any of the phrases, the longest first."""
    return "|".join(_piece(phrase) for phrase in sorted(phrases, key=len, reverse=True)) or "(?!)"


def tells(text: str, beginnings: Sequence[str]) -> bool:
    """
    Whether the text holds one of the beginnings of words; one that ends in a space is looked for as a whole word.

    Marks and the dots of ё make no difference.
    """
    spaced = f" {' '.join(words(text))} "
    return any(_spaced(each) in spaced for each in beginnings)


@lru_cache(256)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{alternatives(phrases)})(?![\w-]*\w|['’]t(?!\w))")


@lru_cache(256)
def _anywhere(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternatives(phrases)})(?!\w)")


def _piece(phrase: str) -> str:
    return r"\w*".join(re.escape(part) for part in phrase.split("*"))


def _spaced(beginning: str) -> str:
    return f" {' '.join(words(beginning))}" + (" " if beginning.endswith(" ") else "")
