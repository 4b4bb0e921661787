"""What shops speak of, named in each language."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from kb.glossary import MOST_WORDS, alike, concepts, names
from kb.language import known_languages
from kb.words import stem, words

HEADER, *ROWS = (resources.files("kb") / "languages" / "glossary.tsv").read_text(encoding="utf-8").splitlines()
LANGS = HEADER.split("\t")
CELLS = [row.split("\t") for row in ROWS]


def test_every_concept_has_a_name_in_every_language() -> None:
    """A missing cell would shift the names of one language into another."""
    assert set(LANGS) == set(known_languages())
    assert [row for row in CELLS if len(row) != len(LANGS) or not all(cell.strip() for cell in row)] == []
    assert len(set(ROWS)) == len(ROWS)


def test_names_are_short_enough_to_be_looked_for() -> None:
    """A longer one would never be found."""
    assert [name for lang in LANGS for name in names(lang) if len(name) > MOST_WORDS] == []


def test_names_are_written_in_the_alphabet_of_their_language() -> None:
    """A letter of another alphabet looks the same and matches nothing; "QR" of "QR-код" is a word of its own."""
    cyrillic, latin = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-z]", re.IGNORECASE)
    spelt = [(lang, word) for row in CELLS for lang, cell in zip(LANGS, row, strict=True) for word in words(cell)]

    assert [word for lang, word in spelt if lang != "ru" and cyrillic.search(word)] == []
    assert [word for lang, word in spelt if lang == "ru" and cyrillic.search(word) and latin.search(word)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(("en", "refund"), ("it", "rimborso"), id="a word"),
        pytest.param(("en", "cash on delivery"), ("hu", "utánvét"), id="several words"),
        pytest.param(("ru", "пункт выдачи"), ("en", "pickup point"), id="several words on both sides"),
        pytest.param(("hu", "visszaküldhetem"), ("ru", "вернуть"), id="a longer form"),
    ],
)
def test_same_thing_is_the_same_concept(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Whatever the language."""
    assert set(concepts(one[1], one[0])) & set(concepts(other[1], other[0]))


def test_words_that_tell_nothing_name_nothing_alone() -> None:
    """Else every question would speak of what "on" can mean."""
    assert concepts("is it on the", "en") == []


def test_concepts_stand_as_often_as_they_are_named() -> None:
    """An article that speaks of a thing five times is about it."""
    once = concepts("courier", "en")

    assert once
    assert concepts("courier and courier", "en") == once * 2


def test_language_without_a_column_has_no_concepts() -> None:
    """Its articles are found by their vectors and their own words."""
    assert names("de") == {}
    assert concepts("Rückgabe", "de") == []


def test_words_for_the_same_thing_are_alike() -> None:
    """A word has those that name what it names, but not itself; one that names nothing has none."""
    assert stem("refund", "en") in alike(stem("reimbursement", "en"), "en")
    assert stem("refund", "en") not in alike(stem("refund", "en"), "en")
    assert alike("zeppelin", "en") == []
