"""
The words of an edition, in memory: BM25 over stems for what is said, character n-grams for how it is spelt.

The engine stems no language and reads ten words of a question, so the exact word scores are ours; with the engine
gone they are also what search falls back on. Built from the articles when an edition is loaded. Only importer of
bm25s, Stemmer and stop_words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property, lru_cache, partial

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray
from stop_words import LANGUAGE_MAPPING, get_stop_words

from kb.article import Article
from kb.keyboards import retyped
from kb.language import rules
from kb.ngrams import NgramIndex, folded
from kb.spellings import Spellings

Scores = NDArray[np.float32]
Synonyms = Mapping[str, Sequence[Sequence[str]]]

_WORD = re.compile(r"\w+")
_RESPELT = str.maketrans("ёõû", "еőű")

# A title says what the article is about: its words count twice.
TITLE_WEIGHT = 2
# Most words of an edition were in the one before, and the desk's index holds those of the customers'.
WORDS_KEPT, DOCUMENTS_KEPT = 1 << 17, 1 << 12
# Lucene's usual saturation and length normalisation; neither moved a benchmark set by more than .003.
BM25_K1, BM25_B = 1.2, 0.75
# What as many articles as these hold alike tells none of them from the others. On the public sets three to five did
# equally well, and better than more (tests/benchmarks/README.md).
ALIKE = 4
# So many common words of another language, and so many times as many as of the language itself, are no chance.
FOREIGN_WORDS = 3
FOREIGN_SHARE = 1.4


def words(text: str) -> list[str]:
    """Return the words of a text in lower case; ё counts as е, as Russians type it."""
    return _WORD.findall(text.casefold().replace("ё", "е"))


@cache
def _stemmer(lang: str) -> Stemmer.Stemmer | None:
    found = rules(lang)
    return Stemmer.Stemmer(found.snowball) if found else None


@cache
def stop_words(lang: str) -> frozenset[str]:
    """Return the words of a language that tell nothing apart; empty for a language without rules."""
    found = rules(lang)
    if not found:
        return frozenset()
    # The Hungarian list comes from an encoding that had no double acute.
    listed = {word.casefold().translate(_RESPELT) for word in get_stop_words(found.stop_words)}
    return frozenset(listed - found.keep_words)


def foreign_language(text: str, lang: str) -> str:
    """
    Return the code of a language without rules whose common words `text` holds rather than those of `lang`, or "".

    Whoever detects among the known languages takes German for one of them. Of 160 messages in English, Hungarian,
    Italian and Russian none was taken for another.
    """
    found = words(text)
    counts = {code: sum(word in listed for word in found) for code, listed in _foreign_words().items()}
    likeliest = max(counts, key=lambda code: counts[code])
    own = sum(word in stop_words(lang) for word in found)
    return likeliest if counts[likeliest] >= max(FOREIGN_WORDS, FOREIGN_SHARE * own) else ""


@cache
def _foreign_words() -> dict[str, frozenset[str]]:
    codes = [code for code in LANGUAGE_MAPPING if rules(code) is None]
    return {code: frozenset(word.casefold() for word in get_stop_words(code)) for code in codes}


@lru_cache(WORDS_KEPT)
def stem(word: str, lang: str) -> str:
    stemmer = _stemmer(lang)
    return str(stemmer.stemWord(word)) if stemmer else word


def stems(text: str, lang: str) -> list[str]:
    """Return the stems of a text without stop words; of a text that has only stop words, all stems."""
    return [stem(word, lang) for word in telling_words(text, lang)]


def telling_words(text: str, lang: str) -> list[str]:
    """Return the words of a text without stop words; of a text that has only stop words, all of them."""
    every, telling_nothing = words(text), stop_words(lang)
    return [word for word in every if word not in telling_nothing] or every


class LexicalIndex:
    """Scores every article of one view against a question, in the order the articles were given."""

    def __init__(self, articles: Sequence[Article], synonyms: Synonyms) -> None:
        self._size = len(articles)
        self._synonyms = {lang: _synonym_stems(groups, lang) for lang, groups in synonyms.items()}
        languages = sorted({article.lang for article in articles})
        self._by_language = {lang: _StemIndex(articles, lang) for lang in languages}
        units = [(row, unit) for row, article in enumerate(articles) for unit in _units(article)]
        self._ngrams = NgramIndex(units, len(articles))

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
        """Return the stems that the words of a question which no article holds may be meant to be."""
        index = self._by_language.get(lang)
        if index is None:
            return []
        unknown = [word for word in dict.fromkeys(telling_words(text, lang)) if not index.knows(stem(word, lang))]
        return list(dict.fromkeys(each for word in unknown for each in index.spellings.meant(word)))

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


class _StemIndex:
    """BM25 over the articles of one language: a word's rarity is its rarity in that language."""

    def __init__(self, articles: Sequence[Article], lang: str) -> None:
        self.rows = np.array([row for row, article in enumerate(articles) if article.lang == lang])
        self._lang, self._texts = lang, [_weighted(articles[row]) for row in self.rows]
        documents = [_document(text, lang) for text in self._texts]
        self._places = {int(row): place for place, row in enumerate(self.rows)}
        self._held_by = _held_by(documents)
        self._bm25 = bm25s.BM25(method="lucene", k1=BM25_K1, b=BM25_B)
        # An article without a word (a title of digits and signs only) still needs one, or the library refuses.
        self._bm25.index([document or [""] for document in documents], show_progress=False)

    @cached_property
    def spellings(self) -> Spellings:
        """Made for the first question that needs it: an edition is found sooner without."""
        spelt = {word for text in self._texts for word in telling_words(text, self._lang)}
        return Spellings(spelt, partial(stem, lang=self._lang), _folded)

    def scores(self, asked: Sequence[str]) -> Scores:
        known = [word for word in asked if word in self._bm25.vocab_dict]
        if not known:
            return np.zeros(len(self.rows), dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)

    def begins(self, text: str) -> bool:
        """Whether any word of the text begins a word of these articles."""
        return any(map(self.spellings.begins, words(text)))

    def knows(self, word: str) -> bool:
        return word in self._held_by

    def rarity(self, word: str) -> float:
        return float(np.log1p(len(self.rows) / (len(self._held_by.get(word, ())) + 0.5)))

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
