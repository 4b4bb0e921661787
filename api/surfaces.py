"""Which routes a process serves: KB_SURFACE is `public`, `agent`, or `all`. What is not here does not exist there."""

from __future__ import annotations

from pathlib import Path

from litestar.response import Redirect
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from api import health, media, monitoring, theme
from api.access import Access
from api.agent import outcome, replies
from api.agent import search as agent_search
from api.desk import article as desk_article
from api.desk import console, insights, sign_in
from api.desk import search as desk_search
from api.editor import publishing
from api.pages import article, category, contact, discovery, home
from api.pages import feedback as feedback_page
from api.pages import search as search_page
from api.pages.render import page
from api.schema import schema
from api.v1 import contact as contact_help
from api.v1 import feedback, search

PUBLIC: tuple[ControllerRouterHandler, ...] = (
    home.root,
    home.home,
    category.category_page,
    search_page.search_page,
    article.article_page,
    discovery.sitemap,
    discovery.robots,
    discovery.opensearch,
    discovery.llms,
    contact.contact_page,
    contact.send_message,
    feedback_page.feedback_page,
    feedback_page.give_feedback,
    search.search,
    feedback.feedback,
    contact_help.contact_suggestions,
    contact_help.contact_deflection,
)
AGENT: tuple[ControllerRouterHandler, ...] = (
    console.console,
    console.ask,
    desk_search.agent_search_page,
    desk_article.agent_article_page,
    insights.insights_page,
    sign_in.sign_in,
    sign_in.sign_in_again,
    sign_in.sign_out,
    agent_search.agent_search,
    replies.replies,
    outcome.outcome,
    publishing.publishing,
    media.agent_media,
)
EVERYWHERE: tuple[ControllerRouterHandler, ...] = (
    health.healthz,
    health.readyz,
    theme.theme,
    media.media,
    schema,
    monitoring.metrics,
    create_static_files_router(
        path="/static",
        directories=[Path(__file__).parent / "static"],
        include_in_schema=False,
        cache_control=None,
        opt={"access": Access.PUBLIC},
    ),
)
ALL = (*PUBLIC, *AGENT, *EVERYWHERE)


@page("/", access=Access.PUBLIC)
async def agents_root() -> Redirect:
    """Where there is nothing for customers, the front page is the console."""
    return Redirect("/agent", status_code=302)


BY_NAME: dict[str, tuple[ControllerRouterHandler, ...]] = {
    "all": ALL,
    "public": (*PUBLIC, *EVERYWHERE),
    "agent": (agents_root, *AGENT, *EVERYWHERE),
}
