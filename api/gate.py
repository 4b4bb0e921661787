"""
Where every request comes in and every response goes out.

`Gate` stands around the whole application, so that it also sees what no route takes: it refuses what is too large,
counts, and logs. `admit` is the one guard of all routes: who may write, how often, and who at all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from api import access_log, rate_limits, writes
from api.access import Connection, authorise
from api.errors import handle
from api.rate_limits import RateLimits
from api.services import Services
from api.sizes import check_size
from api.writes import check_write
from kb.errors import KnowledgeBaseError

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


async def admit(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard of every route. Raises CrossSite, UnsupportedBody, TooManyRequests, NotSignedIn, Forbidden."""
    services: Services = connection.app.state.services
    check_write(connection.scope, services.public_url, takes_form=handler.opt.get(writes.OPTION, False))
    limit = handler.opt.get(rate_limits.OPTION)
    if limit is not None:
        limits: RateLimits = connection.app.state.limits
        limits.take(limit, connection.scope)
    await authorise(connection, handler)


@dataclass(slots=True)
class Sent:
    """What has gone out for one request."""

    # A response that never began was our fault.
    status: int = 500
    size_bytes: int = 0


class Gate:
    """An ASGI application around the application."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        sent = Sent()
        try:
            await self._let_in(scope, receive, _watched(send, sent))
        finally:
            self._note(scope, sent, time.perf_counter() - start)

    async def _let_in(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        try:
            check_size(scope)
        except KnowledgeBaseError as error:
            request: Request[Any, Any, Any] = Request(scope, receive, send)
            response = handle(request, error).to_asgi_response(app=None, request=request)
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _note(self, scope: HTTPScope, sent: Sent, seconds: float) -> None:
        route = scope.get("path_template", "-") if "route_handler" in scope else "-"
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._services.metrics.requests.labels(route, method, sent.status).inc()
        if self._services.settings.access_log:
            size = 0 if method == "HEAD" else sent.size_bytes
            access_log.write_line(method=method, route=route, status=sent.status, seconds=seconds, size_bytes=size)


def _watched(send: Send, sent: Sent) -> Send:
    async def watched(message: Message) -> None:
        if message["type"] == "http.response.start":
            sent.status = message["status"]
        elif message["type"] == "http.response.body":
            sent.size_bytes += len(message["body"])
        await send(message)

    return watched
