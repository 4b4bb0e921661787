"""
What shops speak of, by its names in each language: a question in one finds the words of an article in another.

kb/languages/glossary.tsv holds a concept a line and a language a column; `|` stands between the ways to name it, each
of five words at most. A language that has no column has no concepts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources

from kb.words import WORDS_KEPT, stem, stop_words, words

SEPARATOR = "|"
# A stemmer leaves endings, and some languages write words together: what begins like a name of so many letters, and is
# not much shorter than a word should be, is taken for it ("visszaküldhetem" for "visszaküld").
SHORTEST_BEGINNING, SHORTEST_CONTINUED = 5, 6
# An apostrophe stands between words, so three can be five.
MOST_WORDS = 5

Names = Mapping[tuple[str, ...], Sequence[str]]
"""Stems of a name → the concepts it names."""
Phrase = tuple[list[str], Sequence[str]]
"""The further stems of a name of several words, and the concepts it names."""


@cache
def names(lang: str) -> Names:
    """Return what names a concept in a language; nothing of a language without a column."""
    found: dict[tuple[str, ...], list[str]] = {}
    for concept, name in _column(lang):
        named = found.setdefault(tuple(stem(word, lang) for word in words(name)), [])
        if concept not in named:
            named.append(concept)
    return found


def _column(lang: str) -> Iterator[tuple[str, str]]:
    """Yield concept and name; a concept is called by the number of its line."""
    text = (resources.files("kb") / "languages" / "glossary.tsv").read_text(encoding="utf-8")
    header, *lines = text.splitlines()
    langs = header.split("\t")
    if lang not in langs:
        return
    for number, line in enumerate(lines):
        for name in filter(None, line.split("\t")[langs.index(lang)].split(SEPARATOR)):
            yield str(number), name
            yield str(number), name.replace("-", "")  # "pickup" for "pick-up"


@cache
def _phrases(lang: str) -> Mapping[str, Sequence[Phrase]]:
    """Return first stem → the further ones of each name that begins with it, and what it names; the longest first."""
    found: dict[str, list[Phrase]] = {}
    for name in sorted(names(lang), key=len, reverse=True):
        if len(name) > 1:
            found.setdefault(name[0], []).append((list(name[1:]), names(lang)[name]))
    return found


def concepts(text: str, lang: str) -> list[str]:
    """Return what a text speaks of, in the order of its words, as often as it is named."""
    if not names(lang):
        return []
    spoken, telling_nothing, phrases = words(text), stop_words(lang), _phrases(lang)
    stemmed = [stem(word, lang) for word in spoken]
    found: list[str] = []
    for place, word in enumerate(spoken):
        longer = phrases.get(stemmed[place])
        named = _named_on(longer, stemmed[place + 1 : place + MOST_WORDS]) if longer else None
        if named is not None:
            found += named
        elif word not in telling_nothing:
            found += _named_by(stemmed[place], lang)
    return found


def _named_on(phrases: Sequence[Phrase], following: Sequence[str]) -> Sequence[str] | None:
    """Return the concepts of the longest phrase that a text goes on with, None if it does with none."""
    return next((named for further, named in phrases if following[: len(further)] == further), None)


@lru_cache(WORDS_KEPT)
def _named_by(stemmed: str, lang: str) -> Sequence[str]:
    """Return the concepts that one stem names, or else the longest name that it begins with."""
    known = names(lang)
    shortest = SHORTEST_BEGINNING if len(stemmed) >= SHORTEST_CONTINUED else len(stemmed)
    beginnings = (stemmed[:length] for length in range(len(stemmed), shortest - 1, -1))
    return next((known[beginning,] for beginning in beginnings if (beginning,) in known), ())


def alike(stemmed: str, lang: str) -> list[str]:
    """Return the stems of the other words, in the same language, for what one stem names."""
    others = dict.fromkeys(word for concept in _named_by(stemmed, lang) for word in _single_words(lang)[concept])
    return [word for word in others if word != stemmed]


@cache
def _single_words(lang: str) -> Mapping[str, Sequence[str]]:
    """Return concept → the stems that name it alone."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, named in names(lang).items():
        for concept in named if len(name) == 1 else ():
            found[concept].append(name[0])
    return found
