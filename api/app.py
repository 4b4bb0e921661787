"""`create_app`: every route, its guards and its headers. Nothing happens at import."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from litestar import Litestar
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router

from api import health, media, theme
from api.agent import replies
from api.agent import search as agent_search
from api.errors import handle
from api.pages import article, category, home
from api.pages import search as search_page
from api.security import add_headers
from api.services import Services
from api.v1 import search
from kb.errors import KnowledgeBaseError

log = logging.getLogger("kb.api")

VERSION = "0.1.0"
MAX_BODY_BYTES = 64 * 1024
REFRESH_SECONDS = 0.5


def create_app(services: Services) -> Litestar:
    """
    Return the application over parts that are open already; the knowledge base is closed when the application ends.
    """
    return Litestar(
        route_handlers=[
            home.root,
            home.home,
            category.category_page,
            search_page.search_page,
            article.article_page,
            article.agent_article_page,
            search.search,
            agent_search.agent_search,
            replies.replies,
            health.healthz,
            health.readyz,
            theme.theme,
            media.media,
            media.agent_media,
            create_static_files_router(
                path="/static",
                directories=[Path(__file__).parent / "static"],
                include_in_schema=False,
                cache_control=None,
            ),
        ],
        state=State({"services": services}),
        dependencies={"services": Provide(lambda: services, sync_to_thread=False)},
        exception_handlers={Exception: handle},
        before_send=[add_headers],
        lifespan=[_following_editions],
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=OpenAPIConfig(
            title="faq-kb", version=VERSION, path="/schema", render_plugins=[JsonRenderPlugin(path="/openapi.json")]
        ),
        logging_config=None,
    )


@asynccontextmanager
async def _following_editions(app: Litestar) -> AsyncIterator[None]:
    """Move to each edition that is made live, without a restart; close what belongs to this event loop at the end."""
    services: Services = app.state.services
    task = asyncio.create_task(_follow(services))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await services.knowledge.close()


async def _follow(services: Services) -> None:
    while True:
        try:
            if await sync_to_thread(services.knowledge.refresh):
                log.warning("edition %s is live", services.knowledge.live().edition.id)
        except KnowledgeBaseError as error:
            # The edition before it goes on answering.
            log.error("the new edition cannot be read: %s", error)  # noqa: TRY400  the message says it all
        await asyncio.sleep(REFRESH_SECONDS)
