"""
The store's own catalogues, `articles/locale/<lang>.po`: a further language, or a few strings said otherwise.

They come from editors, and strings stand in pages and attributes as they are, so a translation is taken only when it
is plain text with the placeholders of its original; in place of any other the string before it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from indexer.problems import Problem, warning
from indexer.yaml_text import read_file

FOLDER = "locale"
MAX_BYTES = 256 * 1024
FAULT = "catalogue"
UNTIL = "Until then the string before it is shown."
_PLACEHOLDER = re.compile(r"%\(\w+\)s")
_MARKUP = re.compile(r'[<>&"]')


@dataclass(frozen=True, slots=True)
class OwnCatalogue:
    """What a file gives: only usable translations, and what is wrong with the others."""

    catalog: Catalog
    problems: tuple[Problem, ...]


def read_own(path: Path, lang: str, known: frozenset[str]) -> OwnCatalogue:
    """Return the usable translations of the `known` strings. Raises FileNotFoundError; all else is in the problems."""
    try:
        catalog = read_po(BytesIO(read_file(path, MAX_BYTES)), locale=_babel_code(lang), abort_invalid=True)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, LookupError, PoFileError) as error:
        hint = f"Write it as a gettext catalogue in UTF-8; `kb catalogue {lang}` prints one to fill in."
        return OwnCatalogue(Catalog(), (warning(str(path), 1, FAULT, f"It cannot be read: {error}.", hint),))
    catalog.charset = "utf-8"  # whatever its header says: the text is read, and pages are written in it
    faulty = [(message, fault) for message in catalog if message.id and (fault := _fault(message, known))]
    for message, _ in faulty:
        catalog.delete(message.id, message.context)
    told = [warning(str(path), message.lineno or 1, FAULT, *fault) for message, fault in faulty]
    return OwnCatalogue(catalog, (*told, *_untranslated(path, lang, catalog, known)))


def first_form(message: Message) -> str:
    """Return a string as it stands in the code, of one with plural forms the singular."""
    return str(message.id if isinstance(message.id, str) else message.id[0])


def _babel_code(lang: str) -> str | None:
    try:
        return str(Locale.parse(lang, sep="-"))
    except (UnknownLocaleError, ValueError):
        return None


def _fault(message: Message, known: frozenset[str]) -> tuple[str, str] | None:
    """Return what is wrong with a translation and how to mend it."""
    original = first_form(message)
    shown = original[:60]
    if original not in known:
        return f"No page says {shown!r}.", "Copy the string from `kb catalogue LANG`, or delete it."
    texts = [text for text in _forms(message.string) if text]
    wanted = {name for form in _forms(message.id) for name in _PLACEHOLDER.findall(form)}
    if any(set(_PLACEHOLDER.findall(text)) != wanted for text in texts):
        return f"The translation of {shown!r} lost a placeholder, or has one too many.", f"Keep each as it is. {UNTIL}"
    if any("%" in _PLACEHOLDER.sub("", text) or _MARKUP.search(text) for text in texts):
        return f'The translation of {shown!r} holds one of < > & " %.', f"Write it without. {UNTIL}"
    return None


def _forms(text: str | Sequence[str] | None) -> Sequence[str]:
    return (text or "",) if isinstance(text, str | None) else text


def _untranslated(path: Path, lang: str, found: Catalog, known: frozenset[str]) -> Iterator[Problem]:
    """A language of its own needs every string; what only says some otherwise does not."""
    translated = {first_form(each) for each in found if each.id and all(_forms(each.string)) and not each.fuzzy}
    missing = len(known - translated)
    if missing:
        message = f"{missing} of {len(known)} strings have no translation into {lang!r}."
        yield warning(str(path), 1, "untranslated", message, "Readers see them in English.")


def check_own(articles: Path, languages: Sequence[str], shipped: Sequence[str], known: frozenset[str]) -> list[Problem]:
    """Return what is wrong with the catalogues of a store; a language without any is told too. All are warnings."""
    folder = articles / FOLDER
    problems: list[Problem] = []
    for lang in languages:
        path = folder / f"{lang}.po"
        try:
            found = read_own(path, lang, known).problems
        except FileNotFoundError:
            if lang not in shipped:
                hint = f"Until there is one, readers see English around the articles: kb catalogue {lang} > {path}"
                problems.append(warning(str(path), 1, FAULT, f"There is no catalogue for {lang!r}.", hint))
            continue
        problems += [each for each in found if not (each.code == "untranslated" and lang in shipped)]
    for path in sorted(folder.glob("*.po")):
        if path.stem not in languages:
            hint = "Name it <language>.po after a language of store.yaml, or delete it."
            problems.append(warning(str(path), 1, FAULT, f"{path.stem!r} is no language of this store.", hint))
    return problems
