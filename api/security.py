"""Headers for every response, and who may enter the agents' side."""

from __future__ import annotations

from typing import Any

from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Message, Scope

from api.services import Services
from kb.errors import NotSignedIn
from kb.records.keys import KeyInfo

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}
AGENT_PATHS = ("/api/v1/agent", "/agent")


async def add_headers(message: Message, scope: Scope) -> None:
    """Add the security headers to a response; what agents get is kept by no cache."""
    if message["type"] != "http.response.start":
        return
    present = {name.lower() for name, _ in message["headers"]}
    wanted = dict(HEADERS)
    if scope["path"].startswith(AGENT_PATHS):
        wanted["cache-control"] = "no-store"
    elif not scope["path"].startswith("/static/") and not _is_image(message, scope):
        # Every page may change with the next publish, and some speak the language that the browser asks for.
        wanted |= {"cache-control": "no-cache", "vary": "Accept-Language"}
    added = [(name.encode(), value.encode()) for name, value in wanted.items() if name.encode() not in present]
    message["headers"] = [*message["headers"], *added]


def _is_image(message: Message, scope: Scope) -> bool:
    """An image says itself how long it may be kept, and is the same in every language; its 404 page is not."""
    return scope["path"].startswith("/media/") and message.get("status") == 200


async def agents_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: refuse who has no valid key. Raises NotSignedIn."""
    services: Services = connection.app.state.services
    connection.scope["user"] = await sync_to_thread(_holder, services, connection.headers.get("authorization", ""))


def _holder(services: Services, authorization: str) -> KeyInfo:
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise NotSignedIn("This needs a key.", "Send `Authorization: Bearer <key>`; `kb keys create` makes one.")
    return services.keys.holder(secret.strip())
