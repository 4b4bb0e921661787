"""
What was typed with the keyboard switched to the other alphabet: "ljcnfdrf" for "доставка".

Two layouts share their keys where both are printed on them; a store's language says which one was meant.
"""

from __future__ import annotations

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_LAYOUTS = {"ru": "йцукенгшщзхъфывапролджэячсмитьбюё"}
# Small letters last: signs have no capitals, and stand for a small letter.
_TABLES = {lang: str.maketrans(_LATIN.upper() + _LATIN, keys.upper() + keys) for lang, keys in _LAYOUTS.items()}


def retyped(text: str, lang: str) -> str | None:
    """Return the text with each key as it is on the keyboard of `lang`; None where that has no alphabet of its own."""
    table = _TABLES.get(lang)
    return text.translate(table) if table else None
