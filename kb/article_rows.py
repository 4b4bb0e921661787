"""What every article's row is asked for with each question, as arrays: two thousand articles take no loop in Python."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kb.article import Article

Rows = NDArray[np.int64]


class ArticleRows:
    """Topics, the order of ids, categories and days of articles; all arrays have one value per article."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.topics = sorted({article.topic for article in articles})
        """The topics, in alphabetical order."""
        numbers = {topic: number for number, topic in enumerate(self.topics)}
        self.topic_numbers = _numbers([numbers[article.topic] for article in articles])
        """Where its topic stands among `topics`."""
        self.id_places: Rows = np.argsort(sorted(range(len(articles)), key=lambda row: articles[row].id))
        """Its place when all are ordered by id."""
        self._categories = np.array([article.category for article in articles], dtype=object)
        self._from = _numbers([(article.valid_from or date.min).toordinal() for article in articles])
        self._until = _numbers([(article.valid_until or date.max).toordinal() for article in articles])

    def valid(self, day: date, category: str | None = None) -> Rows:
        """Return the rows of the articles that are shown on `day`, of one category or of all."""
        today = day.toordinal()
        shown = (self._from <= today) & (today <= self._until)
        if category is not None:
            shown &= self._categories == category
        return np.flatnonzero(shown)


def _numbers(values: Sequence[int]) -> Rows:
    return np.array(values, dtype=np.int64)
