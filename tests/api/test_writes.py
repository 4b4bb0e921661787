"""Requests that change something: from where, and with what body."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar

from api.writes import origin_of
from tests.api.asking import application, ask, bearer

WRITE = "/api/v1/agent/replies"
OURS = "https://help.example.org"
HOST = "kb.internal:8000"
JSON = ("Content-Type", "application/json")
# Origins that only look like ours: nothing but the whole of it may count.
FOREIGN = [
    "https://evil.example",
    "https://help.example.org.evil.example",
    "https://evilhelp.example.org",
    "https://helpXexample.org",
    "https://helpexample.org",
    "https://example.org",
    "https://www.help.example.org",
    "https://help.example.org:8443",
    "https://help.example.org:80",
    "https://help.example.org:0443",
    "https://help.example.org@evil.example",
    "https://evil.example/help.example.org",
    "https://evil.example?https://help.example.org",
    "https://evil.example#https://help.example.org",
    "https://help.example.org/",
    "https://help.example.org.",
    "https://HELP.example.org",
    "HTTPS://help.example.org",
    "http://help.example.org",
    "ftp://help.example.org",
    "//help.example.org",
    "help.example.org",
    "https://help.example.org\thttps://evil.example",
    "https://help.example.org, https://evil.example",
    "https://help.example.org https://evil.example",
    "https://kb.internal:8000",
    "http://kb.internal",
    "http://kb.internal:8001",
    "http://[::1]:8000",
    "file://",
    "null",
    "",
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    return application(tmp_path_factory.mktemp("writes"), public_url=OURS + "/", rate_sign_in="off")


def _write(app: Litestar, *headers: tuple[str, str], body: bytes = b'{"message": "?"}', **how: Any) -> tuple[int, str]:
    length = [("Content-Length", str(len(body)))] if body else []
    answer = ask(app, WRITE, "POST", [("Host", HOST), *headers, *length], body=body, **how)
    return answer.status, answer.json()["code"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_page_of_another_site_cannot_write(app: Litestar, origin: str) -> None:
    """A page the reader happens to visit must not act here with what the browser holds."""
    assert _write(app, ("Origin", origin), JSON) == (403, "cross_site")


@pytest.mark.parametrize("origin", [OURS, f"http://{HOST}"])
def test_our_own_pages_can_write(app: Litestar, origin: str) -> None:
    """What the public address says, and what the request was sent to; a key is asked for next."""
    assert _write(app, ("Origin", origin), JSON) == (401, "not_signed_in")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "SAME-ORIGIN", "", "same-origin, cross-site", "x"])
def test_browser_that_names_another_site_is_refused(app: Litestar, site: str) -> None:
    """What the browser says of the page counts before its address, which may well be ours."""
    assert _write(app, ("Sec-Fetch-Site", site), ("Origin", OURS), JSON) == (403, "cross_site")


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_browser_that_names_our_own_site_is_let_in(app: Litestar, site: str) -> None:
    """Behind a proxy the address may be one that we do not know."""
    assert _write(app, ("Sec-Fetch-Site", site), ("Origin", "https://unknown.example"), JSON)[0] == 401


def test_header_that_is_sent_twice_must_be_right_twice(app: Litestar) -> None:
    """Which of two a server reads is the oldest trick there is."""
    assert _write(app, ("Origin", OURS), ("Origin", "https://evil.example"), JSON)[0] == 403
    assert _write(app, ("Sec-Fetch-Site", "none"), ("Sec-Fetch-Site", "cross-site"), JSON)[0] == 403


def test_program_without_either_header_is_let_in(app: Litestar) -> None:
    """curl, a help desk's server: not a browser that somebody else can steer."""
    assert _write(app, JSON) == (401, "not_signed_in")


def test_reading_is_open_to_every_site(app: Litestar) -> None:
    """A link from elsewhere is what the web is made of."""
    headers = [("Host", HOST), ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")]

    assert ask(app, "/healthz", headers=headers).status == 200


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/plain; application/json",
        "application/jsonp",
        "application/xml",
        "",
    ],
)
def test_body_that_a_form_could_send_is_refused(app: Litestar, kind: str) -> None:
    """A plain form can be sent from any page without asking; JSON cannot."""
    assert _write(app, ("Content-Type", kind)) == (415, "unsupported_body")


def test_body_without_a_kind_is_refused(app: Litestar) -> None:
    """What it is must be said."""
    assert _write(app) == (415, "unsupported_body")


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_taken_however_it_is_written(app: Litestar, kind: str) -> None:
    """Libraries write it in each of these ways."""
    assert _write(app, ("Content-Type", kind)) == (401, "not_signed_in")


def test_two_kinds_are_refused(app: Litestar) -> None:
    """One for us and one for whoever looked before us."""
    assert _write(app, JSON, ("Content-Type", "text/plain")) == (415, "unsupported_body")


def test_deep_json_is_a_problem_and_nothing_more(app: Litestar) -> None:
    """A body that nests a hundred thousand times must not take the process with it."""
    _, secret = app.state.services.keys.create("agent", "deep")
    body = b'{"message":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    assert _write(app, JSON, *bearer(secret), body=body) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://help.example.org/faq/", "https://help.example.org"),
        ("https://help.example.org:443", "https://help.example.org"),
        ("http://help.example.org:80/", "http://help.example.org"),
        ("http://HELP.example.org:8080", "http://help.example.org:8080"),
        ("http://[2001:db8::1]:8000/", "http://[2001:db8::1]:8000"),
        ("http://", ""),
        ("ftp://help.example.org", ""),
        ("http://host:99999", ""),
        ("", ""),
    ],
)
def test_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    """Without the port that goes without saying, in small letters, and nothing for what is no web address."""
    assert origin_of(url) == origin
