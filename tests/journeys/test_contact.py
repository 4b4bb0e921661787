"""
From no answer to a human: the form keeps what was written whatever happens, and what was sent arrives.

Without JavaScript; in a browser with it: test_typing.py.
"""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from click.testing import CliRunner

from api.cli import cli
from kb.embedding.base import Embedder
from tests.kb.records.samples import wait_until
from tests.receiver import SECRET, Receiver, free_port, receiving
from tests.service import Answered, RunningService, Store, small_store

pytestmark = pytest.mark.slow

REFUND = "en/returns/refund-time"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
QUESTION = "can my parrot be repaired"
GOOD = {"message": "Where is my parrot?", "email": "anna@example.org", "name": "Anna", "category": "returns"}
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, port: int) -> Iterator[RunningService]:
    """A small store that takes messages, for a receiver that is not there yet."""
    store: Store = small_store(tmp_path_factory.mktemp("contact"), embedder)
    store.article("en/returns/secret-rules", "Who approves parrots?", "The head of the shift.", audience="agent")
    store.settings = replace(
        store.settings, contact_webhook_url=f"http://127.0.0.1:{port}/in", contact_webhook_secret=SECRET
    )
    with store.engine() as access, store.serve_published(access) as service:
        yield service


@pytest.fixture
def receiver(served: RunningService, port: int) -> Iterator[Receiver]:
    with receiving(port) as listening:
        yield listening


def _send(service: RunningService, path: str, fields: Mapping[str, str], **headers: str) -> Answered:
    return service.post_bytes(path, urlencode(fields).encode(), FORM | headers)


def _rows(service: RunningService, query: str) -> list[tuple[Any, ...]]:
    wait_until(lambda: all(state.waiting == 0 for state in service.services.records.states().values()))
    connection = sqlite3.connect(service.services.settings.data / "searches.sqlite")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def _state(service: RunningService) -> str:
    metrics = service.get("/metrics").text
    return " ".join(re.findall(r"^kb_messages_(?:waiting|failing) .*", metrics, re.MULTILINE))


def _link(page: str, text: str) -> str:
    """Return where a link of a page leads."""
    found = re.search(rf'href="([^"]*)">{text}</a>', page)
    assert found, page
    return found[1].replace("&amp;", "&")


def test_question_without_answer_becomes_a_message_that_arrives(served: RunningService, port: int) -> None:
    """The whole way, with the receiver down at first: search, handoff, form, reference; then it is there, once."""
    search = served.get("/en/search", q=QUESTION).text
    form = served.get(_link(search, "Write to us"))
    carried = {name: values[0] for name, values in parse_qs(urlsplit(_link(search, "Write to us")).query).items()}
    fields = {**GOOD, "message": f"{QUESTION}\r\nIts name is Ada.", "query_id": carried["query_id"]}
    sent = _send(served, "/en/contact", fields)
    thanks = served.get(sent.headers["location"]).text
    wait_until(lambda: _state(served) == "kb_messages_waiting 1.0 kb_messages_failing 1.0")
    status = CliRunner().invoke(cli, ["--data", str(served.services.settings.data), "status"]).output
    with receiving(port) as receiver:
        wait_until(lambda: bool(receiver.bodies))
        wait_until(lambda: _state(served) == "kb_messages_waiting 0.0 kb_messages_failing 0.0")
        (message,) = receiver.messages()

    assert QUESTION in form.text
    assert sent.status == 303
    assert message["reference"] in thanks
    assert message["message"] == f"{QUESTION}\nIts name is Ada."
    assert (message["name"], message["email"], message["category"]) == ("Anna", "anna@example.org", "returns")
    assert "Messages of customers that wait to be delivered: 1, the oldest since" in status
    assert _rows(served, f"select text from searches where query_id = '{message['query_id']}'") == [(QUESTION,)]  # noqa: S608
    assert _rows(served, "select name, email from contacts") == [("", "")]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param({"message": " "}, "Please write what it is about.", id="nothing written"),
        pytest.param({"message": "?!"}, "Please write what it is about.", id="no word"),
        pytest.param({"message": "x" * 5001}, "This is too long.", id="too much"),
        pytest.param({"name": "x" * 101}, "This is too long.", id="name too long"),
        pytest.param({"email": ""}, "Please give an e-mail address", id="no address"),
        pytest.param({"email": "anna"}, "Please give an e-mail address", id="half an address"),
        pytest.param({"email": "anna@localhost"}, "Please give an e-mail address", id="no domain"),
        pytest.param({"email": "a@b.org, c@d.org"}, "Please give an e-mail address", id="two addresses"),
        pytest.param({"email": "a@b.org\r\nBcc: all@b.org"}, "Please give an e-mail address", id="further header"),
        pytest.param({"website": "http://spam.example"}, "Please send it once more.", id="trap filled in"),
    ],
)
def test_what_cannot_be_sent_is_shown_again(served: RunningService, wrong: dict[str, str], told: str) -> None:
    """Nothing is stored, the fault is named, and no word of the visitor is lost."""
    before = _rows(served, "select count(*) from contacts")
    written = {**GOOD, "message": "Where is my parrot Ada?", **wrong}
    answer = _send(served, "/en/contact", written)
    page = " ".join(html.unescape(answer.text).split())

    assert answer.status == 400
    assert told in page
    assert [written[name] for name in ("message", "name", "email") if " ".join(written[name].split()) not in page] == []
    assert _rows(served, "select count(*) from contacts") == before


@pytest.mark.parametrize("field", ["message", "name", "email", "category", "query_id", "article_id"])
def test_what_is_shown_again_is_text(served: RunningService, field: str) -> None:
    """Markup in any field stands on the page as it was typed, and does nothing."""
    posted = _send(served, "/en/contact", {**GOOD, "message": "", "email": "", field: EVIL}).text
    carried = served.get("/en/contact", q=EVIL, category=EVIL, article=EVIL, query_id=EVIL, sent=EVIL).text
    searched = served.get("/en/search", q=EVIL).text

    for page in (posted, carried, searched):
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_message_that_cannot_be_stored_is_not_lost(served: RunningService, receiver: Receiver) -> None:
    """The visitor is told so and has the text still; when the disk is back, sending it again works."""
    data = served.services.settings.data
    database = data / "searches.sqlite"
    kept = data / "searches.kept"
    database.rename(kept)
    database.mkdir()
    try:
        refused = _send(served, "/en/contact", {**GOOD, "message": "The disk is gone."})
    finally:
        database.rmdir()
        kept.rename(database)
        for customers in filter(None, [served.services.records.customers]):
            customers.messages._database._failed = None  # else it is tried again in half a minute only
    again = _send(served, "/en/contact", {**GOOD, "message": "The disk is gone."})
    wait_until(lambda: "The disk is gone." in [message["message"] for message in receiver.messages()])

    assert refused.status == 503
    assert "The disk is gone.</textarea>" in refused.text
    assert "anna@example.org" in refused.text
    assert again.status == 303


def test_who_writes_too_often_is_told_and_keeps_the_text(served: RunningService, receiver: Receiver) -> None:
    """Ten messages an hour are enough for anybody; the eleventh is still there to be sent later."""
    answers = [
        _send(served, "/en/contact", {**GOOD, "message": f"Message {n}"}, **{"X-Forwarded-For": "203.0.113.9"})
        for n in range(11)
    ]

    assert [answer.status for answer in answers] == [303] * 10 + [429]
    assert "Message 10</textarea>" in answers[10].text
    assert int(answers[10].headers["retry-after"]) > 0
    sent = {f"Message {n}" for n in range(10)}
    wait_until(lambda: {message["message"] for message in receiver.messages()} >= sent)


def test_message_sent_twice_arrives_once(served: RunningService, receiver: Receiver) -> None:
    """A page that is loaded again after sending asks whether to send again; many say yes."""
    first, second = (_send(served, "/it/contact", {**GOOD, "message": "Dov’è Ada?"}) for _ in range(2))
    wait_until(lambda: "Dov’è Ada?" in [message["message"] for message in receiver.messages()])

    assert first.headers["location"] == second.headers["location"]
    assert [message["lang"] for message in receiver.messages() if message["message"] == "Dov’è Ada?"] == ["it"]


def test_internal_article_is_not_known_to_the_form(served: RunningService, receiver: Receiver) -> None:
    """What it carries along is what customers can read: anything else is dropped without a word."""
    fields = {**GOOD, "message": "Who approves?", "article_id": "en/returns/secret-rules", "query_id": "x"}
    _send(served, "/en/contact", fields)
    wait_until(lambda: bool(receiver.bodies))
    form = served.get("/en/contact", article=REFUND).text
    _send(served, "/en/contact", {**GOOD, "article_id": REFUND, "message": "Where is it?"})
    wait_until(lambda: len(receiver.bodies) == 2)
    hidden, known = receiver.messages()

    assert (hidden["article_id"], hidden["query_id"]) == (None, None)
    assert (known["article_id"], known["category"]) == (REFUND, "returns")
    assert '<option value="returns" selected>' in form


def test_oversized_message_is_refused(served: RunningService) -> None:
    """Browsers stop at 5,000 characters; who sends 200 kB is none."""
    assert _send(served, "/en/contact", {**GOOD, "message": "x" * 200_000}).status == 413
    assert (
        _send(served, "/en/feedback", {"article_id": REFUND, "helpful": "no", "comment": "x" * 200_000}).status == 413
    )


@pytest.mark.parametrize("path", ["/en/contact", "/en/feedback"])
def test_other_sites_cannot_send_our_forms(served: RunningService, path: str) -> None:
    """Nor can a form be sent as something else, which browsers would send from anywhere."""
    fields = {**GOOD, "article_id": REFUND, "helpful": "yes"}

    assert _send(served, path, fields, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert _send(served, path, fields, **{"Content-Type": "text/plain"}).status == 415
    assert served.post(path, fields).status == 415


def test_contact_page_has_everybody_by_subject(served: RunningService) -> None:
    """Those for the kind of question first, and whether somebody is there now."""
    page = served.get("/en/contact", category="returns").text

    assert page.index("+36 1 555 0104") < page.index("help@example.org")
    assert "Open now until 18:00" in page


def test_buttons_below_an_article_need_no_script(served: RunningService) -> None:
    """No: thanks, why not, and people. The reason replaces the bare no; the search that led there is known."""
    found = served.search("when do i get my money back")["query_id"]
    article = served.get(f"/{REFUND}", query_id=found).text
    no = _send(served, "/en/feedback", {"article_id": REFUND, "helpful": "no", "query_id": found})
    asked = served.get(no.headers["location"]).text
    why = {"article_id": REFUND, "helpful": "no", "query_id": found, "reason": "incomplete", "comment": "By cheque?"}
    done = _send(served, "/en/feedback", why)
    thanks = served.get(done.headers["location"]).text
    rated = _rows(served, f"select helpful, reason, comment from feedback where query_id = '{found}'")  # noqa: S608

    assert f'name="query_id" value="{found}"' in article
    assert (no.status, done.status) == (303, 303)
    assert "What was wrong with it?" in asked
    assert "+36 1 555 0104" in asked
    assert "What was wrong with it?" not in thanks
    assert rated == [(0, "incomplete", "By cheque?")]


@pytest.mark.parametrize(
    "wrong", [{"helpful": "perhaps"}, {"reason": "rude"}, {"article_id": "en/returns/secret-rules"}, {"article_id": ""}]
)
def test_rating_that_makes_no_sense_is_refused(served: RunningService, wrong: dict[str, str]) -> None:
    """And one of an internal article just as one of an article that does not exist."""
    assert _send(served, "/en/feedback", {"article_id": REFUND, "helpful": "no", **wrong}).status == 400


def test_thanks_for_an_article_that_customers_cannot_read_are_not_found(served: RunningService) -> None:
    """The page must not tell that it exists."""
    assert served.get("/en/feedback", article="en/returns/secret-rules").status == 404
    assert served.get("/en/feedback", article="en/returns/nothing").status == 404


def test_articles_are_suggested_while_a_message_is_written(served: RunningService) -> None:
    """What answers, with its sentences; not what does not, and nothing while there is only a greeting."""

    def suggested(text: str) -> list[Any]:
        answer = served.post("/api/v1/contact/suggestions", {"text": text, "lang": "en"})
        return list(answer.json()["suggestions"])

    (first, *_) = suggested("Hello,\nI sent it back last week. When will I get my money back?\nAnna")

    assert (first["article_id"], first["url"].split("#")[0]) == (REFUND, f"/{REFUND}")
    assert "3 to 10 days" in first["text"]
    assert suggested("") == suggested("Hello,") == suggested(f"{QUESTION}?") == []
    assert _rows(served, "select text from searches where text like '%last week%'") == []


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("suggestions", {"text": "x" * 5001, "lang": "en"}, 400),
        ("suggestions", {"text": "x" * 40_000, "lang": "en"}, 413),
        ("suggestions", {"text": "when", "lang": "xx"}, 400),
        ("deflections", {"article_id": "en/returns/secret-rules"}, 400),
        ("deflections", {"article_id": REFUND, "query_id": "x"}, 400),
    ],
)
def test_wrong_requests_of_the_form_are_refused(
    served: RunningService, path: str, content: dict[str, str], status: int
) -> None:
    """With a status that says why; an internal article is as unknown as none."""
    assert served.post(f"/api/v1/contact/{path}", content).status == status


def test_message_that_was_not_needed_is_counted(served: RunningService) -> None:
    """Somebody said that an article answered: once a visitor, article and day."""
    for _ in range(2):
        served.post("/api/v1/contact/deflections", {"article_id": REFUND, "query_id": "1" * 32})

    assert _rows(served, "select article_id, query_id, lang from deflections") == [(REFUND, "1" * 32, "en")]


def test_pause_while_typing_is_recorded_as_typing(served: RunningService) -> None:
    """Whoever pauses has not asked yet; the whole search that follows takes its place."""
    served.search("how do i send a parc", unsent="true")
    served.search("how do i send a parcel back")

    assert _rows(served, "select text, kind from searches where text like 'how do i send%'") == [
        ("how do i send a parcel back", "full")
    ]


def test_store_without_a_way_to_deliver_has_no_form(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder
) -> None:
    """A form whose messages nobody reads is a lie; the people are there all the same."""
    store = small_store(tmp_path_factory.mktemp("silent"), embedder)
    with store.engine() as access, store.serve_published(access) as service:
        page = service.get("/en/contact").text
        refused = _send(service, "/en/contact", GOOD)

    assert "<textarea" not in page
    assert "help@example.org" in page
    assert refused.status == 404


def test_message_is_listed_and_erased(served: RunningService, receiver: Receiver) -> None:
    """By its reference, from the command line; the list never says what a message says."""
    receiver.status = 422
    location = _send(served, "/en/contact", {**GOOD, "message": "Please forget me."}).headers["location"]
    wait_until(lambda: bool(receiver.bodies))
    reference = parse_qs(urlsplit(location).query)["sent"][0]
    data = ["--data", str(served.services.settings.data), "messages"]
    wait_until(lambda: "422" in CliRunner().invoke(cli, [*data, "list"]).output)
    listed = CliRunner().invoke(cli, [*data, "list"]).output
    erased = CliRunner().invoke(cli, [*data, "erase", reference])

    assert reference in listed
    assert "forget" not in listed
    assert erased.exit_code == 0
    assert _rows(served, f"select * from contacts where reference = '{reference}'") == []  # noqa: S608
    assert CliRunner().invoke(cli, [*data, "erase", reference]).exit_code == 1
