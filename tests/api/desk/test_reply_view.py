"""What the console shows of an answer: everything that is there, and nothing that is not."""

from __future__ import annotations

from typing import Any

from api.desk.reply_view import reply_view
from kb.article import Phrases, Reply, Supplement
from kb.replies import Approved

REPLY = "Your order {{ order.number | with us }} is on its way."
OPENING = "Hello {{ customer.name | there }},"
APPROVED = Approved(
    {"en/a/b": Supplement("en/a/b", (Reply(REPLY),))}, {"en": Phrases({"neutral": (OPENING,)}, {"neutral": ("Bye.",)})}
)


def answer(**suggestion: Any) -> dict[str, Any]:
    """Return the least that the route answers, with one suggestion."""
    source = {"article_id": "en/a/b", "title": "Where is it?", "url": "/en/a/b#x", "quote": "Soon.", "edition": "e"}
    found = {
        "suggestion_id": "1" * 32,
        "article_id": "en/a/b",
        "text": "Your order A-123 is on its way.",
        "confidence": 0.876,
        "sources": [source],
        "unfilled": [],
        "internal_notes": ["Check the depot."],
        "translations": {},
        **suggestion,
    }
    return {
        "message_id": "2" * 32,
        "lang": "en",
        "mode": "hybrid",
        "situation": "neutral",
        "edition": "e",
        "questions": [{"text": "Where is it?", "outcome": "answer", "suggestions": [found]}],
        "draft": {"text": f"Hello there,\n\n{found['text']}\n\nBye.", "unfilled": [], "sendable": True},
        "handoff": None,
    }


def test_texts_are_shown_with_their_variables() -> None:
    """And what was found in the message stands in its field already."""
    view = reply_view(answer(), APPROVED, {"agent.name": "Eva"})

    assert view.questions[0].suggestions[0].template == REPLY
    assert view.draft_template == f"{OPENING}\n\n{REPLY}\n\nBye."
    assert view.values == {"order.number": "A-123", "agent.name": "Eva"}
    assert view.wanted[:3] == ("customer.name", "agent.name", "order.number")


def test_what_the_agent_typed_wins() -> None:
    """Over what was found in the message."""
    assert reply_view(answer(), APPROVED, {"order.number": "B-9"}).values["order.number"] == "B-9"


def test_answer_with_the_least_is_shown() -> None:
    """An older service behind the page has no solutions, tones, entities or nearest articles."""
    view = reply_view(answer(), APPROVED, {})
    suggestion = view.questions[0].suggestions[0]

    assert (suggestion.title, suggestion.percent, suggestion.url) == ("Where is it?", 88, "/agent/articles/en/a/b")
    assert (suggestion.solutions, suggestion.reading, view.entities, view.questions[0].nearest) == ((), None, (), ())


def test_answer_with_everything_is_shown() -> None:
    """What the store may offer, the same article in the agent's language, what was found in the message."""
    row = {
        "id": "late-voucher",
        "problem": "delivery/late-parcel",
        "when": {
            "days_late": {"from": 1, "to": 5},
            "failures": {"from": 2},
            "fault": ["ours", "carrier"],
            "in_stock": [True],
            "goods_value": {"to": {"EUR": 50.0}},
            "country": None,
        },
        "offer": "voucher",
        "limit": {"EUR": 8.0, "HUF": 3000},
        "approver": "team_leader",
        "valid_until": "2027-01-15",
        "note": "Once per order.",
    }
    reading = {"article_id": "it/a/b", "title": "Dov’è?", "description": "Presto.", "url": "/it/a/b"}
    content = answer(solutions=[row], agent_reading=reading, title="Parcel", tone="apology", missing_translation=True)
    content["entities"] = [{"kind": "order_number", "text": "A-123"}]
    content["questions"][0]["nearest"] = [{"article_id": "en/a/c", "title": "Near", "url": "/en/a/c"}]
    view = reply_view(content, APPROVED, {})
    suggestion = view.questions[0].suggestions[0]
    solution = suggestion.solutions[0]

    assert (solution.offer, solution.limit, solution.approver, solution.until) == (
        *("voucher", "EUR 8, HUF 3000", "team_leader", "2027-01-15"),
    )
    assert solution.conditions == (
        *(("days_late", "1–5"), ("failures", "2–"), ("fault", "ours / carrier"), ("in_stock", "✓")),
        ("goods_value", "to EUR 50"),
    )
    assert suggestion.reading == ("/agent/articles/it/a/b", "it", "Dov’è?", "Presto.")
    assert (suggestion.title, suggestion.tone, suggestion.missing_translation) == ("Parcel", "apology", True)
    assert view.entities == (("order_number", "A-123"),)
    assert view.questions[0].nearest == (("Near", "/agent/articles/en/a/c"),)


def test_state_is_told_from_what_is_in_the_draft() -> None:
    """Without a script too: what has no answer, and what is likely right only."""
    content = answer()
    content["questions"].append({"text": "And this?", "outcome": "clarify", "suggestions": []})
    content["draft"]["suggestions"] = content["draft"]["to_check"] = ["1" * 32]
    view = reply_view(content, APPROVED, {})
    first = view.questions[0].suggestions[0]

    assert (first.in_draft, first.to_check) == (True, True)
    assert (view.unanswered, view.to_check) == (("And this?",), ("Where is it?",))


def test_phrases_stand_ready_where_there_is_no_draft() -> None:
    """An agent who takes a text by hand greets as the store does."""
    content = answer()
    content["questions"][0]["outcome"] = "clarify"
    content["draft"] = {
        "text": "",
        "unfilled": [],
        "sendable": False,
        "opening": "Hello Anna,",
        "closing": "Bye.",
    }
    view = reply_view(content, APPROVED, {})

    assert (view.opening_template, view.closing_template) == (OPENING, "Bye.")
    assert view.values["customer.name"] == "Anna"


def test_what_a_message_names_for_certain_is_filled_in() -> None:
    """A name stands in its field though no text uses it; of two orders neither does."""
    content = answer(text="Soon.")
    content["entities"] = [
        {"kind": "name", "text": "Anna"},
        {"kind": "order_number", "text": "A-1"},
        {"kind": "order_number", "text": "A-2"},
    ]

    assert reply_view(content, APPROVED, {}).values == {"customer.name": "Anna"}


def test_unlikely_alternatives_are_left_out() -> None:
    """The first is shown however unlikely it is, so that something is there to judge."""
    content = answer(confidence=0.03)
    second = {**content["questions"][0]["suggestions"][0], "suggestion_id": "3" * 32}
    content["questions"][0]["suggestions"] += [{**second, "confidence": 0.05}, {**second, "confidence": 0.049}]

    assert [each.percent for each in reply_view(content, APPROVED, {}).questions[0].suggestions] == [3, 5]


def test_offer_without_a_limit_names_none() -> None:
    """No "up to" nothing."""
    row = {"id": "a", "problem": "b", "when": {}, "offer": "none", "limit": {}, "approver": "agent", "note": ""}

    assert reply_view(answer(solutions=[row]), APPROVED, {}).questions[0].suggestions[0].solutions[0].limit == ""
