"""Words that no article holds, and what they were meant to be."""

from __future__ import annotations

import pytest

from kb.ngrams import folded
from kb.spellings import Spellings, is_one_slip

SPELLINGS = Spellings(["javítás", "javítások", "szállítás", "refund", "cat", "card"], lambda word: word[:5], folded)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("refund", "refund", True, id="the same"),
        pytest.param("refnd", "refund", True, id="a letter missing"),
        pytest.param("refuund", "refund", True, id="a letter twice"),
        pytest.param("refind", "refund", True, id="another letter"),
        pytest.param("refudn", "refund", True, id="two swapped"),
        pytest.param("efund", "refund", True, id="the first missing"),
        pytest.param("refun", "refund", True, id="the last missing"),
        pytest.param("rfeudn", "refund", False, id="two slips"),
        pytest.param("refxyd", "refund", False, id="two letters"),
        pytest.param("ref", "refund", False, id="three missing"),
        pytest.param("dnufer", "refund", False, id="backwards"),
    ],
)
def test_one_slip(one: str, other: str, expected: bool) -> None:
    """The same both ways round."""
    assert is_one_slip(one, other) is is_one_slip(other, one) is expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("javitas", ["javít"], id="without accents"),
        pytest.param("javitasok", ["javít"], id="without accents, inflected"),
        pytest.param("javitgatta", ["javít"], id="an ending that no article has"),
        pytest.param("refudn", ["refun"], id="a slip"),
        pytest.param("czt", [], id="a slip in a short word"),
        pytest.param("penguin", [], id="nothing like it"),
        pytest.param("", [], id="no word"),
    ],
)
def test_word_means_what_the_articles_say(word: str, expected: list[str]) -> None:
    """Accents first; a slip only in a word that is long enough to be known again."""
    assert SPELLINGS.meant(word) == expected


def test_beginning_of_a_word_is_known() -> None:
    """Whether or not the accents are there."""
    assert SPELLINGS.begins("szalli")
    assert SPELLINGS.begins("REF".casefold())
    assert not SPELLINGS.begins("efund")
