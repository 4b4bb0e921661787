"""The agent's journey: a draft of approved sentences, and never an internal one."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from kb.answers import Outcome
from kb.article import Article, Audience, Phrases, Reply, Section, Supplement
from kb.errors import InvalidQuestion, InvalidRequest
from kb.replies import Approved, Replies, ReplyResult
from kb.search import Mode
from kb.solutions import Approver, Offer, Prices, Solution, When
from tests.kb.fakes import NOON, FakeReader, a_half, a_search, a_store, a_view, an_article

REFUND = an_article(
    "en/returns/refund-time",
    "When will I get my money back?",
    "A refund reaches your card within ten days.",
    questions=("My refund has not arrived",),
)
VOZVRAT = an_article("ru/returns/refund-time", "Когда вернут деньги?", "Деньги вернутся на карту за десять дней.")
PARCEL = an_article("en/delivery/track", "Where is my parcel?", "The tracking link stands in our mail.")
PAY = an_article("ru/payment/methods", "Чем можно платить?", "Картой, переводом или наличными.")
RULE = an_article(
    "en/staff/refund-limit", "Refund limit", "Up to fifty.", description="Above it ask.", audience=Audience.AGENT
)
DAMAGED = Solution("small", "returns/refund-time", When(), Offer.REFUND, Approver.AGENT, note={"en": "Ask nobody."})
DEAR = Solution(
    "dear",
    "returns/refund-time",
    When(goods_value=Prices(over={"EUR": 100})),
    Offer.REFUND,
    Approver.TEAM_LEADER,
)
OLD = Solution("old", "returns/refund-time", When(), Offer.NONE, Approver.AGENT, valid_until=date(2026, 6, 14))
PHRASES = {
    "en": Phrases(
        {"neutral": ("Hello {{ customer.name | there }},",), "delay": ("Sorry for the wait!",)},
        {"neutral": ("Kind regards,\n{{ agent.name | the team }}",)},
    ),
    "ru": Phrases({"neutral": ("Здравствуйте!",)}, {"neutral": ("С уважением",)}),
}
MONEY = "When does the refund reach my card?"
TWO_REPLIES = (Reply("Ten days at most.", "plain"), Reply("We are sorry. Ten days at most.", "apology"))


def _suggest(
    message: str,
    lang: str | None = "en",
    *,
    variables: Mapping[str, str] | None = None,
    supplement: Supplement | None = None,
    public: tuple[Article, ...] = (REFUND, VOZVRAT, PARCEL, PAY),
    internal: tuple[Article, ...] = (RULE,),
    reader: FakeReader | None = None,
    limit: int = 3,
    agent_lang: str | None = None,
    tone: str | None = None,
    phrases: Mapping[str, Phrases] = PHRASES,
    solutions: tuple[Solution, ...] = (),
    thresholds: Mapping[str, float] | None = None,
) -> ReplyResult:
    store = replace(a_store(), reply_thresholds=dict(thresholds or {}))
    view = a_view(a_half(public, store=store), a_half(internal), store=store)
    approved = Approved({supplement.article_id: supplement} if supplement else {}, phrases, solutions)
    replies = Replies(
        a_search(view, reader=reader),
        lambda: view,
        lambda: approved,
        lambda: NOON,
        lambda: "https://help.example.org",
    )
    return asyncio.run(replies.suggest(message, lang, variables or {}, limit, agent_lang=agent_lang, tone=tone))


def test_draft_is_opening_answer_link_and_closing() -> None:
    """Every part stands in the repository, and a complete draft can be sent."""
    result = _suggest(MONEY)

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

    result = _suggest("Is the battery covered against sudden failure?", public=(article, PARCEL))

    first = result.questions[0].suggestions[0]
    assert first.text == "A battery is covered against sudden failure for 12 months."
    assert first.sources[0].url == "/en/warranty/coverage#batteries"


def test_draft_is_in_the_language_of_the_customer() -> None:
    """A Russian message is found out to be Russian and answered in Russian."""
    result = _suggest("Здравствуйте! Когда вернут деньги на карту?\nС уважением, Анна", None)

    assert result.lang == "ru"
    assert result.draft.text.startswith("Здравствуйте!\n\nДеньги вернутся")
    assert result.questions[0].suggestions[0].translations == {"en": REFUND.id}


def test_approved_reply_is_used_instead_of_the_article() -> None:
    """A `:::reply` block is the text that editors want to be sent."""
    result = _suggest(MONEY, supplement=Supplement(REFUND.id, TWO_REPLIES))

    assert result.questions[0].suggestions[0].text == "Ten days at most."
    assert "Ten days at most." in result.draft.text


def test_reply_whose_tone_fits_the_situation_wins() -> None:
    """Who waits is answered with an apology, in the block and in the opening."""
    result = _suggest(f"I am still waiting. {MONEY}", supplement=Supplement(REFUND.id, TWO_REPLIES))

    assert result.situation == "delay"
    assert result.draft.text.startswith("Sorry for the wait!\n\nWe are sorry. Ten days at most.")


@pytest.mark.parametrize("message", [f"This is unacceptable! {MONEY}", f"Thanks a lot! {MONEY}"])
def test_first_reply_and_neutral_opening_stand_in(message: str) -> None:
    """Where no block or phrase fits the situation, the first block and the neutral phrase are used."""
    result = _suggest(message, supplement=Supplement(REFUND.id, TWO_REPLIES[:1]))

    assert result.situation != "neutral"
    assert result.draft.text.startswith("Hello there,\n\nTen days at most.")


def test_gap_in_a_reply_must_be_filled_before_sending() -> None:
    """The missing variable is named in suggestion and draft."""
    supplement = Supplement(REFUND.id, (Reply("It went out on {{ order.date }}."),))

    result = _suggest(MONEY, supplement=supplement)

    assert result.questions[0].suggestions[0].unfilled == ("order.date",)
    assert (result.draft.unfilled, result.draft.sendable) == (("order.date",), False)


def test_variables_of_the_caller_and_of_the_message_are_filled() -> None:
    """The order number comes from the message unless the caller knows better; the store's name from the store."""
    supplement = Supplement(REFUND.id, (Reply("{{ store.name }}: order {{ order.number }}."),))
    message = f"{MONEY} Order no. 48213377."

    read = _suggest(message, supplement=supplement, variables={"customer.name": "Anna"})
    known = _suggest(message, supplement=supplement, variables={"order.number": "A-5"})

    assert "Hello Anna,\n\nTechno Market: order 48213377." in read.draft.text
    assert "Techno Market: order A-5." in known.draft.text
    assert read.draft.sendable


def test_note_is_for_the_agent_only() -> None:
    """A note inside a customer article is shown beside the suggestion, never in a text for the customer."""
    result = _suggest(MONEY, supplement=Supplement(REFUND.id, notes=("Ask the manager above fifty.",)))

    suggestion = result.questions[0].suggestions[0]
    assert suggestion.internal_notes[0] == "Ask the manager above fifty."
    assert "manager" not in suggestion.text + result.draft.text


def test_internal_article_is_a_note_and_a_source_only() -> None:
    """An internal article is never suggested: its gist is a note, its address an agent's."""
    result = _suggest(f"{MONEY} Is there a refund limit?")

    suggestions = [each for group in result.questions for each in group.suggestions]
    sources = [source for each in suggestions for source in each.sources]
    assert RULE.id not in [each.article_id for each in suggestions]
    assert "/agent/articles/en/staff/refund-limit" in [source.url for source in sources]
    assert "Refund limit Above it ask." in [note for each in suggestions for note in each.internal_notes]
    assert not [note for group in result.questions for each in group.suggestions[1:] for note in each.internal_notes]
    assert "fifty" not in result.draft.text
    assert not [each for each in suggestions if "fifty" in each.text]


def test_two_questions_are_answered_in_one_draft() -> None:
    """Both answers stand in the order they were asked."""
    result = _suggest(f"{MONEY} Where is the tracking link of my parcel?")

    assert [group.outcome for group in result.questions] == [Outcome.ANSWER, Outcome.ANSWER]
    assert result.draft.text.index("ten days") < result.draft.text.index("tracking link")
    assert result.draft.sendable


def test_question_asked_twice_is_answered_once() -> None:
    """Two sentences that lead to the same article are two questions with one answer."""
    result = _suggest(f"{MONEY} Within how many days does a refund reach my card?")

    assert len(result.questions) == 2
    assert result.draft.text.count("ten days") == 1
    assert result.draft.text.count("https://") == 1
    assert result.draft.sendable


def test_half_an_answer_is_not_sendable() -> None:
    """A question without an answer leaves a draft for the other, and the way to a human."""
    result = _suggest(f"{MONEY} Which purple penguins sing frozen opera tonight?")

    assert [group.outcome for group in result.questions] == [Outcome.ANSWER, Outcome.HANDOFF]
    assert "ten days" in result.draft.text
    assert not result.draft.sendable
    assert result.handoff is not None


def test_message_without_an_answer_has_no_draft() -> None:
    """No empty shell of greeting and farewell is offered."""
    result = _suggest("Can penguins fly over the moon?")

    assert (result.draft.text, result.draft.sendable) == ("", False)
    assert result.handoff is not None


def test_text_in_another_language_is_not_in_the_draft() -> None:
    """What exists in Russian only is suggested to the agent, not sent to an English customer."""
    result = _suggest("Чем можно платить? Картой, переводом или наличными?", "en")

    assert PAY.id in [each.article_id for group in result.questions for each in group.suggestions]
    assert "Картой" not in result.draft.text
    assert not result.draft.sendable


def test_draft_that_leaves_out_another_language_is_not_sendable() -> None:
    """One answer in the customer's language and one in another is half a reply."""
    result = _suggest(f"{MONEY} Чем можно платить? Картой, переводом или наличными?", "en")

    assert "ten days" in result.draft.text
    assert "Картой" not in result.draft.text
    assert not result.draft.sendable


def test_suggestions_are_limited_and_first_is_surest() -> None:
    """As many as asked for, each with a chance, together no more than certain."""
    chances = [each.confidence for each in _suggest(MONEY, limit=2).questions[0].suggestions]

    assert len(chances) == 2
    assert chances == sorted(chances, reverse=True)
    assert 0 <= sum(chances) <= 1


def test_every_suggestion_has_its_source() -> None:
    """The source names article, address, sentence and edition; ids are not repeated."""
    result = _suggest(MONEY)

    suggestions = result.questions[0].suggestions
    source = suggestions[0].sources[0]
    assert (source.article_id, source.title, source.url) == (REFUND.id, REFUND.title, REFUND.url)
    assert (source.quote, source.edition) == ("A refund reaches your card within ten days.", result.edition)
    assert len({each.suggestion_id for each in suggestions}) == len(suggestions)


def test_reply_without_the_engine_says_so() -> None:
    """The draft is the same from the edition's own words, and the mode tells."""
    whole, fallback = _suggest(MONEY), _suggest(MONEY, reader=FakeReader(gone=True))

    assert (whole.mode, fallback.mode) == (Mode.HYBRID, Mode.FALLBACK)
    assert fallback.draft == whole.draft


def test_empty_message_is_refused() -> None:
    """There is nothing to reply to."""
    with pytest.raises(InvalidQuestion):
        _suggest(" \n ")


def test_threshold_of_the_store_keeps_an_answer_out_of_the_draft() -> None:
    """Below it the nearest articles and somebody to ask are shown instead; other languages keep their own."""
    sure = _suggest(MONEY).questions[0].suggestions[0].confidence
    strict = {"en": min(1.0, sure + 0.01), "default": 0.0}

    result = _suggest(MONEY, thresholds=strict)

    assert [group.outcome for group in result.questions] == [Outcome.CLARIFY]
    assert (result.draft.text, result.draft.sendable) == ("", False)
    assert result.questions[0].nearest[0].article_id == REFUND.id
    assert result.handoff is not None
    assert _suggest("Когда вернут деньги на карту?", "ru", thresholds=strict).draft.text


def test_threshold_may_be_lower_than_that_of_customers() -> None:
    """A store that reads every draft may want to see the less certain ones too."""
    unsure = "Which purple penguins sing frozen opera for a refund tonight?"

    assert _suggest(unsure, internal=()).draft.text == ""
    assert _suggest(unsure, internal=(), thresholds={"default": 0.0}).questions[0].outcome is Outcome.ANSWER


def test_who_only_thanks_gets_a_reply() -> None:
    """Opening and closing are a whole reply, and nothing was searched."""
    thanks = {"en": Phrases({"thanks": ("Thank you, {{ customer.name | friend }}!",)}, {"thanks": ("Bye!",)})}

    result = _suggest("Thank you so much, the jacket fits!\n\nSarah", phrases=thanks)

    assert (result.questions, result.draft.text, result.draft.sendable) == ((), "Thank you, Sarah!\n\nBye!", True)


def test_phrase_is_the_same_for_the_same_message_only() -> None:
    """All phrases of a situation are used; asking again changes nothing."""
    many = {"en": Phrases({"neutral": tuple(f"Hello {n}." for n in range(4))}, {"neutral": ("Bye.",)})}
    drafts = [_suggest(f"{MONEY} Bill {n}.", phrases=many).draft.text for n in range(40)]

    assert {draft.split("\n")[0] for draft in drafts} == {f"Hello {n}." for n in range(4)}
    assert drafts == [_suggest(f"{MONEY} Bill {n}.", phrases=many).draft.text for n in range(40)]


def test_phrase_that_lacks_a_value_is_avoided() -> None:
    """Another of the situation is taken; where all lack one, the gap is told."""
    some = {"en": Phrases({"neutral": ("About {{ order.number }}:", "Hello.")}, {"neutral": ("Bye.",)})}
    none = {"en": Phrases({"neutral": ("About {{ order.number }}:",)}, {"neutral": ("Bye.",)})}

    assert {_suggest(f"{MONEY} Bill {n}.", phrases=some).draft.text[:6] for n in range(10)} == {"Hello."}
    assert _suggest(MONEY, phrases=none).draft.unfilled == ("order.number",)


def test_agent_chooses_the_tone() -> None:
    """Over the situation; the suggestion says which tone it has and which others there are."""
    supplement = Supplement(REFUND.id, TWO_REPLIES)

    chosen = _suggest(f"I am still waiting. {MONEY}", supplement=supplement, tone="neutral")
    wished = _suggest(MONEY, supplement=supplement, tone="apology")

    assert chosen.tone == "neutral"
    assert chosen.draft.text.startswith("Hello there,")
    assert wished.questions[0].suggestions[0].text.startswith("We are sorry.")
    assert (wished.questions[0].suggestions[0].tone, wished.tone) == ("apology", "apology")
    assert wished.questions[0].suggestions[0].tones == ("plain", "apology")
    with pytest.raises(InvalidRequest, match="shouting"):
        _suggest(MONEY, tone="shouting")


def test_tone_suits_the_question_and_not_another_of_the_message() -> None:
    """Who complains of one thing and asks about another is not told that we are sorry for both."""
    result = _suggest(
        f"My parcel has not arrived, where is its tracking link? {MONEY}",
        supplement=Supplement(REFUND.id, TWO_REPLIES),
    )

    refund = result.questions[-1].suggestions[0]
    assert (result.situation, refund.article_id, refund.tone) == ("delay", REFUND.id, "plain")


def test_agent_reads_the_article_in_the_own_language() -> None:
    """Its sibling in short, or plainly nothing; a text in another language than the customer's says so."""
    read = _suggest(MONEY, agent_lang="ru").questions[0].suggestions[0]
    missing = _suggest(MONEY, agent_lang="hu").questions[0].suggestions[0]
    foreign = _suggest("Чем можно платить? Картой, переводом или наличными?", "en").questions[0].suggestions[0]

    assert read.agent_reading is not None
    assert (read.agent_reading.article_id, read.agent_reading.title) == (VOZVRAT.id, VOZVRAT.title)
    assert read.agent_reading.description == "Деньги вернутся на карту за десять дней."
    assert (missing.agent_reading, missing.translations) == (None, {"ru": VOZVRAT.id})
    assert (read.missing_translation, foreign.missing_translation) == (False, True)


def test_solutions_stand_beside_the_suggestion_only() -> None:
    """Those that hold today, and none of their words in a text for the customer."""
    result = _suggest(MONEY, solutions=(DAMAGED, DEAR, OLD))

    assert [row.id for row in result.questions[0].suggestions[0].solutions] == ["small", "dear"]
    assert "Ask nobody." not in result.draft.text + result.draft.html
    assert {row.id for s in result.questions[0].suggestions[1:] for row in s.solutions} == set()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param("The phone cost 80 €.", ["small"], id="below"),
        pytest.param("The phone cost 200 €.", ["small", "dear"], id="above"),
        pytest.param("You took 80 €.", ["small", "dear"], id="perhaps another sum"),
        pytest.param("The phone cost 80 €, shipping 5 €.", ["small", "dear"], id="two sums"),
    ],
)
def test_price_in_the_message_narrows_the_solutions(told: str, expected: list[str]) -> None:
    """Only where it is certain that the sum is the goods' price."""
    result = _suggest(f"{told} {MONEY}", solutions=(DAMAGED, DEAR))

    assert [row.id for row in result.questions[0].suggestions[0].solutions] == expected


def test_questions_that_were_not_read_keep_a_draft_from_being_sent() -> None:
    """Part of an answer is no answer, and the agent is told how much is missing."""
    result = _suggest("\n".join([MONEY] * 30))

    assert (result.left_out, result.draft.sendable) == (30 - len(result.questions), False)


@pytest.mark.parametrize("value", ["{{7*7}}", "{0.__class__}", "{{ order.number }}", "<b>Anna</b> & co"])
def test_value_is_text_and_nothing_else(value: str) -> None:
    """No template engine reads it, and in HTML it is escaped."""
    result = _suggest(f"{MONEY} {value}", variables={"customer.name": value})

    assert f"Hello {value}," in result.draft.text
    assert "49" not in result.draft.text
    assert "<b>" not in result.draft.html
    assert html.unescape(re.sub(r"<[^>]*>", "", result.draft.html)).startswith(f"Hello {value},")


def test_html_says_what_the_text_says() -> None:
    """Paragraphs and a link; nothing else is markup."""
    assert _suggest(MONEY).draft.html == (
        "<p>Hello there,</p>\n<p>A refund reaches your card within ten days.</p>\n"
        '<p><a href="https://help.example.org/en/returns/refund-time">When will I get my money back?</a></p>\n'
        "<p>Kind regards,<br>the team</p>"
    )
