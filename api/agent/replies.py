"""`POST /api/v1/agent/replies`: a customer's message in, suggestions and a draft out."""

from __future__ import annotations

from typing import Annotated

from litestar import post
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType, field

from api.access import Access
from api.rate_limits import Limit
from api.recording import record_suggestions
from api.services import GivenServices
from api.v1.schemas import HandoffOut, handoff_out
from kb.errors import InvalidRequest
from kb.replies import QuestionGroup, ReplyResult, Source, Suggestion
from kb.variables import KNOWN, MAX_VALUE_CHARS

MAX_SUGGESTIONS = 10
# 20,000 characters of a message, each up to six bytes when escaped, and its variables.
MAX_BODY_BYTES = 256 * 1024


class ReplyIn(Struct, forbid_unknown_fields=False):
    """A message and what is known of the customer."""

    message: Annotated[str, Meta(description="As the customer wrote it; greeting, signature and quotes may stay.")]
    lang: str | None = None
    variables: dict[str, str] = field(default_factory=dict)
    agent_lang: str | None = None
    limit: int = 3


class SourceOut(Struct):
    """Where a text comes from."""

    article_id: str
    title: str
    url: str
    quote: str
    edition: str


class SuggestionOut(Struct):
    """An approved text that may answer the question."""

    suggestion_id: str
    article_id: str
    text: str
    confidence: float
    sources: list[SourceOut]
    unfilled: list[str]
    internal_notes: Annotated[list[str], Meta(description="For the agent's eyes only.")]
    translations: dict[str, str]
    agent_article_id: Annotated[
        str | UnsetType, Meta(description="The same article in agent_lang, when there is one.")
    ] = UNSET


class QuestionOut(Struct):
    """One question of the message."""

    text: str
    outcome: str
    suggestions: list[SuggestionOut]


class DraftOut(Struct):
    """One reply to the whole message, of approved texts only."""

    text: str
    unfilled: list[str]
    sendable: bool


class ReplyOut(Struct):
    """What an agent gets for a message."""

    message_id: str
    lang: str
    mode: str
    situation: str
    edition: str
    questions: list[QuestionOut]
    draft: DraftOut
    handoff: HandoffOut | None


@post(
    "/api/v1/agent/replies",
    operation_id="suggest_replies",
    summary="Suggest replies to a message",
    access=Access.AGENT,
    limit=Limit.AGENT,
    status_code=200,
    request_max_body_size=MAX_BODY_BYTES,
)
async def replies(data: JSONBody[ReplyIn], services: GivenServices) -> ReplyOut:
    for lang in (data.lang, data.agent_lang):
        if lang is not None:
            services.checked_language(lang)
    if not 1 <= data.limit <= MAX_SUGGESTIONS:
        raise InvalidRequest(f"limit is {data.limit}.", f"Give a number from 1 to {MAX_SUGGESTIONS}.")
    unknown = sorted(data.variables.keys() - KNOWN)
    if unknown:
        raise InvalidRequest(
            f"The variable {unknown[0][:60]!r} is not known.", f"Known are: {', '.join(sorted(KNOWN))}."
        )
    long = [name for name, value in data.variables.items() if len(value) > MAX_VALUE_CHARS]
    if long:
        raise InvalidRequest(f"{long[0]} has more than {MAX_VALUE_CHARS} characters.", "Shorten it.")
    result = await services.knowledge.replies.suggest(data.message, data.lang, data.variables, data.limit)
    record_suggestions(services, result)
    return reply_out(result, data.agent_lang)


def reply_out(result: ReplyResult, agent_lang: str | None) -> ReplyOut:
    """Return a result as it is sent."""
    return ReplyOut(
        message_id=result.message_id,
        lang=result.lang,
        mode=result.mode.value,
        situation=result.situation,
        edition=result.edition,
        questions=[_question(group, agent_lang) for group in result.questions],
        draft=DraftOut(result.draft.text, list(result.draft.unfilled), result.draft.sendable),
        handoff=handoff_out(result.handoff) if result.handoff else None,
    )


def _question(group: QuestionGroup, agent_lang: str | None) -> QuestionOut:
    return QuestionOut(group.text, group.outcome.value, [_suggestion(each, agent_lang) for each in group.suggestions])


def _suggestion(suggestion: Suggestion, agent_lang: str | None) -> SuggestionOut:
    return SuggestionOut(
        suggestion_id=suggestion.suggestion_id,
        article_id=suggestion.article_id,
        text=suggestion.text,
        confidence=round(suggestion.confidence, 4),
        sources=[_source(source) for source in suggestion.sources],
        unfilled=list(suggestion.unfilled),
        internal_notes=list(suggestion.internal_notes),
        translations=suggestion.translations,
        agent_article_id=suggestion.translations.get(agent_lang or "", UNSET),
    )


def _source(source: Source) -> SourceOut:
    return SourceOut(source.article_id, source.title, source.url, source.quote, source.edition)
