"""Excerpts: whole sentences as answers, and snippets whose only markup is ours."""

from __future__ import annotations

import re

import pytest

from kb.excerpts import answer_text, sentences, snippet
from kb.words import stems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One. Two! Three? Four… Five", ["One.", "Two!", "Three?", "Four…", "Five"], id="all marks"),
        pytest.param("Раз. Два! Три?", ["Раз.", "Два!", "Три?"], id="cyrillic"),
        pytest.param("By card, e.g. this one. Or cash.", ["By card, e.g. this one.", "Or cash."], id="small letter"),
        pytest.param("Это т. е. так. Да.", ["Это т. е. так.", "Да."], id="small cyrillic letter"),
        pytest.param("Ждём: ул. Ленина, 5. Вход со двора.", ["Ждём: ул. Ленина, 5.", "Вход со двора."], id="street"),
        pytest.param("Ждёт гр. Иванов. Да.", ["Ждёт гр. Иванов.", "Да."], id="cyrillic abbreviation"),
        pytest.param("Весит 30 кг. Привезём.", ["Весит 30 кг.", "Привезём."], id="a unit ends a sentence"),
        pytest.param("Chieda al sig. Rossi. Poi paghi.", ["Chieda al sig. Rossi.", "Poi paghi."], id="italian"),
        pytest.param("Es. Carta o PayPal. Fine.", ["Es. Carta o PayPal.", "Fine."], id="abbreviation first"),
        pytest.param("Costa 1.500,50 €. Paghi ora.", ["Costa 1.500,50 €.", "Paghi ora."], id="italian number"),
        pytest.param("Pl. Debrecenben. Kb. 5 nap.", ["Pl. Debrecenben.", "Kb. 5 nap."], id="hungarian"),
        pytest.param("Január 31. után nem. Jó.", ["Január 31. után nem.", "Jó."], id="hungarian ordinal"),
        pytest.param("Ask Mr. A. Smith. He knows.", ["Ask Mr. A. Smith.", "He knows."], id="initials"),
        pytest.param("It’s no. Pay €4.90. Done.", ["It’s no.", "Pay €4.90.", "Done."], id="price"),
        pytest.param("First line\nsecond line", ["First line", "second line"], id="lines"),
        pytest.param("It costs 3.50 a day.", ["It costs 3.50 a day."], id="no space, no end"),
        pytest.param(" \n\n ", [], id="blank"),
        pytest.param("", [], id="empty"),
    ],
)
def test_text_is_cut_into_sentences(text: str, expected: list[str]) -> None:
    """A mark and a space end a sentence unless a small letter follows; a line always ends one."""
    assert expected == sentences(text)


def test_answer_ends_with_the_last_sentence_that_fits() -> None:
    """An answer is never cut within a sentence."""
    assert answer_text("One two three. Four five six. Seven eight.", limit_words=6) == "One two three. Four five six."
    assert answer_text("One two three. Four five six. Seven eight.", limit_words=5) == "One two three."


def test_answer_has_at_least_one_sentence() -> None:
    """A first sentence beyond the limit is shown whole."""
    assert answer_text("One two three four. Five.", limit_words=2) == "One two three four."


def test_lines_of_an_answer_stay_lines() -> None:
    """A list does not run together."""
    assert answer_text("Pay by:\ncard\ncash", limit_words=10) == "Pay by:\ncard\ncash"
    assert answer_text("Pay by:\ncard\ncash", limit_words=3) == "Pay by:\ncard"


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_answer_of_nothing_is_empty(text: str) -> None:
    """No text gives no answer and no error."""
    assert answer_text(text) == ""


@pytest.mark.parametrize(
    ("text", "question", "lang", "expected"),
    [
        pytest.param("Refunds take days.", "refund", "en", "<mark>Refunds</mark> take days.", id="same stem"),
        pytest.param("Деньги вернём.", "деньгами", "ru", "<mark>Деньги</mark> вернём.", id="russian"),
        pytest.param("Ещё раз.", "еще", "ru", "<mark>Ещё</mark> раз.", id="ё is е, and stays ё"),
        pytest.param("(Refund)!", "refund", "en", "(<mark>Refund</mark>)!", id="signs stay outside"),
        pytest.param("pre-order", "order", "en", "pre-<mark>order</mark>", id="part of a compound"),
        pytest.param("Nothing here.", "refund", "en", "Nothing here.", id="no match"),
        pytest.param("Pay by\ncard", "zebra", "en", "Pay by · card", id="lines are told apart"),
        pytest.param("Pay by:\ncard", "zebra", "en", "Pay by: card", id="a sign is enough"),
    ],
)
def test_words_of_the_question_are_marked(text: str, question: str, lang: str, expected: str) -> None:
    """What shares a stem with the question is marked as it is written."""
    assert expected == snippet(text, set(stems(question, lang)), lang)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<mark>refund</mark>",
        "<img src=x onerror=refund>",
        'refund" onmouseover="x',
        "&lt;b&gt; refund &amp;",
        "</mark><b>refund</b>",
        "refund'<refund>'refund",
    ],
)
def test_markup_in_a_text_stays_text(text: str) -> None:
    """Of a text full of tags only our own `<mark>` is markup, and taking it away leaves the escaped text."""
    shown = snippet(text, {"refund"}, "en")

    rest = re.sub(r"</?mark>", "", shown)
    assert not re.search(r"[<>\"']", rest)
    assert shown.count("<mark>") == shown.count("</mark>") == len(re.findall("refund", text))


def test_window_moves_to_the_words_of_the_question() -> None:
    """A long text is shown around what was asked for, and says where it was cut."""
    text = " ".join(["early"] * 100 + ["refund"] + ["late"] * 100)

    shown = snippet(text, {"refund"}, "en", limit_words=10)

    assert "<mark>refund</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown.split()) == 12


def test_window_prefers_where_most_words_match() -> None:
    """One match far away is worth less than two together."""
    text = " ".join(["refund"] + ["x"] * 50 + ["card", "refund"] + ["y"] * 50)

    shown = snippet(text, {"refund", "card"}, "en", limit_words=10)

    assert "<mark>card</mark> <mark>refund</mark>" in shown


def test_window_without_a_match_is_the_beginning() -> None:
    """Where nothing matches, the first words are shown; a short text is shown whole."""
    assert snippet("one two three four", {"zebra"}, "en", limit_words=2) == "one two …"
    assert snippet("one two", {"two"}, "en", limit_words=2) == "one <mark>two</mark>"


def test_window_at_the_end_of_a_text_is_full() -> None:
    """A match in the last words does not leave half a window empty."""
    shown = snippet(" ".join(["x"] * 20 + ["refund"]), {"refund"}, "en", limit_words=10)

    assert shown.endswith("<mark>refund</mark>")
    assert len(shown.removeprefix("… ").split()) == 10
