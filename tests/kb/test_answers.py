"""Outcomes: when to answer, when to ask back, when to hand on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kb.answers import (
    ANSWER_FROM,
    WITH_VECTORS,
    WITHOUT_VECTORS,
    Features,
    Outcome,
    asks_for_human,
    calibrated,
    confidence,
    decide,
    features,
)
from kb.article import Calibration
from kb.corpus import Closeness, Corpus
from kb.query import Question
from kb.ranking import RankedTopic, Scores, Signals
from tests.kb.fakes import a_half, a_store, an_article

CORPUS = Corpus(a_store(), [a_half([an_article("en/a/zebra", "zebra"), an_article("en/a/okapi", "okapi")])])
SURE = Features(score=6, gap=4, stands_out=3, coverage=1, spelling=0.5, agreement=1)


def _scores(*values: float) -> Scores:
    return np.array(values, dtype=np.float32)


def _ranked(*scores: float) -> list[RankedTopic]:
    topics = ["a/zebra", "a/okapi", "a/other"]
    return [RankedTopic(topics[place], place % 2, score, place % 2) for place, score in enumerate(scores)]


@pytest.mark.parametrize(
    ("chance", "scores", "expected"),
    [
        pytest.param(0.99, (5.0, 1.0), Outcome.ANSWER, id="sure"),
        pytest.param(ANSWER_FROM, (5.0, 1.0), Outcome.ANSWER, id="just sure enough"),
        pytest.param(ANSWER_FROM - 0.01, (5.0, 4.9), Outcome.CLARIFY, id="unsure between near ones"),
        pytest.param(0.1, (WITH_VECTORS.clarify_score, 1.0), Outcome.CLARIFY, id="just near enough"),
        pytest.param(0.1, (WITH_VECTORS.clarify_score - 0.01, 1.0), Outcome.HANDOFF, id="nothing near"),
        pytest.param(0.1, (5.0,), Outcome.HANDOFF, id="one option is no choice"),
        pytest.param(0.99, (), Outcome.HANDOFF, id="nothing found"),
    ],
)
def test_outcome_follows_chance_and_nearness(chance: float, scores: tuple[float, ...], expected: Outcome) -> None:
    """Sure: answer; unsure with near subjects: ask which; else a human."""
    assert expected is decide(chance, _ranked(*scores))


@pytest.mark.parametrize("name", ["score", "gap", "stands_out", "coverage", "agreement"])
def test_better_evidence_never_lowers_confidence(name: str) -> None:
    """Each sign of a good match raises the chance."""
    weaker = replace(SURE, **{name: 0.0})

    assert confidence(weaker) < confidence(SURE)


@pytest.mark.parametrize("score", [-1e9, -50, 0, 50, 1e9])
def test_confidence_is_a_chance(score: float) -> None:
    """However wild a score, the chance stays between 0 and 1."""
    assert 0 < confidence(replace(SURE, score=score)) < 1


def test_confidence_spans_sure_and_unsure() -> None:
    """All signs for it is an answer, none is not."""
    assert confidence(SURE) > 0.9
    assert confidence(Features(0, 0, 0, 0, 0, 0)) < 0.1


@pytest.mark.parametrize(
    ("slope", "shift", "expected"),
    [
        pytest.param(1.0, 0.0, 0.8, id="nothing to correct"),
        pytest.param(1.0, -1.3863, 0.5, id="too sure"),
        pytest.param(2.0, 0.0, 0.9412, id="too timid at both ends"),
        pytest.param(0.5, 0.0, 0.6667, id="too bold at both ends"),
    ],
)
def test_chance_is_corrected_by_the_store_s_own_questions(slope: float, shift: float, expected: float) -> None:
    """Four to one becomes what slope and shift make of its logarithm."""
    assert calibrated(0.8, Calibration("words", slope, shift)) == pytest.approx(expected, abs=1e-4)


def test_calibration_is_for_chances_with_vectors() -> None:
    """Words alone have a model of their own, which no golden question was asked of; without a file nothing changes."""
    assert calibrated(0.8, Calibration("words", 2.0, 1.0), WITHOUT_VECTORS) == 0.8
    assert calibrated(0.8, None) == 0.8


@pytest.mark.parametrize("chance", [0.0, 1e-300, 0.5, 1 - 1e-16, 1.0])
def test_calibrated_chance_is_a_chance(chance: float) -> None:
    """However extreme, and however bent, it stays between 0 and 1."""
    assert 0 < calibrated(chance, Calibration("words", 20.0, 10.0)) < 1


def test_features_describe_the_first_topic() -> None:
    """Gap and height are measured against the other topics, coverage and spelling in the first article."""
    signals = Signals(None, _scores(3, 1), _scores(0.7, 0.1), _scores(0, 0))

    seen = features(CORPUS, Question("zebra", "en", "en"), signals, _ranked(5, 3, 1))

    assert (seen.score, seen.gap) == (5, 2)
    assert seen.stands_out == pytest.approx(2 / np.std([5, 3, 1]), rel=1e-5)
    assert seen.coverage == pytest.approx(1)
    assert seen.spelling == pytest.approx(0.7)
    assert seen.agreement == 1


def test_words_are_told_by_the_article_in_the_language_of_the_question() -> None:
    """Where a translation scored best, coverage and spelling are those of its sibling that the question's words fit."""
    corpus = Corpus(a_store(), [a_half([an_article("en/a/zebra", "zebra"), an_article("ru/a/zebra", "зебра")])])
    signals = Signals(None, _scores(0, 3), _scores(0.1, 0.7), _scores(0, 0))

    seen = features(corpus, Question("зебра", "en", "ru"), signals, [RankedTopic("a/zebra", 0, 5, 0)])

    assert [seen.coverage, seen.spelling] == pytest.approx([1, 0.7])


def test_features_of_a_single_topic_are_finite() -> None:
    """A store of one topic has no second to compare with."""
    seen = features(
        CORPUS, Question("zebra", "en", "en"), Signals(None, _scores(0, 0), _scores(0, 0), _scores(0, 0)), _ranked(5)
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
    signals = Signals(near, bm25, ngrams, _scores(0, 0))

    seen = features(CORPUS, Question("zebra", "en", "en"), signals, _ranked(5, 3))

    assert seen.agreement == pytest.approx(expected)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Can I TALK to a human, please?"),
        ("en", "let me speak to someone"),
        ("ru", "Соедините с оператором!"),
        ("ru", "мне нужен живой человек"),
        ("it", "Vorrei parlare con un operatore"),
        ("it", "come contattare l'assistenza"),
        ("hu", "Élő ember kellene"),
        ("hu", "Hívjanak vissza, kérem"),
    ],
)
def test_wish_for_a_human_is_heard(lang: str, text: str) -> None:
    """Who asks for a person is not given an article, whatever case or signs they use."""
    assert asks_for_human(Question(text, lang, lang))


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Is the watch safe for the human body?"),
        ("ru", "Сколько человек поместится в палатку?"),
        ("it", "Quante persone può ospitare la tenda?"),
        ("hu", "Hány ember fér a sátorba?"),
        ("de", "talk to a human"),
    ],
)
def test_question_about_people_is_a_question(lang: str, text: str) -> None:
    """A word that is in such a wish does not make one; a language without rules has no such wishes."""
    assert not asks_for_human(Question(text, lang, lang))
