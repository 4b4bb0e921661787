"""
How a message wants to be met: angry, waiting, thanking … by the word lists `[situations]` of its language. Pure.

A sentence that holds a word of `[unless]` does not tell that situation: a promo code that does not work is no damage.
"""

from __future__ import annotations

from collections.abc import Iterable

from kb.language import LanguageRules
from kb.reading.phrases import tells

# Looked for in this order: who is angry about a delay is angry first, and who writes again is met as such.
SITUATIONS = ("anger", "follow_up", "damage", "delay", "thanks")
NEUTRAL = "neutral"
THANKS = "thanks"
TROUBLES = frozenset({"damage", "delay"})


def situation_of(sentences: Iterable[str], found: LanguageRules | None) -> str:
    """Return the first of `SITUATIONS` that a sentence tells, else `neutral`."""
    if not found:
        return NEUTRAL
    told = {situation for sentence in sentences for situation in _told_by(sentence, found)}
    return next((situation for situation in SITUATIONS if situation in told), NEUTRAL)


def tells_trouble(sentence: str, found: LanguageRules | None) -> bool:
    """Whether a sentence tells of something that went wrong: it wants an answer without asking."""
    if not found:
        return False
    return tells(sentence, found.troubles) or not TROUBLES.isdisjoint(_told_by(sentence, found))


def _told_by(sentence: str, found: LanguageRules) -> list[str]:
    return [
        situation
        for situation in SITUATIONS
        if tells(sentence, found.situations.get(situation, ())) and not tells(sentence, found.unless.get(situation, ()))
    ]
