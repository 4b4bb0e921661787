"""The application as it is put together: routes, guards, headers."""

from __future__ import annotations

from typing import cast

import pytest
from litestar import Litestar

from api.app import create_app
from api.security import AGENT_PATHS, agents_only
from api.services import Services


@pytest.fixture(scope="module")
def app() -> Litestar:
    """The routes do not need the parts they will be served with."""
    return create_app(cast("Services", None))


def test_every_agents_route_is_guarded(app: Litestar) -> None:
    """A handler below an agents' path without the guard would be open to everyone."""
    unguarded = [
        path
        for route in app.routes
        for path in [route.path]
        if path.startswith(AGENT_PATHS)
        for handler in getattr(route, "route_handlers", [])
        if agents_only not in (handler.guards or ()) and "OPTIONS" not in handler.http_methods
    ]

    assert unguarded == []


def test_there_are_agents_routes(app: Litestar) -> None:
    """The test above must have something to look at."""
    assert sum(route.path.startswith(AGENT_PATHS) for route in app.routes) >= 3


def test_schema_describes_the_public_interface(app: Litestar) -> None:
    """OpenAPI names every JSON route, and no page."""
    paths = set(app.openapi_schema.paths or {})

    assert {
        "/api/v1/search",
        "/api/v1/feedback",
        "/api/v1/agent/search",
        "/api/v1/agent/replies",
        "/api/v1/agent/suggestions/{suggestion_id}/outcome",
        "/healthz",
        "/readyz",
    } == paths
