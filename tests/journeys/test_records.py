"""What people wrote is remembered without what leads to them, and remembering never stands in anybody's way."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from api.cli import cli
from kb.embedding.base import Embedder
from tests.kb.records.samples import wait_until
from tests.service import RunningService, Store, small_store

pytestmark = pytest.mark.slow

ARTICLE = "en/returns/refund-time"
INTERNAL = "en/returns/refund-limits"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[RunningService]:
    """A small store with one article for agents."""
    store: Store = small_store(tmp_path_factory.mktemp("records"), embedder)
    store.article(INTERNAL, "Who approves a refund?", "The head of the shift.", audience="agent")
    with store.engine() as access, store.serve_published(access) as service:
        yield service


@pytest.fixture(scope="module")
def agent(served: RunningService) -> dict[str, str]:
    return served.agent_key()


def _settle(service: RunningService) -> None:
    wait_until(lambda: all(state.waiting == 0 for state in service.services.records.states().values()))


def _rows(service: RunningService, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds in the file that holds its table, once everything is written."""
    _settle(service)
    name = "searches" if "feedback" in query or " searches" in query else "records"
    connection = sqlite3.connect(service.services.settings.data / f"{name}.sqlite")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def _rate(service: RunningService, **changes: object) -> tuple[int, Any]:
    answer = service.post("/api/v1/feedback", {"article_id": ARTICLE, "helpful": True, **changes})
    return answer.status, answer.json()


def _suggestion(service: RunningService, agent: dict[str, str]) -> Any:
    content = {"message": "When will I get my money back?"}
    reply = service.post("/api/v1/agent/replies", content, agent).json()
    return reply["questions"][0]["suggestions"][0]


def test_search_is_recorded_with_its_outcome(served: RunningService) -> None:
    """Pages and programs alike; the id in the answer is the one in the row."""
    found = served.search("when do i get my money back", category="returns")
    served.get("/en/search", q="what does delivery cost")
    by_api = _rows(served, f"select * from searches where query_id = '{found['query_id']}'")  # noqa: S608
    by_page = _rows(served, "select kind, outcome from searches where text = 'what does delivery cost'")

    assert len(by_api) == 1
    assert {"when do i get my money back", "full", "returns", found["outcome"], ARTICLE} <= set(by_api[0])
    assert by_page == [("full", "answer")]


def test_letters_are_one_search(served: RunningService) -> None:
    """A page that searches while somebody types must not drown what is asked."""
    for length in range(3, 9):
        served.search("delivery"[:length], typing="true")
    served.search("delivery cost")

    assert _rows(served, "select text, kind from searches where text like 'del%'") == [("delivery cost", "full")]


def test_rating_is_taken(served: RunningService) -> None:
    """Said once or twice, it is one row."""
    first = _rate(served, helpful=True)
    second = _rate(served, helpful=False, reason="incomplete", comment="And for cash?", query_id="a" * 32)

    assert first == second == (202, {"accepted": True})
    assert _rows(served, "select article_id, lang, helpful, reason, comment, query_id from feedback") == [
        (ARTICLE, "en", 0, "incomplete", "And for cash?", "a" * 32)
    ]


def test_internal_article_cannot_be_told_from_none(served: RunningService) -> None:
    """Else the form would say which slugs agents use."""
    content = {"helpful": True}
    refused = [
        served.post("/api/v1/feedback", {**content, "article_id": each}) for each in (INTERNAL, "en/returns/nothing")
    ]

    assert [answer.status for answer in refused] == [400, 400]
    assert refused[0].body == refused[1].body
    assert {**refused[0].headers, "date": ""} == {**refused[1].headers, "date": ""}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"reason": "bad"}, "bad"),
        ({"comment": "x" * 1001}, "1001"),
        ({"query_id": "ivan@mail.ru"}, "query_id"),
        ({"helpful": "yes"}, "bool"),
        ({"article_id": None}, "str"),
    ],
)
def test_unusable_rating_is_refused(served: RunningService, changes: dict[str, object], named: str) -> None:
    """What is wrong is named, and nothing is stored."""
    before = _rows(served, "select * from feedback")
    status, problem = _rate(served, **changes)

    assert status == 400
    assert named in problem["detail"]
    assert _rows(served, "select * from feedback") == before


def test_robots_are_thanked_and_forgotten(served: RunningService) -> None:
    """A robot that learns that it was noticed comes back wiser."""
    before = _rows(served, "select * from feedback")

    assert _rate(served, website="https://spam.example", comment="buy") == (202, {"accepted": True})
    assert _rows(served, "select * from feedback") == before


def test_ratings_cannot_be_read(served: RunningService) -> None:
    """What others wrote is for the house."""
    assert served.get("/api/v1/feedback").status == 405


def test_outcome_of_a_suggestion_is_taken(served: RunningService, agent: dict[str, str]) -> None:
    """Told at once after the suggestion, and told again: the last word counts."""
    suggestion = _suggestion(served, agent)
    path = f"/api/v1/agent/suggestions/{suggestion['suggestion_id']}/outcome"
    changed = suggestion["text"] + " Thanks!"
    first = served.post(path, {"outcome": "rejected"}, agent).status
    second = served.post(path, {"outcome": "edited", "final_text": changed}, agent).status
    words = len(changed.split())
    row = _rows(
        served,
        "select article_id, question, outcome, final_text, difference from suggestions"  # noqa: S608
        f" where suggestion_id = '{suggestion['suggestion_id']}'",
    )

    assert (first, second) == (202, 202)
    assert row == [(ARTICLE, "When will I get my money back?", "edited", changed, pytest.approx(1 / words))]


@pytest.mark.parametrize("unknown", ["0" * 32, "x", "ivan@mail.ru"])
def test_outcome_of_nothing_is_not_found(served: RunningService, agent: dict[str, str], unknown: str) -> None:
    """A help desk that mixes up its ids must hear of it."""
    path = f"/api/v1/agent/suggestions/{unknown}/outcome"
    answer = served.post(path, {"outcome": "accepted"}, agent)

    assert (answer.status, answer.json()["code"]) == (404, "not_found")
    assert served.post(path, {"outcome": "accepted"}).status == 401


@pytest.mark.parametrize("content", [{"outcome": "sent"}, {}, {"outcome": "edited", "final_text": "x" * 20_001}])
def test_unusable_outcome_is_refused(served: RunningService, agent: dict[str, str], content: dict[str, str]) -> None:
    """What is not known as an outcome cannot be counted."""
    path = f"/api/v1/agent/suggestions/{_suggestion(served, agent)['suggestion_id']}/outcome"

    assert served.post(path, content, agent).status == 400


def test_locked_database_costs_no_answer(served: RunningService, agent: dict[str, str]) -> None:
    """While a backup holds the files, customers and agents are answered; what they did is written later."""
    before = len(_rows(served, "select * from searches"))
    names = ("searches", "records")
    others = [sqlite3.connect(served.services.settings.data / f"{name}.sqlite", isolation_level=None) for name in names]
    for other in others:
        other.execute("begin exclusive")
    try:
        asked = [served.get("/api/v1/search", q=f"delivery cost {number}").status for number in range(20)]
        rated, _ = _rate(served)
        found = served.get("/api/v1/agent/search", headers=agent, q="refund").status
        suggestion = _suggestion(served, agent)
    finally:
        for other in others:
            other.close()
    path = f"/api/v1/agent/suggestions/{suggestion['suggestion_id']}/outcome"

    assert asked == [200] * 20
    assert (rated, found) == (202, 200)
    assert served.post(path, {"outcome": "accepted"}, agent).status == 202
    assert len(_rows(served, "select * from searches")) == before + 20


def test_status_tells_what_is_stored(served: RunningService) -> None:
    """An operator sees that recording works, and when it does not."""
    data = served.services.settings.data
    searches = len(_rows(served, "select * from searches"))
    ratings = len(_rows(served, "select * from feedback"))
    well = CliRunner().invoke(cli, ["--data", str(data), "status"])
    (data / "searches.failing").write_text("since noon: disk full", encoding="utf-8")
    ill = CliRunner().invoke(cli, ["--data", str(data), "status"])
    (data / "searches.failing").unlink()

    assert f"{searches} searches and {ratings} ratings by customers are stored." in well.output
    assert "cannot be written" not in well.output
    assert "Records cannot be written since noon: disk full" in ill.output


PERSONAL = {
    "e-mail": "tapir.canary@example.org",
    "spaced phone": "8 (903) 761-45-67",
    "card": "4242 4242 4242 4242",
    "account": "HU42 1177 3016 1111 1018 0000 0000",
    "codice fiscale": "RSSMRA85T10A562S",
    "passport": "4508 761234",
}


def test_nothing_personal_is_on_the_disk_or_in_the_log(
    served: RunningService, agent: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Every way in, every file of the data folder: who copies it all does not learn who asked."""
    caplog.set_level(logging.WARNING)  # as `kb serve` logs
    caplog.set_level(logging.DEBUG, logger="kb")
    browser, address = "Quokkabrowser/7", "198.51.100.77"
    headers = {"User-Agent": browser, "X-Forwarded-For": address}
    for text in PERSONAL.values():
        asked = f"refund for {text} please"
        served.get("/api/v1/search", headers=headers, q=asked, lang="en", category=text)
        served.get("/api/v1/search", headers=headers, q=asked, lang="en", typing="true")
        served.get("/en/search", headers=headers, q=asked)
        served.get("/api/v1/agent/search", headers={**headers, **agent}, q=asked, lang="en")
        rating = {"article_id": ARTICLE, "helpful": False, "reason": "other", "comment": f"Write to {text}!"}
        served.post("/api/v1/feedback", rating, headers)
        message = {"message": f"When will I get my money back? Tell me at {text}. Where is my money {text}?"}
        reply = served.post("/api/v1/agent/replies", message, {**headers, **agent}).json()
        suggestion = reply["questions"][0]["suggestions"][0]["suggestion_id"]
        outcome = {"outcome": "edited", "final_text": f"We wrote to {text}."}
        served.post(f"/api/v1/agent/suggestions/{suggestion}/outcome", outcome, {**headers, **agent})
    _settle(served)
    served.services.records.close()  # the last test of this service
    disk = b"\n".join(path.read_bytes() for path in served.services.settings.data.rglob("*") if path.is_file())
    wanted = [*PERSONAL.values(), browser, address]
    spellings = {
        form for each in wanted for form in (each, each.replace(" ", ""), each.replace(" ", "+"), each.lower())
    }

    assert [each for each in spellings if each.encode() in disk] == []
    assert [each for each in spellings if each in caplog.text] == []
    for label in (b"[email]", b"[phone]", b"[card]", b"[iban]", b"[number]"):
        assert label in disk, "the texts themselves must be there"
    sent = _rows(served, "select final_text from suggestions where final_text like 'We wrote to [%'")
    assert len(sent) == len(PERSONAL)


def test_keys_that_cannot_be_looked_up_are_not_refused(store: Store) -> None:
    """An agent whose key is right must not be told that it is wrong, nor a customer that anything is."""
    store.settings = replace(store.settings, database_url="sqlite:////no/such/folder/x.sqlite")
    with store.engine() as access, store.serve_published(access) as service:
        headers = {"Authorization": "Bearer kb_" + "A" * 43}
        refused = service.get("/api/v1/agent/search", headers=headers, q="refund")
        nonsense = service.get("/api/v1/agent/search", headers={"Authorization": "Bearer x"}, q="refund")
        asked = service.get("/api/v1/search", q="refund")
        rated, _ = _rate(service)

    assert (refused.status, refused.json()["code"]) == (503, "records_unavailable")
    assert refused.headers["retry-after"]
    assert nonsense.status == 401
    assert (asked.status, rated) == (200, 202)
