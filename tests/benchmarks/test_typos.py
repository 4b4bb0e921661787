"""The mistakes that the benchmarks make on purpose."""

from __future__ import annotations

import pytest

from tests.benchmarks.typos import most_telling, neighbours, with_typo, without_accents

QUESTIONS = [
    ("en", "When will I get my money back?"),
    ("it", "Quando arriva il rimborso sulla carta?"),
    ("hu", "Mikor kapom vissza a pénzemet?"),
    ("ru", "Когда вернутся деньги за заказ?"),
]


@pytest.mark.parametrize(("lang", "text"), QUESTIONS)
def test_a_typo_changes_one_word(lang: str, text: str) -> None:
    """One mistake a question: the other words stay."""
    typed = with_typo(text, lang)

    assert sum(a != b for a, b in zip(text.split(), typed.split(), strict=True)) == 1
    assert -1 <= len(typed) - len(text) <= 0


@pytest.mark.parametrize(("lang", "text"), QUESTIONS)
def test_a_typo_is_the_same_every_time(lang: str, text: str) -> None:
    """Two runs must ask the same."""
    assert with_typo(text, lang) == with_typo(text, lang)


def test_first_letters_stay() -> None:
    """They are seldom mistyped."""
    assert {with_typo(f"delivery{'x' * count}", "en")[0] for count in range(50)} == {"d"}


def test_short_words_are_left_alone() -> None:
    """A slip in "to" makes another word."""
    assert with_typo("is it on", "en") == "is it on"


def test_neighbours_are_those_of_the_language() -> None:
    """On a Hungarian keyboard z stands where y does elsewhere."""
    assert neighbours("t", "en") == "ry"
    assert neighbours("t", "hu") == "rz"
    assert neighbours("а", "ru") == "вп"
    assert neighbours("4", "en") == ""


def test_accents_go_but_russian_letters_stay() -> None:
    """й is a letter of its own on every Russian keyboard; ё is what is left out."""
    assert without_accents("Pénzt űrlapon", "hu") == "penzt urlapon"
    assert without_accents("Ещё чайник", "ru") == "Еще чайник"


def test_the_rarest_two_words_are_kept_in_their_order() -> None:
    """Unknown words tell nothing about what the store has."""
    rarity = {"money": 2.0, "refund": 1.0, "card": 3.0}

    assert most_telling("refund of zyx money on my card", "en", rarity) == "money card"
