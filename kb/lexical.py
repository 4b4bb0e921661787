"""
The words of an edition, in memory: BM25 over stems for what is said, character n-grams for how it is spelt.

The engine stems no language and reads ten words of a question, so the exact word scores are ours; with the engine
gone they are also what search falls back on. Built from the articles when an edition is loaded. Only importer of
bm25s, Stemmer, stop_words and sklearn.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, partial

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from stop_words import LANGUAGE_MAPPING, get_stop_words

from kb.article import Article
from kb.keyboards import retyped
from kb.language import rules
from kb.spellings import Spellings

Scores = NDArray[np.float32]
Synonyms = Mapping[str, Sequence[Sequence[str]]]

_WORD = re.compile(r"\w+")
_RESPELT = str.maketrans("ёõû", "еőű")

# A title says what the article is about: its words count twice.
TITLE_WEIGHT = 2
# Lucene's usual saturation and length normalisation; neither moved a benchmark set by more than .003.
BM25_K1, BM25_B = 1.2, 0.75
NGRAM_SIZES = (3, 5)
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


def stem(word: str, lang: str) -> str:
    stemmer = _stemmer(lang)
    return str(stemmer.stemWord(word)) if stemmer else word


def stems(text: str, lang: str) -> list[str]:
    """Return the stems of a text without stop words; of a text that has only stop words, all stems."""
    return [stem(word, lang) for word in telling_words(text, lang)]


def telling_words(text: str, lang: str) -> list[str]:
    """Return the words of a text without stop words; of a text that has only stop words, all of them."""
    every = words(text)
    return [word for word in every if word not in stop_words(lang)] or every


class LexicalIndex:
    """Scores every article of one view against a question, in the order the articles were given."""

    def __init__(self, articles: Sequence[Article], synonyms: Synonyms) -> None:
        self._size = len(articles)
        self._synonyms = {lang: _synonym_stems(groups, lang) for lang, groups in synonyms.items()}
        languages = sorted({article.lang for article in articles})
        self._by_language = {lang: _StemIndex(articles, lang) for lang in languages}
        self._ngrams = _NgramIndex(articles)

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
        documents = [_document(articles[row], lang) for row in self.rows]
        self._places = {int(row): place for place, row in enumerate(self.rows)}
        self._held_by = _held_by(documents)
        spelt = {word for row in self.rows for word in telling_words(_spoken(articles[row]), lang)}
        self.spellings = Spellings(spelt, partial(stem, lang=lang), folded)
        self._bm25 = bm25s.BM25(method="lucene", k1=BM25_K1, b=BM25_B)
        # An article without a word (a title of digits and signs only) still needs one, or the library refuses.
        self._bm25.index([document or [""] for document in documents], show_progress=False)

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


def _document(article: Article, lang: str) -> list[str]:
    return stems(" ".join([article.title] * (TITLE_WEIGHT - 1) + [_spoken(article)]), lang)


def _spoken(article: Article) -> str:
    """Return all that an article says, and is asked with."""
    asked = [article.title, *article.questions, *article.phrasings, *article.keywords]
    return " ".join([*asked, article.description, article.text])


class _NgramIndex:
    """Character n-grams of how it is asked and of headings; whole bodies would take 9 kB a passage and add nothing."""

    def __init__(self, articles: Sequence[Article]) -> None:
        units = [(row, unit) for row, article in enumerate(articles) for unit in _units(article)]
        self._size = len(articles)
        self._owners = np.array([row for row, _ in units], dtype=np.int64)
        self._vectorizer = TfidfVectorizer(
            analyzer="char_wb", ngram_range=NGRAM_SIZES, sublinear_tf=True, lowercase=False, dtype=np.float32
        )
        matrix = self._vectorizer.fit_transform([folded(unit) for _, unit in units] or ["∅"])
        # By columns: a question holds some hundred n-grams, and only their columns are read.
        self._columns = matrix.tocsc()
        self._analyse = self._vectorizer.build_analyzer()
        self._unknown_idf = float(1 + np.log(1 + len(units)))

    def scores(self, text: str) -> Scores:
        best = np.zeros(self._size, dtype=np.float32)
        columns, weights = self._question_vector(text)
        if len(columns) and len(self._owners):
            np.maximum.at(best, self._owners, self._columns[:, columns] @ weights)
        return best

    def _question_vector(self, text: str) -> tuple[NDArray[np.int64], Scores]:
        # The library's own transform drops n-grams it has not seen before it normalises, so a question with one known
        # syllable would look like a perfect match. Here the unknown ones count in the length.
        counts = Counter(self._analyse(folded(text)))
        vocabulary, idf = self._vectorizer.vocabulary_, self._vectorizer.idf_
        known = {vocabulary[g]: (1 + np.log(n)) * idf[vocabulary[g]] for g, n in counts.items() if g in vocabulary}
        unknown = sum(((1 + np.log(n)) * self._unknown_idf) ** 2 for g, n in counts.items() if g not in vocabulary)
        length = np.sqrt(sum(weight**2 for weight in known.values()) + unknown) or 1.0
        return np.array(list(known), dtype=np.int64), np.array(list(known.values()), dtype=np.float32) / np.float32(
            length
        )


def _units(article: Article) -> list[str]:
    headings = [section.title for section in article.sections if section.title]
    return [article.title, *article.questions, *article.phrasings, *headings]


def folded(text: str) -> str:
    """Return the text in lower case without accents: Hungarian is often typed on keyboards that have none."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
