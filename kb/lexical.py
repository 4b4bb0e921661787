"""
The words of an edition, in memory: BM25 over stems for what is said and over concepts for what is spoken of in whatever
language, character n-grams for how it is spelt.

The engine stems no language and reads ten words of a question, so the exact word scores are ours; with the engine
gone they are also what search falls back on. Built from the articles when an edition is loaded. Only importer of
bm25s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache, partial

import bm25s
import numpy as np
from numpy.typing import NDArray

from kb.article import Article
from kb.glossary import alike, concepts
from kb.keyboards import retyped
from kb.ngrams import NgramIndex, folded
from kb.spellings import Spellings
from kb.words import WORDS_KEPT, stem, stems, telling_words, words

Scores = NDArray[np.float32]
Synonyms = Mapping[str, Sequence[Sequence[str]]]

# A title says what the article is about: its words count twice.
TITLE_WEIGHT = 2
# Most texts of an edition were in the one before, and the desk's index holds those of the customers'.
DOCUMENTS_KEPT = 1 << 14
# Lucene's usual saturation and length normalisation; neither moved a benchmark set by more than .003.
BM25_K1, BM25_B = 1.2, 0.75
# What as many articles as these hold alike tells none of them from the others. On the public sets three to five did
# equally well, and better than more (tests/benchmarks/README.md).
ALIKE = 4


class LexicalIndex:
    """Scores every article of one view against a question, in the order the articles were given."""

    def __init__(self, articles: Sequence[Article], synonyms: Synonyms) -> None:
        self._size = len(articles)
        self._synonyms = {lang: _synonym_stems(groups, lang) for lang, groups in synonyms.items()}
        languages = sorted({article.lang for article in articles})
        self._by_language = {lang: _StemIndex(articles, lang) for lang in languages}
        units = [(row, unit) for row, article in enumerate(articles) for unit in _units(article)]
        self._ngrams = NgramIndex(units, len(articles))
        spoken_of = [_spoken_of(_weighted(article), article.lang) for article in articles]
        self._concepts, self._concepts_by = _Bm25(spoken_of), _held_by(spoken_of)

    def bm25(self, text: str, lang: str) -> Scores:
        """Return BM25 per article, 0 for articles of other languages than `lang`; unbounded above."""
        scores = np.zeros(self._size, dtype=np.float32)
        index = self._by_language.get(lang)
        if index:
            scores[index.rows] = index.scores(self.expanded(text, lang))
        return scores

    def expanded(self, text: str, lang: str) -> list[str]:
        """Return the stems of a question, those meant by words no article holds, and those of the store's synonyms."""
        asked = stems(text, lang)
        asked += [meant for meant in self._meant(text, lang) if meant not in asked]
        present = set(asked)
        for group in self._synonyms.get(lang, ()):
            if any(phrase <= present for phrase in group):
                asked.extend(sorted(set().union(*group) - present))
        return asked

    def _meant(self, text: str, lang: str) -> list[str]:
        """
        Return the stems that the words of a question which no article holds may be meant to be: misspelt, or else by
        another name that articles hold.
        """
        index = self._by_language.get(lang)
        if index is None:
            return []
        unknown = [word for word in dict.fromkeys(telling_words(text, lang)) if not index.knows(stem(word, lang))]
        return list(
            dict.fromkeys(each for word in unknown for each in index.spellings.meant(word) or index.alike(word))
        )

    def distinct(self, text: str, lang: str) -> Scores:
        """
        Return per article the share (0 to 1) of the question's stems, by rarity, that it holds and few others do.

        0 for articles of other languages than `lang`. A word that no article holds counts as what it may be meant to
        be, and where that is nothing, as one that is missing everywhere.
        """
        scores = np.zeros(self._size, dtype=np.float32)
        index = self._by_language.get(lang)
        if index:
            scores[index.rows] = index.distinct(self._meant_stems(index, text, lang))
        return scores

    def _meant_stems(self, index: _StemIndex, text: str, lang: str) -> list[str]:
        asked, meant = stems(text, lang), self._meant(text, lang)
        return [*filter(index.knows, asked), *meant] if meant else asked

    def concepts(self, text: str, lang: str) -> Scores:
        """Return BM25 per article over what the glossary has names for, whatever its language; unbounded above."""
        return self._concepts.scores(concepts(text, lang))

    def concept_coverage(self, text: str, lang: str, row: int) -> float:
        """Return the share (0 to 1) of a question's concepts, weighted by rarity, that article `row` speaks of."""
        weights = {each: _rarity(self._concepts_by, each, self._size) for each in concepts(text, lang)}
        held = sum(weight for each, weight in weights.items() if row in self._concepts_by.get(each, ()))
        return held / sum(weights.values()) if weights else 0.0

    def ngrams(self, text: str) -> Scores:
        """Return per article the best cosine (0 to 1) of the question with a way to ask it or a heading."""
        return self._ngrams.scores(text)

    def on_keyboard(self, text: str, lang: str) -> str:
        """
        Return the text, or as its keys are on the keyboard of `lang` if that was meant.

        It was when no article holds any of the words, whatever its language, and those in `lang` hold all of the
        others, stop words aside.
        """
        other = retyped(text, lang)
        index = self._by_language.get(lang)
        if other is None or index is None or any(each.begins(text) for each in self._by_language.values()):
            return text
        return other if all(map(index.spellings.begins, telling_words(other, lang))) else text

    def rarity(self, stem: str, lang: str) -> float:
        """Return how much a stem tells: the fewer articles of its language hold it, the more; 1 without articles."""
        index = self._by_language.get(lang)
        return index.rarity(stem) if index else 1.0

    def coverage(self, text: str, lang: str, row: int) -> float:
        """Return the share (0 to 1) of the question's stems that article `row` holds, weighted by how rare they are."""
        index = self._by_language.get(lang)
        return index.coverage(stems(text, lang), row) if index else 0.0

    def holds(self, stem: str, lang: str, row: int) -> bool:
        """Whether article `row` holds a stem of `lang`."""
        index = self._by_language.get(lang)
        return index is not None and index.holds(stem, row)


def _synonym_stems(groups: Sequence[Sequence[str]], lang: str) -> list[list[frozenset[str]]]:
    return [[found for phrase in group if (found := frozenset(stems(phrase, lang)))] for group in groups]


class _Bm25:
    """BM25 of documents that are cut into terms already, in the order they were given."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._size = len(documents)
        self._index = bm25s.BM25(method="lucene", k1=BM25_K1, b=BM25_B)
        # A document without a term (a title of digits and signs only) still needs one, or the library refuses.
        self._index.index([document or [""] for document in documents] or [[""]], show_progress=False)

    def scores(self, asked: Sequence[str]) -> Scores:
        known = [term for term in asked if term in self._index.vocab_dict]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32)


class _StemIndex:
    """BM25 over the articles of one language: a word's rarity is its rarity in that language."""

    def __init__(self, articles: Sequence[Article], lang: str) -> None:
        self.rows = np.array([row for row, article in enumerate(articles) if article.lang == lang])
        self._lang, self._texts = lang, [_weighted(articles[row]) for row in self.rows]
        documents = [_document(text, lang) for text in self._texts]
        self._places = {int(row): place for place, row in enumerate(self.rows)}
        self._held_by = _held_by(documents)
        self._bm25 = _Bm25(documents)

    @cached_property
    def spellings(self) -> Spellings:
        """Made for the first question that needs it: an edition is found sooner without."""
        spelt = {word for text in self._texts for word in telling_words(text, self._lang)}
        return Spellings(spelt, partial(stem, lang=self._lang), _folded)

    def scores(self, asked: Sequence[str]) -> Scores:
        return self._bm25.scores(asked)

    def alike(self, word: str) -> list[str]:
        """Return the stems in these articles that name the same as a word does."""
        return [each for each in alike(stem(word, self._lang), self._lang) if self.knows(each)]

    def begins(self, text: str) -> bool:
        """Whether any word of the text begins a word of these articles."""
        return any(map(self.spellings.begins, words(text)))

    def knows(self, word: str) -> bool:
        return word in self._held_by

    def rarity(self, word: str) -> float:
        return _rarity(self._held_by, word, len(self.rows))

    def holds(self, word: str, row: int) -> bool:
        return bool(np.isin(self._places.get(row, -1), self._held_by.get(word, ())))

    def coverage(self, asked: Sequence[str], row: int) -> float:
        place = self._places.get(row)
        return 0.0 if place is None else float(self._coverages(asked)[place])

    def distinct(self, asked: Sequence[str]) -> Scores:
        held = self._coverages(asked)
        alike = np.partition(held, -ALIKE)[-ALIKE] if len(held) >= ALIKE else 0
        return np.maximum(held - alike, 0)

    def _coverages(self, asked: Sequence[str]) -> Scores:
        """Return per article the share of the stems that it holds, weighted by how rare they are."""
        held = np.zeros(len(self.rows), dtype=np.float32)
        weights = {word: self.rarity(word) for word in dict.fromkeys(asked)}
        whole = sum(weights.values())
        for word in filter(self.knows, weights):
            held[self._held_by[word]] += weights[word] / whole
        return held


def _rarity(held_by: Mapping[str, NDArray[np.int32]], term: str, size: int) -> float:
    """Return how much a term tells of `size` documents: the fewer hold it, the more."""
    return float(np.log1p(size / (len(held_by.get(term, ())) + 0.5)))


def _held_by(documents: Sequence[Sequence[str]]) -> dict[str, NDArray[np.int32]]:
    """Return per stem the places of the documents that hold it, in order."""
    places: dict[str, list[int]] = {}
    for place, document in enumerate(documents):
        for word in dict.fromkeys(document):
            places.setdefault(word, []).append(place)
    return {word: np.array(held, dtype=np.int32) for word, held in places.items()}


@lru_cache(DOCUMENTS_KEPT)
def _document(text: str, lang: str) -> list[str]:
    return stems(text, lang)


@lru_cache(DOCUMENTS_KEPT)
def _spoken_of(text: str, lang: str) -> list[str]:
    return concepts(text, lang)


def _weighted(article: Article) -> str:
    return " ".join([article.title] * (TITLE_WEIGHT - 1) + [_spoken(article)])


def _spoken(article: Article) -> str:
    """Return all that an article says, and is asked with."""
    asked = [article.title, *article.questions, *article.phrasings, *article.keywords]
    return " ".join([*asked, article.description, article.text])


def _units(article: Article) -> list[str]:
    """How it is asked, and its headings; whole bodies would take 9 kB a passage and add nothing."""
    headings = [section.title for section in article.sections if section.title]
    return [article.title, *article.questions, *article.phrasings, *headings]


_folded = lru_cache(WORDS_KEPT)(folded)
