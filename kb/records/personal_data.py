"""
Text as somebody wrote it → the same text without what leads to a person: e-mail, phone, card, account, tax and
identity numbers, in the formats of Russia, Italy, Hungary and English-speaking countries.

In doubt it masks: seven digits in a row are never kept, whatever parts them. Dates, prices and order numbers of up to
six digits stay. Every pattern is linear: parts are taken possessively (`++`), and repetitions of words are bounded.
The cases stand in tests/cases/personal_data.yaml.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

EMAIL, PHONE, CARD, IBAN, NUMBER = "[email]", "[phone]", "[card]", "[iban]", "[number]"
LONGEST_KEPT = 6
"""Digits: so long an order number may be."""

_INVISIBLE = {"Cf", "Cs", "Co", "Cn"}
# Struck-through digits, and those on keycaps.
_ON_DIGITS = re.compile(r"(?<=\d)[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f]+")

# E-mail. The word for @: собака (dog), kukac (worm), chiocciola (snail).
_LOCAL = r"[\w.!#$&'*+/=?^`{|}~-]"
_LABEL = r"[\w-]++"
_DOTTED = rf"{_LABEL}(?: ?\.{_LABEL})++"
_DOT = r"(?: ?[(\[{] ?(?:dot|точка|punto|pont|\.) ?[)\]}] ?| (?:dot|точка|punto|pont) )"
_SPOKEN_HOST = rf"{_LABEL}(?:(?:\.|{_DOT}){_LABEL}){{1,4}}"
_LATIN_HOST = r"[a-z0-9-]++(?:\.[a-z0-9-]++)++"
_MAIL_HOSTS = (
    r"(?:gmail|googlemail|yahoo|hotmail|outlook|live|icloud|aol|proton(?:mail)?|libero|virgilio|alice|tiscali|freemail"
    r"|citromail|indamail|mail|yandex|ya|bk|inbox|list|rambler)\.[a-z]{2,5}(?:\.[a-z]{2})?"
)
_SOMEBODY = rf"(?<!{_LOCAL})(?:{_LOCAL}++{_DOT}){{0,3}}{_LOCAL}++"
_EMAILS = (
    rf'"[^"\n]{{1,64}}"@{_LABEL}(?:\.{_LABEL})*+',
    rf"(?<!{_LOCAL}){_LOCAL}++(?:@|%40|&#64;){_LABEL}(?:\.{_LABEL})*+",
    rf"(?<!{_LOCAL}){_LOCAL}++ ?@ ?{_DOTTED}",
    rf"{_SOMEBODY} ?@ ?{_SPOKEN_HOST}",
    rf"{_SOMEBODY} ?[(\[{{<] ?(?:at|@|эт|ат|собака|собачка|kukac|chiocciola) ?[)\]}}>] ?(?:{_SPOKEN_HOST}|{_LABEL})",
    rf"{_SOMEBODY} (?:собака|собачка|kukac|chiocciola) (?:{_LATIN_HOST}|{_LABEL}{_DOT}{_LABEL})",
    rf"{_SOMEBODY} at (?:{_MAIL_HOSTS}|{_LABEL}(?:{_DOT}{_LABEL}){{1,3}})(?![\w-])",
)

# Numbers with letters in them. A word's edge, where digits and letters are one word and `_` is none.
_BEGIN, _END = r"(?<![^\W_])", r"(?![^\W_])"
_OMOCODE = r"[\dl-np-v]"
_CODICE_FISCALE = (
    rf"(?=[a-z ]{{6,8}}{_OMOCODE}*\d)[a-z]{{3}} ?[a-z]{{3}} ?{_OMOCODE}{{2}} ?[a-ehlmprst] ?{_OMOCODE}{{2}} ?[a-z] ?"
    rf"{_OMOCODE}{{3}} ?[a-z]"
)
# What stands before or behind a number without being part of it.
_NO_PREFIX = r"(?!no|nr|id)"
_NO_UNIT = r"(?!ft|km|kg|gb|mb|tb|mm|cm|ml|db|hz|pz|pc|eu|лв)"
_IDENTITIES = (
    _CODICE_FISCALE,
    rf"{_NO_PREFIX}[a-z]{{2}}\d{{6}}[a-d]?",  # Hungarian and other passports, British national insurance
    rf"\d{{6}}{_NO_UNIT}[a-z]{{2}}",  # Hungarian identity card
    r"[a-z]{2}\d{5}[a-z]{2}",  # Italian identity card
    r"u1[a-z\d]{7}[a-z]",  # Italian driving licence
    r"[a-z9]{5}\d{6}[a-z9]{2}[a-z\d]{3}",  # British driving licence
    r"\d{2} ?\d{2},? (?:серия |номер |no ?|n ?){1,3}\d{6}",  # Russian passport
    r"[ivx]{1,5}-[а-я]{2} ?(?:no ?)?\d{6}",  # Russian birth certificate
    # In capitals only, for in small letters these are ordinary words between numbers.
    r"(?-i:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D])",
    r"\d{2} ?(?-i:[А-Я]{2}) ?\d{6}",  # Russian driving licence
)
_DOCUMENT = (
    r"(?:passport|паспорт\w{0,3}|passaporto|útlev[eé]l\w{0,8}|szem[eé]lyi\w{0,8}|szig|jogos[ií]tv[aá]ny\w{0,8}|patente"
    r"|carta d'identit[aà]|driving licen[cs]e|driver'?s licen[cs]e|удостоверени\w{1,2}|снилс|инн|ssn|nino"
    r"|codice fiscale|partita iva|taj|adósz[aá]m\w{0,4}|adóazonos[ií]t[oó])"
)
_BETWEEN = r"(?:[\s:.,#°-]|no\b|nr\b|n\b|number\b|номер\b|серия\b|numero\b|sz[aá]m\w{0,3}|is\b|это\b|è\b){0,6}"
_NAMED_DOCUMENT = (
    rf"({_BEGIN}{_DOCUMENT}{_BETWEEN})((?:[a-z]{{1,3}} ?)?\d(?:[ -]?\d){{3,}}+(?-i: ?[A-Z]{{1,2}}{_END})?)"
)

_IBAN_LENGTHS = {
    country: int(length)
    for country, length in re.findall(
        r"(\D\D)(\d\d)",
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18FR27GB22GE22GI23"
        "GL18GR27GT28HR21HU28IE22IL23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21MC27MD24ME22MK19MR27MT31MU30NL18NO15"
        "PK24PL28PS29PT25QA29RO24RS22RU33SA24SE24SI19SK24SM27TN24TR26UA29VA22VG24XK20",
    )
}
_ACCOUNT = rf"{_BEGIN}([a-z]{{2}})[ -]?\d{{2}}(?:[ -]{{0,2}}[a-z\d]){{11,30}}+"

# Runs of digits.
_SEPARATOR = r"[ \t.,\-‐-―−()\[\]{}/\\_·•|']"
_RUN = re.compile(rf"(?:[(\[] ?)?(?:\+ ?)?(?:\( ?)?\d(?:{_SEPARATOR}{{0,3}}\d)*+")
_LOOSE, _TIGHT = r"(?<!\d)(?<!\d[./-])", r"(?!\d|[./-]\d)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d\d"
_DATE = rf"(?:{_DAY}[./-] ?{_DAY}[./-] ?{_YEAR}|{_YEAR}[./-] ?{_DAY}[./-] ?{_DAY}|{_DAY}[./]{_DAY}[./]\d\d)"
_HOUR = r"(?:[01]?\d|2[0-4])"
_CURRENCY = (
    r"(?:Ft|HUF|forint\w{0,4}|€|EUR|euró?\w{0,4}|евро|₽|руб\w{0,4}|р|RUB|\$|USD|dollars?|£|GBP|pounds?|тыс\w{0,2}"
    r"|Kč|zł|lei|RON|CHF)"
)
_AMOUNT = r"(?:\d{1,3}(?:[ .,']\d{3}){1,2}(?:[.,]\d{1,2})?|\d{1,7}(?:[.,]\d{1,2})?)"
_KEPT = re.compile(
    rf"{_LOOSE}{_DATE}(?: ?[-–—] ?{_DATE})?{_TIGHT}"
    rf"|{_LOOSE}{_HOUR}[.:][0-5]\d ?[-–—] ?{_HOUR}[.:][0-5]\d{_TIGHT}"
    rf"|(?<!\d){_HOUR}:[0-5]\d(?::[0-5]\d)?(?!\d)"
    rf"|{_LOOSE}(?:{_AMOUNT} ?[-–—] ?)?{_AMOUNT} ?{_CURRENCY}(?!\w)"
    rf"|[€$£₽] ?{_AMOUNT}{_TIGHT}",
    re.IGNORECASE,
)
_YEARS = re.compile(rf"{_YEAR} ?[-–—/] ?{_YEAR}")
# As far as what tells a price from a number may stand from it.
_NEAR = 16

_CARD = re.compile(r"[2-6]\d{12,18}")
_CARD_GROUPS = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{5}")
_LONGEST_PHONE = 15
# Russia 8 903 …, 903 …; Hungary 06 …, 30 …; Italy 3xx …, 0…; Britain 0….
_NATIONAL = re.compile(r"[78]\d{10}|9\d{9}|06\d{8,9}|(?:20|30|31|50|70)\d{7}|3\d{8,9}|0\d{8,10}")
_PHONE_GROUPS = re.compile(r"\d{3}[ .-]\d{3}[ .-]\d{4}|\d{3}-\d{4}|\d{3}-\d{2}-\d{2}")
_HUNGARIAN_TAX = re.compile(r"\d{8}-\d-\d{2}")

_Named = tuple[re.Pattern[str], str]
_NAMED: tuple[_Named, ...] = (
    *((re.compile(each, re.IGNORECASE), EMAIL) for each in _EMAILS),
    *((re.compile(f"{_BEGIN}{each}{_END}", re.IGNORECASE), NUMBER) for each in _IDENTITIES),
    (re.compile(_NAMED_DOCUMENT, re.IGNORECASE), rf"\1{NUMBER}"),
)
_ACCOUNTS = re.compile(_ACCOUNT, re.IGNORECASE)


def masked(text: str) -> str:
    """Return `text` in NFKC, without invisible characters, with `[email]` and the like for what leads to a person."""
    clean = _ACCOUNTS.sub(_account, _folded(text))
    for pattern, label in _NAMED:
        clean = pattern.sub(label, clean)
    return _RUN.sub(_run, clean)


def _folded(text: str) -> str:
    shown = "".join(map(_shown, unicodedata.normalize("NFKC", text)))
    # Again: what stood between a letter and its accent may be gone now.
    return _ON_DIGITS.sub("", unicodedata.normalize("NFKC", shown))


def _shown(char: str) -> str:
    if char.isascii():
        return char if char >= " " or char in "\n\t" else " "
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return "" if category in _INVISIBLE else " " if category in {"Cc", "Zl", "Zp"} else char


def _account(found: re.Match[str]) -> str:
    """Mask as many characters as the country's accounts have, if they look like an account."""
    text = found.group()
    length = _IBAN_LENGTHS.get(found.group(1).upper(), 0)
    ends = [place for place, char in enumerate(text, 1) if char.isalnum()][:length]
    if not length or len(ends) < length:
        return text
    account = "".join(char for char in text[: ends[-1]] if char.isalnum())
    is_likely = sum(map(str.isdigit, account)) * 2 >= length or _is_account(account)
    return IBAN + text[ends[-1] :] if is_likely else text


def _is_account(account: str) -> bool:
    """Check the remainder by 97 of ISO 13616."""
    return int("".join(str(int(char, 36)) for char in account[4:] + account[:4])) % 97 == 1


def _run(found: re.Match[str]) -> str:
    """Mask what is too long in a run of digits, but dates, times and prices."""
    run = found.group()
    if _digits(run) <= LONGEST_KEPT or _YEARS.fullmatch(run):
        return run
    if "+" in run:
        return _piece(run)
    return "".join(part if is_kept else _piece(part) for part, is_kept in _parts(found))


def _parts(found: re.Match[str]) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a run, and whether each belongs to a date, a time or a price."""
    text, place, end = found.string, found.start(), found.end()
    for kept in _KEPT.finditer(text, max(0, place - _NEAR), end + _NEAR):
        begin, until = max(kept.start(), place), min(kept.end(), end)
        if begin < until:
            yield text[place:begin], False
            yield text[begin:until], True
            place = until
    yield text[place:end], False


def _piece(part: str) -> str:
    if _digits(part) <= LONGEST_KEPT:
        return part
    outer = " \t.,-/" if ")" in part or "]" in part else " \t.,-/(["
    core = part.strip(outer)
    return part.replace(core, _label(core), 1)


def _label(core: str) -> str:
    digits = "".join(char for char in core if char.isdigit())
    if _CARD.fullmatch(digits) and "+" not in core and (_CARD_GROUPS.fullmatch(core) or _has_luhn_sum(digits)):
        return CARD
    return PHONE if _is_phone(core, digits) else NUMBER


def _is_phone(core: str, digits: str) -> bool:
    if len(digits) > _LONGEST_PHONE or _HUNGARIAN_TAX.fullmatch(core):
        return False
    is_marked = core.lstrip("([ ").startswith("+") or ")" in core or digits.startswith("00")
    return is_marked or bool(_NATIONAL.fullmatch(digits) or _PHONE_GROUPS.fullmatch(core))


def _has_luhn_sum(digits: str) -> bool:
    doubled = "0246813579"
    total = sum(int(doubled[int(d)]) if place % 2 else int(d) for place, d in enumerate(reversed(digits)))
    return total % 10 == 0


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
