"""
The strings people see, from the gettext catalogues beside this file. Only this folder imports babel.

`<lang>.po` is read as it is; English is in the code. A further language is a further file: here, or in a store's own
`articles/locale/`, which is looked at first (`own`).
"""

from __future__ import annotations

import gettext
import io
import logging
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.numbers import format_decimal

from api.locale.own import FAULT, FOLDER, check_own, first_form, read_own
from indexer.problems import Problem
from indexer.store_file import LANG
from kb.errors import InitRefused

log = logging.getLogger("kb.api")

PATTERN = "it"
HEAD = "# The words around the articles. Keep each %(name)s as it is; what is empty is shown in English."
_own_folder: Path | None = None


def use(articles: Path) -> None:
    """Look into the `locale` folder of a store first; a process serves one store."""
    global _own_folder
    _own_folder = articles / FOLDER


def catalogue(lang: str) -> gettext.NullTranslations:
    """Return the strings of a language: the store's own, then ours; English for one without a catalogue."""
    path = _own_folder / f"{lang}.po" if _own_folder and LANG.fullmatch(lang) else None
    try:
        state = path.stat() if path else None
    except OSError:
        state = None
    if path is None or state is None:
        return _shipped(lang)
    return _own(path, lang, (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=64)
def _own(path: Path, lang: str, _state: tuple[int, int]) -> gettext.NullTranslations:
    """A file that was changed is read again; what is wrong in it is logged once, and said by `kb check`."""
    try:
        found = read_own(path, lang, known_strings())
    except FileNotFoundError:
        return _shipped(lang)
    for problem in found.problems:
        if problem.code == FAULT:
            log.warning("%s", problem)
    translations = _compiled(found.catalog)
    translations.add_fallback(_shipped(lang))
    return translations


@cache
def _shipped(lang: str) -> gettext.NullTranslations:
    if not is_shipped(lang):
        return gettext.NullTranslations()
    return _compiled(_read(lang))


def _read(lang: str) -> Catalog:
    file = resources.files("api.locale") / f"{lang}.po"
    return read_po(io.BytesIO(file.read_bytes()), locale=lang)


def _compiled(catalog: Catalog) -> gettext.NullTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def shipped_languages() -> tuple[str, ...]:
    """Return the languages whose strings come with the package; English needs no catalogue."""
    files = resources.files("api.locale").iterdir()
    return ("en", *sorted(file.name.removesuffix(".po") for file in files if file.name.endswith(".po")))


def is_shipped(lang: str) -> bool:
    return lang in shipped_languages() and lang != "en"


@cache
def known_strings() -> frozenset[str]:
    """Return every string that a page may show, in English."""
    return frozenset(first_form(message) for message in _read(PATTERN) if message.id)


def check_catalogues(articles: Path, languages: tuple[str, ...]) -> list[Problem]:
    """Return what is wrong with the catalogues of a store, and which are missing. All are warnings."""
    return check_own(articles, languages, shipped_languages(), known_strings())


def to_translate(lang: str) -> str:
    """
    Return a catalogue with every string and no translation, to be filled in as `articles/locale/<lang>.po`.

    Raises InitRefused when the language is none that is known.
    """
    locale = known_locale(lang)
    empty = Catalog(locale=locale, fuzzy=False)
    for message in _read(PATTERN):
        if message.id:
            empty.add(message.id, "", flags=message.flags)
    text = io.BytesIO()
    write_po(text, empty, width=110, omit_header=True)
    head = f'{HEAD}\nmsgid ""\nmsgstr ""\n'
    fields = {"Language": lang, "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit"}
    fields["Plural-Forms"] = empty.plural_forms
    return head + "".join(f'"{name}: {value}\\n"\n' for name, value in fields.items()) + "\n" + text.getvalue().decode()


def known_locale(lang: str) -> Locale:
    """Return what is known of a language. Raises InitRefused."""
    try:
        return Locale.parse(lang, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        hint = "Give codes like de, pl or pt-br, with commas between them."
        raise InitRefused(f"{lang[:20]!r} is no language that is known.", hint) from error


@cache
def _locale(lang: str) -> Locale:
    try:
        return Locale.parse(lang, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def language_name(lang: str, reader: str = "") -> str:
    """Return the name of a language as `reader` calls it (`ungherese`), else as it calls itself (`Magyar`)."""
    locale = _locale(lang)
    if locale.language != lang.split("-")[0]:
        return lang
    if reader:
        return locale.get_display_name(_locale(reader)) or lang
    return (locale.get_display_name(locale) or lang).capitalize()


def direction(lang: str) -> str:
    """Return `ltr` or `rtl`."""
    return _locale(lang).text_direction


def day(value: date, lang: str) -> str:
    """Return a date as it is written out in a language: `1 giugno 2027`."""
    return format_date(value, format="long", locale=_locale(lang))


def number(value: int, lang: str) -> str:
    """Return a whole number with the separators of a language."""
    return str(format_decimal(value, locale=_locale(lang)))


def with_territory(lang: str) -> str:
    """Return the language with the country where most of its speakers live: `hu_HU`, which Open Graph asks for."""
    locale = _locale(lang)
    likely = get_global("likely_subtags").get(str(locale), str(locale))
    found = Locale.parse(likely)
    return f"{found.language}_{found.territory}" if found.territory else found.language
