"""`/theme.css`: the store's colour, corners and letters. A file of its own: the pages allow no styles inside them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from litestar import Response, get

from api.access import Access
from api.services import GivenServices

DEFAULT_ACCENT = "#0b6e4f"
# What coloured text stands on, as kb.css has it: page and box.
LIGHT = ("#ffffff", "#f5f7f8")
DARK = ("#14181b", "#1d2327")
# WCAG's least contrast for text of ordinary size; on dark pages its better grade, for there 4.5 looks dim.
ON_LIGHT, ON_DARK = 4.5, 7.0
STEPS = 50
# How much of the accent is mixed into the page where a surface is to be of its colour.
TINT_ON_LIGHT, TINT_ON_DARK = 0.07, 0.14
# Names that mean whatever font the reader's system has of a kind; they are no names of fonts, and not quoted.
_KINDS = frozenset(["serif", "sans-serif", "monospace", "system-ui", "ui-serif", "ui-sans-serif", "ui-rounded"])


@get("/theme.css", include_in_schema=False, access=Access.PUBLIC)
async def theme(services: GivenServices) -> Response[str]:
    css = style_sheet(services.store.theme)
    return Response(css, media_type="text/css", headers={"Cache-Control": "public, max-age=300"})


def style_sheet(values: Mapping[str, str]) -> str:
    """
    Return the theme as CSS variables.

    The colour itself fills buttons; as text and in links it is darkened on light pages, and lightened on dark ones, as
    far as it must be to be read, also on surfaces that have a tint of it.
    """
    accent = values.get("accent", "")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", accent):
        accent = DEFAULT_ACCENT
    tint_on_light, tint_on_dark = _mixed(LIGHT[0], accent, TINT_ON_LIGHT), _mixed(DARK[0], accent, TINT_ON_DARK)
    variables = {
        "accent-store": accent,
        "on-accent": max(("#ffffff", "#000000"), key=lambda text: contrast(text, accent)),
        "accent-on-light": readable(accent, (*LIGHT, tint_on_light), "#000000", ON_LIGHT),
        "accent-on-dark": readable(accent, (*DARK, tint_on_dark), "#ffffff", ON_DARK),
        "tint-on-light": tint_on_light,
        "tint-on-dark": tint_on_dark,
        "radius-store": _harmless(values.get("radius", "")),
        "font-store": _fonts(_harmless(values.get("font", ""))),
    }
    lines = "".join(f" --{name}: {value};" for name, value in variables.items() if value)
    return f":root {{{lines} }}\n"


def _harmless(value: str) -> str:
    """Return a value that cannot end its declaration, else nothing: an edition may be older than our checks."""
    return value if re.fullmatch(r"[A-Za-z0-9 ,-]+", value) else ""


def _fonts(names: str) -> str:
    each = [name.strip() for name in names.split(",") if name.strip()]
    return ", ".join(name if name in _KINDS else f'"{name}"' for name in each)


def readable(colour: str, backgrounds: Sequence[str], towards: str, least: float) -> str:
    """Return the colour, mixed with as little of `towards` as gives it the `least` contrast with every background."""
    for step in range(STEPS + 1):
        mixed = _mixed(colour, towards, step / STEPS)
        if all(contrast(mixed, background) >= least for background in backgrounds):
            return mixed
    return towards


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = [channel / 255 for channel in _channels(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
