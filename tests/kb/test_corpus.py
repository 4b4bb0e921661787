"""What one audience searches: rows in a fixed order, and exact cosines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kb.article import Article, Audience, Passage, PassageKind, Section
from kb.centring import unit
from kb.corpus import Corpus
from kb.edition import Half, Texts
from tests.kb.fakes import a_half, a_store, an_article

DAY = date(2026, 6, 15)
REFUND = an_article("en/returns/refund", "Refund", "Ten days.")
VOZVRAT = an_article("ru/returns/refund", "Возврат", "Десять дней.")
SECRET = an_article("en/staff/secret", "Secret", "Zebra.", audience=Audience.AGENT)


def _vectors(*rows: tuple[float, ...]) -> Half:
    """Return a half of two articles with three passages; the first two rows are the articles'."""
    passages = (
        Passage("en/a/a", PassageKind.BODY, "", 1, "", "a1"),
        Passage("en/a/b", PassageKind.BODY, "", 1, "", "b1"),
        Passage("en/a/a", PassageKind.BODY, "", 2, "", "a2"),
    )
    articles = (an_article("en/a/a"), an_article("en/a/b"))
    vectors = unit(np.array([*rows, *rows[:2]], dtype=np.float32))
    return Half("id", "small", Texts(articles, passages), vectors, tuple("abcdefg"))


def test_rows_follow_the_halves() -> None:
    """Public articles come first, and each passage knows its article's row."""
    corpus = Corpus(a_store(), [a_half([REFUND, VOZVRAT]), a_half([SECRET])])

    assert [article.id for article in corpus.articles] == [REFUND.id, VOZVRAT.id, SECRET.id]
    assert corpus.rows == {REFUND.id: 0, VOZVRAT.id: 1, SECRET.id: 2}
    assert [corpus.passages[p].article_id for p in corpus.passages_of(2)] == [SECRET.id, SECRET.id]
    assert corpus.langs.tolist() == ["en", "ru", "en"]


def test_public_corpus_is_the_same_whatever_is_internal() -> None:
    """Scores of the public half alone hold no trace of an internal word; a corpus with both does."""
    public = Corpus(a_store(), [a_half([REFUND])])
    both = Corpus(a_store(), [a_half([REFUND]), a_half([SECRET])])

    assert not public.lexical.bm25("zebra", "en").any()
    assert both.lexical.bm25("zebra", "en")[1] > 0
    assert public.article(SECRET.id) is None


def test_closeness_is_exact() -> None:
    """Raw cosines are the dot products; an article's best is the best of its own passages."""
    half = _vectors((1, 0), (0, 1), (0.6, 0.8), (1, 0), (0.8, 0.6))

    near = Corpus(a_store(), [half]).closeness(np.array([1, 0], dtype=np.float32), "en")

    assert near.whole.tolist() == pytest.approx([1, 0])
    assert near.best.tolist() == pytest.approx([0.8, 1])


def test_centred_closeness_is_without_the_languages_mean() -> None:
    """The mean of articles and passages together is taken away before cosines are computed."""
    half = _vectors((1, 0), (0, 1), (0.6, 0.8), (1, 0), (0.8, 0.6))
    question = np.array([1, 0], dtype=np.float32)
    rows = unit(half.vectors[:5] - half.vectors[:5].mean(axis=0))

    near = Corpus(a_store(), [half]).closeness(question, "en")

    assert near.centred_whole.tolist() == pytest.approx((rows[:2] @ question).tolist(), abs=1e-5)
    assert near.centred_best[1] == pytest.approx(float(rows[3] @ question), abs=1e-5)
    assert near.passages[0] == pytest.approx(float(half.vectors[2] @ question + rows[2] @ question) / 2, abs=1e-5)


def test_translation_is_as_near_as_its_original() -> None:
    """The model puts languages apart: levelled, a right article beats a wrong one of the question's language."""
    subjects = np.array([[0.4, 0, 0, 0], [0, 0.4, 0, 0]], dtype=np.float32)
    english, russian = (unit(subjects + np.eye(4, dtype=np.float32)[axis]) for axis in (2, 3))
    articles = tuple(an_article(each) for each in ("en/a/one", "en/a/two", "ru/a/one", "ru/a/two"))
    passages = tuple(Passage(each.id, PassageKind.TITLE, "", 0, "", "") for each in articles)
    half = Half("id", "small", Texts(articles, passages), np.concatenate([english, russian] * 3), tuple("abcdefghijkl"))

    near = Corpus(a_store(), [half]).closeness(english[0], "en")

    assert half.vectors[1] @ english[0] > half.vectors[2] @ english[0]
    assert near.whole[0] == pytest.approx(1, abs=1e-5)
    assert near.whole[2] > near.whole[1]
    assert near.whole[3] == pytest.approx(near.whole[1], abs=1e-5)
    assert near.best.tolist() == pytest.approx(near.whole.tolist(), abs=1e-5)


def test_members_are_the_rows_of_a_topic_in_one_language() -> None:
    """Every article knows its sibling in a language, or that there is none."""
    corpus = Corpus(a_store(), [a_half([REFUND, VOZVRAT, an_article("ru/a/b")])])

    assert corpus.members("en").tolist() == [0, 0, -1]
    assert corpus.members("ru").tolist() == [1, 1, 2]
    assert corpus.members("hu").tolist() == [-1, -1, -1]


def test_topics_that_lack_a_language_are_counted() -> None:
    """Of two topics one has no English article, and neither a Hungarian one."""
    articles = [an_article("en/a/first"), an_article("ru/a/first"), an_article("ru/a/second")]
    corpus = Corpus(a_store(), [a_half(articles)])

    assert [corpus.lacking(lang) for lang in ("ru", "en", "hu")] == [0, 0.5, 1]


def test_article_without_passages_is_never_near() -> None:
    """The best of nothing is -1, below every cosine that matters."""
    articles = (an_article("en/a/a"), an_article("en/a/b"))
    passages = (Passage("en/a/b", PassageKind.BODY, "", 1, "", "text"),)
    half = Half("id", "small", Texts(articles, passages), np.eye(5, 3, dtype=np.float32), tuple("abcde"))

    near = Corpus(a_store(), [half]).closeness(np.array([0, 0, 1], dtype=np.float32), "en")

    assert near.best.tolist() == [-1, 1]
    assert len(Corpus(a_store(), [half]).passages_of(0)) == 0


def test_passages_stay_in_the_order_of_the_text() -> None:
    """Rows of one article are ascending, however passages of several are mixed."""
    corpus = Corpus(a_store(), [_vectors(*[(1.0, 0.0)] * 5)])

    assert corpus.passages_of(0).tolist() == [0, 2]
    assert corpus.passages_of(1).tolist() == [1]


def test_title_and_notes_are_not_shown_as_text() -> None:
    """What readers see of an article are its body passages only."""
    sections = (Section("", "", 0, "One."), Section("b", "B", 2, "Two."))
    article = an_article("en/a/a", "Title", sections=sections)
    note = Half(
        "id",
        "words",
        Texts(passages=(Passage("en/a/a", PassageKind.NOTE, "", 0, "Title", "Ask first."),)),
        a_half([article]).vectors[:1],
        ("n",),
    )

    corpus = Corpus(a_store(), [a_half([article]), note])

    assert [corpus.passages[row].text for row in corpus.body_passages_of(0)] == ["One.", "Two."]
    assert len(corpus.passages_of(0)) == 4


def test_category_is_listed_by_weight_then_title() -> None:
    """Only valid articles of that language and category, the lightest first."""
    articles = [
        an_article("en/a/heavy", "A", weight=10),
        an_article("en/a/second", "C", weight=1),
        an_article("en/a/first", "B", weight=1),
        an_article("en/a/over", "A", valid_until=date(2026, 6, 14)),
        an_article("en/b/other", "A"),
        an_article("ru/a/first", "A"),
    ]

    found = Corpus(a_store(), [a_half(articles)]).in_category("en", "a", DAY)

    assert [article.id for article in found] == ["en/a/first", "en/a/second", "en/a/heavy"]


def test_translations_are_those_of_the_day() -> None:
    """Every language of a topic, itself included, without what is not valid."""
    expired = an_article("hu/returns/refund", valid_until=date(2026, 1, 1))
    other: Article = an_article("it/returns/other")

    corpus = Corpus(a_store(), [a_half([REFUND, VOZVRAT, expired, other])])

    assert corpus.translations("returns/refund", DAY) == {"en": REFUND, "ru": VOZVRAT}
    assert corpus.translations("returns/none", DAY) == {}


def test_empty_internal_half_changes_nothing() -> None:
    """A store without internal texts is searched by agents too."""
    corpus = Corpus(a_store(), [a_half([REFUND]), a_half([])])

    near = corpus.closeness(a_half([REFUND]).vectors[0], "en")

    assert near.whole.tolist() == pytest.approx([1], abs=1e-5)


def test_topic_is_as_near_as_the_mean_of_how_it_is_asked_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Translations share one value, between those of their own questions."""
    each = [an_article(article_id) for article_id in ("en/a/one", "en/a/two", "ru/a/one")]
    articles = tuple(replace(article, description="d", questions=("1", "2")) for article in each)
    asked = np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0]], dtype=np.float32)
    half = Half("id", "small", Texts(articles), np.concatenate([asked * 0, asked]), tuple("abcdef"))
    nothing = {"en": np.zeros(3, dtype=np.float32), "ru": np.zeros(3, dtype=np.float32)}
    monkeypatch.setattr("kb.corpus.query_centres", lambda *_: nothing)

    near = Corpus(a_store(), [half]).closeness(np.array([1, 0, 0], dtype=np.float32), "en")

    # Of six wordings beside its titles: two thirds.
    assert near.asked[[0, 2]].tolist() == pytest.approx([0.5**0.5 * 2 / 3] * 2, abs=1e-5)


def test_questions_of_a_language_without_centre_are_near_to_none() -> None:
    """Two articles of another model: what their questions share would count as nearness."""
    half = _vectors((1, 0), (0, 1), (0.6, 0.8), (1, 0), (0.8, 0.6))

    near = Corpus(a_store(), [half]).closeness(np.array([1, 0], dtype=np.float32), "en")

    assert near.asked.tolist() == [0, 0]


def test_topic_that_is_asked_for_in_fewer_ways_is_not_behind_for_that() -> None:
    """What its questions cannot say its texts do, on the same scale."""
    many, none = an_article("en/a/many"), an_article("en/a/none")
    articles = (replace(many, questions=("1", "2", "3")), none)
    same = np.array([[1, 0]] * 4, dtype=np.float32)
    half = Half("id", "small", Texts(articles), same, tuple("abcd"))

    near = Corpus(a_store(), [half]).closeness(np.array([1, 0], dtype=np.float32), "en")

    assert near.asked[1] == pytest.approx((near.centred_whole[1] + near.centred_best[1]) / 4)


def _alike(half: Half, limit: int = 3) -> list[str]:
    corpus = Corpus(a_store(), [half])
    return [article.id for article in corpus.alike(corpus.articles[0], DAY, limit)]


def test_related_articles_are_the_nearest_of_the_language() -> None:
    """Between two that are about equally near, the one of the same category; what is not valid today is not offered."""
    articles = (
        an_article("en/a/own"),
        an_article("en/b/near"),
        an_article("en/a/near"),
        an_article("en/b/nearest"),
        an_article("en/a/far"),
        an_article("en/a/over", valid_until=date(2026, 6, 14)),
        an_article("ru/a/own"),
    )
    rows = [(1.0, 0.0), (0.8, 0.6), (0.79, 0.61), (1.0, 0.01), (-1.0, 0.2), (1.0, 0.0), (1.0, 0.0)]
    half = Half("id", "small", Texts(articles), unit(np.array(rows, dtype=np.float32)), tuple("abcdefg"))

    assert _alike(half) == ["en/b/nearest", "en/a/near", "en/b/near"]


def test_related_articles_without_vectors_are_the_next_of_the_category() -> None:
    """A new store has them from its first minute on."""
    half = a_half([an_article("en/a/own"), an_article("en/b/x"), an_article("en/a/z", weight=1), an_article("en/a/y")])

    assert _alike(half, 2) == ["en/a/y", "en/a/z"]
