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
from kb.records.keys import Role

Connection = ASGIConnection[Any, Any, Any, Any]
OPTION = "access"


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

    Raises NotSignedIn, the same for whatever is wrong with a key; Forbidden for a valid one of too low a role;
    TooManyRequests for a client that tried too many keys, also if this one is right: else trying would still tell.
    """
    access = handler.opt[OPTION]
    if access is Access.PUBLIC:
        return
    services: Services = connection.app.state.services
    authorization = connection.headers.get("authorization", "")
    limits: RateLimits = connection.app.state.limits
    if authorization:
        limits.check(Limit.SIGN_IN, connection.scope)
    try:
        holder = await sync_to_thread(services.keys.holder, _secret(authorization))
    except NotSignedIn:
        if authorization:
            services.metrics.sign_ins_failed.inc()
            limits.count(Limit.SIGN_IN, connection.scope)
        raise
    if holder.role not in ROLES[access]:
        raise Forbidden(f"This needs a key of the role {access}.", f"`kb keys create --role {access}` makes one.")
    connection.scope["user"] = holder


def _secret(authorization: str) -> str:
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _is_made_for_options(handler: BaseRouteHandler) -> bool:
    return getattr(handler, "http_methods", None) == {"OPTIONS"}
