"""How likely an answer is: what it is computed from, and that it is a chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kb.article import Calibration, Weights
from kb.confidence import NAMES, WITH_VECTORS, WITHOUT_VECTORS, Features, Model, chance, chances, features, in_force
from kb.corpus import Closeness, Corpus
from kb.query import Question
from kb.ranking import RankedTopic, Scores, Signals
from tests.kb.fakes import a_half, a_store, an_article

CORPUS = Corpus(a_store(), [a_half([an_article("en/a/zebra", "zebra"), an_article("en/a/okapi", "okapi")])])
SURE = Features(score=8, gap=5, stands_out=4, coverage=1, spelling=0.5, agreement=1, length=1.5)
NOTHING = Features(0, 0, 0, 0, 0, 0, 1.5)
FIRST = WITH_VECTORS.first_is_right.weights
NOT_LEARNED = Weights(-40.0, dict.fromkeys(NAMES, 0.0))
MODELS = [
    WITH_VECTORS.first_is_right,
    WITH_VECTORS.answerable,
    WITHOUT_VECTORS.first_is_right,
    WITHOUT_VECTORS.answerable,
]


def _scores(*values: float) -> Scores:
    return np.array(values, dtype=np.float32)


def _signals(cosine: Scores | None = None) -> Signals:
    near = None if cosine is None else Closeness(cosine, cosine, cosine, cosine, cosine, cosine)
    return Signals(near, _scores(0, 0), _scores(0, 0), _scores(0, 0), _scores(0, 0), _scores(0, 0), 1)


def _ranked(*scores: float) -> list[RankedTopic]:
    topics = ["a/zebra", "a/okapi", "a/other"]
    return [RankedTopic(topics[place], place % 2, score, place % 2) for place, score in enumerate(scores)]


@pytest.mark.parametrize("model", MODELS)
def test_model_knows_every_feature(model: Model) -> None:
    """A feature without weight or spread was forgotten when the models were fitted."""
    assert tuple(model.weights.weights) == tuple(model.spreads) == NAMES
    assert all(spread > 0 for spread in model.spreads.values())


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", ["score", "gap", "coverage"])
def test_better_evidence_never_lowers_a_chance(model: Model, name: str) -> None:
    """Each of these signs of a good match raises it, or says nothing that the others do not."""
    assert chance(NOTHING, model.weights) <= chance(replace(NOTHING, **{name: 1.0}), model.weights)


@pytest.mark.parametrize("score", [-1e9, -50, 0, 50, 1e9])
def test_confidence_is_a_chance(score: float) -> None:
    """However wild a score, the chance stays between 0 and 1."""
    assert 0 < chance(replace(SURE, score=score), FIRST) < 1


def test_confidence_spans_sure_and_unsure() -> None:
    """All signs for it is an answer, none is not."""
    assert chance(SURE, FIRST) > 0.9
    assert chance(NOTHING, FIRST) < 0.1


def test_calibration_takes_the_place_of_the_shipped_models() -> None:
    """What a store's own questions told is what is said."""
    own = Calibration("words", NOT_LEARNED, WITH_VECTORS.answerable.weights, 0.5)
    near = _signals(_scores(0.9, 0.8))

    found = chances(SURE, near, own)

    assert found.first_is_right < 1e-9
    assert found.answerable == chances(SURE, near).answerable > 0.5


def test_calibration_is_for_chances_with_vectors() -> None:
    """Words alone have models of their own, which no golden question was asked of."""
    own = Calibration("words", NOT_LEARNED, NOT_LEARNED, 0.5)

    assert in_force(_signals(), own) is None
    assert in_force(_signals(_scores(0.9, 0.8)), own) == own


def test_features_describe_the_first_topic() -> None:
    """Gap and height are measured against the other topics, coverage and spelling in the first article."""
    signals = Signals(None, _scores(3, 1), _scores(0.7, 0.1), _scores(0, 0), _scores(0, 0), _scores(0, 0), 1)

    seen = features(CORPUS, Question("zebra", "en", "en"), signals, _ranked(5, 3, 1))

    assert (seen.score, seen.gap) == (5, 2)
    assert seen.stands_out == pytest.approx(2 / np.std([5, 3, 1]), rel=1e-5)
    assert seen.coverage == pytest.approx(1)
    assert seen.spelling == pytest.approx(0.7)
    assert seen.agreement == 1


def test_words_are_told_by_the_article_in_the_language_of_the_question() -> None:
    """Where a translation scored best, coverage and spelling are those of its sibling that the question's words fit."""
    corpus = Corpus(a_store(), [a_half([an_article("en/a/zebra", "zebra"), an_article("ru/a/zebra", "зебра")])])
    signals = Signals(None, _scores(0, 3), _scores(0.1, 0.7), _scores(0, 0), _scores(0, 0), _scores(0, 0), 1)

    seen = features(corpus, Question("зебра", "en", "ru"), signals, [RankedTopic("a/zebra", 0, 5, 0)])

    assert [seen.coverage, seen.spelling] == pytest.approx([1, 0.7])


def test_features_of_a_single_topic_are_finite() -> None:
    """A store of one topic has no second to compare with."""
    seen = features(
        CORPUS,
        Question("zebra", "en", "en"),
        Signals(None, _scores(0, 0), _scores(0, 0), _scores(0, 0), _scores(0, 0), _scores(0, 0), 1),
        _ranked(5),
    )

    assert (seen.gap, seen.stands_out, seen.agreement) == (1, 0, 0)


@pytest.mark.parametrize(
    ("bm25", "ngrams", "cosine", "expected"),
    [
        pytest.param(_scores(2, 1), _scores(0.5, 0.1), _scores(0.9, 0.8), 1, id="all"),
        pytest.param(_scores(2, 1), _scores(0.5, 0.1), _scores(0.8, 0.9), 2 / 3, id="vectors disagree"),
        pytest.param(_scores(1, 2), _scores(0.1, 0.5), _scores(0.8, 0.9), 0, id="none"),
        pytest.param(_scores(0, 0), _scores(0.5, 0.1), None, 1, id="who has no opinion is not asked"),
        pytest.param(_scores(1, 2), _scores(0.5, 0.1), None, 0.5, id="without vectors"),
    ],
)
def test_agreement_is_a_share_of_the_signals(
    bm25: Scores, ngrams: Scores, cosine: Scores | None, expected: float
) -> None:
    """Signals that put the first topic first, of those that have an opinion."""
    near = None if cosine is None else Closeness(cosine, cosine, cosine, cosine, cosine, cosine)
    signals = Signals(near, bm25, ngrams, _scores(0, 0), _scores(0, 0), _scores(0, 0), 1)

    seen = features(CORPUS, Question("zebra", "en", "en"), signals, _ranked(5, 3))

    assert seen.agreement == pytest.approx(expected)
