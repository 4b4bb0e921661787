"""The shapes of `/api/v1/agent/replies`, and how a result becomes one."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from api.v1.schemas import HandoffOut, handoff_out
from kb.composing.parts import Draft, QuestionGroup, Reading, Source, Suggestion
from kb.replies import ReplyResult
from kb.solutions import KEYS, Solution, Span, When


class SourceOut(Struct):
    """Where a text comes from."""

    article_id: str
    title: str
    url: str
    quote: str
    edition: str


class NearestOut(Struct):
    """An article that may help the agent."""

    article_id: str
    title: str
    url: str


class ReadingOut(Struct):
    """An article in the agent's language, in short."""

    article_id: str
    title: str
    description: str
    url: str


class SolutionOut(Struct):
    """What may be offered to the customer, and who may promise it. For the agent's eyes only."""

    id: str
    problem: str
    when: Annotated[dict[str, Any], Meta(description="Conditions, as they stand in solutions.yaml.")]
    offer: str
    limit: Annotated[dict[str, float], Meta(description="The largest sum by currency; empty: none is set.")]
    approver: str
    note: Annotated[str, Meta(description="In agent_lang, else the customer's language, else any.")]
    valid_from: date | UnsetType = UNSET
    valid_until: date | UnsetType = UNSET


class SuggestionOut(Struct):
    """An approved text that may answer the question."""

    suggestion_id: str
    article_id: str
    title: str
    url: str
    text: str
    html: Annotated[str, Meta(description="The same text, escaped: p and br are its only tags.")]
    tone: str
    tones: Annotated[list[str], Meta(description="In which this article has a text.")]
    confidence: float
    sources: list[SourceOut]
    unfilled: list[str]
    internal_notes: Annotated[list[str], Meta(description="For the agent's eyes only.")]
    translations: dict[str, str]
    agent_reading: Annotated[
        ReadingOut | None, Meta(description="The same article in agent_lang; null when there is none.")
    ]
    missing_translation: Annotated[
        bool, Meta(description="There is no such article in the customer's language: never part of the draft.")
    ]
    solutions: list[SolutionOut]
    agent_article_id: Annotated[
        str | UnsetType, Meta(description="The same article in agent_lang, when there is one.")
    ] = UNSET


class QuestionOut(Struct):
    """One question of the message."""

    text: str
    outcome: Annotated[str, Meta(description="answer: the first suggestion is in the draft; else clarify or handoff.")]
    suggestions: list[SuggestionOut]
    nearest: Annotated[list[NearestOut], Meta(description="Where to look when nothing is sure enough for the draft.")]


class EntityOut(Struct):
    """Something that the message names."""

    kind: Annotated[str, Meta(description="order_number, date, amount, email, phone or name.")]
    text: str


class DraftOut(Struct):
    """One reply to the whole message, of approved texts only."""

    text: str
    html: Annotated[str, Meta(description="The same, escaped: p, br and a are its only tags.")]
    unfilled: list[str]
    sendable: bool
    suggestions: Annotated[list[str], Meta(description="Ids of those whose texts it is made of.")]
    to_check: Annotated[list[str], Meta(description="Ids of those in it that are likely right, not surely.")]
    opening: Annotated[str, Meta(description="The greeting that suits the message, whether there is an answer or not.")]
    closing: Annotated[str, Meta(description="The farewell, likewise.")]


class ReplyOut(Struct):
    """What an agent gets for a message."""

    message_id: str
    lang: str
    mode: str
    situation: Annotated[str, Meta(description="neutral, delay, damage, anger, thanks or follow_up.")]
    tone: str
    edition: str
    entities: list[EntityOut]
    questions: list[QuestionOut]
    questions_left_out: Annotated[int, Meta(description="How many more there are than are answered at once.")]
    draft: DraftOut
    handoff: HandoffOut | None


def reply_out(result: ReplyResult, agent_lang: str | None) -> ReplyOut:
    """Return a result as it is sent."""
    return ReplyOut(
        message_id=result.message_id,
        lang=result.lang,
        mode=result.mode.value,
        situation=result.situation,
        tone=result.tone,
        edition=result.edition,
        entities=[EntityOut(each.kind.value, each.text) for each in result.entities],
        questions=[_question(group, result.lang, agent_lang) for group in result.questions],
        questions_left_out=result.left_out,
        draft=_draft(result.draft),
        handoff=handoff_out(result.handoff) if result.handoff else None,
    )


def _draft(draft: Draft) -> DraftOut:
    return DraftOut(
        text=draft.text,
        html=draft.html,
        unfilled=list(draft.unfilled),
        sendable=draft.sendable,
        suggestions=list(draft.suggestions),
        to_check=list(draft.to_check),
        opening=draft.opening,
        closing=draft.closing,
    )


def _question(group: QuestionGroup, lang: str, agent_lang: str | None) -> QuestionOut:
    return QuestionOut(
        group.text,
        group.outcome.value,
        [_suggestion(each, lang, agent_lang) for each in group.suggestions],
        [NearestOut(each.article_id, each.title, each.url) for each in group.nearest],
    )


def _suggestion(suggestion: Suggestion, lang: str, agent_lang: str | None) -> SuggestionOut:
    return SuggestionOut(
        suggestion_id=suggestion.suggestion_id,
        article_id=suggestion.article_id,
        title=suggestion.title,
        url=suggestion.url,
        text=suggestion.text,
        html=suggestion.html,
        tone=suggestion.tone,
        tones=list(suggestion.tones),
        confidence=round(suggestion.confidence, 4),
        sources=[_source(source) for source in suggestion.sources],
        unfilled=list(suggestion.unfilled),
        internal_notes=list(suggestion.internal_notes),
        translations=suggestion.translations,
        agent_reading=_reading(suggestion.agent_reading),
        missing_translation=suggestion.missing_translation,
        solutions=[_solution(each, (agent_lang or lang, lang)) for each in suggestion.solutions],
        agent_article_id=suggestion.translations.get(agent_lang or "", UNSET),
    )


def _source(source: Source) -> SourceOut:
    return SourceOut(source.article_id, source.title, source.url, source.quote, source.edition)


def _reading(reading: Reading | None) -> ReadingOut | None:
    return ReadingOut(reading.article_id, reading.title, reading.description, reading.url) if reading else None


def _solution(solution: Solution, langs: tuple[str, ...]) -> SolutionOut:
    notes = [solution.note[lang] for lang in langs if lang in solution.note] or list(solution.note.values())
    return SolutionOut(
        id=solution.id,
        problem=solution.problem,
        when=_conditions(solution.when),
        offer=solution.offer.value,
        limit=solution.limit,
        approver=solution.approver.value,
        note=notes[0] if notes else "",
        valid_from=solution.valid_from or UNSET,
        valid_until=solution.valid_until or UNSET,
    )


def _conditions(when: When) -> dict[str, Any]:
    """Return the conditions that a row names, in the words of the file."""
    return {key: _condition(getattr(when, key)) for key in KEYS if getattr(when, key) != getattr(When(), key)}


def _condition(value: Any) -> Any:
    if isinstance(value, Span):
        ends = {"from": value.first or None, "to": value.last}
        return {name: end for name, end in ends.items() if end is not None}
    built = msgspec.to_builtins(value)
    return {name: sums for name, sums in built.items() if sums} if isinstance(built, dict) else built
