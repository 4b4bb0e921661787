"""
A message as it was pasted → the lines its writer wrote, without quoted thread, greeting and signature. Pure.

The libraries for this know no Hungarian and no Russian.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from kb.excerpts import sentences
from kb.language import LanguageRules, known_languages, rules
from kb.query import normalised
from kb.reading.phrases import beginning, holds

# A greeting or farewell stands alone on a short line; a long one that begins so is text.
MAX_COURTESY_WORDS = 6
MAX_NAME_WORDS = 4
MAX_INITIAL_CHARS = 3
# Mail programs break lines at 70 to 80 characters, before the word that would not fit.
WRAPPED_CHARS = 50
_ITEM = re.compile(r"[-–—•*]|\d{1,2}[.)]\s")
# `name@shop.example>:` and `(2026. 11. 02., 9:14):` end the line above a quoted thread in every language.
_INTRO_END = re.compile(r"(?:@[\w.-]+[>)\]\"']*|\d{1,2}[:.]\d{2}\)?.{0,3}):$")
_HEADER = re.compile(r"[^\s:]{2,12}(?: [^\s:]{2,12})?:\s*\S")
_REACHED_AT = re.compile(
    r"(?:tel|phone|mob|т|тел|cell)?[.:\s]*\+?[\d\s()/.-]{7,20}|\S+@\S+\.\S+|(?:https?://|www\.)\S+", re.IGNORECASE
)
_ASKED = re.compile(r"\?+[\"»”’)\]]*\s+")
_DATED = re.compile(r"\d{1,2}[:.]\d{2}\b")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message taken apart."""

    body: tuple[str, ...]
    """The lines that say something."""
    signature: tuple[str, ...] = ()
    """The farewell, without its words, and the lines below it."""


def sentences_of(lines: Sequence[str]) -> list[str]:
    """Return the sentences of what a customer wrote; many go on in small letters: `can I change it? thanks, Julie`."""
    return sentences(_ASKED.sub("\\g<0>\n", "\n".join(lines)))


def own_lines(text: str) -> list[str]:
    """
    Return the lines that the writer added to what is quoted; of a message that is all quoted, what is quoted.

    In whatever language the mail program speaks: it need not be the customer's.
    """
    lines = [normalised(line) for line in text.replace("\r\n", "\n").split("\n")]
    written = _without_intro_above([line for line in _above_the_thread(lines) if not line.startswith(">")])
    if any(any(char.isalnum() for char in line) for line in written):
        return _unwrapped(written)
    return _unwrapped([line.lstrip("> ") for line in lines])


def _unwrapped(lines: Sequence[str]) -> list[str]:
    """Join the lines of a paragraph that a mail program has broken to its width."""
    joined: list[str] = []
    for line in lines:
        if joined and line and _goes_on(joined[-1].rpartition("\n")[2], line):
            joined[-1] += f"\n{line}"
        else:
            joined.append(line)
    return [line.replace("\n", " ") for line in joined]


def _goes_on(above: str, line: str) -> bool:
    # A sentence may end just where the line does: joined or not, it stays one.
    return len(above) >= WRAPPED_CHARS and not _ITEM.match(line) and not above.endswith((".", "!", "?", ":"))


def taken_apart(lines: Sequence[str], found: LanguageRules | None) -> Letter:
    """Return body and signature; without rules for the language, everything is body."""
    filled = [line for line in lines if line]
    if not found:
        return Letter(tuple(filled))
    body: list[str] = []
    for number, line in enumerate(filled):
        asks_below = any("?" in later for later in filled[number + 1 :])
        farewell = _farewell(line, found)
        if body and farewell and not asks_below:
            return Letter(tuple(body), (line[len(farewell) :].strip(" ,.!:-–—"), *filled[number + 1 :]))
        rest = line if body else _without_greeting(line, found)
        if rest:
            body.append(rest)
    return _without_unannounced_signature(body or filled, found)


def is_name(line: str, found: LanguageRules) -> bool:
    """Whether a line is a person's name: a few words in capitals, one of them a given name."""
    said = line.strip(" ,.!-–—").split()
    if not 0 < len(said) <= MAX_NAME_WORDS or not all(word[:1].isupper() for word in said):
        return False
    if any(word[-1] in ".!?" and len(word) > MAX_INITIAL_CHARS for word in said[:-1]):
        return False  # two sentences
    return any(word.strip(",.").casefold() in found.given_names for word in said)


def _above_the_thread(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        begins = _is_intro(line) or _is_header(line, lines[number + 1 : number + 3])
        if begins and any(above and not above.startswith(">") for above in lines[:number]):
            return _without_broken_intro(lines[:number])
    return lines


def _without_broken_intro(lines: list[str]) -> list[str]:
    """Mail programs break `On Monday … at 9:14, Techno Market` / `<news@…> wrote:` over two lines."""
    return lines[:-1] if lines and _DATED.search(lines[-1]) and not lines[-1].endswith((".", "!", "?")) else lines


def _without_intro_above(lines: list[str]) -> list[str]:
    """Who answers below the quoted text leaves the line that introduces it on top."""
    first = next((number for number, line in enumerate(lines) if line), None)
    return lines[first + 1 :] if first is not None and _is_intro(lines[first]) else lines


def _is_intro(line: str) -> bool:
    folded = line.casefold()
    if folded.endswith((":", "-")) and any(intro in folded for intro in _quote_intros()):
        return True
    return bool(_INTRO_END.search(folded))


def _is_header(line: str, below: Sequence[str]) -> bool:
    """`From: …` with another such line below it."""
    if not line.casefold().startswith(_quote_headers()):
        return False
    return any(other.casefold().startswith(_quote_headers()) and _HEADER.match(other) for other in below)


@cache
def _quote_intros() -> tuple[str, ...]:
    return tuple(intro for each in _all_rules() for intro in each.quote_intros)


@cache
def _quote_headers() -> tuple[str, ...]:
    return tuple(header for each in _all_rules() for header in each.quote_headers)


def _all_rules() -> list[LanguageRules]:
    return [each for code in known_languages() if (each := rules(code))]


def _farewell(line: str, found: LanguageRules) -> str:
    """Return the words of farewell that a short line begins with: `thanks`, not `thanks for nothing`."""
    if line.startswith("--"):
        return "--"
    begins = beginning(line, found.farewells)
    if not begins or "?" in line or len(line.split()) > MAX_COURTESY_WORDS:
        return ""
    rest = line[len(begins) :].strip()
    stands_alone = not rest or rest[0] in ",.!:-–—" or rest[0].isupper() or " " in begins
    return begins if stands_alone else ""


def _without_greeting(line: str, found: LanguageRules) -> str:
    """Return the line without the greeting it begins with, whole when what looks like a greeting asks something."""
    greeting = beginning(line, found.greetings)
    if not greeting:
        return line
    head, mark, rest = _cut_at(line, "!,.:")
    after = head[len(greeting) :].strip()
    if _says_something(after, found) or len(head.split()) > MAX_COURTESY_WORDS:
        return line[len(greeting) :].strip(" ,!.:")
    return rest.strip() if mark else ""


def _says_something(text: str, found: LanguageRules) -> bool:
    return "?" in text or bool(beginning(text, found.question_words)) or holds(text, found.request_words)


def _cut_at(line: str, marks: str) -> tuple[str, str, str]:
    at = min((line.find(mark) for mark in marks if mark in line), default=-1)
    return (line, "", "") if at < 0 else (line[:at], line[at], line[at + 1 :])


def _without_unannounced_signature(body: list[str], found: LanguageRules) -> Letter:
    """Cut off the name, phone number and address that stand at the end without a farewell, or in the last line."""
    end = len(body)
    while end > 1 and (is_name(body[end - 1], found) or _REACHED_AT.fullmatch(body[end - 1])):
        end -= 1
    kept, signature = body[:end], body[end:]
    said = sentences_of(kept[-1:])
    name = _signed(said[-1], found) if len(said) > 1 else ""
    if name:
        kept, signature = [*kept[:-1], " ".join(said[:-1])], [name, *signature]
    return Letter(tuple(kept), tuple(signature))


def _signed(sentence: str, found: LanguageRules) -> str:
    """Return the name that is all of a sentence but for a farewell: `Cheers, Dave` behind the last of a message."""
    rest = sentence[len(_farewell(sentence, found)) :].strip(" ,!-–—")
    return rest if is_name(rest, found) else ""
