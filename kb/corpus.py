"""
What one audience searches: the halves of an edition it may see, in memory, with every signal that ranking needs.

Customers get the public half alone, agents both; each view has a lexical index of its own, so that no word of an
internal text can move a public score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kb.article import Article, Passage, PassageKind, Store
from kb.article_rows import ArticleRows
from kb.centring import centred, centred_query, passage_centres, query_centres, unit
from kb.edition import Half
from kb.embedding.base import FloatMatrix, FloatVector
from kb.lexical import LexicalIndex

Scores = NDArray[np.float32]
# Between two articles that are equally near, the one of the same category is more likely what a reader wants next.
SAME_CATEGORY = 0.1

# So many wordings beside a topic's titles make the mean of them count half.
WORDINGS_HALF = 3.0


@dataclass(frozen=True, slots=True)
class Closeness:
    """Cosines of one question, exact; all arrays have one value per article unless said otherwise."""

    whole: Scores
    """As if every article were in the question's language."""
    best: Scores
    """Of the article's passages, title and questions included."""
    centred_whole: Scores
    centred_best: Scores
    asked: Scores
    """Of the mean of how the article's topic is asked for, in all its languages; centred, small for few wordings."""
    passages: Scores
    """Per passage: the mean of raw and centred, to choose within an article."""


class Corpus:
    """Articles and passages of one audience, in a fixed order; everything else refers to them by row."""

    def __init__(self, store: Store, halves: Sequence[Half]) -> None:
        self.store = store
        self.model = halves[0].model
        self.articles: list[Article] = [a for half in halves for a in half.texts.articles]
        self.rows = {article.id: row for row, article in enumerate(self.articles)}
        self.passages: list[Passage] = [p for half in halves for p in half.texts.passages]
        self.owners = np.array([self.rows[p.article_id] for p in self.passages], dtype=np.int64)
        self.langs = np.array([article.lang for article in self.articles])
        self._lang_names, self._lang_numbers = np.unique(self.langs, return_inverse=True)
        self.by_row = ArticleRows(self.articles)
        self.lexical = LexicalIndex(self.articles, store.synonyms)
        self._members: dict[str, NDArray[np.int64]] = {}
        self._lacking: dict[str, float] = {}
        self._passages_of = _grouped(self.owners, len(self.articles))
        self._set_vectors(
            _stacked([half.article_vectors for half in halves]), _stacked([half.passage_vectors for half in halves])
        )
        self._set_asked(_stacked([half.asked_vectors for half in halves]))

    def _set_vectors(self, articles: FloatMatrix, passages: FloatMatrix) -> None:
        article_langs = [article.lang for article in self.articles]
        passage_langs = [passage.lang for passage in self.passages]
        everything = _stacked([articles, passages])
        centres = self._centres = passage_centres(everything, article_langs + passage_langs, self.model)
        self._whole, self._parts = articles, passages
        self._centred_whole = centred(articles, article_langs, centres)
        self._centred_parts = centred(passages, passage_langs, centres)

    def _set_asked(self, asked: FloatMatrix) -> None:
        """
        One vector per topic: what one article's questions say of its subject, those of its translations say too.

        A mean of some twenty wordings has lost what is particular to each, such as the thing that was bought; a title
        alone has not, and its passage says it already. Of a language without a centre nothing is taken: what all its
        questions share would count as nearness.
        """
        rows = np.flatnonzero(asked.any(axis=1))
        centres = self._query_centres = query_centres(asked[rows], self.langs[rows].tolist(), self.model)
        rows = rows[np.isin(self.langs[rows], list(centres))]
        topic_of = self.by_row.topic_numbers
        means = np.zeros((len(self.by_row.topics), *asked.shape[1:]), dtype=np.float32)
        np.add.at(means, topic_of[rows], centred(asked[rows], self.langs[rows].tolist(), centres))
        wordings = np.bincount(topic_of, [len(article.wordings) - 1 for article in self.articles])
        self._asked = unit(means)
        self._asked_share = (wordings / (wordings + WORDINGS_HALF)).astype(np.float32)

    def article(self, article_id: str) -> Article | None:
        row = self.rows.get(article_id)
        return None if row is None else self.articles[row]

    def in_category(self, lang: str, category: str, day: date) -> list[Article]:
        """Return the articles of a category that are valid on `day`, by weight, then title."""
        found = [a for a in self.articles if a.lang == lang and a.category == category and a.is_valid_on(day)]
        return sorted(found, key=lambda a: (a.weight, a.title))

    def translations(self, topic: str, day: date) -> dict[str, Article]:
        """Return language → article of a topic, those valid on `day`."""
        found = (self.article(f"{lang}/{topic}") for lang in dict.fromkeys(self.langs.tolist()))
        return {article.lang: article for article in found if article and article.is_valid_on(day)}

    def alike(self, article: Article, day: date, limit: int) -> list[Article]:
        """
        Return the articles in the same language that are nearest to this one, valid on `day`, the nearest first.

        By the cosine of whole articles, where those of the same category are preferred a little; without vectors the
        next of its category.
        """
        own = self.rows[article.id]
        near = self._centred_whole @ self._centred_whole[own] if self.model else None
        rows = [
            row
            for row, each in enumerate(self.articles)
            if row != own and each.lang == article.lang and each.is_valid_on(day)
        ]

        def distance(row: int) -> tuple[float, int, str]:
            other = self.articles[row]
            cosine = round(float(near[row]), 4) if near is not None else 0.0
            bonus = SAME_CATEGORY if other.category == article.category else 0.0
            return -(cosine + bonus), other.weight, other.id

        return [self.articles[row] for row in sorted(rows, key=distance)[:limit]]

    def passages_of(self, row: int) -> NDArray[np.int64]:
        """Return the rows of an article's passages, in their order in the text."""
        return self._passages_of[row]

    def body_passages_of(self, row: int) -> list[int]:
        """Return the rows of an article's passages that readers see, without the title's."""
        return [int(p) for p in self.passages_of(row) if self.passages[p].kind is PassageKind.BODY]

    def closeness(self, question: FloatVector, lang: str) -> Closeness:
        """Return the cosines of a question, written in `lang`, with everything: 0.1 ms for thousands of passages."""
        without_centre = centred_query(question, lang, self._query_centres)
        parts, centred_parts = _cosines(self._parts, question), _cosines(self._centred_parts, without_centre)
        level = self._levels(question, lang)
        whole, best = _cosines(self._centred_whole, without_centre), self.best_of(centred_parts)
        return Closeness(
            whole=_cosines(self._whole, question) - level,
            best=self.best_of(parts) - level,
            centred_whole=whole,
            centred_best=best,
            asked=self._asked_by(without_centre, texts=np.asarray((whole + best) / 2, dtype=np.float32)),
            passages=np.asarray((parts + centred_parts) / 2, dtype=np.float32),
        )

    def _asked_by(self, question: FloatVector, texts: Scores) -> Scores:
        """
        Return per article how near the question lies to what its topic is asked with, the more the more wordings.

        What a topic lacks in wordings beside the one with the most, `texts` stands for, the nearness of its texts: on
        average both are the same. Else topics with many wordings would beat those with few.
        """
        topic_of = self.by_row.topic_numbers
        share = self._asked_share[topic_of]
        asked = share * _cosines(self._asked, question)[topic_of]
        return np.asarray(asked + (share.max(initial=0.0) - share) * texts, dtype=np.float32)

    def _levels(self, question: FloatVector, lang: str) -> Scores:
        """
        Return per article how much nearer any text of its language lies to this question than texts of `lang` do.

        The model puts languages apart: a right article in another language is farther than a wrong one in the
        question's.
        """
        near = {each: float(centre @ question) for each, centre in self._centres.items()}
        own = near.get(lang, max(near.values(), default=0.0))
        levels = np.array([near[each] - own for each in self._lang_names], dtype=np.float32)
        return levels[self._lang_numbers]

    def members(self, lang: str) -> NDArray[np.int64]:
        """Return per article the row of its topic's article in `lang`, -1 where there is none."""
        if lang not in self._members:
            rows = (self.rows.get(f"{lang}/{article.topic}", -1) for article in self.articles)
            self._members[lang] = np.fromiter(rows, dtype=np.int64, count=len(self.articles))
        return self._members[lang]

    def lacking(self, lang: str) -> float:
        """Return the share (0 to 1) of the topics that have no article in `lang`."""
        if lang not in self._lacking:
            told = len(np.unique(self.by_row.topic_numbers[self.members(lang) >= 0]))
            self._lacking[lang] = 1 - told / max(1, len(self.by_row.topics))
        return self._lacking[lang]

    def best_of(self, per_passage: Scores) -> Scores:
        """Return per article the best of its passages' values; -1 for an article without passages."""
        best = np.full(len(self.articles), -1.0, dtype=np.float32)
        np.maximum.at(best, self.owners, per_passage)
        return best


def _cosines(rows: FloatMatrix, vector: FloatVector) -> Scores:
    """Return a value per row; no rows have no width that could fit."""
    return np.asarray(rows @ vector, dtype=np.float32) if len(rows) else np.zeros(0, dtype=np.float32)


def _stacked(parts: Sequence[FloatMatrix]) -> FloatMatrix:
    filled = [part for part in parts if len(part)]
    return np.concatenate(filled) if filled else np.zeros((0, 1), dtype=np.float32)


def _grouped(owners: NDArray[np.int64], count: int) -> list[NDArray[np.int64]]:
    order = np.argsort(owners, kind="stable")
    return np.split(order, np.searchsorted(owners[order], np.arange(1, count))) if count else []
