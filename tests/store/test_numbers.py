"""Every number that the articles tell is the policy's, and the four languages of a topic tell the same."""

from __future__ import annotations

import re
from itertools import product

import pytest

from tests.store.numbers import APART, unknown, untold
from tests.store.policy import LANGUAGES, facts_in, known
from tests.store.quantities import Quantity, quantities
from tests.store.texts import Text, by_topic, customer_texts, texts

TOPICS = sorted(by_topic())


@pytest.mark.parametrize("text", texts(), ids=lambda text: str(text.draft.id))
def test_numbers_are_those_of_the_policy(text: Text) -> None:
    """A price, a day count or a telephone number that the policy does not hold is a mistake in one of them."""
    assert sorted(unknown(text.whole, text.lang)) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_languages_tell_the_same_facts(topic: str) -> None:
    """What one language tells its customers, the others tell theirs."""
    compared = {lang: text.told for lang, text in by_topic()[topic].items() if (topic, lang) not in APART}

    assert untold(compared) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_changed_price_is_noticed(lang: str) -> None:
    """Each price of each article, changed in this one language, is told as unknown."""
    missed = []
    for text in customer_texts():
        if text.lang != lang:
            continue
        for price in {each for each in quantities(text.told, lang) if each.unit == "money"}:
            changed = _with_price(text.told, price, "777", lang)
            assert changed != text.told, price
            if not unknown(changed, lang):
                missed.append((text.draft.id, price.value))

    assert missed == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_price_exchanged_for_another_of_the_policy_is_noticed(lang: str) -> None:
    """The harder mistake: a price that exists, in the wrong place."""
    tried = noticed = 0
    prices = sorted(each for each in known(lang) if each.unit == "money")
    for found in by_topic().values():
        told = {each: text.told for each, text in found.items()}
        here = {each for each in quantities(told[lang], lang) if each.unit == "money"}
        for price, other in product(sorted(here), [each for each in prices if each not in here][::5]):
            tried += 1
            noticed += bool(untold({**told, lang: _with_price(told[lang], price, other.value, lang)}))

    assert noticed > 0.95 * tried


def test_quantities_are_read_as_each_language_writes_them() -> None:
    """One number, four ways to write it."""
    assert quantities("от 3 до 10 рабочих дней, 5 000 ₽, 0,5 % и 30 кг", "ru") == {
        Quantity("day", "3"),
        Quantity("day", "10"),
        Quantity("money", "5000"),
        Quantity("percent", "0.5"),
        Quantity("kg", "30"),
    }
    assert quantities("da 2 a 3 giorni, 1.500 €, 5,90 €, 24 mesi", "it") >= {
        Quantity("day", "2"),
        Quantity("day", "3"),
        Quantity("money", "1500"),
        Quantity("money", "5.9"),
        Quantity("month", "24"),
    }
    assert quantities("1–2 munkanapon belül, 1 490 Ft-ért, január 31-ig, 14:00-ig, +36 1 555 0101", "hu") == {
        Quantity("day", "1"),
        Quantity("day", "2"),
        Quantity("money", "1490"),
        Quantity("date", "1-31"),
        Quantity("clock", "14:00"),
        Quantity("phone", "+3615550101"),
    }
    assert quantities("€1,500 or €9.90 within 3 to 5 working days, a 6-digit code", "en") == {
        Quantity("money", "1500"),
        Quantity("money", "9.9"),
        Quantity("day", "3"),
        Quantity("day", "5"),
        Quantity("digit", "6"),
    }


def test_rows_of_the_policy_give_each_language_its_own_column() -> None:
    """A table with four columns is read by language, one with a single column is for all."""
    rows = facts_in(
        "| | Hungarian | Italian | Russian | English |\n|---|---|---|---|---|\n| fee | 490 Ft | 3,50 € | none | no |"
    )
    everywhere = facts_in("| kept | everywhere |\n| locker | 3 days |")

    assert rows[-1].told["hu"] == {Quantity("money", "490")}
    assert rows[-1].told["ru"] == frozenset()
    assert everywhere[-1].told["ru"] == {Quantity("day", "3")}


def _with_price(text: str, price: Quantity, value: str, lang: str) -> str:
    """Return the text with every spelling of a price replaced by another number."""
    plain = text.replace("\u00a0", " ").replace("\u202f", " ")
    for number in set(re.findall(r"\d[\d .,]*\d|\d", plain)):
        sample = f"€{number}" if lang == "en" else f"{number} " + {"it": "€", "hu": "Ft", "ru": "₽"}[lang]
        if quantities(sample, lang) == {price}:
            plain = re.sub(rf"(?<![\d.,]){re.escape(number)}(?![\d])", value, plain)
    return plain
