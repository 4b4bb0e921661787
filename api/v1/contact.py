"""
While somebody writes to the store: articles that may answer already, and that one did.

`POST /api/v1/contact/suggestions` keeps nothing of the text; it is sent as a body, so that no log of addresses has it.
"""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api.access import Access
from api.rate_limits import Limit
from api.services import GivenServices
from api.v1.feedback import AcceptedOut, public_article, require_query_id
from kb.answers import Outcome
from kb.errors import InvalidQuestion, InvalidRequest
from kb.messages import read_message
from kb.query import Question
from kb.records.entries import Deflected
from kb.records.records import utc_now
from kb.search import Hit, SearchResult

MAX_MESSAGE_CHARS = 5000
# Each character may take six bytes when escaped.
MAX_BODY_BYTES = 32 * 1024
MAX_SUGGESTIONS = 3
# Of a long message what was written last is read: 5,000 characters would take a fifth of a second, each time.
READ_CHARS = 1000
# Whoever writes asks one thing or two; the others are looked at when the message is read.
MAX_QUESTIONS = 2


class DraftIn(Struct):
    """A message as far as it is written."""

    text: Annotated[str, Meta(description="Up to 5000 characters.")]
    lang: str


class SuggestionOut(Struct):
    """An article that may answer."""

    article_id: str
    title: str
    url: str
    lang: str
    text: Annotated[str, Meta(description="The sentences that answer, else what the article says of itself.")]


class SuggestionsOut(Struct):
    """What may answer, best first; empty when nothing is near."""

    suggestions: list[SuggestionOut]


class DeflectionIn(Struct):
    """A visitor says that an article answers what the message was to ask."""

    article_id: str
    query_id: Annotated[str | None, Meta(description="Of the search that led to the form.")] = None


@post(
    "/api/v1/contact/suggestions",
    operation_id="contact_suggestions",
    summary="Suggest articles while a message is written",
    status_code=200,
    access=Access.PUBLIC,
    limit=Limit.SEARCH,
    request_max_body_size=MAX_BODY_BYTES,
)
async def contact_suggestions(data: JSONBody[DraftIn], services: GivenServices) -> SuggestionsOut:
    services.checked_language(data.lang)
    if len(data.text) > MAX_MESSAGE_CHARS:
        raise InvalidRequest(f"text has {len(data.text)} characters, more than {MAX_MESSAGE_CHARS}.", "Shorten it.")
    try:
        questions = await sync_to_thread(_questions, data.text[-READ_CHARS:], data.lang)
    except InvalidQuestion:  # a greeting is no question yet
        return SuggestionsOut([])
    results = [await services.knowledge.search.find(question, limit=MAX_SUGGESTIONS) for question in questions]
    found = {each.article_id: each for result in results for each in _suggestions(result)}
    return SuggestionsOut(list(found.values())[:MAX_SUGGESTIONS])


@post(
    "/api/v1/contact/deflections",
    operation_id="contact_deflection",
    summary="Say that an article answered while a message was written",
    status_code=202,
    access=Access.PUBLIC,
    limit=Limit.FEEDBACK,
    request_max_body_size=MAX_BODY_BYTES,
)
async def contact_deflection(
    request: Request[Any, Any, Any], data: JSONBody[DeflectionIn], services: GivenServices
) -> AcceptedOut:
    require_query_id(data.query_id)
    article = public_article(services, data.article_id)
    if services.records.customers:
        services.records.customers.deflected(
            Deflected(
                at=utc_now(),
                query_id=data.query_id,
                article_id=article.id,
                lang=article.lang,
                visitor=services.visitors.of(request.scope),
                edition=services.knowledge.live().public.edition,
            )
        )
    return AcceptedOut()


def _questions(text: str, lang: str) -> list[Question]:
    """Raises InvalidQuestion."""
    asked = read_message(text, None, lang).questions
    return [Question.parse(each.searched, lang) for each in asked[:MAX_QUESTIONS]]


def _suggestions(result: SearchResult) -> list[SuggestionOut]:
    """Return what may answer; where search would lead to a human, nothing does."""
    if result.answer:
        return [_out(result.answer.hit, result.answer.text)]
    return [_out(hit, hit.article.description) for hit in result.clarify] if result.outcome is Outcome.CLARIFY else []


def _out(hit: Hit, text: str) -> SuggestionOut:
    return SuggestionOut(hit.article.id, hit.article.title, hit.url, hit.article.lang, text)
