"""`/agent/search?q=&lang=`: articles for customers and for agents only, in one language or all."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.params import FromQuery
from markupsafe import Markup

from api.access import Access
from api.desk.frame import DeskFrame, desk_frame, desk_page
from api.locale import language_name
from api.pages.render import page
from api.rate_limits import Limit
from api.recording import SearchAsked, record_agents_search
from api.services import GivenServices, Services
from kb.article import Audience
from kb.errors import InvalidQuestion
from kb.query import MAX_QUESTION_CHARS, Question
from kb.search import Hit

HITS = 8


@dataclass(frozen=True, slots=True)
class FoundView:
    """One article."""

    title: str
    url: str
    public_url: str
    """Where the customer reads it; empty for agents' own articles and without a public address."""
    snippet: Markup
    """Escaped, with `<mark>` as its only tag."""
    category: str
    lang: str
    language: str
    is_internal: bool


@dataclass(frozen=True, slots=True)
class AgentSearchPage:
    """Given to agent_search.html."""

    frame: DeskFrame
    asked: bool
    unreadable: bool
    found: tuple[FoundView, ...]


@page("/agent/search", access=Access.AGENT, limit=Limit.AGENT)
async def agent_search_page(
    request: Request[Any, Any, Any],
    services: GivenServices,
    q: FromQuery[str] = "",
    lang: FromQuery[str] = "",
    typing: FromQuery[bool] = False,
) -> Response[str]:
    chosen = lang if lang in services.store.languages else ""
    frame = desk_frame(services, request, query=q[:MAX_QUESTION_CHARS], searched_lang=chosen)
    if not q.strip():
        return _answer(request, AgentSearchPage(frame, asked=False, unreadable=False, found=()))
    try:
        question = Question.parse(q, chosen or frame.lang)
    except InvalidQuestion:
        return _answer(request, AgentSearchPage(frame, asked=True, unreadable=True, found=()), 400)
    search = services.knowledge.agent_search
    result = await (search.type_ahead if typing else search.find)(question, None, HITS)
    services.metrics.searched(Access.AGENT, result)
    record_agents_search(services, request, SearchAsked(uuid.uuid4().hex, is_typing=typing), result)
    hits = [hit for hit in result.hits if chosen in ("", hit.article.lang)]
    found = tuple(_found(services, hit, frame.lang) for hit in hits)
    return _answer(request, AgentSearchPage(frame, asked=True, unreadable=False, found=found))


def _answer(request: Request[Any, Any, Any], content: AgentSearchPage, status: int = 200) -> Response[str]:
    return desk_page("agent_search.html", content, request, status)


def _found(services: Services, hit: Hit, reader: str) -> FoundView:
    article = hit.article
    category = services.store.category(article.category)
    is_internal = article.audience is Audience.AGENT
    address = services.public_url
    return FoundView(
        title=article.title,
        url=f"/agent/articles/{article.id}",
        public_url="" if is_internal or not address else f"{address}/{article.id}",
        snippet=Markup(hit.snippet),  # noqa: S704  escaped word by word in kb.excerpts
        category=category.title_in(reader) if category else article.category,
        lang=article.lang,
        language=language_name(article.lang, reader),
        is_internal=is_internal,
    )
