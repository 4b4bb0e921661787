"""
What belongs to a language: which one a text is in, and the word lists of `kb/languages/<code>.toml`.

To teach the service a further language, add its file there. Only importer of lingua.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

# One or two words are too little to be sure of ("garanzia" and "garancia" differ by a letter), so the language that was
# asked for stands unless the text speaks clearly for another.
SURE_ENOUGH = 0.8


@dataclass(frozen=True, slots=True)
class LanguageRules:
    """The word lists of one language; all words in lower case."""

    code: str
    name: str
    snowball: str
    """The Snowball stemmer's name."""
    stop_words: str
    """The stop-words package's name for its list."""
    keep_words: frozenset[str]
    """In the stop list, but carrying meaning in a shop: `vissza` (back) in Hungarian."""
    greetings: tuple[str, ...]
    """A line that begins so, and is short, greets."""
    farewells: tuple[str, ...]
    """A line that begins so ends the message: signature follows."""
    thanks_words: tuple[str, ...]
    """Beginnings of words; a message of a few words with one only thanks."""
    quote_intros: tuple[str, ...]
    """Parts of the line a mail program writes above the quoted thread."""
    quote_headers: tuple[str, ...]
    """What the lines begin with that a mail program copies above it: `from:`."""
    question_words: tuple[str, ...]
    """A sentence or clause that begins so asks."""
    request_words: tuple[str, ...]
    """A sentence that holds one says what somebody wants, without a question mark."""
    inquiries: tuple[str, ...]
    """A sentence that holds one asks without a question mark; what is asked follows."""
    generic_words: frozenset[str]
    """A question of these alone leaves its subject to what was told before: `What do I do now?`"""
    conjunctions: tuple[str, ...]
    """May stand before a second question within one sentence."""
    clause_commas: bool
    """A comma before a conjunction parts clauses, never the items of a list."""
    commands: tuple[str, ...]
    """A sentence that begins so asks for something to be done: `cancel`."""
    purchases: tuple[str, ...]
    """A sentence that holds one says what somebody means to buy, and asks nothing."""
    subordinators: tuple[str, ...]
    """Question words that also begin a clause which tells: `when I opened the box, …`."""
    introductions: tuple[str, ...]
    """How people say who they are, with `{name}`."""
    given_names: frozenset[str]
    """Common ones: a signature without any is not certain to be a person's."""
    months: tuple[str, ...]
    """Beginnings of their names."""
    price_words: tuple[str, ...]
    """Beginnings of words; a sum in a sentence with one is the price of the goods."""
    abbreviations: frozenset[str]
    """What a full stop follows without ending a sentence; not those that often end one (`etc`)."""
    leaning: tuple[str, ...]
    """A sentence that begins so needs the one before it to be understood."""
    human: tuple[str, ...]
    """Phrases that ask for a person."""
    callouts: dict[str, str]
    """Kind of highlighted box (note, tip …) to the title that stands on it."""
    situations: dict[str, tuple[str, ...]]
    """Situation to beginnings of words that tell it."""
    unless: dict[str, tuple[str, ...]]
    """Situation to beginnings of words whose sentence does not tell it, whatever else it holds."""
    troubles: tuple[str, ...]
    """Beginnings of words that tell of something gone wrong, beside damage and delay."""


@cache
def known_languages() -> tuple[str, ...]:
    """Return the codes of all languages that have a file of rules, in alphabetical order."""
    files = resources.files("kb") / "languages"
    return tuple(sorted(f.name.removesuffix(".toml") for f in files.iterdir() if f.name.endswith(".toml")))


@cache
def rules(code: str) -> LanguageRules | None:
    """Return the word lists of a language, None when the service has none for it."""
    if code not in known_languages():
        return None
    text = (resources.files("kb") / "languages" / f"{code}.toml").read_text(encoding="utf-8")
    return _rules(code, tomllib.loads(text))


def _rules(code: str, raw: dict[str, Any]) -> LanguageRules:
    return LanguageRules(
        code=code,
        name=raw["name"],
        snowball=raw["snowball"],
        stop_words=raw["stop_words"],
        keep_words=frozenset(raw["keep_words"]),
        greetings=tuple(raw["greetings"]),
        farewells=tuple(raw["farewells"]),
        thanks_words=tuple(raw["thanks_words"]),
        quote_intros=tuple(raw["quote_intros"]),
        quote_headers=tuple(raw["quote_headers"]),
        question_words=tuple(raw["question_words"]),
        request_words=tuple(raw["request_words"]),
        inquiries=tuple(raw["inquiries"]),
        generic_words=frozenset(raw["generic_words"]),
        conjunctions=tuple(raw["conjunctions"]),
        clause_commas=raw["clause_commas"],
        commands=tuple(raw["commands"]),
        purchases=tuple(raw["purchases"]),
        subordinators=tuple(raw["subordinators"]),
        introductions=tuple(raw["introductions"]),
        given_names=frozenset(raw["given_names"]),
        months=tuple(raw["months"]),
        price_words=tuple(raw["price_words"]),
        abbreviations=frozenset(raw["abbreviations"]),
        leaning=tuple(raw["leaning"]),
        human=tuple(raw["human"]),
        callouts=dict(raw["callouts"]),
        situations={name: tuple(words) for name, words in raw["situations"].items()},
        unless={name: tuple(words) for name, words in raw["unless"].items()},
        troubles=tuple(raw["troubles"]),
    )


@cache
def _detector() -> LanguageDetector:
    codes = [IsoCode639_1.from_str(code.upper()) for code in known_languages()]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()


def detect(text: str, expected: str, sure_enough: float = SURE_ENOUGH) -> str:
    """
    Return the code of the language `text` is written in, `expected` unless another is at least `sure_enough` likely.
    """
    best, likelihood = most_likely(text)
    return best if best and likelihood >= sure_enough else expected


def most_likely(text: str) -> tuple[str | None, float]:
    """Return the likeliest of the known languages and how likely it is (0 to 1); (None, 0) for text without letters."""
    values = _detector().compute_language_confidence_values(text)
    if not values or values[0].value <= 0:
        return None, 0.0
    return values[0].language.iso_code_639_1.name.lower(), values[0].value
