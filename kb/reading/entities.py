"""
What a message names: the order, dates, sums, addresses, phone numbers, and who writes. Pure.

Only what is certain: these fill the variables of a reply, and a wrong name is worse than none. A number is an order's
when an order is named beside it; a name is one when it is signed or introduced and holds a given name of the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from kb.language import LanguageRules, known_languages, rules
from kb.reading.letter import is_name
from kb.reading.phrases import tells
from kb.solutions import Money

MAX_ENTITIES = 20


class EntityKind(StrEnum):
    """What is named."""

    ORDER_NUMBER = "order_number"
    DATE = "date"
    AMOUNT = "amount"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Entity:
    """Something that a message names, as it is written there; of a name, what to call the customer."""

    kind: EntityKind
    text: str


_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_URL = re.compile(r"(?:https?://|www\.)\S{1,300}", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w+.-])(?:\+|0|8[ (-])[\d ()./-]{7,20}\d(?![\w-])")
PHONE_DIGITS = range(9, 16)

_NUMBER = r"(?P<number>[^\W\d_]{0,3}-?\d{4,12})(?!\d)"
# Letters before the digits must not be the word itself: `order 4821`, `№48213`.
_ORDER = r"(?:order|заказ|rendel|ordin)\w*"
_GAP = r"[\s.:#№,()]*(?:(?:is|è|il|the|my|no|nr|n|number|номер\w*|sz[aá]ma?|sz|numero|это)\b[\s.:#№°º]*){0,4}"
_ORDER_BEFORE = re.compile(rf"(?:#|№|\b{_ORDER}\b{_GAP}){_NUMBER}", re.IGNORECASE)
# `A 48213377 számú rendelést`, `a 7741203-as rendelést`, `48213 numaralı` …: the word follows.
_ORDER_AFTER = re.compile(rf"\b{_NUMBER}(?:-?[^\W\d_]{{1,4}})?\s+(?:sz[aá]mú\s+|sz\.\s*)?(?={_ORDER})", re.IGNORECASE)

CURRENCIES = {
    "EUR": r"€|eur|euro|euros|евро|euró\w{0,3}",
    "HUF": r"ft(?:-\w{1,4})?|huf|forint\w{0,4}|форинт\w{0,2}",
    "RUB": r"₽|руб(?:\.|л\w{1,3})?|р\.|rub|rubli|rubel\w{0,3}|rubles?|roubles?",
    "USD": r"\$|usd|dollars?",
    "GBP": r"£|gbp|pounds?",
}
_SUM = r"\d{1,3}(?:[ .,\u00a0]\d{3})+(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?"
_ANY_CURRENCY = "|".join(CURRENCIES.values())
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<before>€|£|\$|₽)\s?(?P<sum1>{_SUM})(?![\d.,]*\d)|(?P<sum2>{_SUM})\s?(?P<after>{_ANY_CURRENCY})(?!\w))",
    re.IGNORECASE,
)


def find_entities(body: str, signature: Sequence[str], found: LanguageRules | None) -> tuple[Entity, ...]:
    """Return what is named, kind by kind, each once."""
    signed = "\n".join(signature)
    entities = [Entity(EntityKind.ORDER_NUMBER, number) for number in order_numbers(body)]
    entities += [Entity(EntityKind.DATE, date) for date in _matches(_date_pattern(), body)]
    entities += [Entity(EntityKind.AMOUNT, amount) for amount in _matches(_AMOUNT, body)]
    entities += [Entity(EntityKind.EMAIL, address) for address in _matches(_EMAIL, f"{body}\n{signed}")]
    entities += [Entity(EntityKind.PHONE, phone) for phone in _phones(f"{body}\n{signed}")]
    if name := customer_name(body, signature, found):
        entities.append(Entity(EntityKind.NAME, name))
    return tuple(dict.fromkeys(entities))[:MAX_ENTITIES]


def order_numbers(text: str) -> list[str]:
    """Return the numbers that stand beside the word for an order, or behind a number sign."""
    return [match["number"] for pattern in (_ORDER_BEFORE, _ORDER_AFTER) for match in pattern.finditer(text)]


def customer_name(body: str, signature: Sequence[str], found: LanguageRules | None) -> str:
    """Return what to call the customer, empty when that is not certain."""
    if not found:
        return ""
    signed = next((line for line in signature if is_name(line, found)), "")
    return given_name(signed, found) or introduced_name(body, found)


def introduced_name(text: str, found: LanguageRules) -> str:
    """Return the given name behind `my name is`."""
    for match in _introduction(found.introductions).finditer(text):
        if name := given_name(next(filter(None, match.groups())), found):
            return name
    return ""


def given_name(text: str, found: LanguageRules) -> str:
    return next((w for w in re.findall(r"[\w'’-]+", text) if w[0].isupper() and w.casefold() in found.given_names), "")


def goods_value(sentences: Sequence[str], found: LanguageRules | None) -> Money | None:
    """Return what the goods cost, when the message names one sum and says that it is their price."""
    sums = {money for sentence in sentences for money in amounts(sentence)}
    priced = {money for each in sentences if found and tells(each, found.price_words) for money in amounts(each)}
    return priced.pop() if len(sums) == 1 and priced == sums else None


def amounts(text: str) -> list[Money]:
    """Return the sums of money in a text, with their currencies."""
    return [_money(match) for match in _AMOUNT.finditer(text)]


def without_entities(text: str) -> str:
    """Return a text without addresses, phone numbers and order numbers."""
    for pattern in (_URL, _EMAIL, _AMOUNT, _date_pattern()):
        text = pattern.sub(" ", text)
    for phone in _phones(text):
        text = text.replace(phone, " ")
    for number in order_numbers(text):
        text = re.sub(rf"[#№]?\s?{re.escape(number)}", " ", text)
    return " ".join(text.split())


def _matches(pattern: re.Pattern[str], text: str) -> list[str]:
    return [match[0].strip() for match in pattern.finditer(text)]


def _phones(text: str) -> list[str]:
    found = [match[0].strip() for match in _PHONE.finditer(text)]
    return [phone for phone in found if sum(char.isdigit() for char in phone) in PHONE_DIGITS]


def _money(match: re.Match[str]) -> Money:
    written = match["sum1"] or match["sum2"]
    whole, _, cents = _in_parts(written)
    symbol = (match["before"] or match["after"]).casefold()
    currency = next(code for code, names in CURRENCIES.items() if re.fullmatch(names, symbol))
    return Money(float(f"{whole}.{cents or 0}"), currency)


def _in_parts(written: str) -> tuple[str, str, str]:
    """Return the whole part, its mark and the cents; `1.200` has none."""
    match = re.fullmatch(r"(.*?)(?:([.,])(\d{1,2}))?", written)
    if match is None:  # every sum matches
        raise ValueError(written)
    return re.sub(r"\D", "", match[1]), match[2] or "", match[3] or ""


@cache
def _introduction(phrases: tuple[str, ...]) -> re.Pattern[str]:
    name = r"([^\W\d_][\w'’-]{1,30}(?: [^\W\d_][\w'’-]{1,30}){0,2})"
    patterns = [r"\b" + re.escape(each).replace(r"\{name\}", name) + r"(?!\w)" for each in phrases]
    return re.compile("|".join(patterns), re.IGNORECASE)


@cache
def _date_pattern() -> re.Pattern[str]:
    months = "|".join(sorted({re.escape(month) for month in _months()}, key=len, reverse=True))
    month = rf"(?:{months})\w{{0,4}}\.?"
    day = r"(?:[12]\d|3[01]|0?[1-9])"
    return re.compile(
        rf"(?<![\w.])(?:\d{{4}}-\d{{2}}-\d{{2}}"
        rf"|{day}[./]\s?(?:1[0-2]|0?[1-9])[./]\s?(?:\d{{4}}|\d{{2}})\.?"
        rf"|\d{{4}}\.\s?(?:1[0-2]|0?[1-9])\.\s?{day}\.?"
        rf"|(?:\d{{4}}\.?\s)?{month}\s{day}(?:st|nd|rd|th|\.)?(?:-\w{{1,3}})?(?:,?\s\d{{4}})?"
        rf"|{day}(?:st|nd|rd|th|º|-?го|-?е)?\.?(?:\sof|\sdi)?\s{month}(?:\s\d{{4}})?)(?!\w)",
        re.IGNORECASE,
    )


def _months() -> Iterator[str]:
    for code in known_languages():
        if found := rules(code):
            yield from found.months
