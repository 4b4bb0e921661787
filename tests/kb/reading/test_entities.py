"""What a message names, and what only looks like it."""

from __future__ import annotations

import pytest

from kb.language import rules
from kb.messages import read_message
from kb.reading.entities import EntityKind, amounts, goods_value, order_numbers, without_entities
from kb.solutions import Money


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order number: AB-48213377", ["AB-48213377"]),
        ("one order (A-77120) of two", ["A-77120"]),
        ("#48213", ["48213"]),
        ("Заказ № 5512340 обещали", ["5512340"]),
        ("номер заказа: А-48213", ["А-48213"]),
        ("L'ordine n. 48213377", ["48213377"]),
        ("Numero d'ordine 6610422", ["6610422"]),
        ("A 48213377 számú rendelést", ["48213377"]),
        ("a 7741203-as rendelést", ["7741203"]),
        ("Rendelésszám: 6610422.", ["6610422"]),
        ("a rendelés száma 9031177", ["9031177"]),
        ("repair number 30551", []),
        ("I paid 48213 for it in 2026", []),
        ("in order to pay 5000", []),
    ],
)
def test_order_number_stands_beside_the_word(text: str, expected: list[str]) -> None:
    """In each language's order of words; other numbers are none."""
    assert order_numbers(text) == expected


def test_two_orders_fill_no_variable() -> None:
    """Which of them a sentence means is not certain."""
    message = read_message("Where are orders #48213 and #48214?", "en", "en")

    assert [each.text for each in message.entities] == ["48213", "48214"]
    assert message.variables["order.number"] == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("€1,200.50", [Money(1200.5, "EUR")]),
        ("215,40 €", [Money(215.4, "EUR")]),
        ("1.200 euro", [Money(1200, "EUR")]),
        ("54 990 рублей", [Money(54990, "RUB")]),
        ("12 400 ₽", [Money(12400, "RUB")]),
        ("3000 руб.", [Money(3000, "RUB")]),
        ("200 000 Ft", [Money(200000, "HUF")]),
        ("249 900 forintért", [Money(249900, "HUF")]),
        ("45 000 Ft-ot", [Money(45000, "HUF")]),
        ("$30 or 20 pounds", [Money(30, "USD"), Money(20, "GBP")]),
        ("10 % off, 42 pieces, size 43, 3 forints", [Money(3, "HUF")]),
        ("1.2.3 €", []),
        ("A-77120", []),
    ],
)
def test_sums_are_read_with_their_currency(text: str, expected: list[Money]) -> None:
    """Thousands are parted by a space, a point or a comma, cents by the other."""
    assert amounts(text) == expected


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (["The phone cost €649."], Money(649, "EUR")),
        (["You took €649 from my card."], None),
        (["The phone cost €649.", "Now it is €599."], None),
        (["It was cheap."], None),
    ],
)
def test_price_of_the_goods_is_certain_or_not_told(sentences: list[str], expected: Money | None) -> None:
    """One sum only, and a word that says it is the price."""
    assert goods_value(sentences, rules("en")) == expected


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "My name is Laura. Where is it?", "Laura"),
        ("en", "Hello, I'm Hannah and I wait. Where is it?", "Hannah"),
        ("en", "Where is it?\n\nRegards\nJohn Smith", "John"),
        ("ru", "Меня зовут Анна. Где он?", "Анна"),
        ("ru", "Где он?\nС уважением,\nСоколова Анастасия", "Анастасия"),
        ("it", "Mi chiamo Francesca. Dov'è?", "Francesca"),
        ("it", "Dov'è?\nSaluti\nFerrari Elisa", "Elisa"),
        ("hu", "Molnár Réka vagyok. Hol van?", "Réka"),
        ("hu", "Hol van?\nÜdv,\nGergő", "Gergő"),
        ("en", "I am angry. Where is it?\n\nRegards\nAcme Trading Ltd", ""),
        ("en", "Where is it? John said it comes.", ""),
        ("hu", "Hol van?\nÜdvözlettel\nSzabó Jánosné", ""),
        ("en", "I am waiting. Where is it?\n\nKind regards\n{{7*7}}", ""),
    ],
)
def test_name_is_certain_or_not_told(lang: str, text: str, expected: str) -> None:
    """Signed or introduced, with a given name in it: nobody is called by a firm's name or somebody else's."""
    assert read_message(text, lang, "en").variables["customer.name"] == expected


def test_further_entities_are_told() -> None:
    """Dates, addresses and phone numbers help the agent; they fill nothing."""
    text = "It was due on 3 November 2026 or 05.11.2026. Write to anna@example.org or call +44 20 7946 0018."

    found = {(each.kind, each.text) for each in read_message(text, "en", "en").entities}

    assert {
        (EntityKind.DATE, "3 November 2026"),
        (EntityKind.DATE, "05.11.2026."),
        (EntityKind.EMAIL, "anna@example.org"),
        (EntityKind.PHONE, "+44 20 7946 0018"),
    } <= found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cancel my order 5520134 please", "cancel my order please"),
        ("call me at +44 20 7946 0018", "call me at"),
        ("see https://example.org/x?y=1 there", "see there"),
        ("2 phones and 3 cables", "2 phones and 3 cables"),
    ],
)
def test_what_finds_no_article_is_not_searched_for(text: str, expected: str) -> None:
    """Numbers and addresses are in no article."""
    assert without_entities(text) == expected
