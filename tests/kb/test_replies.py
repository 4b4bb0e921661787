"""The agent's journey: a draft of approved sentences, and never an internal one."""

from __future__ import annotations

import pytest

from kb.answers import Outcome
from kb.article import Section
from kb.composing.drafts import SURE
from kb.errors import InvalidQuestion
from kb.search import Mode
from tests.kb.fakes import FakeReader, an_article
from tests.kb.replying import (
    MONEY,
    PARCEL,
    PAY,
    REFUND,
    suggest,
)


def test_draft_is_opening_answer_link_and_closing() -> None:
    """Every part stands in the repository, and a complete draft can be sent."""
    result = suggest(MONEY)

    assert result.draft.text == (
        "Hello there,\n\nA refund reaches your card within ten days.\n\nWhen will I get my money back?\n"
        "https://help.example.org/en/returns/refund-time\n\nKind regards,\nthe team"
    )
    assert (result.draft.unfilled, result.draft.sendable, result.handoff) == ((), True, None)


def test_article_without_a_reply_block_gives_the_sentences_that_answer() -> None:
    """Not its beginning: what the customer asked for stands further down."""
    article = an_article(
        "en/warranty/coverage",
        "What does the warranty cover?",
        sections=(
            Section("", "", 1, "The warranty covers faults in materials. Parts and labour cost nothing."),
            Section("batteries", "Batteries", 2, "A battery is covered against sudden failure for 12 months."),
        ),
        questions=("Is the battery covered?",),
    )

    result = suggest("Is the battery covered against sudden failure?", public=(article, PARCEL))

    first = result.questions[0].suggestions[0]
    assert first.text == "A battery is covered against sudden failure for 12 months."
    assert first.sources[0].url == "/en/warranty/coverage#batteries"


def test_answer_that_is_less_sure_is_to_be_checked() -> None:
    """It stands in the draft, and the draft names it: whole is not yet right."""
    sure = suggest(MONEY)
    unsure = suggest("Long parcel take? In which mail does its link stand?")
    told = [group.suggestions[0] for group in unsure.questions if group.outcome is Outcome.ANSWER]

    assert (sure.draft.suggestions, sure.draft.to_check) == ((sure.questions[0].suggestions[0].suggestion_id,), ())
    assert unsure.draft.suggestions == tuple(each.suggestion_id for each in told)
    assert unsure.draft.to_check == tuple(each.suggestion_id for each in told if each.confidence < SURE) != ()


def test_draft_is_in_the_language_of_the_customer() -> None:
    """A Russian message is found out to be Russian and answered in Russian."""
    result = suggest("Здравствуйте! Когда вернут деньги на карту?\nС уважением, Анна", None)

    assert result.lang == "ru"
    assert result.draft.text.startswith("Здравствуйте!\n\nДеньги вернутся")
    assert result.questions[0].suggestions[0].translations == {"en": REFUND.id}


def test_two_questions_are_answered_in_one_draft() -> None:
    """Both answers stand in the order they were asked."""
    result = suggest(f"{MONEY} Where is the tracking link of my parcel?")

    assert [group.outcome for group in result.questions] == [Outcome.ANSWER, Outcome.ANSWER]
    assert result.draft.text.index("ten days") < result.draft.text.index("tracking link")
    assert result.draft.sendable


def test_question_asked_twice_is_answered_once() -> None:
    """Two sentences that lead to the same article are two questions with one answer."""
    result = suggest(f"{MONEY} Within how many days does a refund reach my card?")

    assert len(result.questions) == 2
    assert result.draft.text.count("ten days") == 1
    assert result.draft.text.count("https://") == 1
    assert result.draft.sendable


def test_half_an_answer_is_not_sendable() -> None:
    """A question without an answer leaves a draft for the other, and the way to a human."""
    result = suggest(f"{MONEY} Which purple penguins sing frozen opera tonight?")

    assert [group.outcome for group in result.questions] == [Outcome.ANSWER, Outcome.HANDOFF]
    assert "ten days" in result.draft.text
    assert not result.draft.sendable
    assert result.handoff is not None


def test_question_that_names_little_is_heard_in_its_message() -> None:
    """Alone it could be anything; what the message is about tells."""
    lone = suggest("How often should somebody look?")
    told = suggest("I search the tracking link of my parcel everywhere. How often should somebody look?")

    assert lone.questions[0].outcome is Outcome.HANDOFF
    assert told.questions[0].suggestions[0].article_id == PARCEL.id
    assert lone.questions[0].suggestions[0].confidence < told.questions[0].suggestions[0].confidence


@pytest.mark.parametrize("message", ["My name is Anna.", "+36 1 555 0101 ?"])
def test_message_of_nothing_but_a_name_or_a_number_is_answered(message: str) -> None:
    """It holds no context, and is a message all the same."""
    assert suggest(message).questions[0].outcome is Outcome.HANDOFF


def test_message_without_an_answer_has_no_draft() -> None:
    """No empty shell of greeting and farewell is offered."""
    result = suggest("Can penguins fly over the moon?")

    assert (result.draft.text, result.draft.sendable) == ("", False)
    assert result.handoff is not None


def test_text_in_another_language_is_not_in_the_draft() -> None:
    """What exists in Russian only is suggested to the agent, not sent to an English customer."""
    result = suggest("Чем можно платить? Картой, переводом или наличными?", "en")

    assert PAY.id in [each.article_id for group in result.questions for each in group.suggestions]
    assert "Картой" not in result.draft.text
    assert not result.draft.sendable


def test_draft_that_leaves_out_another_language_is_not_sendable() -> None:
    """One answer in the customer's language and one in another is half a reply."""
    result = suggest(f"{MONEY} Чем можно платить? Картой, переводом или наличными?", "en")

    assert "ten days" in result.draft.text
    assert "Картой" not in result.draft.text
    assert not result.draft.sendable


def test_reply_without_the_engine_says_so() -> None:
    """The draft is the same from the edition's own words, and the mode tells."""
    whole, fallback = suggest(MONEY), suggest(MONEY, reader=FakeReader(gone=True))

    assert (whole.mode, fallback.mode) == (Mode.HYBRID, Mode.FALLBACK)
    assert (fallback.draft.text, fallback.draft.sendable) == (whole.draft.text, whole.draft.sendable)


def test_empty_message_is_refused() -> None:
    """There is nothing to reply to."""
    with pytest.raises(InvalidQuestion):
        suggest(" \n ")


def test_threshold_of_the_store_keeps_an_answer_out_of_the_draft() -> None:
    """Below it the nearest articles and somebody to ask are shown instead; other languages keep their own."""
    sure = suggest(MONEY).questions[0].suggestions[0].confidence
    strict = {"en": min(1.0, sure + 0.01), "default": 0.0}

    result = suggest(MONEY, thresholds=strict)

    assert [group.outcome for group in result.questions] == [Outcome.CLARIFY]
    assert (result.draft.text, result.draft.sendable) == ("", False)
    assert result.questions[0].nearest[0].article_id == REFUND.id
    assert result.handoff is not None
    assert suggest("Когда вернут деньги на карту?", "ru", thresholds=strict).draft.text


def test_threshold_may_be_lower_than_that_of_customers() -> None:
    """A store that reads every draft may want to see the less certain ones too."""
    unsure = "Which purple penguins sing frozen opera for a refund tonight?"

    assert suggest(unsure, internal=()).draft.text == ""
    assert suggest(unsure, internal=(), thresholds={"default": 0.0}).questions[0].outcome is Outcome.ANSWER


def test_questions_that_were_not_read_keep_a_draft_from_being_sent() -> None:
    """Part of an answer is no answer, and the agent is told how much is missing."""
    result = suggest("\n".join([MONEY] * 30))

    assert (result.left_out, result.draft.sendable) == (30 - len(result.questions), False)


def test_html_says_what_the_text_says() -> None:
    """Paragraphs and a link; nothing else is markup."""
    assert suggest(MONEY).draft.html == (
        "<p>Hello there,</p>\n<p>A refund reaches your card within ten days.</p>\n"
        '<p><a href="https://help.example.org/en/returns/refund-time">When will I get my money back?</a></p>\n'
        "<p>Kind regards,<br>the team</p>"
    )


def test_phrases_are_given_without_a_draft() -> None:
    """An agent who chooses a text by hand greets in the store's words, by the situation."""
    late = suggest("I am still waiting. Can penguins fly over the moon?").draft

    assert (late.text, late.sendable) == ("", False)
    assert (late.opening, late.closing) == ("Sorry for the wait!", "Kind regards,\nthe team")
