"""The application as it is put together: what it describes, which surface has which routes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from litestar.routes import HTTPRoute

from tests.api.asking import application, ask

# Asked of each surface: a page, what customers ask, an agents' page, what agents ask.
PAGE, SEARCH, AGENTS_PAGE, AGENTS_SEARCH = (
    "/en/returns",
    "/api/v1/search",
    "/agent/articles/en/a/b",
    "/api/v1/agent/search",
)
MEDIA = "/media/{digest:str}/{name:str}"
EVERYWHERE = {"/healthz", "/readyz", "/theme.css", "/schema", "/schema/openapi.json", "/metrics", MEDIA}


def _routes(folder: Path, surface: str) -> set[str]:
    return {route.path for route in application(folder, surface=surface).routes if isinstance(route, HTTPRoute)}


def test_schema_describes_the_public_interface(tmp_path: Path) -> None:
    """OpenAPI names every JSON route, and no page."""
    paths = json.loads(ask(application(tmp_path), "/schema").body)["paths"].keys()

    asked = {"/api/v1/search", "/api/v1/agent/search", "/api/v1/agent/replies", "/api/v1/editor/publishing"}
    written = {"/api/v1/contact/suggestions", "/api/v1/contact/deflections"}
    told = {"/api/v1/feedback", "/api/v1/agent/suggestions/{suggestion_id}/outcome"}
    assert asked | written | told | {"/healthz", "/readyz"} == paths


def test_schema_is_the_same_on_every_surface(tmp_path: Path) -> None:
    """A client is made from one document, whichever process it was fetched from."""
    apps = [application(tmp_path, surface=surface) for surface in ("all", "public", "agent")]
    answers = [ask(app, path) for app in apps for path in ("/schema", "/schema/openapi.json")]

    assert {answer.status for answer in answers} == {200}
    assert {answer.headers["content-type"] for answer in answers} == {"application/vnd.oai.openapi+json"}
    assert len({answer.body for answer in answers}) == 1


def test_surfaces_share_nothing_but_what_belongs_to_both(tmp_path: Path) -> None:
    """The process that customers reach has no route for agents, and the other way round."""
    public, agent, everything = (_routes(tmp_path, surface) for surface in ("public", "agent", "all"))

    assert everything == public | agent
    assert public & agent == EVERYWHERE | {"/", "/static/{file_path:path}"}
    assert not [path for path in public if path.startswith(("/agent", "/api/v1/agent"))]
    assert [path for path in agent if path.startswith(("/agent", "/api/v1/agent"))]


@pytest.mark.parametrize(
    ("surface", "path"),
    [("public", AGENTS_PAGE), ("public", AGENTS_SEARCH), ("agent", PAGE), ("agent", SEARCH), ("agent", "/en/search")],
)
def test_what_a_surface_has_not_is_not_found(tmp_path: Path, surface: str, path: str) -> None:
    """Not 401, which would say that there is something to find."""
    missing = ask(application(tmp_path, surface=surface), path)

    assert missing.status == 404
    assert (missing.headers["content-type"] == "application/problem+json") == path.startswith("/api")


def test_agents_surface_leads_from_its_root_to_what_it_has(tmp_path: Path) -> None:
    """Who opens the address of the agents' process must not meet an error."""
    led = ask(application(tmp_path, surface="agent"), "/")

    assert (led.status, led.headers["location"]) == (302, "/agent")
