"""Who may use a route: each says so itself, and one that does not is no route of ours."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from litestar import Litestar
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import BaseRouteHandler
from litestar.routes import BaseRoute, HTTPRoute

from api.rate_limits import Limit, RateLimits
from api.services import Services
from kb.errors import Forbidden, NotSignedIn
from kb.records.keys import KeyInfo, Role

Connection = ASGIConnection[Any, Any, Any, Any]
OPTION = "access"
COOKIE = "kb_session"
# Browsers take a cookie of this name over https only, for this very host: no other of its domain can plant one.
SECURE_COOKIE = "__Host-kb_session"


class Access(StrEnum):
    """Given to a handler as `access=…`; in the order of what they may."""

    PUBLIC = "public"
    AGENT = "agent"
    EDITOR = "editor"


ROLES: dict[Access, frozenset[Role]] = {
    Access.AGENT: frozenset({Role.AGENT, Role.EDITOR}),
    Access.EDITOR: frozenset({Role.EDITOR}),
}


def check_declared(app: Litestar) -> None:
    """Raises ImproperlyConfiguredException for a route that does not say who may use it."""
    for route in app.routes:
        handlers = handlers_of(route)
        declared = [handler.opt[OPTION] for handler in handlers if isinstance(handler.opt.get(OPTION), Access)]
        for handler in handlers:
            if _is_made_for_options(handler) and declared:
                # The framework adds it, and it tells of the others what they take: for those who may use them all.
                handler.opt.setdefault(OPTION, max(declared, key=list(Access).index))
            if not isinstance(handler.opt.get(OPTION), Access):
                raise ImproperlyConfiguredException(
                    f"{route.path} does not say who may use it: give its handler {handler} access=Access.…"
                )


def handlers_of(route: BaseRoute) -> list[BaseRouteHandler]:
    """Return the handlers of a route of any kind."""
    return list(route.route_handlers) if isinstance(route, HTTPRoute) else [route.route_handler]  # type: ignore[attr-defined]


async def authorise(connection: Connection, handler: BaseRouteHandler) -> None:
    """
    Let through who may use the handler, and leave the key's holder in `scope["user"]`.

    A key that is sent is what counts, even beside a session. Raises NotSignedIn, Forbidden, TooManyRequests.
    """
    access = handler.opt[OPTION]
    if access is Access.PUBLIC:
        return
    services: Services = connection.app.state.services
    authorization = connection.headers.get("authorization", "")
    token = session_token(connection)
    if authorization or not token:
        holder = await holder_of_key(connection, _secret(authorization), is_try=bool(authorization))
    else:
        # Nobody guesses a token, and a page that is left open must not use up its agent's tries.
        holder = await sync_to_thread(services.sessions.holder, token)
    check_role(holder, access)
    connection.scope["user"] = holder


async def holder_of_key(connection: Connection, secret: str, *, is_try: bool = True) -> KeyInfo:
    """
    Return whose key a client sends; what fails is counted if it is a try.

    Raises NotSignedIn, the same for whatever is wrong with a key; TooManyRequests for a client that tried too many
    keys, also if this one is right: else trying would still tell.
    """
    services: Services = connection.app.state.services
    limits: RateLimits = connection.app.state.limits
    if is_try:
        limits.check(Limit.SIGN_IN, connection.scope)
    try:
        return await sync_to_thread(services.keys.holder, secret)
    except NotSignedIn:
        if is_try:
            services.metrics.sign_ins_failed.inc()
            limits.count(Limit.SIGN_IN, connection.scope)
        raise


def check_role(holder: KeyInfo, access: Access) -> None:
    """Raises Forbidden for a valid key of too low a role."""
    if holder.role not in ROLES[access]:
        raise Forbidden(f"This needs a key of the role {access}.", f"`kb keys create --role {access}` makes one.")


def session_token(connection: Connection) -> str:
    """Return the token of a browser's session; empty without one. What only https can set comes first."""
    cookies = connection.cookies
    return cookies.get(SECURE_COOKIE) or cookies.get(COOKIE) or ""


def _secret(authorization: str) -> str:
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _is_made_for_options(handler: BaseRouteHandler) -> bool:
    return getattr(handler, "http_methods", None) == {"OPTIONS"}
