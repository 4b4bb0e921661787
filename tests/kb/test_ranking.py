"""Ranking: signals on absolute scales, one place per topic."""

from __future__ import annotations

import numpy as np
import pytest

from kb.corpus import Closeness, Corpus
from kb.query import Question
from kb.ranking import BM25_HALF, BM25_WEIGHT, RankedTopic, Scores, Signals, fuse, meaning_points, rank
from tests.kb.fakes import a_half, a_store, an_article

ARTICLES = [
    an_article("en/returns/refund", "Refund"),
    an_article("ru/returns/refund", "Возврат"),
    an_article("ru/delivery/parcel", "Посылка"),
    an_article("en/payment/card", "Card"),
]
CORPUS = Corpus(a_store(), [a_half(ARTICLES)])
PAIR = Corpus(a_store(), [a_half([an_article("en/a/first"), an_article("en/a/second")])])


def _scores(*values: float) -> Scores:
    return np.array(values, dtype=np.float32)


def _near(*values: float) -> Closeness:
    cosines = _scores(*values)
    return Closeness(cosines, cosines, cosines, cosines, cosines, cosines)


def _signals(
    bm25: Scores | None = None,
    ngrams: Scores | None = None,
    engine: Scores | None = None,
    closeness: Closeness | None = None,
    distinct: Scores | None = None,
    concepts: Scores | None = None,
    stems: int = 3,
) -> Signals:
    given = next((each for each in (bm25, ngrams, engine, distinct, concepts) if each is not None), _scores(0, 0))
    none = np.zeros_like(given)
    return Signals(
        closeness,
        none if bm25 is None else bm25,
        none if ngrams is None else ngrams,
        none if engine is None else engine,
        none if distinct is None else distinct,
        none if concepts is None else concepts,
        stems,
    )


def _question(asked: str = "en", lang: str = "en") -> Question:
    return Question("refund", asked, lang)


@pytest.mark.parametrize(
    "signals",
    [
        pytest.param(_signals(bm25=_scores(4, 1)), id="words"),
        pytest.param(_signals(ngrams=_scores(0.9, 0.2)), id="spelling"),
        pytest.param(_signals(engine=_scores(1, 0.1)), id="engine"),
        pytest.param(_signals(distinct=_scores(0.5, 0.1)), id="words few others hold"),
        pytest.param(_signals(closeness=_near(0.9, 0.85)), id="cosines"),
    ],
)
def test_every_signal_moves_the_score(signals: Signals) -> None:
    """The article that a signal prefers scores higher."""
    fused = fuse(PAIR, signals, "en")

    assert fused[0] > fused[1]
    assert fused.dtype == np.float32


def test_nothing_known_scores_zero() -> None:
    """Without vectors and without matches no article is better than another."""
    assert fuse(PAIR, _signals(), "en").tolist() == [0, 0]


@pytest.mark.parametrize("field", ["whole", "best", "centred_whole", "centred_best", "asked"])
def test_each_cosine_counts(field: str) -> None:
    """Whole article and best passage, raw and centred, and how it is asked: each has its say."""
    cosines = {
        name: _scores(0.8, 0.8) for name in ("whole", "best", "centred_whole", "centred_best", "asked", "passages")
    }
    cosines[field] = _scores(0.9, 0.8)

    fused = fuse(PAIR, _signals(closeness=Closeness(**cosines)), "en")

    assert fused[0] > fused[1]


def test_single_word_that_one_article_holds_beats_what_the_model_guesses() -> None:
    """A name that the model has never met is near to anything; in a long question its words share their weight."""
    guess, only = _near(0.83, 0.86), _scores(1, 0)
    short = fuse(PAIR, _signals(closeness=guess, distinct=only, stems=1), "en")
    long = fuse(PAIR, _signals(closeness=guess, distinct=only, stems=12), "en")

    assert short[0] - short[1] > long[0] - long[1]
    assert short[0] > short[1]


def test_word_scores_saturate() -> None:
    """However many rare words match, BM25 gives at most its weight; at the half it gives half."""
    fused = fuse(PAIR, _signals(bm25=_scores(1_000_000, BM25_HALF)), "en")

    assert fused.tolist() == pytest.approx([BM25_WEIGHT, BM25_WEIGHT / 2], rel=1e-4)


def test_words_of_a_topic_are_told_in_the_language_of_the_question() -> None:
    """A translation has the words of its sibling, whose language the question is in; its own say nothing."""
    fused = fuse(CORPUS, _signals(_scores(4, 9, 0, 1)), "en")

    expected = fuse(PAIR, _signals(bm25=_scores(4, 1)), "en")
    assert [fused[0], fused[1], fused[3]] == pytest.approx([expected[0], expected[0], expected[1]])


def test_topic_that_is_not_in_the_language_is_not_buried() -> None:
    """Its words are unknown, so beside cosines it gets the best that any other topic has."""
    same = np.zeros(4, dtype=np.float32)
    level = Closeness(same, same, same, same, same, same)
    fused = fuse(CORPUS, _signals(_scores(4, 0, 0, 1), closeness=level), "en")

    assert fused[2] == fused.max() == fused[0]


def test_topic_that_is_not_in_the_language_wins_nothing_by_words_alone() -> None:
    """Without vectors what is not known must not outrank what is."""
    fused = fuse(CORPUS, _signals(_scores(4, 0, 0, 1)), "en")

    assert fused[2] == 0 < fused[3]


def test_concepts_lead_to_a_topic_that_is_not_in_the_language() -> None:
    """A Hungarian question about parcels: of two topics without a Hungarian article the one about parcels is first."""
    same = np.zeros(4, dtype=np.float32)
    level = Closeness(same, same, same, same, same, same)
    concepts = _scores(0, 0, 4, 0)

    for closeness in (level, None):
        fused = fuse(CORPUS, _signals(closeness=closeness, concepts=concepts), "hu")
        assert fused[2] > fused[3] == fused[0]


def test_concepts_say_nothing_where_every_topic_is_in_the_language() -> None:
    """Its own words say it, and better."""
    near = _near(0.9, 0.8)

    assert np.array_equal(
        fuse(PAIR, _signals(closeness=near, concepts=_scores(9, 0)), "en"), fuse(PAIR, _signals(closeness=near), "en")
    )


def test_cosines_of_mixed_languages_tell_less_and_scores_stay_comparable() -> None:
    """The nearest keeps its points; what is farther comes closer to it."""
    near = _near(0.9, 0.8)
    told, mixed = (np.sum(meaning_points(near, lacking), axis=0) for lacking in (0.0, 0.5))

    assert mixed[0] == pytest.approx(told[0])
    assert 0 < mixed[0] - mixed[1] < told[0] - told[1]


def test_spelling_in_another_language_hardly_counts() -> None:
    """Of a question in a language without articles, spelling tells names and loan words only."""
    signals = _signals(ngrams=_scores(0.9, 0.1))

    foreign, own = fuse(PAIR, signals, "hu"), fuse(PAIR, signals, "en")

    assert 0 < foreign[1] < foreign[0] < own[0] / 5


def test_topic_is_shown_in_the_asked_language() -> None:
    """The Russian text matched, the reader asked for English: English is shown, and what matched is remembered."""
    ranked = rank(CORPUS, _question("en", "ru"), _scores(0.1, 2, 1, 0), range(4))

    assert [topic.topic for topic in ranked] == ["returns/refund", "delivery/parcel", "payment/card"]
    assert (ranked[0].row, ranked[0].best_row) == (0, 1)
    assert ranked[0].score == pytest.approx(2)


def test_topic_without_the_asked_language_is_shown_in_the_best() -> None:
    """Where no translation exists, the article that scored is shown."""
    ranked = rank(CORPUS, _question("hu"), _scores(1, 2, 3, 0), range(4))

    assert [topic.row for topic in ranked] == [2, 1, 3]


def test_only_allowed_rows_are_ranked() -> None:
    """An article that is not valid, or of another category, lends its score to nobody."""
    ranked = rank(CORPUS, _question(), _scores(1, 9, 9, 0.5), [0, 3])

    assert [(topic.row, topic.score) for topic in ranked] == [(0, 1), (3, 0.5)]
    assert rank(CORPUS, _question(), _scores(1, 9, 9, 0.5), []) == []


def test_ties_are_broken_by_topic() -> None:
    """Equal scores are in the same order on every node, whatever order the rows come in."""
    forwards = rank(CORPUS, _question(), _scores(1, 1, 1, 1), range(4))
    backwards = rank(CORPUS, _question(), _scores(1, 1, 1, 1), reversed(range(4)))

    assert [topic.topic for topic in forwards] == ["delivery/parcel", "payment/card", "returns/refund"]
    assert forwards == backwards


def _plainly_ranked(corpus: Corpus, asked: str, scores: Scores, allowed: list[int]) -> list[RankedTopic]:
    """The same order, one topic after the other."""
    members: dict[str, list[int]] = {}
    for row in allowed:
        members.setdefault(corpus.articles[row].topic, []).append(row)
    placed = []
    for topic, rows in members.items():
        best = max(rows, key=lambda row: (scores[row], corpus.articles[row].id))
        shown = next((row for row in rows if corpus.articles[row].lang == asked), best)
        placed.append(RankedTopic(topic, shown, float(scores[best]), best))
    return sorted(placed, key=lambda each: (-each.score, each.topic))


@pytest.mark.parametrize("seed", range(30))
def test_order_is_that_of_the_plain_way(seed: int) -> None:
    """Any store, many equal scores, rows left out, in any order: the same to the bit."""
    random = np.random.default_rng(seed)
    made = [f"{lang}/{category}/{slug}" for lang in ("ru", "it", "hu", "en") for category in "ab" for slug in "xyz-w"]
    ids = random.permutation(made)[: random.integers(1, len(made) + 1)].tolist()
    corpus = Corpus(a_store(), [a_half([an_article(each) for each in ids])])
    scores = random.choice(np.array([0.1, 0.7, -1.5, 3.3], dtype=np.float32), len(ids))
    allowed = random.permutation(len(ids))[: random.integers(0, len(ids) + 1)].tolist()

    for asked in ("it", "de"):
        expected = _plainly_ranked(corpus, asked, scores, allowed)
        assert rank(corpus, _question(asked), scores, allowed) == expected
