"""
A customer's message → what is asked in it: without greeting, signature and quoted thread, question by question. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.errors import InvalidQuestion
from kb.excerpts import sentences
from kb.language import LanguageRules, detect, rules
from kb.lexical import telling_words, words
from kb.query import MAX_QUESTION_CHARS, normalised

MAX_MESSAGE_CHARS = 20_000
MAX_QUESTIONS = 5
# A whole message tells its language far better than a question of two words.
LANGUAGE_SURE_ENOUGH = 0.5
# "And how long does that take?" may mean nothing without the sentence before it.
MIN_TELLING_WORDS = 4
# Looked for in this order: who is angry about a delay is angry first.
SITUATIONS = ("anger", "damage", "delay", "follow_up", "thanks")
NEUTRAL = "neutral"
TROUBLES = frozenset({"damage", "delay"})
MAX_TOLD = 2
# A greeting or farewell stands alone on a short line; a long one that begins so is text.
MAX_COURTESY_WORDS = 6

# A number is the order's only when an order is named before it, or a number sign: phone numbers and models are not.
_ORDER = re.compile(
    r"(?:#|\b(?:order|заказ|rendel|ordin)\w*)[\s.:#,()]*"
    r"(?:\b(?:is|è|il|the|my|no|nr|n|number|номер\w*|szám\w*|numero)\b[\s.:#°º]*)*"
    r"(?P<number>[^\W\d_]{0,3}-?\d{4,12})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a message."""

    text: str
    """As the customer wrote it."""
    wordings: tuple[str, ...]
    """What to search for, the question itself first; a short one also with the sentence before it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was read."""

    lang: str
    situation: str
    """One of `SITUATIONS`, or `neutral`; by the word lists of the language."""
    questions: tuple[Asked, ...]
    told: tuple[Asked, ...]
    """Sentences that ask nothing and tell of a trouble: "My parcel never arrived." They want an answer too."""
    order_number: str
    """Empty when none was found."""


def read_message(text: str, lang: str | None, default_lang: str) -> Message:
    """Return what is asked in a message. Raises InvalidQuestion when it is empty or too long."""
    if len(text) > MAX_MESSAGE_CHARS:
        raise InvalidQuestion(
            f"The message has {len(text)} characters, more than {MAX_MESSAGE_CHARS}.", "Paste only the part that asks."
        )
    if not any(char.isalnum() for char in normalised(text)):
        raise InvalidQuestion("The message is empty.", "Paste what the customer wrote.")
    lines = [normalised(line) for line in text.replace("\r\n", "\n").split("\n")]
    written = [line for line in lines if not line.startswith(">")] or lines
    spoken = lang or detect(" ".join(written), default_lang, LANGUAGE_SURE_ENOUGH)
    found = rules(spoken)
    body = _without_courtesies(_without_quotes(written, found), found)
    order = _ORDER.search(" ".join(body))
    return Message(
        lang=spoken,
        situation=_situation(" ".join(body), found),
        questions=tuple(_questions(body, found, spoken)),
        told=tuple(_told(body, found)),
        order_number=order["number"] if order else "",
    )


def _without_quotes(lines: list[str], found: LanguageRules | None) -> list[str]:
    """Return the lines above the one that a mail program writes over the quoted thread."""
    for number, line in enumerate(lines):
        folded = line.casefold()
        is_intro = found and any(intro in folded for intro in found.quote_intros) and folded.endswith((":", "-"))
        if is_intro and any(lines[:number]):
            return lines[:number]
    return lines


def _without_courtesies(lines: list[str], found: LanguageRules | None) -> list[str]:
    if not found:
        return [line for line in lines if line]
    kept: list[str] = []
    for number, line in enumerate(lines):
        asks_below = any("?" in later for later in lines[number + 1 :])
        if kept and not asks_below and _is_farewell(line, found):
            break
        rest = _without_greeting(line, found) if not kept else line
        if rest:
            kept.append(rest)
    return kept or [line for line in lines if line]


def _is_farewell(line: str, found: LanguageRules) -> bool:
    begins = _beginning(line, found.farewells) or line.startswith("--")
    return bool(begins) and len(line.split()) <= MAX_COURTESY_WORDS and "?" not in line


def _beginning(line: str, phrases: tuple[str, ...]) -> str:
    """Return the phrase that a line begins with; a phrase that ends in `*` may go on within the word."""
    folded = line.casefold()
    for phrase in sorted(phrases, key=len, reverse=True):
        bare = phrase.removesuffix("*")
        end = folded[len(bare) : len(bare) + 1]
        if folded.startswith(bare) and (phrase.endswith("*") or not end.isalnum()):
            return bare
    return ""


def _without_greeting(line: str, found: LanguageRules) -> str:
    """Return the line without the greeting it begins with, whole when what looks like a greeting asks something."""
    greeting = _beginning(line, found.greetings)
    if not greeting:
        return line
    head, mark, rest = _cut_at(line, "!,.:")
    after = head[len(greeting) :].strip()
    if _is_question(after, found) or len(head.split()) > MAX_COURTESY_WORDS:
        return line[len(greeting) :].strip(" ,!.:")
    return rest.strip() if mark else ""


def _cut_at(line: str, marks: str) -> tuple[str, str, str]:
    at = min((line.find(mark) for mark in marks if mark in line), default=-1)
    return (line, "", "") if at < 0 else (line[:at], line[at], line[at + 1 :])


def _situation(text: str, found: LanguageRules | None) -> str:
    spaced = f" {' '.join(words(text))} "
    if found:
        for situation in SITUATIONS:
            if any(_spaced(beginning) in spaced for beginning in found.situations.get(situation, ())):
                return situation
    return NEUTRAL


def _spaced(beginning: str) -> str:
    """
    Return a word list's entry as it is looked for: at the beginning of a word, to its end when it ends in a space.
    """
    return f" {' '.join(words(beginning))}" + (" " if beginning.endswith(" ") else "")


def _questions(lines: list[str], found: LanguageRules | None, lang: str) -> list[Asked]:
    asked: list[Asked] = []
    before = ""
    for sentence in sentences("\n".join(lines)):
        for clause in _clauses(sentence, found):
            if not any(char.isalnum() for char in clause):
                continue
            if _is_question(clause, found):
                asked.append(_asked(clause, before, found, lang))
            else:
                # A question is no context for the next: together they would find the first one's article again.
                before = clause
    if not asked:
        whole = " ".join(lines)
        asked = [Asked(_shortened(whole), (_shortened(whole),))]
    return asked[:MAX_QUESTIONS]


def _told(lines: list[str], found: LanguageRules | None) -> list[Asked]:
    told = [
        sentence
        for sentence in sentences("\n".join(lines))
        if not _is_question(sentence, found) and _situation(sentence, found) in TROUBLES
    ]
    return [Asked(_shortened(sentence), (_shortened(sentence),)) for sentence in told[:MAX_TOLD]]


def _clauses(sentence: str, found: LanguageRules | None) -> list[str]:
    """Cut a sentence where a conjunction and a question word begin a second question."""
    if not found:
        return [sentence]
    joint = rf"(?:,\s*|\s+)(?:{_alternatives(found.conjunctions)})\s+(?=(?:{_alternatives(found.question_words)})\b)"
    pieces = [piece.strip() for piece in re.split(joint, sentence, flags=re.IGNORECASE) if piece.strip()]
    if len(pieces) < 2:
        return [sentence]
    if sentence.rstrip().endswith("?"):
        # "Entro quanti giorni posso renderlo e chi paga?": the mark at the end counts for every part that asks.
        inner = re.compile(rf"\b(?:{_alternatives(found.question_words)})\b", re.IGNORECASE)
        return [*(f"{piece}?" if inner.search(piece) else piece for piece in pieces[:-1]), pieces[-1]]
    # Else only what begins as a question is cut: "I know when and where" tells.
    return pieces if _is_question(pieces[0], found) else [sentence]


def _is_question(clause: str, found: LanguageRules | None) -> bool:
    if clause.rstrip('"»”’) ').endswith("?"):
        return True
    if not found:
        return False
    folded = clause.casefold().lstrip("-–—•* ")
    for conjunction in found.conjunctions:
        folded = folded.removeprefix(conjunction + " ")
    begins = any(re.match(rf"{re.escape(word)}\b", folded) for word in found.question_words)
    return begins or any(phrase in folded for phrase in found.request_words)


def _asked(clause: str, before: str, found: LanguageRules | None, lang: str) -> Asked:
    core = _core(clause, found, lang)
    alone = len(telling_words(core, lang)) >= MIN_TELLING_WORDS or not before
    wordings = (core,) if alone else (core, f"{before} {clause}")
    return Asked(_shortened(clause), tuple(_shortened(wording) for wording in wordings))


def _core(clause: str, found: LanguageRules | None, lang: str) -> str:
    """Return what is asked after a run-up: `I will order again, but not by card — can I pay in cash?` asks its end."""
    starts = _alternatives(found.question_words) if found else "(?!)"
    for match in re.finditer(rf"(?:[,:;]|\s[-–—])\s+(?=(?:{starts})\b)", clause, re.IGNORECASE):
        rest = clause[match.end() :]
        if len(telling_words(rest, lang)) >= MIN_TELLING_WORDS:
            return rest
    return clause


def _alternatives(phrases: tuple[str, ...]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


def _shortened(text: str) -> str:
    """Return at most what a question may hold, cut between words."""
    if len(text) <= MAX_QUESTION_CHARS:
        return text
    return text[:MAX_QUESTION_CHARS].rsplit(" ", 1)[0]
