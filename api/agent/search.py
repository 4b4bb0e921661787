"""`GET /api/v1/agent/search`: as for customers, over internal articles and notes too."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from litestar import Request, get

from api.access import Access
from api.rate_limits import Limit
from api.recording import record_agents_search
from api.services import GivenServices
from api.v1.schemas import SearchOut
from api.v1.search import CATEGORY, LANG, LIMIT, QUERY, TYPING, answer, check


@get(
    "/api/v1/agent/search",
    operation_id="agent_search",
    summary="Search for agents",
    access=Access.AGENT,
    limit=Limit.AGENT,
)
async def agent_search(
    request: Request[Any, Any, Any],
    services: GivenServices,
    q: Annotated[str, QUERY] = "",
    lang: Annotated[str | None, LANG] = None,
    category: Annotated[str | None, CATEGORY] = None,
    limit: Annotated[int, LIMIT] = 10,
    typing: Annotated[bool, TYPING] = False,
) -> SearchOut:
    wanted = lang if lang is not None else services.preferred_language(request.headers.get("accept-language", ""))
    asked = check(services, q, wanted, category, limit, typing)
    record = partial(record_agents_search, services, request)
    return await answer(services, services.knowledge.agent_search, asked, Access.AGENT, record)
