"""Text as it was typed → `Question`: normalised, length-checked, its own language known. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from kb.errors import InvalidQuestion
from kb.language import detect

MAX_QUESTION_CHARS = 512


@dataclass(frozen=True, slots=True)
class Question:
    """What a customer types."""

    text: str
    asked_lang: str
    """The language the reader wants to read: hits are shown in it where they exist."""
    lang: str
    """The language the question is written in: it chooses the stems."""

    @classmethod
    def parse(cls, text: str, asked_lang: str) -> Question:
        """Raises InvalidQuestion when nothing readable is left, or more than MAX_QUESTION_CHARS."""
        clean = readable(text)
        return cls(clean, asked_lang, detect(clean, asked_lang))


def readable(text: str) -> str:
    """Return a question's text as it is searched. Raises InvalidQuestion; takes no time."""
    if len(text) > MAX_QUESTION_CHARS:
        raise InvalidQuestion(
            f"The question has {len(text)} characters, more than {MAX_QUESTION_CHARS}.", "Ask in one sentence."
        )
    clean = normalised(text)[:MAX_QUESTION_CHARS]  # one sign may stand for many letters
    if not any(char.isalnum() for char in clean):
        raise InvalidQuestion("The question is empty.", "Type at least one word.")
    return clean


def normalised(text: str) -> str:
    """
    Return `text` in NFKC, without control, format, surrogate and private-use characters, white space folded.

    Format characters (zero-width spaces, direction marks) are invisible: two questions that look the same must be the
    same.
    """
    kept = "".join(_shown(char) for char in unicodedata.normalize("NFKC", text))
    # Again: what stood between a letter and its accent may be gone now.
    return " ".join(unicodedata.normalize("NFKC", kept).split())


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cf", "Cs", "Co", "Cn"} else char
