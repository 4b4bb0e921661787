"""The text of `kb search --explain`."""

from __future__ import annotations

from api.cli.explanation import explanation_lines
from kb.confidence import Chances
from kb.explain import ExplainedHit, Explanation, Part, Word
from kb.query import Question

WORDS = (Word("refund", True, True, 1.25), Word("penguin", False, True, 3.5), Word("return", True, False, 0.5))
PARTS = (Part("bm25", 2.5, 0.75), Part("ngrams", 0.25, 0.5))


def _lines(*hits: ExplainedHit, confidence: tuple[Part, ...] = ()) -> list[str]:
    return explanation_lines(Explanation(Question("refund", "it", "en"), hits, confidence, Chances(0.5, 0.75)))


def test_each_signal_and_word_stands_in_a_line_of_its_hit() -> None:
    """Points first: that is what is compared."""
    hit = ExplainedHit("it/a/b", "en/a/b", "en/a/b", None, WORDS, PARTS, 1.25)

    assert _lines(hit) == [
        "asked in en",
        " 1. it/a/b: 1.250 points",
        "    scored by its translation en/a/b",
        "    holds: refund (1.2), return (0.5, synonym); lacks: penguin (3.5)",
        "     +0.750  words (BM25) 2.500",
        "     +0.500  spelling (n-grams) 0.250",
    ]


def test_article_whose_words_count_is_named() -> None:
    """A translation lends its words, or the best article does where there is none."""
    lent = _lines(ExplainedHit("it/a/b", "it/a/b", "en/a/b", None, WORDS, (), 1.0))
    unknown = _lines(ExplainedHit("it/a/b", "it/a/b", None, "en/c/d", WORDS, (), 1.0))

    assert lent[2] == "    words of en/a/b, which is in the question's language"
    assert unknown[2:] == [
        "    no article in the question's language, so its words are not known; it counts as if it had those of en/c/d"
    ]


def test_both_chances_are_told_with_what_the_first_is_made_of() -> None:
    """An editor sees why an answer was shown, or not."""
    assert _lines(confidence=(Part("bias", 1, -3),))[1:] == [
        "",
        "the first is right with 50.0% (points are log-odds), any article answers it with 75.0%",
        "     -3.000  bias 1.000",
    ]
