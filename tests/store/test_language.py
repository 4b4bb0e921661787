"""Spelling and typography of the sample store, language by language."""

from __future__ import annotations

import re
import shutil
import unicodedata

import pytest

from kb.article import Phrases
from tests.store.policy import LANGUAGES
from tests.store.spelling import misspelt, terms
from tests.store.texts import library, texts

MAX_TERMS = 200
needs_hunspell = pytest.mark.skipif(
    not shutil.which("hunspell"),
    reason="hunspell is not installed (Debian: hunspell hunspell-ru hunspell-it hunspell-hu hunspell-en-gb)",
)

# A number and what it counts are not torn apart at the end of a line.
_UNITS = {
    "ru": r"₽|кг|%|рабоч|календарн|дн|день|час|минут|месяц|год|лет\b|цифр",
    "it": r"€|kg|giorn|or[ae]\b|minut|mes[ei]\b|ann[oi]\b|cifre",
    "hu": r"Ft|kg|nap|munkanap|óra|órá|perc|hónap|év",
    "en": r"kg|days?\b|working|hours?\b|minutes?\b|months?\b|years?\b|digits?\b",
}
_QUOTES = {"ru": "«»", "it": "“”«»", "hu": "„”»«", "en": "‘’“”"}
_ANY_QUOTE = '«»“”„‘"'
_MISTAKES = {
    "space before a mark": r"\w [,.;:!?](?:\s|$)",
    "two spaces": r"\S  +\S",
    "three dots for …": r"\.\.\.",
    "hyphen for a dash": r"\s[-‐]\s(?!\[)",
    "hyphen in a range": r"(?<![\d-])\d{1,2}-\d{1,2}(?![\d-])(?! ?\d)",
    "straight quotation mark": r"\"",
    "straight apostrophe": r"\w'\w",
    "a mark twice": r"[,;:]{2}|\.\.(?!\.)|\?\?",
}


def _pieces(lang: str) -> list[tuple[str, str]]:
    """Return (where, text) of everything that is read in this language."""
    pieces = []
    for text in texts():
        if text.lang == lang:
            front = text.draft.front
            told = [front.title, front.description, *front.questions, *front.keywords]
            pieces += [(text.draft.id, each) for each in [*told, text.draft.body, *text.replies, *text.notes]]
    pieces += [(f"phrases/{lang}", each) for each in _phrases(library().phrases[lang])]
    return pieces + [(f"solutions/{row.id}", row.note[lang]) for row in library().solutions]


def _phrases(phrases: Phrases) -> list[str]:
    return [text for bank in (phrases.openings, phrases.closings) for each in bank.values() for text in each]


_NO_PROSE = re.compile(r"`[^`]*`|https?://\S+|\S+@[\w.]+|\{\{.*?\}\}|\+\d[\d \u00a0-]+")
_LINK_TARGET = re.compile(r"\]\([^)]*\)|\{#.*?\}|^:::.*$|^[ \t]*(?:[-*]|\d+\.)[ \t]+|^[|: -]+$", re.MULTILINE)


def _prose(markdown: str) -> str:
    """Return a text without link targets, fences and list marks; an X for addresses, numbers to call and variables."""
    return _LINK_TARGET.sub("", _NO_PROSE.sub("X", markdown))


@needs_hunspell
@pytest.mark.parametrize("lang", LANGUAGES)
def test_spelling(lang: str) -> None:
    """Every word stands in the dictionary, or in the list of names and terms."""
    assert misspelt([text for _, text in _pieces(lang)], lang) == []


@needs_hunspell
@pytest.mark.parametrize(
    ("lang", "word"), [("en", "recieve"), ("it", "pachetto"), ("hu", "csomagg"), ("ru", "посылкка")]
)
def test_misspelt_word_is_noticed(lang: str, word: str) -> None:
    """A typing mistake is told, also in a link's text."""
    assert misspelt([f"[{word}](how-to-return.md)"], lang) == [word]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_list_of_terms_is_short_and_used(lang: str) -> None:
    """A list that grows without end would let every mistake through."""
    used = " ".join(text for _, text in _pieces(lang)).replace("’", "'")

    assert len(terms(lang)) <= MAX_TERMS
    assert sorted(term for term in terms(lang) if term not in used) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_keep_to_one_alphabet(lang: str) -> None:
    """A Latin c in a Cyrillic word looks right and is found by nobody."""
    mixed = [
        (where, word)
        for where, text in _pieces(lang)
        for word in re.findall(r"[^\W\d_]+", _prose(text))
        if len({unicodedata.name(letter).split()[0] for letter in word}) > 1
    ]

    assert mixed == []


@pytest.mark.parametrize("mistake", _MISTAKES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_typography(lang: str, mistake: str) -> None:
    """What printers of all four countries agree on."""
    assert _found(_MISTAKES[mistake], lang) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_quotation_marks_are_the_language_s_own(lang: str) -> None:
    """«…» in Russian, “…” or «…» in Italian, „…” in Hungarian, ‘…’ or “…” in English."""
    foreign = "".join(set(_ANY_QUOTE) - set(_QUOTES[lang]))

    assert _found(rf"[{foreign}]", lang) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_number_and_unit_stay_together(lang: str) -> None:
    """A non-breaking space stands between them, and within long numbers where the language sets one."""
    assert _found(rf"\d (?:{_UNITS[lang]})", lang) == []
    assert _found(r"\d \d{3}(?!\d)", lang) == []


def _found(pattern: str, lang: str) -> list[tuple[str, str]]:
    return [
        (where, text[max(0, match.start() - 20) : match.end() + 20])
        for where, text in ((where, _prose(piece)) for where, piece in _pieces(lang))
        for match in re.finditer(pattern, text, re.MULTILINE)
    ]
