"""What is asked, demanded and complained of, in four languages."""

from __future__ import annotations

import pytest

from kb.language import rules
from kb.messages import read_message
from kb.reading.clauses import is_question
from kb.reading.requests import MAX_QUESTIONS


def _asked(text: str, lang: str) -> list[str]:
    return [asked.text for asked in read_message(text, lang, "en").questions]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("ru", "где мой заказ и можно ли вернуть чехол?", ["где мой заказ?", "можно ли вернуть чехол?"]),
        ("ru", "Поднимете на этаж, и заберёте ли старый?", ["Поднимете на этаж?", "заберёте ли старый?"]),
        (
            "it",
            "dov'è il pacco e posso rendere la custodia?",
            ["dov'è il pacco?", "posso rendere la custodia?"],
        ),
        (
            "hu",
            "Felviszitek az emeletre, és elviszitek a régit?",
            ["Felviszitek az emeletre?", "elviszitek a régit?"],
        ),
        ("en", "when does it ship and can I pay cash", ["when does it ship", "can I pay cash"]),
        (
            "en",
            "Where do I collect it, what do I bring, and how long do you keep it?",
            ["Where do I collect it?", "what do I bring?", "how long do you keep it?"],
        ),
        ("en", "Do you ship phones, tablets and laptops?", ["Do you ship phones, tablets and laptops?"]),
        ("ru", "Можно вернуть чехол, зарядку и кабель?", ["Можно вернуть чехол, зарядку и кабель?"]),
        ("en", "When the parcel is late, what should I do?", ["When the parcel is late, what should I do?"]),
        ("en", "First: 1) How long is it? 2) Who pays?", ["First: 1) How long is it?", "Who pays?"]),
    ],
)
def test_questions_of_one_sentence_are_parted(lang: str, text: str, expected: list[str]) -> None:
    """A conjunction or comma parts questions, never the things that one question names."""
    assert _asked(text, lang) == expected


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Please cancel my order."),
        ("en", "I'd rather talk to a human."),
        ("ru", "Отмените заказ."),
        ("it", "Mandatemi quello giusto."),
        ("hu", "Kérem, küldjék a jót."),
    ],
)
def test_demand_is_a_question(lang: str, text: str) -> None:
    """Who wants something done wants an answer."""
    assert is_question(text, rules(lang))


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "I'd like to buy a washing machine."),
        ("en", "When I opened the box, the screen was dark."),
        ("ru", "Хочу заказать холодильник."),
        ("it", "Vorrei comprare un frigorifero."),
        ("hu", "Hűtőt vennék anyukámnak."),
    ],
)
def test_what_is_told_is_no_question(lang: str, text: str) -> None:
    """What somebody means to buy, and when it happened, is context."""
    assert not is_question(text, rules(lang))


@pytest.mark.parametrize(
    ("lang", "text", "searched"),
    [
        (
            "en",
            "I would also like to know how long I have to return the phone.",
            "how long I have to return the phone.",
        ),
        ("en", "Please cancel my order 5520134, I found it elsewhere.", "Please cancel my order"),
        ("ru", "Отмените, пожалуйста, заказ 5520134, нашла дешевле.", "Отмените, пожалуйста, заказ"),
        ("it", "Inoltre volevo sapere entro quanti giorni posso renderlo.", "entro quanti giorni posso renderlo."),
        (
            "hu",
            "Szeretném lemondani a rendelést, máshol olcsóbb.",
            "Szeretném lemondani a rendelést",
        ),
    ],
)
def test_what_is_searched_is_the_core(lang: str, text: str, searched: str) -> None:
    """Without the words of asking in front and the reasons behind; numbers of orders find nothing."""
    assert read_message(text, lang, "en").questions[0].searched == searched


def test_politeness_behind_a_question_asks_nothing() -> None:
    """`Could you please tell me?` is not searched."""
    assert len(_asked("Can I swap the blue case? Could you please tell me?", "en")) == 1


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Thank you so much for the quick exchange! The jacket fits."),
        ("ru", "Огромное спасибо, всё привезли вовремя!"),
        ("it", "Grazie di cuore, siete stati velocissimi!"),
        ("hu", "Nagyon köszönöm a gyors cserét!"),
    ],
)
def test_who_only_thanks_asks_nothing(lang: str, text: str) -> None:
    """There is nothing to search for."""
    message = read_message(text, lang, "en")

    assert (message.questions, message.told, message.situation) == ((), (), "thanks")


def test_questions_beyond_the_limit_are_counted() -> None:
    """Nobody is told that thirty questions were answered when a few were."""
    message = read_message("\n".join(f"How much is the cable number {n}?" for n in range(30)), "en", "en")

    assert (len(message.questions), message.left_out) == (MAX_QUESTIONS, 30 - MAX_QUESTIONS)


def test_demand_without_a_subject_is_about_what_is_told_behind_it() -> None:
    """Who is angry demands first and explains then."""
    message = read_message("I want my money back now! The parcel has not arrived. Regards", "en", "en")

    assert "has not arrived" in message.questions[0].searched
    assert message.told == ()


def test_trouble_that_is_asked_about_is_told_once() -> None:
    """Waiting and asking where it is are one trouble; another one beside it stays."""
    one = read_message("I am still waiting. Where is my order 48213?", "en", "en")
    two = read_message("The screen is cracked. Where is my order 48213?", "en", "en")

    assert (one.told, [told.text for told in two.told]) == ((), ["The screen is cracked."])


def test_places_follow_the_message() -> None:
    """What is answered stands in the order of the message, complaints too."""
    message = read_message("The charger is missing. How long may I return the phone?", "en", "en")

    assert message.told[0].place < message.questions[0].place
