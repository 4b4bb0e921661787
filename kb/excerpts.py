"""Passage → what is shown of it: whole sentences as the answer, a marked window as the snippet. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable
from functools import cache

from kb.language import known_languages, rules
from kb.words import stem, words

ANSWER_WORDS = 40
SNIPPET_WORDS = 30
ABBREVIATION_CHARS = 3
_SENTENCE_END = re.compile(r"[.!?…][\"»”’)\]]*\s+")
# The items of a list and the rows of a table run into each other on one line.
_OPEN_LINE_END = re.compile(r"(?<=[^\s.!?…:;,])\n+")
_WORD = re.compile(r"\w+")


def sentences(text: str) -> list[str]:
    """Return the sentences and lines of a text; a full stop before a small letter, or of an abbreviation, ends none."""
    found = []
    for line in text.split("\n"):
        start = 0
        for match in _SENTENCE_END.finditer(line):
            if _ends_sentence(line, match):
                found.append(line[start : match.end()])
                start = match.end()
        found.append(line[start:])
    return [sentence.strip() for sentence in found if sentence.strip()]


def _ends_sentence(line: str, match: re.Match[str]) -> bool:
    following = line[match.end() : match.end() + 1]
    if following.islower():
        return False
    word = line[: match.start()].rpartition(" ")[2].rpartition("\N{NO-BREAK SPACE}")[2].lstrip("([«„“\"'")
    if not match[0].startswith("."):
        return True
    # `ул. Ленина`, `A. Smith`; two sentences shown as one do less harm than half of one.
    if word.casefold() in _abbreviations() or (len(word) == 1 and word.isupper()):
        return False
    return not (following.isdigit() and word.isalpha() and len(word) <= ABBREVIATION_CHARS)


@cache
def _abbreviations() -> frozenset[str]:
    """Of all languages: callers need not know which one a text is in, and none of them is a word in another."""
    known = (rules(code) for code in known_languages())
    return frozenset(word for each in known if each for word in each.abbreviations)


def answer_text(text: str, limit_words: int = ANSWER_WORDS) -> str:
    """
    Return the first sentences of a passage, about `limit_words` in all, never cut within one; its lines stay lines.
    """
    chosen: list[str] = []
    count = 0
    for line in text.split("\n"):
        kept: list[str] = []
        for sentence in sentences(line):
            length = len(sentence.split())
            if count and count + length > limit_words:
                return "\n".join([*chosen, " ".join(kept)]).strip()
            kept.append(sentence)
            count += length
        chosen.append(" ".join(kept))
    return "\n".join(chosen).strip()


def snippet(text: str, stems: Collection[str], lang: str, limit_words: int = SNIPPET_WORDS) -> str:
    """
    Return safe HTML: a window of the text around the question's words, those in `<mark>`, the only tag.

    Escaping comes first and marking last, on words that hold no markup: a text full of tags stays text.
    """
    tokens = _OPEN_LINE_END.sub(" · ", text).split()
    matching = [index for index, token in enumerate(tokens) if _matches(token, stems, lang)]
    start = _window_start(matching, len(tokens), limit_words)
    end = start + limit_words
    found = set(matching)
    shown = " ".join(
        _marked(token, stems, lang) if index in found else html.escape(token)
        for index, token in enumerate(tokens[start:end], start)
    )
    return ("… " if start else "") + shown + (" …" if end < len(tokens) else "")


def _window_start(matching: list[int], length: int, size: int) -> int:
    """Return where the window with the most matches begins, a few words before its first."""
    if not matching or length <= size:
        return 0
    best = max(matching, key=lambda first: (sum(first <= m < first + size for m in matching), -first))
    return max(0, min(best - 4, length - size))


def _matches(token: str, stems: Collection[str], lang: str) -> bool:
    return any(stem(word, lang) in stems for word in words(token))


def _marked(token: str, stems: Collection[str], lang: str) -> str:
    return "".join(_pieces(token, stems, lang))


def _pieces(token: str, stems: Collection[str], lang: str) -> Iterable[str]:
    end = 0
    for match in _WORD.finditer(token):
        yield html.escape(token[end : match.start()])
        word = html.escape(match[0])
        yield f"<mark>{word}</mark>" if _matches(match[0], stems, lang) else word
        end = match.end()
    yield html.escape(token[end:])
