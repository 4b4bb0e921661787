"""Text that was typed with the keyboard switched to the other alphabet."""

from __future__ import annotations

import pytest

from kb.keyboards import retyped


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        pytest.param("ljcnfdrf", "ru", "доставка", id="small letters"),
        pytest.param("Rjulf dthyen ltymub?", "ru", "Когда вернут деньги?", id="capitals and what is on both"),
        pytest.param("gjl]tpl j,vty `;", "ru", "подъезд обмен ёж", id="letters on the keys of signs"),
        pytest.param("csomag", "hu", None, id="a language in Latin letters"),
    ],
)
def test_keys_are_read_on_the_other_keyboard(text: str, lang: str, expected: str | None) -> None:
    """Only where a language has an alphabet of its own."""
    assert retyped(text, lang) == expected
