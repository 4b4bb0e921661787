"""
How a message wants to be met: angry, waiting, thanking … by the word lists `[situations]` of its language. Pure.

A sentence that holds a word of `[unless]` does not tell that situation: a promo code that does not work is no damage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.language import LanguageRules
from kb.reading.phrases import tells

# Looked for in this order: who is angry about a delay is angry first, and who writes again is met as such.
SITUATIONS = ("anger", "follow_up", "damage", "delay", "thanks")
NEUTRAL = "neutral"
THANKS = "thanks"
TROUBLES = frozenset({"damage", "delay"})
# "OK, thanks!" and "спасибо большое, Юля" thank; "Thanks, and where is my order" does not.
MAX_THANKS_WORDS = 5
# Who writes a whole message in capitals, or complains with three marks in a row, is not just waiting.
SHOUTED_LETTERS = 20
SHOUTED_SHARE = 0.7
_MARKS = re.compile(r"[!?]{3}")


def situation_of(sentences: Sequence[str], found: LanguageRules | None) -> str:
    """Return the first of `SITUATIONS` that a sentence tells, else `neutral`."""
    if not found:
        return NEUTRAL
    told = {situation for sentence in sentences for situation in _told_by(sentence, found)}
    first = next((situation for situation in SITUATIONS if situation in told), NEUTRAL)
    if first == NEUTRAL:
        return THANKS if only_thanks(" ".join(sentences), found) else NEUTRAL
    said = " ".join(each for each in sentences if not only_thanks(each, found))
    return "anger" if first != THANKS and _is_shouted(said) else first


def only_thanks(text: str, found: LanguageRules | None) -> bool:
    """Whether it is a word of thanks and nothing else."""
    return bool(found and len(text.split()) <= MAX_THANKS_WORDS and tells(text, found.thanks_words) and "?" not in text)


def tells_trouble(sentence: str, found: LanguageRules | None) -> bool:
    """Whether a sentence tells of something that went wrong: it wants an answer without asking."""
    if not found:
        return False
    return tells(sentence, found.troubles) or bool(troubles_of(sentence, found))


def troubles_of(sentence: str, found: LanguageRules | None) -> frozenset[str]:
    """Return which of `TROUBLES` a sentence tells."""
    return TROUBLES.intersection(_told_by(sentence, found)) if found else frozenset()


def _is_shouted(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    in_capitals = len(letters) >= SHOUTED_LETTERS and capitals >= SHOUTED_SHARE * len(letters)
    return in_capitals or bool(_MARKS.search(text))


def _told_by(sentence: str, found: LanguageRules) -> list[str]:
    return [
        situation
        for situation in SITUATIONS
        if tells(sentence, found.situations.get(situation, ())) and not tells(sentence, found.unless.get(situation, ()))
    ]
