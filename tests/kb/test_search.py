"""The customer's journey: hits, outcome and mode, with engine and model there or gone."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest

from kb.answers import ANSWER_FROM, Outcome, Reason
from kb.article import Audience, Category, Contact, Section
from kb.engine.reader import WordHit
from kb.query import Question
from kb.search import Mode, Search, SearchResult
from tests.kb.fakes import (
    BrokenEmbedder,
    FakeReader,
    GatedEmbedder,
    WordEmbedder,
    a_half,
    a_search,
    a_store,
    a_view,
    an_article,
)

REFUND = an_article(
    "en/returns/refund-time",
    "When will I get my money back?",
    sections=(
        Section("", "", 0, "A refund reaches your card within ten days. Some banks need longer."),
        Section("cash", "Paid in cash", 2, "Banknotes wait at the cashier's desk in the shop."),
    ),
    questions=("My refund has not arrived",),
)
VOZVRAT = an_article("ru/returns/refund-time", "Когда вернут деньги?", "Деньги вернутся на карту за десять дней.")
PARCEL = an_article("en/delivery/track", "Where is my parcel?", "The tracking link stands in our mail.")
REPAIR = an_article("en/warranty/repair", "How long does a repair take?", "The workshop needs two weeks.")
PAY = an_article("ru/payment/methods", "Чем можно платить?", "Картой, переводом или наличными.")
ARTICLES = [REFUND, VOZVRAT, PARCEL, REPAIR, PAY]
PHONE, EMAIL = Contact("phone", "+36 1 555 0101"), Contact("email", "help@example.org")
STORE = a_store(categories=(Category("returns", contacts=(PHONE,)),), contacts=(EMAIL,), timezone="Europe/Budapest")
BY_DAY = Contact("phone", "+36 1 555 0102", {"mon-sun": "9:00-18:00"})
AROUND = Contact("chat", "https://example.org/chat", {"mon-sun": "0:00-24:00"})
WITH_CHAT = a_store(categories=(Category("returns", contacts=(BY_DAY,)),), contacts=(EMAIL, AROUND))
VIEW = a_view(a_half(ARTICLES, store=STORE), store=STORE)


def _find(
    text: str, asked: str = "en", lang: str = "en", *, search: Search | None = None, category: str | None = None
) -> SearchResult:
    return asyncio.run((search or a_search(VIEW)).find(Question(text, asked, lang), category))


def _typed(text: str, *, reader: FakeReader | None = None) -> SearchResult:
    return asyncio.run(a_search(VIEW, reader=reader).type_ahead(Question(text, "en", "en")))


def test_question_with_an_article_is_answered_from_it() -> None:
    """The answer is whole sentences of the nearest passage, and the hit says where they stand."""
    result = _find("When does the refund reach my card?")

    assert result.outcome is Outcome.ANSWER
    assert result.answer is not None
    assert result.answer.text == "A refund reaches your card within ten days. Some banks need longer."
    assert result.answer.hit == result.hits[0]
    assert (result.handoff, result.clarify) == (None, ())


def test_answer_comes_from_the_section_that_fits() -> None:
    """The lead stands first, but another section that is much nearer is shown, with its anchor."""
    result = _find("Paid in cash: banknotes at the cashier's desk in the shop?")

    assert result.hits[0].url == "/en/returns/refund-time#cash"
    assert "<mark>cashier</mark>" in result.hits[0].snippet


def test_answer_and_its_hit_come_from_one_section() -> None:
    """The sentences, the anchor and the snippet are of the same section; how sure the search is does not change."""
    result = _find("My refund has not arrived: banknotes at the cashier's desk?")

    assert result.answer is not None
    assert result.answer.text == "Banknotes wait at the cashier's desk in the shop."
    assert result.answer.hit.anchor == "cash"
    assert result.answer.hit == result.hits[0]
    assert "<mark>Banknotes</mark>" in result.hits[0].snippet
    assert result.answer.confidence == result.confidence


def test_question_in_another_language_is_answered_with_the_lead() -> None:
    """Its words match nothing in the article: the short answer at the top is shown unless another section is nearer."""
    result = _find("Когда вернут деньги на карту за десять дней?", asked="en", lang="ru")

    assert result.answer is not None
    assert result.answer.text == "A refund reaches your card within ten days. Some banks need longer."
    assert result.answer.hit.anchor == ""


def test_unsure_question_is_answered_with_a_choice() -> None:
    """Two subjects are equally near: the nearest hits are offered, and no answer is given."""
    result = _find("Long parcel take?")

    assert (result.outcome, result.answer, result.handoff) == (Outcome.CLARIFY, None, None)
    assert result.clarify == result.hits[: len(result.clarify)]
    assert {hit.article.id for hit in result.clarify[:2]} == {REPAIR.id, PARCEL.id}


def test_question_without_an_article_goes_to_a_human() -> None:
    """Nothing near: the way to a human, at the store's local time; what was nearest is still listed."""
    result = _find("Can penguins fly over the moon?")

    assert result.outcome is Outcome.HANDOFF
    assert result.handoff is not None
    assert (result.handoff.reason, result.handoff.category) == (Reason.NO_ANSWER, None)
    assert result.handoff.contacts == (EMAIL,)
    assert result.handoff.at.isoformat() == "2026-06-15T14:00:00+02:00"
    assert result.answer is None
    assert result.hits


def test_question_is_weighed_within_what_it_was_asked_in() -> None:
    """What the context is about comes first; of another edition it says nothing."""
    search, other = a_search(VIEW), a_search(a_view(a_half(ARTICLES, store=STORE), store=STORE))
    vague, context = (Question(text, "en", "en") for text in ("How long?", "Where is the tracking link of my parcel?"))
    alone, told = asyncio.run(search.weigh(vague)), asyncio.run(search.weigh(context))

    within = search.within(alone, told)

    assert alone.first != within.first == told.first == PARCEL.topic
    assert alone.chances.first_is_right < within.chances.first_is_right < told.chances.first_is_right
    assert search.within(alone, asyncio.run(other.weigh(context))) == alone


def test_who_asks_for_a_human_gets_one() -> None:
    """However sure an article would be, the wish for a person comes first; the category chosen says which person."""
    sure = _find("When will I get my money back? Let me speak to someone")
    chosen = _find("talk to a human", category="returns")

    assert (sure.confidence or 0) > ANSWER_FROM
    assert sure.outcome is chosen.outcome is Outcome.HANDOFF
    assert sure.handoff and sure.handoff.reason is Reason.ASKED_FOR_HUMAN
    assert chosen.handoff and (chosen.handoff.category, chosen.handoff.contacts) == ("returns", (PHONE,))


def test_topic_is_one_hit_in_the_asked_language() -> None:
    """The question's language finds, the reader's language shows; a topic never comes twice."""
    result = _find("Когда вернут деньги на карту?", asked="en", lang="ru")

    topics = [hit.article.topic for hit in result.hits]
    assert result.hits[0].article == REFUND
    assert len(topics) == len(set(topics))


def test_topic_of_another_language_is_shown_in_its_own() -> None:
    """Better an answer in Russian than none."""
    assert _find("Чем можно платить?", asked="en", lang="ru").hits[0].article == PAY


def test_scores_fall_and_stay_between_zero_and_one() -> None:
    """Hits are in the order of their scores."""
    result = _find("Where is my parcel?")

    scores = [hit.score for hit in result.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize(
    ("embedder", "reader", "mode"),
    [
        pytest.param(WordEmbedder(), FakeReader(), Mode.HYBRID, id="all there"),
        pytest.param(BrokenEmbedder(), FakeReader(), Mode.KEYWORD, id="no model"),
        pytest.param(GatedEmbedder(), FakeReader(), Mode.KEYWORD, id="model too slow"),
        pytest.param(WordEmbedder("another"), FakeReader(), Mode.KEYWORD, id="published with another model"),
        pytest.param(WordEmbedder(), FakeReader(gone=True), Mode.FALLBACK, id="no engine"),
        pytest.param(BrokenEmbedder(), FakeReader(gone=True), Mode.FALLBACK, id="neither"),
    ],
)
def test_search_degrades_and_says_so(embedder: WordEmbedder, reader: FakeReader, mode: Mode) -> None:
    """Whatever is gone, the right article is still first; vectors of two models never meet."""
    result = _find("Where is my parcel?", search=a_search(VIEW, embedder, reader))
    if isinstance(embedder, GatedEmbedder):
        embedder.gate.set()

    assert mode is result.mode
    assert result.hits[0].article == PARCEL
    assert bool(embedder.asked) is (embedder.name == VIEW.corpus.model)


def test_engine_is_asked_for_telling_words_only() -> None:
    """It reads ten words: none is spent on stop words, and the order stays."""
    reader = FakeReader()
    _find("Where is the tracking link of my parcel?", search=a_search(VIEW, reader=reader))

    assert reader.asked == [("tracking link parcel", False)]


def test_engine_hit_moves_its_article_up() -> None:
    """What the engine found in spite of a typing error counts."""
    plain = _find("xqzwvk")
    helped = _find("xqzwvk", search=a_search(VIEW, reader=FakeReader([WordHit(REPAIR.id, 1.0)])))

    assert helped.hits[0].article == REPAIR
    assert helped.hits[0].score > max(hit.score for hit in plain.hits if hit.article == REPAIR)


@pytest.mark.parametrize(
    ("hour", "expected"),
    [pytest.param(12, (BY_DAY,), id="by day"), pytest.param(22, (BY_DAY, AROUND), id="at night")],
)
def test_somebody_who_is_there_is_named(hour: int, expected: tuple[Contact, ...]) -> None:
    """While nobody of the category is, those of the store are."""
    view = a_view(a_half(ARTICLES, store=WITH_CHAT), store=WITH_CHAT)
    search = a_search(view, now=datetime(2026, 6, 15, hour, tzinfo=UTC))

    result = asyncio.run(search.find(Question.parse("Can penguins fly over the moon?", "en"), category="returns"))

    assert result.handoff and result.handoff.contacts == expected


def test_wish_for_a_human_has_no_subject() -> None:
    """What is nearest to it is near by chance: it goes to the store's own people."""
    result = _find("I want to talk to a human")

    assert result.handoff and (result.handoff.category, result.handoff.contacts) == (None, (EMAIL,))


def test_document_that_is_not_in_the_view_is_dropped() -> None:
    """What the engine still holds of another edition, or of internal texts, changes nothing."""
    strange = FakeReader([WordHit("internal/secret", 1.0), WordHit("old", 0.9)])

    assert _find("Where is my parcel?").hits == _find("Where is my parcel?", search=a_search(VIEW, reader=strange)).hits


def test_category_limits_the_hits() -> None:
    """Only that category is found; one that does not exist has no hits and leads to the store's contacts."""
    within = _find("Where is my parcel?", category="returns")
    nowhere = _find("Where is my parcel?", category="nowhere")

    assert {hit.article.category for hit in within.hits} == {"returns"}
    assert (nowhere.hits, nowhere.confidence, nowhere.outcome) == ((), 0.0, Outcome.HANDOFF)
    assert nowhere.handoff and nowhere.handoff.contacts == (EMAIL,)


def test_limit_limits_the_hits_and_not_the_confidence() -> None:
    """Who asks for one hit gets the same first one, as sure as among ten."""
    search = a_search(VIEW)
    question = Question("Where is my parcel?", "en", "en")

    one, many = asyncio.run(search.find(question, limit=1)), asyncio.run(search.find(question))

    assert one.hits == many.hits[:1]
    assert one.confidence == many.confidence


@pytest.mark.parametrize(
    ("now", "found"),
    [
        pytest.param(datetime(2026, 11, 30, 22, 59, tzinfo=UTC), False, id="a minute before, there"),
        pytest.param(datetime(2026, 11, 30, 23, 0, tzinfo=UTC), True, id="midnight there, not yet in UTC"),
        pytest.param(datetime(2026, 12, 31, 22, 59, tzinfo=UTC), True, id="the last minute"),
        pytest.param(datetime(2026, 12, 31, 23, 0, tzinfo=UTC), False, id="over"),
    ],
)
def test_article_is_found_on_its_days_at_the_store(now: datetime, found: bool) -> None:
    """Days begin and end in the store's time zone."""
    sale = an_article(
        "en/payment/sale", "Winter sale", "Half price.", valid_from=date(2026, 12, 1), valid_until=date(2026, 12, 31)
    )
    view = a_view(a_half([sale, PARCEL], store=STORE), store=STORE)

    result = _find("Winter sale", search=a_search(view, now=now))

    assert found is (sale in [hit.article for hit in result.hits])


def test_public_search_is_the_same_with_and_without_internal_texts() -> None:
    """No internal word moves a public score, snippet or confidence; agents do find it."""
    internal = a_half([an_article("en/staff/zebra", "Zebra parcel", "Zebra.", audience=Audience.AGENT)])
    both = a_view(a_half(ARTICLES, store=STORE), internal, store=STORE)

    assert "en/staff/zebra" not in [hit.article.id for hit in _find("Zebra parcel").hits]
    assert _find("Zebra parcel", search=a_search(both)).hits[0].url == "/agent/articles/en/staff/zebra"


def test_typing_finds_by_prefix_without_the_model() -> None:
    """While somebody types there is no vector and no outcome: the engine's prefixes decide."""
    reader = FakeReader([WordHit(REPAIR.id, 0.9), WordHit(PARCEL.id, 0.4)])

    result = _typed("rep", reader=reader)

    assert [hit.article for hit in result.hits][:2] == [REPAIR, PARCEL]
    assert result.mode is Mode.KEYWORD
    assert reader.asked == [("rep", True)]
    assert (result.outcome, result.confidence, result.answer, result.handoff) == (None, None, None, None)


def test_typing_goes_on_without_the_engine() -> None:
    """Whole words are still found, and the mode says that prefixes are missing."""
    result = _typed("where is my parcel", reader=FakeReader(gone=True))

    assert (result.mode, result.hits[0].article) == (Mode.FALLBACK, PARCEL)


def test_typing_what_nothing_holds_finds_nothing() -> None:
    """No hit is better than one by chance."""
    assert _typed("xqzwvk").hits == ()


def test_wrong_keyboard_is_searched_as_it_was_meant() -> None:
    """Russian typed in Latin letters; the reader is shown what was typed."""
    reader = FakeReader()
    search = a_search(VIEW, reader=reader)
    question = Question.parse("rjulf dthyen ltymub", "ru")

    found, typed = asyncio.run(search.find(question)), asyncio.run(search.type_ahead(question))

    assert found.hits[0].article == typed.hits[0].article == VOZVRAT
    assert found.question == typed.question == question
    assert [asked for asked, _ in reader.asked] == ["вернут деньги", "когда вернут деньги"]


def test_typing_counts_the_rare_word_more() -> None:
    """What the engine finds alike is told apart by the words that are finished."""
    reader = FakeReader([WordHit(REPAIR.id, 0.6), WordHit(PARCEL.id, 0.6)])

    assert _typed("tracking link of", reader=reader).hits[0].article == PARCEL
    assert _typed("workshop in", reader=reader).hits[0].article == REPAIR
