"""Signing in with a key: what a session may do, when it ends, and what somebody hostile gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
from litestar import Litestar

from api.access import COOKIE, ROLES, SECURE_COOKIE, Access
from api.app import create_app
from api.desk.sign_in import safe_next
from api.services import Services
from kb.records.database import Database
from kb.records.keys import KeyStore, Role
from kb.records.sessions import SessionStore
from kb.records.tables import agents
from tests.api.asking import ask, bearer, unpublished
from tests.service import Answered

FORM = ("Content-Type", "application/x-www-form-urlencoded")
HOST = ("Host", "help.example.org")
OURS = ("Sec-Fetch-Site", "same-origin")
# Nothing is published here: who is let in gets 503, who is not 401.
LET_IN, REFUSED = 503, 401
AGENTS_ROUTES = ["/agent/articles/en/a/b", "/api/v1/agent/search?q=refund", "/agent/search?q=refund"]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return unpublished(tmp_path_factory.mktemp("sign-in"), rate_sign_in="off")


@pytest.fixture(scope="module")
def app(services: Services) -> Litestar:
    return create_app(services)


@pytest.fixture
def key(services: Services) -> str:
    return services.keys.create("agent", "Anna")[1]


def sign_in(app: Litestar, key: str, *headers: tuple[str, str], next: str = "", scheme: str = "http") -> Answered:  # noqa: A002
    body = urlencode({"key": key, "next": next}).encode()
    return _post(app, "/agent/sign-in", body, [OURS, *headers], scheme)


def _post(
    app: Litestar, path: str, body: bytes, headers: list[tuple[str, str]], scheme: str = "http", kind: str = FORM[1]
) -> Answered:
    sent = [HOST, ("Content-Type", kind), ("Content-Length", str(len(body))), *headers]
    return ask(app, path, "POST", sent, body=body, scheme=scheme)


def cookie_of(answer: Answered, name: str = COOKIE) -> Morsel[str]:
    return SimpleCookie(answer.headers["set-cookie"])[name]


def session(answer: Answered) -> list[tuple[str, str]]:
    """Return the headers of a browser that took the cookie of an answer."""
    return [HOST, ("Cookie", f"{COOKIE}={cookie_of(answer).value}")]


def test_key_opens_a_session_for_pages_and_json_alike(app: Litestar, key: str) -> None:
    """What the console asks for is guarded by the same guard, and let through by the same session."""
    answer = sign_in(app, key)
    statuses = [ask(app, path, headers=session(answer)).status for path in AGENTS_ROUTES]

    assert (answer.status, answer.headers["location"]) == (303, "/agent")
    assert statuses == [LET_IN] * len(AGENTS_ROUTES)


def test_cookie_is_out_of_reach(app: Litestar, key: str) -> None:
    """No script reads it, no other site sends it along, and the key itself is not in it."""
    answer = sign_in(app, key)
    cookie = cookie_of(answer)

    assert (cookie["httponly"], cookie["samesite"].lower(), cookie["path"]) == (True, "strict", "/")
    assert int(cookie["max-age"]) == 12 * 3600
    assert not cookie["domain"]
    assert key not in answer.headers["set-cookie"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "scheme"),
    [([], "https"), ([("X-Forwarded-Proto", "https")], "http"), ([("Origin", "https://help.example.org")], "http")],
)
def test_cookie_stays_on_https(app: Litestar, key: str, headers: list[tuple[str, str]], scheme: str) -> None:
    """Behind a proxy too; and by its name no other host of the domain can put one there."""
    cookie = cookie_of(sign_in(app, key, *headers, scheme=scheme), SECURE_COOKIE)

    assert cookie["secure"]
    assert cookie["path"] == "/"


def test_session_ends_when_it_is_signed_out(app: Litestar, key: str) -> None:
    """The token is dead, not only forgotten by the browser."""
    signed_in = session(sign_in(app, key))
    answer = _post(app, "/agent/sign-out", b"", [*signed_in, OURS])

    assert answer.status == 303
    assert ask(app, AGENTS_ROUTES[0], headers=signed_in).status == REFUSED


def test_revoked_key_ends_its_sessions_at_once(app: Litestar, services: Services, key: str) -> None:
    """While the agent is signed in, on pages and on JSON."""
    signed_in = session(sign_in(app, key))
    services.keys.revoke(services.keys.holder(key).id)

    assert [ask(app, path, headers=signed_in).status for path in AGENTS_ROUTES] == [REFUSED] * len(AGENTS_ROUTES)


def test_session_that_is_over_gets_the_form(app: Litestar, services: Services) -> None:
    """With a way on: the form leads back to the page that was asked for."""
    yesterday = KeyStore(Database(services.settings.records_url, agents), lambda: datetime.now(UTC) - timedelta(days=1))
    token = SessionStore(yesterday).open(yesterday.create("agent", "Anna")[0], hours=12)
    answer = ask(app, "/agent/articles/en/a/b", headers=[("Cookie", f"{COOKIE}={token}")])

    assert answer.status == REFUSED
    assert 'action="/agent/sign-in"' in answer.text
    assert 'name="next" value="/agent/articles/en/a/b"' in answer.text


def test_session_may_no_more_than_its_key(app: Litestar, services: Services, key: str) -> None:
    """An agent's session does not open what editors have; an editor's does."""
    editor = services.keys.create("editor", "Chief")[1]
    path = "/api/v1/editor/publishing"

    assert ask(app, path, headers=session(sign_in(app, key))).status == 403
    assert ask(app, path, headers=session(sign_in(app, editor))).status not in {401, 403}


@pytest.mark.parametrize("wrong", ["kb_wrong", "wrong", "kb_" + "k" * 150, "kb_é", "' OR 1=1 --"])
def test_wrong_key_is_told_so_and_opens_nothing(app: Litestar, wrong: str) -> None:
    """In one sentence, the same for whatever is wrong with it."""
    answer = sign_in(app, wrong)

    assert answer.status == REFUSED
    assert "This key is not valid, or no longer." in answer.text
    assert "set-cookie" not in answer.headers
    assert wrong not in answer.text


def test_revoked_key_is_answered_like_a_wrong_one(app: Litestar, services: Services, key: str) -> None:
    """An answer that differs would tell a guesser that the key was right once."""
    services.keys.revoke(services.keys.holder(key).id)

    assert sign_in(app, key).body == sign_in(app, "kb_wrong").body


def test_key_of_another_role_is_told_so(app: Litestar, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is valid: its holder must not go looking for a slip in it."""
    monkeypatch.setitem(ROLES, Access.AGENT, frozenset({Role.EDITOR}))
    answer = sign_in(app, key)

    assert answer.status == 403
    assert "This key is valid, but not for these pages." in answer.text
    assert "set-cookie" not in answer.headers


def test_form_without_a_key_asks_for_it(app: Litestar) -> None:
    """And is no key that is wrong."""
    answer = sign_in(app, " ")

    assert answer.status == 400
    assert "Please enter your key." in answer.text


def test_keys_cannot_be_tried_one_after_another(tmp_path: Path) -> None:
    """After twenty wrong ones a right one is not looked at either; a session that is open goes on."""
    services = unpublished(tmp_path)
    app, key = create_app(services), services.keys.create("agent", "Anna")[1]
    signed_in = session(sign_in(app, key))
    statuses = [sign_in(app, f"kb_{number}").status for number in range(25)]
    last = sign_in(app, key)

    assert statuses == [REFUSED] * 20 + [429] * 5
    assert last.status == 429
    assert int(last.headers["retry-after"]) > 0
    assert ask(app, AGENTS_ROUTES[0], headers=signed_in).status == LET_IN


def test_sessions_that_are_over_use_up_no_tries(tmp_path: Path) -> None:
    """A page that asks again and again after the end of its session must not lock its agent out."""
    services = unpublished(tmp_path)
    app, key = create_app(services), services.keys.create("agent", "Anna")[1]
    stale = [("Cookie", f"{COOKIE}=over")]
    statuses = {ask(app, AGENTS_ROUTES[0], headers=stale).status for _ in range(30)}

    assert statuses == {REFUSED}
    assert sign_in(app, key).status == 303


@pytest.mark.parametrize(
    "forged",
    [
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
        [("Origin", "https://evil.example")],
        [("Origin", "null")],
        [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
    ],
)
@pytest.mark.parametrize("path", ["/agent/sign-in", "/agent/sign-out", "/agent"])
def test_other_sites_can_send_no_form(app: Litestar, key: str, path: str, forged: list[tuple[str, str]]) -> None:
    """Neither sign somebody in as another, nor out, nor ask with his session."""
    signed_in = session(sign_in(app, key))
    answer = _post(app, path, urlencode({"key": key, "message": "refund?"}).encode(), [*signed_in[1:], *forged])

    assert answer.status == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x"])
def test_form_is_taken_as_a_form_only(app: Litestar, key: str, kind: str) -> None:
    """What old browsers let other sites send in disguise is nothing that we read."""
    assert _post(app, "/agent/sign-in", urlencode({"key": key}).encode(), [OURS], kind=kind).status == 415


def test_json_routes_take_no_form(app: Litestar, key: str) -> None:
    """With a session they are as much in reach of a page's form as pages are."""
    signed_in = session(sign_in(app, key))

    assert _post(app, "/api/v1/agent/replies", b"message=x", [*signed_in[1:], OURS]).status == 415


def test_session_that_a_browser_came_with_is_not_taken_on(app: Litestar, services: Services, key: str) -> None:
    """Who planted his own token in somebody's browser must not find himself in that person's session."""
    planted = services.sessions.open(services.keys.holder(key), 12)
    answer = sign_in(app, key, ("Cookie", f"{COOKIE}={planted}"))

    assert cookie_of(answer).value != planted
    assert ask(app, AGENTS_ROUTES[0], headers=[("Cookie", f"{COOKIE}={planted}")]).status == REFUSED


def test_key_that_is_sent_counts_even_beside_a_session(app: Litestar, services: Services, key: str) -> None:
    """A program that sends a wrong key must hear of it, whatever cookie it carries."""
    signed_in = session(sign_in(app, key))

    assert ask(app, AGENTS_ROUTES[1], headers=[*signed_in, *bearer("kb_wrong")]).status == REFUSED


@pytest.mark.parametrize(
    "path",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/agent\\@evil.example"),
        *(
            "",
            "/en/returns",
            "/agent/../en",
            "/agent/sign-out",
            "/agent/sign-in",
            "/agentevil",
            "/agent\n/x",
            "/AGENT:80",
        ),
    ],
)
def test_form_leads_to_pages_for_staff_only(path: str) -> None:
    """A link with a page of somebody else's in it would lead from our form to a form that looks like ours."""
    assert safe_next(path) == "/agent"


@pytest.mark.parametrize("path", ["/agent", "/agent/search?q=refund", "/agent/articles/en/a/b", "/insights?days=7"])
def test_form_leads_to_the_page_that_was_asked_for(app: Litestar, key: str, path: str) -> None:
    """Who follows a link from the helpdesk lands where it leads."""
    assert sign_in(app, key, next=path).headers["location"] == path


def test_huge_form_is_refused(app: Litestar) -> None:
    """Before anything of it is read."""
    assert sign_in(app, "k" * 100_000).status == 413


@pytest.mark.parametrize("path", ["/agent", "/agent/search", "/agent/articles/en/a/b"])
def test_pages_for_staff_are_kept_by_nobody(app: Litestar, path: str) -> None:
    """No cache, no search engine: not even the form in their place."""
    answer = ask(app, path)

    assert (answer.status, answer.headers["cache-control"]) == (401, "no-store")
    assert '<meta name="robots" content="noindex">' in answer.text


def test_form_is_in_the_language_that_was_chosen(app: Litestar) -> None:
    """By the link, then by what the browser remembers, then by what it asks for."""
    asked = [("Accept-Language", "hu")]
    chosen = ask(app, "/agent?read=it", headers=asked)

    assert '<html lang="it"' in chosen.text
    assert '<html lang="en"' in ask(app, "/agent?read=%22%3E%3Cscript%3E").text
    assert '<html lang="ru"' in ask(app, "/agent", headers=[*asked, ("Cookie", "kb_language=ru")]).text


def test_way_back_may_hold_any_letters(app: Litestar, key: str) -> None:
    """A search in Russian goes on after signing in, and a header stays a header."""
    wanted = ask(app, "/agent/search?q=%D0%B2%D0%BE%D0%B7%D0%B2%D1%80%D0%B0%D1%82")
    answer = sign_in(app, key, next="/agent/search?q=возврат")

    assert 'value="/agent/search?q=' in wanted.text
    assert answer.status == 303
    assert answer.headers["location"] == "/agent/search?q=%D0%B2%D0%BE%D0%B7%D0%B2%D1%80%D0%B0%D1%82"


def test_address_of_the_form_leads_to_it(app: Litestar) -> None:
    """It stays in the browser's address bar when a key was refused."""
    answer = ask(app, "/agent/sign-in")

    assert (answer.status, answer.headers["location"]) == (303, "/agent")
