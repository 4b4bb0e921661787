"""`/agent/articles/{lang}/{category}/{slug}`: an article with what is internal in it, for agents to read and to use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from markupsafe import Markup

from api.access import Access
from api.desk.frame import DeskFrame, desk_frame, desk_page
from api.locale import language_name
from api.pages.render import page
from api.rate_limits import Limit
from api.services import GivenServices, Services
from kb.article import Article, Audience, Reply, Supplement


@dataclass(frozen=True, slots=True)
class AgentArticlePage:
    """Given to agent_article.html."""

    frame: DeskFrame
    article: Article
    body: Markup
    """Sanitised by the indexer, last of all steps."""
    is_internal: bool
    category: str
    notes: tuple[str, ...]
    replies: tuple[Reply, ...]
    translations: tuple[tuple[str, str, str], ...]
    """(code, name, url) of the same article in other languages."""
    updated: date | None
    public_url: str
    """Where customers read it; empty when they cannot."""
    edit_url: str


@page("/agent/articles/{lang:str}/{category:str}/{slug:str}", access=Access.AGENT, limit=Limit.AGENT)
async def agent_article_page(
    request: Request[Any, Any, Any],
    lang: FromPath[str],
    category: FromPath[str],
    slug: FromPath[str],
    services: GivenServices,
) -> Response[str]:
    desk = services.knowledge.desk()
    article = desk.view.corpus.article(f"{lang}/{category}/{slug}")
    if article is None or not article.is_valid_on(services.knowledge.today()):
        raise NotFoundException
    supplement = desk.approved.supplements.get(article.id, Supplement(article.id))
    return desk_page("agent_article.html", _page(services, request, article, supplement), request)


def _page(
    services: Services, request: Request[Any, Any, Any], article: Article, supplement: Supplement
) -> AgentArticlePage:
    frame = desk_frame(services, request)
    siblings = services.knowledge.desk().view.corpus.translations(article.topic, services.knowledge.today())
    category = services.store.category(article.category)
    is_internal = article.audience is Audience.AGENT
    return AgentArticlePage(
        frame=frame,
        article=article,
        body=Markup(article.html),  # noqa: S704  cleaned when it was published
        is_internal=is_internal,
        category=category.title_in(frame.lang) if category else article.category,
        notes=supplement.notes,
        replies=supplement.replies,
        translations=tuple(
            (code, language_name(code, frame.lang), f"/agent/articles/{sibling.id}")
            for code, sibling in siblings.items()
            if code != article.lang
        ),
        updated=article.updated,
        public_url="" if is_internal else f"{services.public_url}{article.url}",
        edit_url=services.store.edit_link(article.id),
    )
