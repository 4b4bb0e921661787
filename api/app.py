"""`create_app`: routes, guard, headers and gate. Nothing happens at import."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State
from litestar.di import Provide

from api import locale
from api.access import check_declared
from api.errors import handle
from api.gate import Gate, admit
from api.rate_limits import RateLimits
from api.schema import described
from api.security import add_headers
from api.services import Services
from api.surfaces import ALL, BY_NAME
from api.visitors import forgetting_yesterday
from kb.errors import KnowledgeBaseError

log = logging.getLogger("kb.api")

MAX_BODY_BYTES = 64 * 1024
# So that what was saved is found within two seconds; looking costs a tenth of a millisecond.
REFRESH_SECONDS = 0.1


def create_app(services: Services) -> Litestar:
    """
    Return the application over parts that are open already; the knowledge base and the records are closed when the
    application ends.

    Raises ImproperlyConfiguredException for a route that does not say who may use it.
    """
    settings = services.settings
    app = Litestar(
        route_handlers=BY_NAME[settings.surface],
        state=State({"services": services, "limits": RateLimits(settings, services.metrics), "schema": described(ALL)}),
        dependencies={"services": Provide(lambda: services, sync_to_thread=False)},
        guards=[admit],
        exception_handlers={Exception: handle},
        before_send=[add_headers],
        lifespan=[_following_editions, forgetting_yesterday, _keeping_records, _delivering],
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
    )
    check_declared(app)
    # Inside of `before_send`, so that what the gate refuses has the headers too; outside of everything else.
    app.asgi_handler = Gate(app.asgi_handler, services)
    return app


@asynccontextmanager
async def _following_editions(app: Litestar) -> AsyncIterator[None]:
    """Move to each edition that is made live, without a restart; close what belongs to this event loop at the end."""
    services: Services = app.state.services
    locale.use(services.settings.articles)
    task = asyncio.create_task(_follow(services))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await services.knowledge.close()


@asynccontextmanager
async def _keeping_records(app: Litestar) -> AsyncIterator[None]:
    """Write what waits when the application ends."""
    services: Services = app.state.services
    try:
        yield
    finally:
        await sync_to_thread(services.records.close)


@asynccontextmanager
async def _delivering(app: Litestar) -> AsyncIterator[None]:
    """Deliver what customers write, where there is a way; begin with what waits since before."""
    services: Services = app.state.services
    if services.deliverer is None:
        yield
        return
    services.deliverer.start()
    try:
        yield
    finally:
        await sync_to_thread(services.deliverer.close)


async def _follow(services: Services) -> None:
    told = ""
    while True:
        try:
            if await sync_to_thread(services.knowledge.refresh):
                log.warning("edition %s is live", services.knowledge.live().edition)
            told = ""
        except KnowledgeBaseError as error:
            if str(error) != told:  # once, not ten times a second; the edition before it goes on answering
                log.error("the live edition cannot be read: %s", error)  # noqa: TRY400  the message says it all
            told = str(error)
        await asyncio.sleep(REFRESH_SECONDS)
