"""`GET /api/v1/search`: what the pages show, as JSON."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from litestar import Request, get
from litestar.params import QueryParameter

from api.access import Access
from api.rate_limits import Limit
from api.recording import Record, SearchAsked, record_customers_search
from api.services import GivenServices, Services
from api.v1.schemas import SearchOut, search_out
from kb.errors import InvalidRequest
from kb.query import Question
from kb.search import Search, SearchResult

MAX_LIMIT = 50
QUERY = QueryParameter(description="The question, 1 to 512 characters.")
LANG = QueryParameter(description="The reader's language; missing: by Accept-Language, then the store's default.")
CATEGORY = QueryParameter(description="Only articles of this category; an unknown one has no hits.")
LIMIT = QueryParameter(description="How many hits, 1 to 50.")
UNSENT = QueryParameter(description="The reader paused and sent nothing: a whole search, recorded like typing.")
TYPING = QueryParameter(description="The question is unfinished: prefixes and words only, no outcome.")


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of a search, checked."""

    question: Question
    category: str | None
    limit: int
    is_typing: bool


@get(
    "/api/v1/search",
    operation_id="search",
    summary="Search for customers",
    access=Access.PUBLIC,
    limit=Limit.SEARCH,
)
async def search(
    request: Request[Any, Any, Any],
    services: GivenServices,
    q: Annotated[str, QUERY] = "",
    lang: Annotated[str | None, LANG] = None,
    category: Annotated[str | None, CATEGORY] = None,
    limit: Annotated[int, LIMIT] = 10,
    typing: Annotated[bool, TYPING] = False,
    unsent: Annotated[bool, UNSENT] = False,
) -> SearchOut:
    wanted = lang if lang is not None else services.preferred_language(request.headers.get("accept-language", ""))
    asked = check(services, q, wanted, category, limit, typing)
    record = partial(record_customers_search, services, request)
    if unsent:
        record = partial(_as_typed, record)
    return await answer(services, services.knowledge.search, asked, Access.PUBLIC, record)


def _as_typed(record: Record, asked: SearchAsked, result: SearchResult) -> None:
    """Have it wait for what becomes of it: somebody who pauses twice has asked once."""
    record(replace(asked, is_typing=True), result)


def check(services: Services, q: str, lang: str, category: str | None, limit: int, is_typing: bool) -> Asked:
    """Raises UnknownLanguage, InvalidRequest, InvalidQuestion."""
    services.checked_language(lang)
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidRequest(f"limit is {limit}.", f"Give a number from 1 to {MAX_LIMIT}.")
    return Asked(Question.parse(q, lang), category or None, limit, is_typing)


async def answer(services: Services, search_for: Search, asked: Asked, audience: Access, record: Record) -> SearchOut:
    """Ask, count, record, and return what is sent."""
    find = search_for.type_ahead if asked.is_typing else search_for.find
    result = await find(asked.question, asked.category, asked.limit)
    services.metrics.searched(audience, result)
    query_id = uuid.uuid4().hex
    record(SearchAsked(query_id, asked.category, asked.is_typing), result)
    return search_out(result, query_id)
