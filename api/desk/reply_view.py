"""
A message's result as the console shows it, from the very answer that `POST /api/v1/agent/replies` gives to programs.

Texts are shown as approved, with their variables standing in them, so that the page fills them while a name is typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kb.article import Phrases
from kb.composing.drafts import SURE
from kb.replies import Approved
from kb.variables import names_in, restored

Answer = Mapping[str, Any]
"""The JSON of the route; fields that are not there are not shown."""

# Offered always: what an agent knows although nothing asks for it yet.
USUAL = ("customer.name", "agent.name", "order.number")
FILLED_BY_THE_STORE = "store.name"
NAMED = {"name": "customer.name", "order_number": "order.number"}
"""Kinds of entities to the variables that they fill."""
# Less likely than this, an alternative only takes up room.
WORTH_SHOWING = 0.05


@dataclass(frozen=True, slots=True)
class SourceView:
    """Where a text comes from."""

    title: str
    url: str
    quote: str
    is_internal: bool


@dataclass(frozen=True, slots=True)
class SolutionView:
    """What the store may offer, for the agent's eyes."""

    id: str
    offer: str
    """As in the file, like the approver and the names of the conditions: the template has the words."""
    limit: str
    approver: str
    conditions: tuple[tuple[str, str], ...]
    note: str
    until: str


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """One approved text, and what an agent must know before sending it."""

    id: str
    number: int
    """Its place on the page, from 1: the key that inserts it."""
    title: str
    url: str
    lang: str
    text: str
    template: str
    tone: str
    tones: tuple[str, ...]
    """Further ones that the article has a text in."""
    percent: int
    is_sure: bool
    """Else, in a draft, it is to be checked: what is rounded to 70 may be less."""
    in_draft: bool
    to_check: bool
    """It is in the draft, and likely right only."""
    unfilled: tuple[str, ...]
    sources: tuple[SourceView, ...]
    notes: tuple[str, ...]
    solutions: tuple[SolutionView, ...]
    reading: tuple[str, str, str, str] | None
    """(url, lang, title, description) of the same article in the agent's own language."""
    missing_translation: bool


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question of the message."""

    text: str
    outcome: str
    suggestions: tuple[SuggestionView, ...]
    nearest: tuple[tuple[str, str], ...]
    """(title, url) of what comes near where nothing answers."""


@dataclass(frozen=True, slots=True)
class ReplyView:
    """Everything that was found for a message."""

    message_id: str
    lang: str
    foreign: str
    """The name of the language that it may be in when the service has no rules for it, and `lang` is a guess."""
    situation: str
    tone: str
    mode: str
    entities: tuple[tuple[str, str], ...]
    """(kind, text)"""
    questions: tuple[QuestionView, ...]
    draft: str
    draft_template: str
    draft_unfilled: tuple[str, ...]
    opening_template: str
    closing_template: str
    """What stands around a text that an agent chooses where nothing is in the draft."""
    unanswered: tuple[str, ...]
    """Questions without an answer in the draft."""
    to_check: tuple[str, ...]
    """Titles of texts in the draft that are likely right only."""
    left_out: int
    """How many questions there are beyond those that are answered at once."""
    contacts: tuple[tuple[str, str], ...]
    """(channel, value); empty when every question has an answer."""
    values: dict[str, str]
    """Variables that have a value: given, or found in the message."""
    wanted: tuple[str, ...]
    """Names of variables that the texts use, and the usual ones."""


def reply_view(answer: Answer, approved: Approved, given: Mapping[str, str], foreign: str = "") -> ReplyView:
    """Return the view; `given` are the values that the agent typed."""
    lang = answer["lang"]
    phrases = _phrases(approved.phrases.get(lang, Phrases()))
    numbers = iter(range(1, 1000))
    values = _named(answer.get("entities", ()))
    texts: list[str] = [*phrases]
    draft = answer["draft"]
    drafted, to_check = set(draft.get("suggestions", ())), set(draft.get("to_check", ()))

    def suggestion(each: Answer) -> SuggestionView:
        supplement = approved.supplements.get(each["article_id"])
        own = [reply.text for reply in supplement.replies] if supplement else []
        texts.extend(own)
        found = restored(each["text"], own)
        values.update(found.values)
        own_id = each["suggestion_id"]
        return _suggestion(each, next(numbers), found.text, in_draft=own_id in drafted, to_check=own_id in to_check)

    questions = tuple(
        QuestionView(
            text=group["text"],
            outcome=group["outcome"],
            suggestions=tuple(
                suggestion(each)
                for place, each in enumerate(group["suggestions"])
                if place == 0 or each["confidence"] >= WORTH_SHOWING
            ),
            nearest=tuple((each["title"], _desk_url(each["article_id"])) for each in group.get("nearest", ())),
        )
        for group in answer["questions"]
    )
    whole, opening, closing = (restored(draft.get(part, ""), texts) for part in ("text", "opening", "closing"))
    for each in (opening, closing, whole):
        values.update(each.values)
    templates = [each.template for group in questions for each in group.suggestions]
    shown = [whole.text, opening.text, closing.text, *templates]
    handoff = answer.get("handoff") or {}
    return ReplyView(
        message_id=answer["message_id"],
        lang=lang,
        foreign=foreign,
        situation=answer.get("situation", ""),
        tone=answer.get("tone") or "",
        mode=answer["mode"],
        entities=tuple((each["kind"], each["text"]) for each in answer.get("entities", ())),
        questions=questions,
        draft=draft["text"],
        draft_template=whole.text,
        draft_unfilled=tuple(draft["unfilled"]),
        opening_template=opening.text,
        closing_template=closing.text,
        unanswered=tuple(each.text for each in questions if not any(text.in_draft for text in each.suggestions)),
        to_check=tuple(dict.fromkeys(each.title for group in questions for each in group.suggestions if each.to_check)),
        left_out=answer.get("questions_left_out", 0),
        contacts=tuple((each["channel"], each["value"]) for each in handoff.get("contacts", ())),
        values={**values, **{name: value for name, value in given.items() if value}},
        wanted=_wanted(shown),
    )


def _named(entities: Iterable[Answer]) -> dict[str, str]:
    """Return what a message names once and for certain, by variable."""
    found: dict[str, list[str]] = {}
    for each in entities:
        found.setdefault(each["kind"], []).append(each["text"])
    return {NAMED[kind]: texts[0] for kind, texts in found.items() if kind in NAMED and len(texts) == 1}


def _suggestion(each: Answer, number: int, template: str, *, in_draft: bool, to_check: bool) -> SuggestionView:
    sources = each["sources"]
    return SuggestionView(
        id=each["suggestion_id"],
        number=number,
        title=each.get("title") or (sources[0]["title"] if sources else each["article_id"]),
        url=_desk_url(each["article_id"]),
        lang=each["article_id"].split("/")[0],
        text=each["text"],
        template=template,
        tone=each.get("tone") or "",
        tones=tuple(tone for tone in each.get("tones", ()) if tone != each.get("tone")),
        percent=round(100 * each["confidence"]),
        is_sure=each["confidence"] >= SURE,
        in_draft=in_draft,
        to_check=to_check,
        unfilled=tuple(each["unfilled"]),
        sources=tuple(
            SourceView(s["title"], _desk_url(s["article_id"]), s["quote"], s["url"].startswith("/agent/"))
            for s in sources
        ),
        notes=tuple(each["internal_notes"]),
        solutions=tuple(_solution(row) for row in each.get("solutions", ())),
        reading=_reading(each),
        missing_translation=bool(each.get("missing_translation")),
    )


def _desk_url(article_id: str) -> str:
    """Agents read every article where its notes are shown too."""
    return f"/agent/articles/{article_id}"


def _reading(each: Answer) -> tuple[str, str, str, str] | None:
    reading = each.get("agent_reading")
    if reading:
        lang = reading["article_id"].split("/")[0]
        return _desk_url(reading["article_id"]), lang, reading["title"], reading.get("description", "")
    article_id = each.get("agent_article_id")
    return (_desk_url(article_id), article_id.split("/")[0], "", "") if article_id else None


def _solution(row: Answer) -> SolutionView:
    return SolutionView(
        id=row["id"],
        offer=row["offer"],
        limit=_listed(row.get("limit")),
        approver=row["approver"],
        conditions=_conditions(row.get("when")),
        note=_listed(row.get("note")),
        until=str(row.get("valid_until") or ""),
    )


def _conditions(when: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(when, Mapping):
        return (("", _listed(when)),) if when else ()
    return tuple((name, _listed(value)) for name, value in when.items() if value not in (None, "", [], {}))


def _listed(value: Any) -> str:
    """Return sums, spans or choices on one line: `EUR 8, HUF 3000`, `1–5`, `ours / carrier`."""
    if isinstance(value, Mapping) and value and value.keys() <= {"from", "to"} and not _holds_sums(value):
        return f"{_listed(value.get('from'))}–{_listed(value.get('to'))}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_listed(each)}" for name, each in value.items() if each not in (None, ""))
    if isinstance(value, list | tuple):
        return " / ".join(_listed(each) for each in value)
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).replace("_", " ")


def _holds_sums(value: Mapping[str, Any]) -> bool:
    return any(isinstance(each, Mapping) for each in value.values())


def _phrases(found: Phrases) -> list[str]:
    return [text for bank in (found.openings, found.closings) for texts in bank.values() for text in texts]


def _wanted(texts: Iterable[str]) -> tuple[str, ...]:
    used = [name for text in texts for name in names_in(text)]
    return tuple(name for name in dict.fromkeys([*USUAL, *used]) if name != FILLED_BY_THE_STORE)
