"""Lines of a message → what is asked in them, and what goes wrong without being asked about. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.language import LanguageRules
from kb.query import MAX_QUESTION_CHARS
from kb.reading.clauses import Clause, clauses_of, without_beginning, without_bullet
from kb.reading.entities import introduced_name, without_entities
from kb.reading.letter import sentences_of
from kb.reading.phrases import alternatives, beginning, holds
from kb.reading.situations import situation_of, tells_trouble, troubles_of
from kb.words import stop_words, telling_words, words

MAX_QUESTIONS = 8
MAX_TOLD = 3
# A comma before a question word may also part a clause that leans on what stands before it.
MIN_TELLING_WORDS = 4
# A question cut out of its sentence still has to name something.
MIN_CORE_WORDS = 2
# A whole story before a question that names no subject would find the story.
MAX_CONTEXT_WORDS = 40
# More of a message tells no more of its subject (60 and 80 found the same), and takes the model longer.
MAX_MESSAGE_WORDS = 30
MAX_INTRODUCTION_WORDS = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a message."""

    text: str
    """As the customer wrote it."""
    searched: str
    """What to search for: the question, with what was told beside it where it names no subject of its own."""
    situation: str = ""
    """Of this question and what was told before it; empty: that of the message."""
    place: int = 0
    """Where in the message it stands: the lower, the earlier."""


@dataclass(frozen=True, slots=True)
class Requests:
    """What a message wants."""

    questions: tuple[Asked, ...]
    told: tuple[Asked, ...]
    """Sentences that ask nothing and tell of a trouble: "My parcel never arrived." They want an answer too."""
    context: str
    """What all of them were asked in: the beginning of the message, without introduction and numbers; may be empty."""
    left_out: int = 0
    """How many questions there are beyond `MAX_QUESTIONS`."""


@dataclass(frozen=True, slots=True)
class _Placed:
    asked: Asked
    taken: tuple[int, ...]
    """Places of what the question is about: no requests of their own."""


def read_requests(body: Sequence[str], found: LanguageRules | None, lang: str) -> Requests:
    """Return what is asked; of a message that asks and complains of nothing, nothing."""
    kept = [clause for clause in clauses_of(body, found) if clause.asks or not _is_introduction(clause.text, found)]
    asked = [_asked(kept, place, found, lang) for place in _places_asked(kept, found)]
    taken = {place for each in asked for place in each.taken}
    spoken_of = {trouble for each in asked for trouble in troubles_of(each.asked.text, found)}
    told = [
        _told(clause.text, place)
        for place, clause in enumerate(kept)
        if not clause.asks
        and place not in taken
        and tells_trouble(clause.text, found)
        # "I have waited for weeks. Where is my order?" is one trouble.
        and not spoken_of & troubles_of(clause.text, found)
    ]
    questions = tuple(each.asked for each in asked)
    context = _shortened(" ".join(" ".join(_searched(clause.text) for clause in kept).split()[:MAX_MESSAGE_WORDS]))
    return Requests(questions[:MAX_QUESTIONS], tuple(told[:MAX_TOLD]), context, max(0, len(questions) - MAX_QUESTIONS))


def whole(body: Sequence[str], found: LanguageRules | None) -> Asked:
    """Return the message as one question: what to search for when nothing in it is asked."""
    said = [each for each in sentences_of(body) if not _is_introduction(each, found)] or list(body)
    return _told(" ".join(said))


def _places_asked(clauses: Sequence[Clause], found: LanguageRules | None) -> list[int]:
    places: list[int] = []
    for place, clause in enumerate(clauses):
        if clause.asks and not (places and _adds_nothing(clause.text, clauses[places[-1]].text, found)):
            places.append(place)
    return places


def _asked(clauses: Sequence[Clause], place: int, found: LanguageRules | None, lang: str) -> _Placed:
    """Read the question at `place` with what is told around it."""
    clause = clauses[place].text
    core = _core(clause, found, lang)
    is_open = _leaves_open(core, found, lang)
    about = (_told_before(clauses, place) or _told_behind(clauses, place)) if is_open else []
    told = _last_words([clauses[each].text for each in about])
    situation = situation_of([*(clauses[each].text for each in _run_up(clauses, place)), clause], found)
    asked = Asked(_shortened(without_bullet(clause)), _searched(f"{told} {core}".strip()), situation, place)
    return _Placed(asked, tuple(about))


def _run_up(clauses: Sequence[Clause], place: int) -> list[int]:
    """Return the places of what is told between the last question and this one."""
    begin = next((other + 1 for other in reversed(range(place)) if clauses[other].asks), 0)
    return list(range(begin, place))


def _told_before(clauses: Sequence[Clause], place: int) -> list[int]:
    """
    Return the places of what was told last before a question.

    An earlier question is no context: together they would find the first one's article again.
    """
    while place > 0:
        if run_up := _run_up(clauses, place):
            return run_up
        place -= 1
    return []


def _told_behind(clauses: Sequence[Clause], place: int) -> list[int]:
    end = next((other for other in range(place + 1, len(clauses)) if clauses[other].asks), len(clauses))
    return list(range(place + 1, end))


def _last_words(told: Sequence[str]) -> str:
    """Return the last sentences, as many as are context and no story."""
    kept: list[str] = []
    for sentence in reversed(told):
        if kept and len(" ".join([sentence, *kept]).split()) > MAX_CONTEXT_WORDS:
            break
        kept.insert(0, sentence)
    return " ".join(kept)


def _leaves_open(core: str, found: LanguageRules | None, lang: str) -> bool:
    """Whether a question names no subject of its own."""
    return found is not None and all(word in found.generic_words | stop_words(lang) for word in words(core))


def _adds_nothing(clause: str, last: str, found: LanguageRules | None) -> bool:
    """Whether it is `Could you please tell me?` behind a question, or asks for a person once more."""
    if not found:
        return False
    if holds(clause, found.human) and holds(last, found.human):
        return True
    inquiry = beginning(without_beginning(found.conjunctions, clause), found.inquiries)
    return bool(inquiry) and len(clause.split()) <= len(inquiry.split()) + 1


def _core(clause: str, found: LanguageRules | None, lang: str) -> str:
    """
    Return what is asked, without run-up and afterthought: of `I will order again, but not by card — can I pay in cash?`
    its end, of `Please cancel my order, I found it elsewhere.` its beginning.
    """
    if not found:
        return clause
    bare = _without_inquiry(clause, found, lang)
    starts = alternatives(found.question_words)
    for match in re.finditer(rf"(?:[,:;]|\s[-–—])\s+(?=(?:\d[.)]\s*)?(?:{starts})(?!\w))", bare, re.IGNORECASE):
        rest = bare[match.end() :]
        enough = MIN_CORE_WORDS if match[0].startswith(":") else MIN_TELLING_WORDS
        if len(telling_words(rest, lang)) >= enough:
            return rest
    return bare if "?" in bare else _demanded(bare, found, lang)


def _without_inquiry(clause: str, found: LanguageRules, lang: str) -> str:
    """`I would also like to know how long it takes` asks how long it takes."""
    match = re.search(rf"(?<!\w)(?:{alternatives(found.inquiries)})(?!\w)[\s,:]*", clause, re.IGNORECASE)
    rest = clause[match.end() :] if match else ""
    return rest if len(telling_words(rest, lang)) >= MIN_CORE_WORDS else clause


def _demanded(clause: str, found: LanguageRules, lang: str) -> str:
    """Return the beginning of a demand: reasons stand behind it."""
    if not beginning(without_beginning(found.conjunctions, clause), (*found.commands, *found.request_words)):
        return clause
    parts = re.split(r",\s+|\s[-–—]\s", clause)
    for end in range(1, len(parts)):
        begun = ", ".join(parts[:end])
        if len([w for w in telling_words(begun, lang) if w not in found.generic_words]) >= MIN_CORE_WORDS:
            return begun
    return clause


def _told(sentence: str, place: int = 0) -> Asked:
    return Asked(_shortened(sentence), _searched(sentence), place=place)


def _is_introduction(sentence: str, found: LanguageRules | None) -> bool:
    """`My name is Anna.` asks nothing, and is no context."""
    return bool(found and introduced_name(sentence, found) and len(sentence.split()) <= MAX_INTRODUCTION_WORDS)


def _searched(text: str) -> str:
    """Return a text as it is searched: numbers of orders and phones find nothing, and keep words from finding."""
    bare = without_entities(text)
    return _shortened(bare if any(char.isalnum() for char in bare) else text)


def _shortened(text: str) -> str:
    """Return at most what a question may hold, cut between words."""
    if len(text) <= MAX_QUESTION_CHARS:
        return text
    return text[:MAX_QUESTION_CHARS].rsplit(" ", 1)[0]
