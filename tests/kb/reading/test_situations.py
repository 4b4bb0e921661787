"""How a message wants to be met, where words alone would mislead."""

from __future__ import annotations

import pytest

from kb.language import rules
from kb.reading.situations import situation_of, tells_trouble


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "My promo code does not work.", "neutral"),
        ("en", "The kettle does not work.", "damage"),
        ("en", "Thanks a lot for your reply.", "neutral"),
        ("en", "Second time I write, and the parcel has not arrived.", "follow_up"),
        ("ru", "Промокод не работает.", "neutral"),
        ("ru", "Спасибо за ответ, но где же посылка теперь?", "neutral"),
        ("ru", "Всё ещё жду посылку.", "delay"),
        ("it", "Il codice non funziona.", "neutral"),
        ("it", "Vi scrivo per la seconda volta, il pacco è in ritardo.", "follow_up"),
        ("hu", "Nem működik a kuponkód.", "neutral"),
        ("hu", "Már írtam, de nem kaptam választ.", "follow_up"),
        ("en", "A latent fault", "neutral"),
        ("en", "Where is my order????", "anger"),
        ("en", "I HAVE BEEN WAITING FOR MY ORDER FOR WEEKS", "anger"),
        ("en", "Can I pay with my VISA???", "neutral"),
        ("en", "Thank you so much!!!", "thanks"),
        ("ru", "спасибо", "thanks"),
        ("en", "ok thx, but where?", "neutral"),
        ("en", "I would be grateful if you told me.", "neutral"),
    ],
)
def test_situation_is_told_by_sentences(lang: str, text: str, expected: str) -> None:
    """A word of `unless` takes a sentence out; who writes again is met as such first."""
    assert situation_of([text], rules(lang)) == expected


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "The charger is missing."),
        ("ru", "В коробке нет зарядки."),
        ("it", "Nel pacco manca il cavo."),
        ("hu", "A töltő nincs benne."),
    ],
)
def test_trouble_is_told_beside_damage_and_delay(lang: str, text: str) -> None:
    """What is missing or wrong wants an answer though nobody asks."""
    assert tells_trouble(text, rules(lang))


def test_language_without_rules_tells_nothing() -> None:
    """No word lists, no situation."""
    assert situation_of(["Es ist kaputt!"], rules("de")) == "neutral"
