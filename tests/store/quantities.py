"""Prices, times, weights and telephone numbers in a text, as four languages write them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Quantity(NamedTuple):
    """A number and what it counts."""

    unit: str
    """`money`, `percent`, `kg`, `digit`, `phone`, or of time: `minute hour day week month year clock date`."""
    value: str
    """As digits: `1490`, `5.9`, `14:00`, `12-24`, `+3615550101`."""


# Working days and days are one unit: the policy says which, and a reader of the language sees to it.
_UNITS = {
    "en": {
        "day": r"(?:(?:working|business|calendar|full)\s)?days?",
        "hour": r"hours?",
        "minute": r"minutes?",
        "week": r"weeks?",
        "month": r"months?",
        "year": r"years?",
        "digit": r"digits?",
        "kg": r"kg|kilos?",
        "percent": r"%|per cent",
        "money": r"€|Ft|₽|euros?",
    },
    "it": {
        "day": r"giorn[oi]",
        "hour": r"or[ae]",
        "minute": r"minut[oi]",
        "week": r"settiman[ae]",
        "month": r"mes[ei]",
        "year": r"ann[oi]",
        "digit": r"cifr[ae]",
        "kg": r"kg|chil[io]",
        "percent": r"%|per cento",
        "money": r"€|euro",
    },
    "hu": {
        "day": r"(?:teljes\s|naptári\s)?(?:munka)?nap\w*",
        "hour": r"(?:óra|órá|órás)\w*",
        "minute": r"perc\w*",
        "week": r"hét\b|hete\w*|heti\w*",
        "month": r"hónap\w*|havi\w*",
        "year": r"év\w*",
        "digit": r"számjegy\w*",
        "kg": r"kg|kiló\w*",
        "percent": r"%|százalék\w*",
        "money": r"Ft|forint\w*",
    },
    "ru": {
        "day": r"(?:(?:рабоч|календарн|полн)\w+\s)?(?:дн[яейюьма]\w*|день|сут\w+)",
        "hour": r"час\w*",
        "minute": r"минут\w*",
        "week": r"недел\w*",
        "month": r"месяц\w*",
        "year": r"год\w*|лет\b",
        "digit": r"цифр\w*|значн\w*",
        "kg": r"кг|килограмм\w*",
        "percent": r"%|процент\w*",
        "money": r"₽|руб\w*",
    },
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "ru": "январ феврал март апрел ма[йя] июн июл август сентябр октябр ноябр декабр",
}
_NUMBER = r"\d+(?: \d{3})*(?:[.,]\d+)*"
# Between the ends of a range or of a choice: 3–10 days, from 3 to 10 days, 1 or 2 days.
_BETWEEN = r"\s?(?:–|—|-|/)\s?|\s(?:до|to|and|or|и|или|и до|e|a|ed|o|fino a|és|vagy|tól|től)\s"
_PHONE = re.compile(r"\+\d[\d \- ]{8,}\d")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_THOUSANDS = re.compile(r"(?<=\d)[ ,.](?=\d{3}(?!\d))")


@lru_cache(4096)
def quantities(text: str, lang: str) -> frozenset[Quantity]:
    """Return what `text` tells, numbers in the way that `lang` writes them."""
    text = text.replace("\u00a0", " ").replace("\u202f", " ")
    found = {Quantity("phone", re.sub(r"[^\d+]", "", phone)) for phone in _PHONE.findall(text)}
    text = _PHONE.sub(" ", text)
    found |= {Quantity("clock", f"{int(hour)}:{minute}") for hour, minute in _CLOCK.findall(text)}
    text = _CLOCK.sub(" ", text)
    found |= {Quantity("date", f"{month}-{int(day)}") for month, day in _dates(text, lang)}
    for unit, words in _UNITS[lang].items():
        found |= {Quantity(unit, number) for number in _counted(text, words, lang)}
    if lang == "en":
        found |= {Quantity("money", _value(number, lang)) for number in re.findall(rf"€({_NUMBER})", text)}
    return frozenset(found)


def _counted(text: str, words: str, lang: str) -> list[str]:
    pattern = rf"(?<![\w.,])(?:({_NUMBER})(?:{_BETWEEN}))?({_NUMBER})[\s-]?(?:{words})(?!\w)"
    ends = re.findall(pattern, text, re.IGNORECASE)
    return [_value(number, lang) for pair in ends for number in pair if number]


def _dates(text: str, lang: str) -> list[tuple[int, str]]:
    found = []
    for month, name in enumerate(_MONTHS[lang].split(), 1):
        pattern = rf"{name}\s(\d{{1,2}})\b" if lang == "hu" else rf"\b(\d{{1,2}})[º°]?\s{name}"
        found += [(month, day) for day in re.findall(pattern, text)]
    return found


def _value(number: str, lang: str) -> str:
    """Return 1490 for `1 490`, `1.490` and `1,490`, and 5.9 for `5,90`."""
    whole = _THOUSANDS.sub("", number)
    return f"{float(whole.replace(',', '.')):g}" if whole.count(",") + whole.count(".") <= 1 else number
