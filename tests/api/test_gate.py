"""What is refused before anybody looks what it asks for, and what every answer carries."""

from __future__ import annotations

from pathlib import Path

import pytest
from litestar import Litestar

from api.security import HEADERS
from tests.api.asking import application, ask

JSON_HEADER = ("Content-Type", "application/json")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    return application(tmp_path_factory.mktemp("gate"), rate_search="off", public_url="https://help.example.org")


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/api/v1/search?q=" + "a" * 9_000, [], 414, "address_too_long"),
        ("/api/" + "a" * 9_000, [], 414, "address_too_long"),
        ("/api/v1/search?q=a", [("X-Large", "a" * 17_000)], 431, "headers_too_large"),
        ("/api/v1/search?q=a", [(f"X-{number}", "") for number in range(3_000)], 431, "headers_too_large"),
        ("/api/nothing", [("Content-Encoding", "gzip")], 415, "unsupported_body"),
        ("/api/v1/agent/replies", [("Content-Encoding", "br"), JSON_HEADER], 415, "unsupported_body"),
    ],
    ids=["query", "path", "one header", "many headers", "compressed", "compressed write"],
)
def test_too_large_a_request_is_a_problem(
    app: Litestar, path: str, headers: list[tuple[str, str]], status: int, code: str
) -> None:
    """A flood of large requests must not cost more than looking at their size, and a program is told what to mend."""
    refused = ask(app, path, "POST" if "replies" in path else "GET", headers)

    assert (refused.status, refused.json()["code"]) == (status, code)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["hint"]


def test_too_large_a_request_for_a_page_is_a_page(app: Litestar) -> None:
    """A reader with a browser full of cookies gets words, not JSON."""
    refused = ask(app, "/en/returns", headers=[("Cookie", "a" * 17_000)])

    assert refused.status == 431
    assert refused.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/v1/search?q=" + "%F0%9F%98%80" * 512, []),
        ("/api/v1/search?q=a", [("Cookie", "a" * 8_000)]),
        ("/api/v1/search?q=a", [("Content-Encoding", "identity")]),
    ],
    ids=["longest question", "many cookies", "identity"],
)
def test_large_requests_that_people_send_pass(app: Litestar, path: str, headers: list[tuple[str, str]]) -> None:
    """512 emoji are a question too."""
    assert ask(app, path, headers=headers).status not in {414, 415, 431}


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/en/nothing", "/api/nothing", "/static/kb.css", "/static/nothing", "/metrics", "/x?q=" + "a" * 9_000],
)
def test_every_answer_has_the_security_headers(app: Litestar, path: str) -> None:
    """Also errors, and errors of the gate: a browser that is not told guesses."""
    answer = ask(app, path)

    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_transport_is_not_demanded_where_the_public_address_has_none(tmp_path: Path) -> None:
    """A store on http://localhost must not be locked out of itself."""
    app = application(tmp_path, public_url="http://localhost:8000")

    assert "strict-transport-security" not in ask(app, "/healthz").headers


@pytest.mark.parametrize("path", ["/static/nothing.css", "/en/nothing", "/api/nothing", "/api/v1/search?q="])
def test_no_cache_keeps_what_went_wrong(app: Litestar, path: str) -> None:
    """An error of a minute must not be shown for a day."""
    answer = ask(app, path)

    assert answer.status >= 400
    assert answer.headers["cache-control"] == "no-store"


def test_static_files_may_be_kept(app: Litestar) -> None:
    """The counterpart: what is well is not loaded anew with every page."""
    assert "no-store" not in ask(app, "/static/kb.css").headers.get("cache-control", "")
