"""
The strings people see, from the gettext catalogues beside this file. Only importer of babel.

`<lang>.po` is read as it is; English is in the code. A further language is a further file.
"""

from __future__ import annotations

import gettext
import io
from datetime import date
from functools import cache
from importlib import resources

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


@cache
def catalogue(lang: str) -> gettext.NullTranslations:
    """Return the strings of a language; English for one without a catalogue."""
    file = resources.files("api.locale") / f"{lang}.po"
    if not file.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(file.read_bytes()), locale=lang))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


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
