"""Centres: a language's own mean is taken away, so that languages can be compared."""

from __future__ import annotations

import numpy as np
import pytest

from kb.centring import (
    ENOUGH_ARTICLES,
    SHIPPED_WEIGHT_ARTICLES,
    SHIPPED_WEIGHT_TEXTS,
    centred,
    centred_query,
    passage_centres,
    query_centres,
    shipped,
    unit,
)
from kb.embedding.base import FloatMatrix
from kb.embedding.sentence import BUNDLED_NAME

DIMENSIONS = 384


def _random(rows: int, seed: int = 7) -> FloatMatrix:
    return unit(np.random.default_rng(seed).normal(size=(rows, DIMENSIONS)).astype(np.float32))


def test_shipped_means_are_of_the_bundled_model() -> None:
    """Means of another model would bend every cosine; each language has one of the model's size for both sides."""
    assert shipped().model == BUNDLED_NAME
    for means in (shipped().queries, shipped().passages):
        assert {"en", "hu", "it", "ru"} <= means.keys()
        assert {len(mean) for mean in means.values()} == {DIMENSIONS}


def test_unit_vectors_have_length_one_and_zeros_stay() -> None:
    """Scaling keeps the direction; a vector of zeros has none."""
    scaled = unit(np.array([[3, 4], [0, 0], [0, -2]], dtype=np.float32))

    assert scaled.tolist() == [pytest.approx([0.6, 0.8]), [0, 0], [0, -1]]
    assert scaled.dtype == np.float32


def test_unit_scales_a_single_vector() -> None:
    """A question is one row."""
    assert unit(np.array([3, 4], dtype=np.float32)).tolist() == pytest.approx([0.6, 0.8])


def test_model_without_shipped_means_gets_its_own() -> None:
    """Each language's centre is the mean of its rows, whatever lies between them."""
    vectors = np.array([[1, 0], [0, 5], [3, 0]], dtype=np.float32)

    centres = passage_centres(vectors, ["en", "ru", "en"], "another model")

    assert centres.keys() == {"en", "ru"}
    assert centres["en"].tolist() == [2, 0]
    assert centres["ru"].tolist() == [0, 5]


def test_few_texts_hardly_move_the_shipped_mean() -> None:
    """One article's mean is about its subject; at the weight of the shipped one, both count the same."""
    mean = np.array(shipped().passages["en"], dtype=np.float32)
    own = _random(1)

    few = passage_centres(own, ["en"], BUNDLED_NAME)["en"]
    many = passage_centres(np.repeat(own, SHIPPED_WEIGHT_TEXTS, axis=0), ["en"] * SHIPPED_WEIGHT_TEXTS, BUNDLED_NAME)

    assert np.linalg.norm(few - mean) < 0.02
    assert many["en"].tolist() == pytest.approx(((mean + own[0]) / 2).tolist(), abs=1e-5)


def test_language_without_a_shipped_mean_starts_from_all() -> None:
    """A further language begins at the middle of the known ones, for questions and passages."""
    means = np.array(list(shipped().passages.values()), dtype=np.float32).mean(axis=0)

    centre = passage_centres(_random(1), ["de"], BUNDLED_NAME)["de"]

    assert np.linalg.norm(centre - means) < 0.02


def test_question_loses_its_own_languages_centre() -> None:
    """The same vector asked in two languages lies elsewhere; both have length one."""
    question = _random(1)[0]
    centres = query_centres(_random(0), [], BUNDLED_NAME)

    english, russian = (centred_query(question, lang, centres) for lang in ("en", "ru"))

    expected = unit(question - np.array(shipped().queries["en"], dtype=np.float32))
    assert english.tolist() == pytest.approx(expected.tolist(), abs=1e-6)
    assert not np.allclose(english, russian, atol=1e-3)
    assert np.linalg.norm(russian) == pytest.approx(1, abs=1e-5)


def test_question_in_a_language_without_centre_loses_the_mean_of_all() -> None:
    """It is a question at least, and in none of the known languages."""
    question = _random(1)[0]
    centres = {"en": question * 0, "ru": question}

    assert centred_query(question, "de", centres).tolist() == pytest.approx(unit(question - question / 2).tolist())


def test_store_has_its_own_say_in_the_centre_of_questions() -> None:
    """As many articles as the shipped mean counts for: the middle between both."""
    mean = np.array(shipped().queries["en"], dtype=np.float32)
    own = _random(1)

    asked = np.repeat(own, SHIPPED_WEIGHT_ARTICLES, axis=0)
    centres = query_centres(asked, ["en"] * SHIPPED_WEIGHT_ARTICLES, BUNDLED_NAME)

    assert centres["en"].tolist() == pytest.approx(((mean + own[0]) / 2).tolist(), abs=1e-5)
    assert centres["hu"].tolist() == pytest.approx(shipped().queries["hu"])


def test_few_articles_of_another_model_centre_nothing() -> None:
    """Their mean is about their subjects; enough of them have one about their language."""
    question = _random(1)[0]
    few, enough = (
        query_centres(np.repeat(_random(1), count, axis=0), ["en"] * count, "another model")
        for count in (ENOUGH_ARTICLES - 1, ENOUGH_ARTICLES)
    )

    assert few == {}
    assert enough.keys() == {"en"}
    assert np.array_equal(centred_query(question, "en", few), question)


def test_centring_brings_translations_together() -> None:
    """Two languages, each around its own centre: without the centres the same subject is the nearest."""
    subjects = np.eye(4, dtype=np.float32)[:2] * 0.3
    english = unit(subjects + np.array([0, 0, 1, 0], dtype=np.float32))
    russian = unit(subjects + np.array([0, 0, 0, 1], dtype=np.float32))
    vectors = np.concatenate([english, russian])
    langs = ["en", "en", "ru", "ru"]

    rows = centred(vectors, langs, passage_centres(vectors, langs, "another model"))

    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert rows[0] @ rows[2] == pytest.approx(1, abs=1e-5)
    assert rows[0] @ rows[1] < 0
    assert np.linalg.norm(rows, axis=1).tolist() == pytest.approx([1, 1, 1, 1], abs=1e-5)


def test_no_vectors_are_no_error() -> None:
    """A half may be empty."""
    assert len(centred(np.zeros((0, 1), dtype=np.float32), [], {})) == 0
    assert passage_centres(np.zeros((0, 1), dtype=np.float32), [], "another model") == {}
