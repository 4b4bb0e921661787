"""Which language a text is in, and the rule files of all languages."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
import Stemmer

from kb.language import detect, known_languages, most_likely, rules
from kb.reading.situations import SITUATIONS
from kb.words import stop_words

CODES = known_languages()
NAMES = {"name", "snowball", "stop_words", "callouts", "clause_commas"}
"""Keys whose values are names or shown to people, not lists of words to match."""


def _raw(code: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("kb") / "languages" / f"{code}.toml").read_text(encoding="utf-8"))


def _lists(code: str) -> Iterator[tuple[str, list[str]]]:
    for key, value in _raw(code).items():
        if key in ("situations", "unless"):
            yield from value.items()
        elif key not in NAMES:
            yield key, value


def test_the_four_languages_of_the_sample_store_are_known() -> None:
    """Russian, Italian, Hungarian and English have rules; codes are in alphabetical order."""
    assert {"en", "hu", "it", "ru"} <= set(CODES)
    assert sorted(CODES) == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_rule_files_have_the_same_keys(code: str) -> None:
    """A list that one language has, all have: no rule works in some languages only."""
    assert _raw("en").keys() == _raw(code).keys()
    assert _raw("en")["callouts"].keys() == _raw(code)["callouts"].keys()
    assert set(SITUATIONS) == _raw(code)["situations"].keys()


@pytest.mark.parametrize("code", CODES)
def test_rule_lists_hold_words(code: str) -> None:
    """An empty list or an empty word is a rule that never or always matches."""
    assert [key for key, words in _lists(code) if not words] == []
    assert [key for key, words in _lists(code) if not all(word.strip() for word in words)] == []


@pytest.mark.parametrize("code", CODES)
def test_rule_words_are_as_text_is_compared(code: str) -> None:
    """Texts are compared folded and in NFKC: a word in another form would never match."""
    words = [word for _, words in _lists(code) for word in words]

    assert [word for word in words if word != unicodedata.normalize("NFKC", word.casefold())] == []


@pytest.mark.parametrize("code", CODES)
def test_rule_lists_name_each_word_once(code: str) -> None:
    """A word named twice in one list is a slip of the editor."""
    assert [key for key, words in _lists(code) if len(words) != len(set(words))] == []


@pytest.mark.parametrize("code", CODES)
def test_stemmer_and_stop_words_of_a_language_exist(code: str) -> None:
    """The names in the file are names that the libraries know, and kept words are no stop words."""
    found = rules(code)

    assert found is not None
    assert found.snowball in Stemmer.algorithms()
    assert stop_words(code)
    assert not stop_words(code) & found.keep_words


def test_language_without_a_file_has_no_rules() -> None:
    """Unknown codes, and names that would leave the folder, have no rules and do no harm."""
    assert rules("de") is None
    assert rules("../language") is None
    assert stop_words("de") == frozenset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Where is the parcel that I ordered last week?", "en", id="en"),
        pytest.param("Hol van a csomag, amit múlt héten rendeltem?", "hu", id="hu"),
        pytest.param("Dove si trova il pacco che ho ordinato la settimana scorsa?", "it", id="it"),
        pytest.param("Где посылка, которую я заказал на прошлой неделе?", "ru", id="ru"),
    ],
)
def test_whole_sentence_tells_its_language(text: str, expected: str) -> None:
    """A clear sentence wins over whatever language was expected."""
    assert {expected} == {detect(text, code) for code in CODES}


@pytest.mark.parametrize("text", ["", "12345", "?!", "😀"])
def test_text_without_letters_has_no_language(text: str) -> None:
    """Where nothing tells, the expected language stands."""
    assert most_likely(text) == (None, 0.0)
    assert detect(text, "hu") == "hu"


def test_expected_language_stands_unless_another_is_likely_enough() -> None:
    """How sure to be is a threshold: the likeliest language wins from there."""
    best, likelihood = most_likely("Where is my parcel?")

    assert best == "en"
    assert detect("Where is my parcel?", "hu", sure_enough=likelihood - 0.001) == "en"
    assert detect("Where is my parcel?", "hu", sure_enough=likelihood + 0.001) == "hu"
