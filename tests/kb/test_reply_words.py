"""Words of a reply: the tone that suits, phrases that vary, and variables that are filled or told."""

from __future__ import annotations

import html
import re

import pytest

from kb.article import Phrases, Reply, Supplement
from kb.errors import InvalidRequest
from tests.kb.replying import (
    MONEY,
    REFUND,
    TWO_REPLIES,
    suggest,
)


def test_approved_reply_is_used_instead_of_the_article() -> None:
    """A `:::reply` block is the text that editors want to be sent."""
    result = suggest(MONEY, supplement=Supplement(REFUND.id, TWO_REPLIES))

    assert result.questions[0].suggestions[0].text == "Ten days at most."
    assert "Ten days at most." in result.draft.text


def test_reply_whose_tone_fits_the_situation_wins() -> None:
    """Who waits is answered with an apology, in the block and in the opening."""
    result = suggest(f"I am still waiting. {MONEY}", supplement=Supplement(REFUND.id, TWO_REPLIES))

    assert result.situation == "delay"
    assert result.draft.text.startswith("Sorry for the wait!\n\nWe are sorry. Ten days at most.")


@pytest.mark.parametrize("message", [f"This is unacceptable! {MONEY}", f"Great service, well done! {MONEY}"])
def test_first_reply_and_neutral_opening_stand_in(message: str) -> None:
    """Where no block or phrase fits the situation, the first block and the neutral phrase are used."""
    result = suggest(message, supplement=Supplement(REFUND.id, TWO_REPLIES[:1]))

    assert result.situation != "neutral"
    assert result.draft.text.startswith("Hello there,\n\nTen days at most.")


def test_gap_in_a_reply_must_be_filled_before_sending() -> None:
    """The missing variable is named in suggestion and draft."""
    supplement = Supplement(REFUND.id, (Reply("It went out on {{ order.date }}."),))

    result = suggest(MONEY, supplement=supplement)

    assert result.questions[0].suggestions[0].unfilled == ("order.date",)
    assert (result.draft.unfilled, result.draft.sendable) == (("order.date",), False)


def test_variables_of_the_caller_and_of_the_message_are_filled() -> None:
    """The order number comes from the message unless the caller knows better; the store's name from the store."""
    supplement = Supplement(REFUND.id, (Reply("{{ store.name }}: order {{ order.number }}."),))
    message = f"{MONEY} Order no. 48213377."

    read = suggest(message, supplement=supplement, variables={"customer.name": "Anna"})
    known = suggest(message, supplement=supplement, variables={"order.number": "A-5"})

    assert "Hello Anna,\n\nTechno Market: order 48213377." in read.draft.text
    assert "Techno Market: order A-5." in known.draft.text
    assert read.draft.sendable


def test_who_only_thanks_gets_a_reply() -> None:
    """Opening and closing are a whole reply, and nothing was searched."""
    thanks = {"en": Phrases({"thanks": ("Thank you, {{ customer.name | friend }}!",)}, {"thanks": ("Bye!",)})}

    result = suggest("Thank you so much, the jacket fits!\n\nSarah", phrases=thanks)

    assert (result.questions, result.draft.text, result.draft.sendable) == ((), "Thank you, Sarah!\n\nBye!", True)


def test_phrase_is_the_same_for_the_same_message_only() -> None:
    """All phrases of a situation are used; asking again changes nothing."""
    many = {"en": Phrases({"neutral": tuple(f"Hello {n}." for n in range(4))}, {"neutral": ("Bye.",)})}
    drafts = [suggest(f"{MONEY} Bill {n}.", phrases=many).draft.text for n in range(40)]

    assert {draft.split("\n")[0] for draft in drafts} == {f"Hello {n}." for n in range(4)}
    assert drafts == [suggest(f"{MONEY} Bill {n}.", phrases=many).draft.text for n in range(40)]


def test_phrase_that_lacks_a_value_is_avoided() -> None:
    """Another of the situation is taken; where all lack one, the gap is told."""
    some = {"en": Phrases({"neutral": ("About {{ order.number }}:", "Hello.")}, {"neutral": ("Bye.",)})}
    none = {"en": Phrases({"neutral": ("About {{ order.number }}:",)}, {"neutral": ("Bye.",)})}

    assert {suggest(f"{MONEY} Bill {n}.", phrases=some).draft.text[:6] for n in range(10)} == {"Hello."}
    assert suggest(MONEY, phrases=none).draft.unfilled == ("order.number",)


def test_agent_chooses_the_tone() -> None:
    """Over the situation; the suggestion says which tone it has and which others there are."""
    supplement = Supplement(REFUND.id, TWO_REPLIES)

    chosen = suggest(f"I am still waiting. {MONEY}", supplement=supplement, tone="neutral")
    wished = suggest(MONEY, supplement=supplement, tone="apology")

    assert chosen.tone == "neutral"
    assert chosen.draft.text.startswith("Hello there,")
    assert wished.questions[0].suggestions[0].text.startswith("We are sorry.")
    assert (wished.questions[0].suggestions[0].tone, wished.tone) == ("apology", "apology")
    assert wished.questions[0].suggestions[0].tones == ("plain", "apology")
    with pytest.raises(InvalidRequest, match="shouting"):
        suggest(MONEY, tone="shouting")


def test_tone_suits_the_question_and_not_another_of_the_message() -> None:
    """Who complains of one thing and asks about another is not told that we are sorry for both."""
    result = suggest(
        f"My parcel has not arrived, where is its tracking link? {MONEY}",
        supplement=Supplement(REFUND.id, TWO_REPLIES),
    )

    refund = result.questions[-1].suggestions[0]
    assert (result.situation, refund.article_id, refund.tone) == ("delay", REFUND.id, "plain")


@pytest.mark.parametrize("value", ["{{7*7}}", "{0.__class__}", "{{ order.number }}", "<b>Anna</b> & co"])
def test_value_is_text_and_nothing_else(value: str) -> None:
    """No template engine reads it, and in HTML it is escaped."""
    result = suggest(f"{MONEY} {value}", variables={"customer.name": value})

    assert f"Hello {value}," in result.draft.text
    assert "49" not in result.draft.text
    assert "<b>" not in result.draft.html
    assert html.unescape(re.sub(r"<[^>]*>", "", result.draft.html)).startswith(f"Hello {value},")
