"""An agent posts a customer's message and gets a reply that can be sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.service import RunningService, Store

pytestmark = pytest.mark.slow

MESSAGE = (Path(__file__).parent / "message-ru.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def headers(sample_service: RunningService) -> dict[str, str]:
    return sample_service.agent_key()


def test_long_message_gets_two_answers_and_a_draft_to_send(
    sample_service: RunningService, headers: dict[str, str]
) -> None:
    """Two questions hidden in an e-mail: two groups, each with the right article first, and one draft."""
    content = {"message": MESSAGE, "variables": {"customer.name": "Анна"}, "agent_lang": "en"}
    reply = sample_service.post("/api/v1/agent/replies", content, headers).json()
    first = [question["suggestions"][0] for question in reply["questions"]]

    assert [each["article_id"] for each in first] == ["ru/returns/refund-time", "ru/payment/cash-on-delivery"]
    assert reply["lang"] == "ru"
    assert reply["draft"]["sendable"]
    assert reply["draft"]["unfilled"] == []
    assert "Анна!" in reply["draft"]["text"].split("\n")[0]
    assert "А-48213" in reply["draft"]["text"]
    assert first[0]["agent_article_id"] == "en/returns/refund-time"
    assert first[0]["sources"][0]["quote"]


def test_draft_holds_no_internal_word(sample: tuple[Store, RunningService], headers: dict[str, str]) -> None:
    """Notes help the agent, and never stand in what is sent."""
    _, service = sample
    reply = service.post("/api/v1/agent/replies", {"message": MESSAGE}, headers).json()
    supplements = service.services.knowledge.desk().approved.supplements
    notes = [line for each in supplements.values() for note in each.notes for line in note.split("\n")]
    suggestions = [each for question in reply["questions"] for each in question["suggestions"]]

    assert any(suggestion["internal_notes"] for suggestion in suggestions)
    assert [note for note in notes if note in reply["draft"]["text"]] == []
    assert [note for note in notes for each in suggestions if note in each["text"]] == []


def test_every_line_of_a_draft_stands_in_the_repository(
    sample: tuple[Store, RunningService], headers: dict[str, str]
) -> None:
    """A draft is put together from approved texts: nothing in it was invented."""
    store, service = sample
    reply = service.post("/api/v1/agent/replies", {"message": MESSAGE}, headers).json()
    files = [*store.settings.articles.glob("ru/*/*.md"), store.settings.articles / "phrases/ru.yaml"]
    approved = [" ".join(line.split()) for path in files for line in path.read_text(encoding="utf-8").split("\n")]
    patterns = [re.compile(_with_values(line.removeprefix("title: "))) for line in approved if line]
    lines = [line for line in reply["draft"]["text"].split("\n") if line and not line.startswith("https://")]
    unknown = [line for line in lines if not any(pattern.fullmatch(" ".join(line.split())) for pattern in patterns)]

    assert unknown == []


def _with_values(line: str) -> str:
    """Return a pattern of the line with any value in the place of its variables."""
    return ".{1,60}".join(re.escape(part) for part in re.split(r"\{\{[^{}]*\}\}", line))


HOSTILE = {
    "only quoted": "> When will I get my money back for the headphones?\n> Regards\n> Ann",
    "thirty questions": "\n".join(f"How much is delivery to town {number}?" for number in range(30)),
    "invisible signs": "\u202eWhen\u200b will I get\u2066 my mo\u200bney ba\u00adck?\u202c",
    "templates": "When will I get my money back {{7*7}} {0.__class__} ${7*7} <script>alert(1)</script>?",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_message_gets_a_clear_answer(
    sample_service: RunningService, headers: dict[str, str], kind: str
) -> None:
    """It is read as far as it can be, what was left out is said, and nothing of it is run or repeated."""
    variables = {"customer.name": "{{7*7}}<b>"}
    answered = sample_service.post("/api/v1/agent/replies", {"message": HOSTILE[kind], "variables": variables}, headers)
    reply = answered.json()

    assert answered.status == 200
    assert reply["draft"]["sendable"] == (reply["questions_left_out"] == 0)
    assert (reply["questions_left_out"] > 0) == (kind == "thirty questions")
    assert "{{7*7}}<b>" in reply["draft"]["text"]
    assert "<b>" not in reply["draft"]["html"]
    assert not {"class", "script", "\u202e"} & set(re.findall(r"\w+|[\u202e]", reply["draft"]["text"]))


def test_solutions_and_readings_are_for_the_agent(sample_service: RunningService, headers: dict[str, str]) -> None:
    """What may be offered, and the article in the agent's own words, stand beside the text and never in it."""
    message = "Megérkezett a csomag, de sérült: a kijelző megrepedt. 3000 Ft volt. Mit tegyek?"
    reply = sample_service.post("/api/v1/agent/replies", {"message": message, "agent_lang": "en"}, headers).json()
    first = reply["questions"][0]["suggestions"][0]

    assert first["article_id"] == "hu/delivery/damaged-parcel"
    assert first["agent_reading"]["article_id"] == "en/delivery/damaged-parcel"
    assert first["agent_reading"]["description"]
    assert {row["id"] for row in first["solutions"]} >= {"damage-small"}
    assert "damage-new" not in {row["id"] for row in first["solutions"]}
    assert first["solutions"][0]["note"].isascii() or "’" in first["solutions"][0]["note"]
    assert [row["note"] for row in first["solutions"] if row["note"] in reply["draft"]["text"]] == []


def test_message_that_cannot_be_answered_is_not_sendable(
    sample_service: RunningService, headers: dict[str, str]
) -> None:
    """No answer means no draft, and the way to somebody who knows."""
    reply = sample_service.post(
        "/api/v1/agent/replies", {"message": "Which laptop should I buy for video editing?"}, headers
    ).json()

    draft = reply["draft"]
    assert (draft["text"], draft["html"], draft["unfilled"], draft["sendable"]) == ("", "", [], False)
    assert reply["questions"][0]["nearest"]
    assert reply["handoff"]["contacts"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"message": " "}, "invalid_question"),
        ({"message": "x " * 11_000}, "invalid_question"),
        ({"message": "refund?", "lang": "xx"}, "unknown_language"),
        ({"message": "refund?", "variables": {"__class__": "x"}}, "invalid_request"),
        ({"message": "refund?", "limit": 0}, "invalid_request"),
        ({"message": "refund?", "tone": "shouting"}, "invalid_request"),
        ({"message": "refund? " * 25_000}, "invalid_question"),
        ({}, "invalid_request"),
    ],
    ids=["empty", "long", "lang", "variable", "limit", "tone", "200 kB", "no message"],
)
def test_bad_content_is_a_problem(
    sample_service: RunningService, headers: dict[str, str], content: dict[str, object], code: str
) -> None:
    """Wrong use is told, in the standard shape."""
    refused = sample_service.post("/api/v1/agent/replies", content, headers)

    assert (refused.status, refused.json()["code"]) == (400, code)


def test_large_body_is_refused(sample_service: RunningService, headers: dict[str, str]) -> None:
    """Nobody fills the memory through the agents' door."""
    refused = sample_service.post("/api/v1/agent/replies", {"message": "x" * 400_000}, headers)

    assert refused.status == 413


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer kb_wrong", "Basic a2I6a2I=", "Bearer " + "k" * 5000])
def test_without_a_valid_key_nothing_is_told(sample_service: RunningService, authorization: str) -> None:
    """Every wrong key gets the same answer, on every agents' address."""
    headers = {"Authorization": authorization} if authorization else {}
    answers = [
        sample_service.post("/api/v1/agent/replies", {"message": "refund?"}, headers),
        sample_service.get("/api/v1/agent/search", q="refund", headers=headers),
        sample_service.get("/agent/articles/en/returns/exception-approval", headers=headers),
    ]

    assert [answer.status for answer in answers] == [401, 401, 401]


def test_revoked_key_is_refused(sample_service: RunningService) -> None:
    """A key that is taken back is dead at once."""
    headers = sample_service.agent_key()
    keys = sample_service.services.keys
    before = sample_service.get("/api/v1/agent/search", q="refund", headers=headers).status
    keys.revoke(keys.list()[-1].id)
    after = sample_service.get("/api/v1/agent/search", q="refund", headers=headers).status

    assert (before, after) == (200, 401)


def test_agents_find_internal_articles(sample_service: RunningService, headers: dict[str, str]) -> None:
    """What customers never see, agents find and read, and no cache keeps it."""
    found = sample_service.get(
        "/api/v1/agent/search", q="who approves a return after the window", lang="en", headers=headers
    )
    page = sample_service.get("/agent/articles/en/returns/exception-approval", headers=headers)

    assert "en/returns/exception-approval" in [hit["article_id"] for hit in found.json()["hits"][:3]]
    assert found.headers["cache-control"] == "no-store"
    assert page.status == 200
    assert page.headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize(
    "message",
    [
        "My parcel never arrived. How long is the warranty?",
        "Посылка не пришла. Как можно оплатить заказ?",
        "A csomagom nem érkezett meg. Mennyi ideig tart a garancia?",
        "Il pacco non è arrivato. Quanto dura la garanzia?",
    ],
)
def test_draft_passes_over_no_trouble(sample_service: RunningService, headers: dict[str, str], message: str) -> None:
    """What a customer complains of without a question mark is answered too, or the draft cannot be sent."""
    reply = sample_service.post("/api/v1/agent/replies", {"message": message}, headers).json()

    answers = [group["suggestions"][0]["text"] for group in reply["questions"]]
    assert len(answers) == 2
    assert not reply["draft"]["sendable"] or all(text in reply["draft"]["text"] for text in answers)


@pytest.mark.parametrize("body", [b'{"message":"\xff"}', b'{"message":' + b"[" * 1100 + b"]" * 1100 + b"}", b"{"])
def test_unreadable_body_is_a_problem(sample_service: RunningService, headers: dict[str, str], body: bytes) -> None:
    """Bytes that are no text, or nest without end, are the sender's mistake, and told as one."""
    refused = sample_service.post_bytes("/api/v1/agent/replies", body, headers)

    assert (refused.status, refused.json()["code"]) == (400, "invalid_request")
