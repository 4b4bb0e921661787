"""Sentences → clauses, each of which asks, demands or tells one thing. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.language import LanguageRules
from kb.reading.letter import sentences_of
from kb.reading.phrases import alternatives, beginning, holds

# "and the charger?" is no question of its own.
MIN_CLAUSE_WORDS = 2
_MARKS = re.compile(r"[\"'»”’) ]+$")
_BULLET = re.compile(r"^(?:[-–—•*]|\d{1,2}[.)])\s*")


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence, or one of several questions in it."""

    text: str
    asks: bool
    """Or demands."""


def clauses_of(body: Sequence[str], found: LanguageRules | None) -> list[Clause]:
    """Return the clauses of a message, in their order."""
    return [clause for sentence in sentences_of(body) for clause in _clauses(sentence, found)]


def is_question(clause: str, found: LanguageRules | None) -> bool:
    """Whether a clause asks or demands something, with a question mark or without."""
    bare = without_bullet(clause)
    if _MARKS.sub("", bare).endswith("?"):
        return True
    if not found or holds(bare, found.purchases):
        return False
    bare = without_beginning(found.conjunctions, bare)
    if beginning(bare, found.commands) or holds(bare, (*found.request_words, *found.inquiries, *found.human)):
        return True
    asks = beginning(bare, found.question_words)
    is_statement = bare.endswith((".", "!")) and "," in bare and beginning(bare, found.subordinators)
    # `How do I delete it, I've had enough.` asks by its second word.
    return bool(asks) and (" " in asks or not is_statement)


def without_bullet(text: str) -> str:
    return _BULLET.sub("", text)


def without_beginning(beginnings: Sequence[str], text: str) -> str:
    return text[len(beginning(text, beginnings)) :].lstrip(", ")


def _clauses(sentence: str, found: LanguageRules | None) -> list[Clause]:
    pieces = _pieces(sentence, found) if found else [sentence]
    return [Clause(piece, is_question(piece, found)) for piece in pieces if any(char.isalnum() for char in piece)]


def _pieces(sentence: str, found: LanguageRules) -> list[str]:
    """Cut a sentence where a second question begins."""
    asking = (*found.question_words, *found.inquiries)
    begins, joints = rf"(?=(?:{alternatives(asking)})(?!\w))", alternatives(found.conjunctions)
    pieces = _cut(sentence, rf"(?:,\s*|\s+)(?:{joints}),?\s+{begins}")
    has_mark = _MARKS.sub("", sentence).endswith("?")
    if len(pieces) > 1 and has_mark:
        # "Where, what and how long?": once questions are joined, a comma parts them too.
        pieces = [part for piece in pieces for part in _cut(piece, rf",\s+{begins}")]
    if len(pieces) < 2 and has_mark and found.clause_commas:
        pieces = _cut(sentence, rf",\s+(?:{joints})\s+")
    if len(pieces) < 2:
        return [sentence]
    if has_mark:
        return _marked(pieces, found)
    # Else only what begins as a question is cut: "I know when and where" tells.
    return pieces if is_question(pieces[0], found) or beginning(pieces[-1], found.inquiries) else [sentence]


def _cut(text: str, joint: str) -> list[str]:
    """Split at the joints, but leave no piece of a word or two: `Sorry, where is it?` is one question."""
    pieces: list[str] = []
    for piece in filter(None, (piece.strip() for piece in re.split(joint, text, flags=re.IGNORECASE))):
        if pieces and len(pieces[-1].split()) < MIN_CLAUSE_WORDS:
            pieces[-1] = f"{pieces[-1]}, {piece}"
        else:
            pieces.append(piece)
    return [text] if pieces and len(pieces[-1].split()) < MIN_CLAUSE_WORDS else pieces


def _marked(pieces: list[str], found: LanguageRules) -> list[str]:
    """`When does it come, and who pays?`: the mark at the end counts for every part that asks."""
    first = [f"{each}?" if found.clause_commas or holds(each, found.question_words) else each for each in pieces[:-1]]
    return [*first, pieces[-1]]
