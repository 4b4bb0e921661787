"""How texts are spelt: cosines of their n-grams, whatever was indexed before."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from kb.ngrams import SIZES, NgramIndex, folded

TEXTS = [(0, "Where is my parcel?"), (0, "Track a parcel"), (1, "When does my refund come?"), (2, "Hűtőszekrény")]


def _index() -> NgramIndex:
    return NgramIndex(TEXTS, 4)


@pytest.mark.parametrize(("row", "text"), TEXTS)
def test_text_is_spelt_like_itself(row: int, text: str) -> None:
    """Its cosine is 1, in capitals and without accents too; an article without texts is like nothing."""
    for asked in (text, text.upper(), folded(text)):
        scores = _index().scores(asked)
        assert scores[row] == pytest.approx(1, abs=1e-6)
        assert scores[3] == 0


def test_cosines_are_those_of_the_textbook() -> None:
    """The same as a library's, where it knows all n-grams of the question."""
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=SIZES, sublinear_tf=True, lowercase=False)
    matrix = vectorizer.fit_transform([folded(text) for _, text in TEXTS])
    expected = (matrix @ vectorizer.transform([folded("my refund parcel")]).T).toarray()[:, 0]

    scores = _index().scores("my refund parcel")

    assert scores[:3] == pytest.approx([expected[:2].max(), expected[2], expected[3]], abs=1e-6)
    assert scores[1] > 0.3


def test_scores_do_not_depend_on_what_was_indexed_before() -> None:
    """N-grams are numbered as they come; an index of other texts before must not be told from outside."""
    before = _index().scores("my refund parcels")
    NgramIndex([(0, "parcels of refunds, xyzzy")], 1)

    assert np.array_equal(_index().scores("my refund parcels"), before)
    assert _index().scores("xyzzy").max() == 0


def test_index_of_nothing_finds_nothing() -> None:
    """A view may be empty, and so may a question."""
    assert NgramIndex([], 0).scores("parcel").shape == (0,)
    assert _index().scores("").tolist() == [0, 0, 0, 0]
