"""The store's colour on its pages: as it is where it can be read, elsewhere as near to it as can be read."""

from __future__ import annotations

import re

import pytest

from api.theme import DARK, DEFAULT_ACCENT, LIGHT, contrast, style_sheet
from tests.service import ROOT

COLOURS = ["#000000", "#ffffff", "#ffd400", "#0b6e4f", "#ff0000", "#0000ff", "#808080", "#7fffd4", "#1c2024"]


def variables(theme: dict[str, str]) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): ([^;]+);", style_sheet(theme)))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_wcags(one: str, other: str, expected: float) -> None:
    """The numbers that every other tool gives."""
    assert contrast(one, other) == contrast(other, one) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("accent", COLOURS)
def test_text_in_the_accent_can_be_read(accent: str) -> None:
    """Links and buttons have WCAG's contrast in any colour, on light and on dark pages, and where they are tinted."""
    found = variables({"accent": accent})

    assert all(contrast(found["accent-on-light"], each) >= 4.5 for each in (*LIGHT, found["tint-on-light"]))
    assert all(contrast(found["accent-on-dark"], each) >= 4.5 for each in (*DARK, found["tint-on-dark"]))
    assert contrast(found["on-accent"], accent) >= 4.5
    assert found["accent-store"] == accent


def test_readable_accent_stays_as_it_is() -> None:
    """A store gets its own colour, not a neighbour of it, where that can be read."""
    assert variables({"accent": "#0b6e4f"})["accent-on-light"] == "#0b6e4f"
    assert variables({"accent": "#ffd400"})["accent-on-dark"] == "#ffd400"


@pytest.mark.parametrize("accent", COLOURS)
def test_grey_text_can_be_read_on_tinted_surfaces(accent: str) -> None:
    """What stands small and grey on the front page is still read, whatever colour the store has."""
    css = (ROOT / "api/static/kb.css").read_text(encoding="utf-8")
    light, dark = re.findall(r"--muted: (#[0-9a-f]{6});", css)
    found = variables({"accent": accent})

    assert contrast(light, found["tint-on-light"]) >= 4.5
    assert contrast(dark, found["tint-on-dark"]) >= 4.5


@pytest.mark.parametrize("accent", ["", "red", "#fff", "#0b6e4f;}", "#0b6e4f\n"])
def test_edition_without_a_usable_accent_has_the_default(accent: str) -> None:
    """Nothing but a colour gets into the style sheet."""
    assert variables({"accent": accent})["accent-store"] == DEFAULT_ACCENT


def test_fonts_are_quoted_and_kinds_are_not() -> None:
    """A name of two words needs quotes, and the kind `serif` must not have them."""
    found = variables({"font": "Times New Roman, serif", "radius": "4px"})

    assert (found["font-store"], found["radius-store"]) == ('"Times New Roman", serif', "4px")


@pytest.mark.parametrize("value", ['"; } body { display: none', "a;b", "url(x)", "a\nb", "a}b", "a/*b"])
def test_value_of_an_older_edition_cannot_break_out(value: str) -> None:
    """An edition may have been written before its values were checked."""
    assert variables({"font": value, "radius": value}) == variables({})


def test_backgrounds_are_those_of_the_style_sheet() -> None:
    """The colours that contrast is measured against are those that pages have."""
    css = (ROOT / "api/static/kb.css").read_text(encoding="utf-8")
    light, dark = (re.findall(rf"--{name}: (#[0-9a-f]{{6}});", css) for name in ("page", "raised"))

    assert (light[0], dark[0]) == LIGHT
    assert (light[1], dark[1]) == DARK
