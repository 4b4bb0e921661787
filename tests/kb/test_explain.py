"""Why a question found what it found: the points of all parts are the score, and those of the features the chance."""

from __future__ import annotations

import asyncio
import math

import pytest

from kb.confidence import NO_CHANCES
from kb.engine.reader import WordHit
from kb.explain import Explanation, explain
from kb.query import Question
from tests.kb.fakes import BrokenEmbedder, FakeReader, WordEmbedder, a_half, a_search, a_store, a_view, an_article

ARTICLES = [
    an_article("en/returns/refund", "When will I get my refund?", "A refund takes ten days."),
    an_article("ru/returns/refund", "Когда вернут деньги?", "Деньги вернутся за десять дней."),
    an_article("en/delivery/parcel", "Where is my parcel?", "The tracking link stands in our mail."),
    an_article("ru/payment/card", "Чем можно платить?", "Картой или наличными."),
]
STORE = a_store(synonyms={"en": (("refund", "reimbursement"),)})
VIEW = a_view(a_half(ARTICLES, store=STORE), store=STORE)
HITS = [WordHit("en/returns/refund", 0.9), WordHit("en/delivery/parcel", 0.2)]


def _explained(text: str, lang: str = "en", embedder: WordEmbedder | None = None) -> Explanation:
    search = a_search(VIEW, embedder, FakeReader(HITS))
    return explain(asyncio.run(search.weigh(Question(text, "en", lang))), 10)


@pytest.mark.parametrize("embedder", [WordEmbedder(), BrokenEmbedder()], ids=["vectors", "words alone"])
@pytest.mark.parametrize(
    ("text", "lang"), [("refund of my parcel", "en"), ("когда вернут деньги", "ru"), ("dove", "it")]
)
def test_points_add_up_to_the_score(text: str, lang: str, embedder: WordEmbedder) -> None:
    """Whatever is there or missing, nothing that counted is left out."""
    explained = _explained(text, lang, embedder)

    assert len(explained.hits) == 3
    for hit in explained.hits:
        assert sum(part.points for part in hit.parts) == pytest.approx(hit.score, abs=1e-5)


def test_features_add_up_to_the_chance() -> None:
    """Of the first hit being right; the other chance is told beside it."""
    explained = _explained("when will I get my refund")

    assert sum(part.points for part in explained.confidence) == pytest.approx(
        math.log(explained.chances.first_is_right / (1 - explained.chances.first_is_right))
    )
    assert 0 < explained.chances.answerable < 1


def test_words_held_missing_and_of_synonyms_are_told() -> None:
    """The editor sees which word of the question no article holds."""
    found = _explained("reimbursement of penguins").hits
    words = next(hit.words for hit in found if hit.article_id == "en/returns/refund")

    told = {word.stem: (word.is_held, word.is_asked) for word in words}
    assert told == {"reimburs": (False, True), "penguin": (False, True), "refund": (True, False)}


def test_sibling_is_told() -> None:
    """A Russian question of an English reader: the Russian article was found, the English one is shown."""
    first = _explained("когда вернут деньги", "ru").hits[0]

    assert (first.article_id, first.scored_by, first.words_of) == (
        "en/returns/refund",
        "ru/returns/refund",
        "ru/returns/refund",
    )


def test_topic_that_is_not_in_the_language_says_whose_words_it_got() -> None:
    """It counts as if it had the words of the best; by words alone it gets nothing free."""
    card = next(hit for hit in _explained("refund").hits if hit.article_id == "ru/payment/card")
    alone = next(hit for hit in _explained("refund", "en", BrokenEmbedder()).hits if hit.article_id == card.article_id)

    assert (card.words_of, card.words_as) == (None, "en/returns/refund")
    assert (alone.words_of, alone.words_as) == (None, None)
    assert [part.name for part in alone.parts] == ["ngrams", "concepts"]


def test_nothing_found_is_explained_by_nothing() -> None:
    """A category without articles has neither hits nor features."""
    weighed = asyncio.run(a_search(VIEW).weigh(Question("refund", "en", "en"), "nowhere"))

    assert explain(weighed, 10) == Explanation(weighed.question, (), (), NO_CHANCES)
