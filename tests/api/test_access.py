"""Who may use which route: asked of every route of the application with every kind of key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar, get
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from api.access import Access, check_declared
from api.app import create_app
from api.errors import handle
from api.gate import admit
from api.services import Services
from kb.records.database import Database
from kb.records.keys import KeyStore
from kb.records.tables import agents
from tests.api.asking import ask, bearer, unpublished

# What each key may do, by what a route declares: 401 nobody known, 403 known and not allowed, None let in.
EXPECTED: dict[str, dict[Access, int | None]] = {
    "none": {Access.PUBLIC: None, Access.AGENT: 401, Access.EDITOR: 401},
    "revoked": {Access.PUBLIC: None, Access.AGENT: 401, Access.EDITOR: 401},
    "expired": {Access.PUBLIC: None, Access.AGENT: 401, Access.EDITOR: 401},
    "agent": {Access.PUBLIC: None, Access.AGENT: None, Access.EDITOR: 403},
    "editor": {Access.PUBLIC: None, Access.AGENT: None, Access.EDITOR: None},
}
# Every route and what it is for. A route that is added must be added here: who opens it does so twice.
ROUTES: dict[str, Access] = {
    "/": Access.PUBLIC,
    "/{lang:str}": Access.PUBLIC,
    "/{lang:str}/{category:str}": Access.PUBLIC,
    "/{lang:str}/search": Access.PUBLIC,
    "/{lang:str}/contact": Access.PUBLIC,
    "/{lang:str}/feedback": Access.PUBLIC,
    "/{lang:str}/{category:str}/{slug:str}": Access.PUBLIC,
    "/insights": Access.EDITOR,
    "/agent": Access.AGENT,
    "/agent/search": Access.AGENT,
    "/agent/sign-in": Access.PUBLIC,
    "/agent/sign-out": Access.PUBLIC,
    "/agent/articles/{lang:str}/{category:str}/{slug:str}": Access.AGENT,
    "/api/v1/search": Access.PUBLIC,
    "/api/v1/agent/search": Access.AGENT,
    "/api/v1/feedback": Access.PUBLIC,
    "/api/v1/contact/suggestions": Access.PUBLIC,
    "/api/v1/contact/deflections": Access.PUBLIC,
    "/api/v1/agent/replies": Access.AGENT,
    "/api/v1/agent/suggestions/{suggestion_id:str}/outcome": Access.AGENT,
    "/api/v1/editor/publishing": Access.EDITOR,
    "/media/{digest:str}/{name:str}": Access.PUBLIC,
    "/agent/media/{digest:str}/{name:str}": Access.AGENT,
    "/healthz": Access.PUBLIC,
    "/readyz": Access.PUBLIC,
    "/metrics": Access.PUBLIC,
    "/schema": Access.PUBLIC,
    "/schema/openapi.json": Access.PUBLIC,
    "/static/{file_path:path}": Access.PUBLIC,
    "/theme.css": Access.PUBLIC,
    "/sitemap.xml": Access.PUBLIC,
    "/robots.txt": Access.PUBLIC,
    "/llms.txt": Access.PUBLIC,
    "/{lang:str}/opensearch.xml": Access.PUBLIC,
}
WRONG_KEYS = ["Bearer ", "Bearer x", "Bearer kb_", "Bearer kb_" + "k" * 5000, "Bearer kb_é", "Basic a2I6a2I=", "Bearer"]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return unpublished(tmp_path_factory.mktemp("access"), rate_sign_in="off", rate_agent="off", rate_search="off")


@pytest.fixture(scope="module")
def app(services: Services) -> Litestar:
    return create_app(services)


@pytest.fixture(scope="module")
def keys(services: Services) -> dict[str, list[tuple[str, str]]]:
    """The headers of each kind of client."""
    yesterday = KeyStore(Database(services.settings.records_url, agents), lambda: datetime.now(UTC) - timedelta(days=2))
    revoked, secret = services.keys.create("editor", "revoked")
    services.keys.revoke(revoked.id)
    return {
        "none": [],
        "revoked": bearer(secret),
        "expired": bearer(yesterday.create("editor", "expired", days=1)[1]),
        "agent": bearer(services.keys.create("agent", "agent")[1]),
        "editor": bearer(services.keys.create("editor", "editor")[1]),
    }


def _calls(app: Litestar) -> list[tuple[str, str, Access]]:
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    handlers = [(route.path, handler) for route in routes for handler in route.route_handlers]
    return [
        (_filled(path), method, handler.opt["access"])
        for path, handler in handlers
        for method in sorted(_methods(handler))
    ]


def _methods(handler: HTTPRouteHandler) -> set[str]:
    return {str(method) for method in handler.http_methods}


def _filled(path: str) -> str:
    for name, value in (("{lang:str}", "en"), ("{category:str}", "returns"), ("{slug:str}", "refund-time")):
        path = path.replace(name, value)
    return path.replace("{file_path:path}", "kb.css")


@pytest.mark.parametrize("client", EXPECTED)
def test_each_client_may_do_what_the_route_says(
    app: Litestar, keys: dict[str, list[tuple[str, str]]], client: str
) -> None:
    """A route open to the wrong people gives away what the store tells its own staff."""
    wrong = []
    for path, method, access in _calls(app):
        status = ask(app, path, method, keys[client]).status
        refusal = EXPECTED[client][access]
        if (status != refusal) if refusal else (status in {401, 403}):
            wrong.append((method, path, access, status))

    assert wrong == []


def test_matrix_has_every_kind_of_route(app: Litestar) -> None:
    """The test above must have something to look at."""
    calls = _calls(app)

    assert {access for _, _, access in calls} == set(Access)
    assert sum(access is Access.AGENT for _, _, access in calls) >= 5


def test_every_route_is_on_the_list_with_what_it_declares(app: Litestar) -> None:
    """A route that is opened by mistake, or added without anybody looking, must be noticed here."""
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    declared = {route.path: {handler.opt["access"] for handler in route.route_handlers} for route in routes}

    assert declared == {path: {access} for path, access in ROUTES.items()}


def test_route_that_does_not_say_who_may_use_it_stops_the_start() -> None:
    """Forgotten must not mean open."""

    @get("/forgotten")
    async def forgotten() -> str:
        return ""

    with pytest.raises(ImproperlyConfiguredException, match="/forgotten does not say who may use it"):
        check_declared(Litestar([forgotten], openapi_config=None, logging_config=None))


def test_route_that_says_it_in_another_way_stops_the_start() -> None:
    """A word that only looks like it would be compared with nothing, and let everybody in."""

    @get("/misspelt", access="agents")
    async def misspelt() -> str:
        return ""

    with pytest.raises(ImproperlyConfiguredException, match="/misspelt"):
        check_declared(Litestar([misspelt], openapi_config=None, logging_config=None))


def test_guard_refuses_a_route_that_was_added_later(services: Services) -> None:
    """Added behind the check's back, it answers nobody."""

    @get("/late")
    async def late() -> str:
        return "let in"

    app = Litestar(guards=[admit], exception_handlers={Exception: handle}, openapi_config=None, logging_config=None)
    app.state.services = services
    app.register(late)

    assert ask(app, "/late").status == 500


@pytest.mark.parametrize("path", ["/api/v1/agent/search?q=x", "/agent/articles/en/returns/refund-time"])
def test_every_wrong_key_gets_the_same_answer(app: Litestar, keys: dict[str, Any], path: str) -> None:
    """An answer that differs tells a guesser how far the key was right."""
    sent = [[], keys["revoked"], keys["expired"], *([("Authorization", wrong)] for wrong in WRONG_KEYS)]
    answers = [ask(app, path, headers=headers) for headers in sent]

    assert {answer.status for answer in answers} == {401}
    assert len({(tuple(answer.headers.items()), answer.body) for answer in answers}) == 1


def test_too_low_a_role_is_told_what_is_missing(app: Litestar, keys: dict[str, list[tuple[str, str]]]) -> None:
    """An agent with a good key must not go looking for what is wrong with it."""
    refused = ask(app, "/api/v1/editor/publishing", headers=[*keys["agent"], ("Accept", "application/json")])

    assert refused.status == 403


def test_key_with_a_name_of_the_scheme_in_any_case_is_read(app: Litestar, services: Services, tmp_path: Path) -> None:
    """`bearer` and `Bearer` are the same word in HTTP."""
    _, secret = services.keys.create("agent", "case")

    assert ask(app, "/api/v1/agent/search?q=x", headers=[("Authorization", f"bearer {secret}")]).status == 503
