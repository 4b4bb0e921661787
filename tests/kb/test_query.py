"""Text → Question: what looks the same is the same, and what cannot be read is refused."""

from __future__ import annotations

import pytest

from kb.errors import InvalidQuestion
from kb.query import MAX_QUESTION_CHARS, Question, normalised


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("  where   is\tmy\n parcel ", "where is my parcel", id="white space is folded"),
        pytest.param("where\u00a0is\u2003my parcel", "where is my parcel", id="wide and unbreakable spaces too"),
        pytest.param("re\u200bfund", "refund", id="zero-width space"),
        pytest.param("\u202erefund\u202c", "refund", id="direction marks"),
        pytest.param("re\u00adfund", "refund", id="soft hyphen"),
        pytest.param("\ufeffrefund", "refund", id="byte order mark"),
        pytest.param("refund\x00now", "refund now", id="control characters part words"),
        pytest.param("refund\u2028now", "refund now", id="line separators part words"),
        pytest.param("\ud800refund\ue000", "refund", id="surrogates and private use"),
        pytest.param("ｒｅｆｕｎｄ", "refund", id="full-width letters"),
        pytest.param("cafe\u0301", "caf\u00e9", id="accents are composed"),
        pytest.param("ﬁne", "fine", id="ligatures are letters"),
        pytest.param("Возврат ДЕНЕГ?", "Возврат ДЕНЕГ?", id="case and marks stay"),
    ],
)
def test_text_that_looks_the_same_is_the_same(typed: str, expected: str) -> None:
    """Compatibility forms, invisible characters and white space never tell two questions apart."""
    assert expected == normalised(typed)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param(" \t\n ", id="white space"),
        pytest.param("\u200b\u200d\ufeff", id="invisible characters"),
        pytest.param("?!… — 😀", id="signs only"),
    ],
)
def test_question_without_a_word_is_refused(typed: str) -> None:
    """A question needs at least one letter or digit."""
    with pytest.raises(InvalidQuestion) as refusal:
        Question.parse(typed, "en")

    assert "empty" in refusal.value.message


def test_question_of_the_greatest_length_is_read() -> None:
    """The limit itself is still allowed."""
    question = Question.parse("a" * MAX_QUESTION_CHARS, "en")

    assert len(question.text) == MAX_QUESTION_CHARS


def test_longer_question_is_refused_with_its_length() -> None:
    """One character more is too long, and the message says how long it was."""
    with pytest.raises(InvalidQuestion) as refusal:
        Question.parse("a" * (MAX_QUESTION_CHARS + 1), "en")

    assert str(MAX_QUESTION_CHARS + 1) in refusal.value.message


def test_question_keeps_asked_language_beside_its_own() -> None:
    """Hits are shown in the language asked for, stems come from the language written in."""
    question = Question.parse("Hol van a csomagom, amit múlt héten rendeltem?", "en")

    assert (question.asked_lang, question.lang) == ("en", "hu")


def test_question_of_digits_is_in_the_asked_language() -> None:
    """What has no letters is in the language that was asked for."""
    question = Question.parse("12345", "it")

    assert (question.text, question.lang) == ("12345", "it")
