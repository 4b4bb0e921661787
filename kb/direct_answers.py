"""
Question + article → the sentences of the article that answer it. Pure.

Word for word, never cut within a sentence, and to be read alone: an item of a list comes with its introduction, a row
of a table with its heading, a sentence that leans on the one before with that one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.article import Article, Section
from kb.excerpts import ANSWER_WORDS, sentences
from kb.language import rules
from kb.ngrams import folded
from kb.words import stems, telling_words, words

MAX_SENTENCES = 3
# Figures: share of answers that hold what was asked, on the tuned half of tests/cases/direct_answers.yaml, with vectors
# and without them.
# Compounds, endings that the stemmers miss and slips of the fingers: .78 and .73 with four letters, .83 and .64 without
# (.83 and .75 both ways on the kept half). Three letters stand in too many words, five in too few.
GRAM_CHARS = 4
# What stands above a sentence says what it is about; above the lead that is the article's title. .78 and .73 with and
# .78 and .69 without. Asked in its title's own words, an article answers with its lead in 83 to 98 % by language
# instead of 44 to 60.
HEADING_SHARE = 0.5
# Two passages of an article are apart by .02 to .1 (mean of two cosines). .78 with any weight from 6 to 15, .73 with 0
# to 3. Vectors of single sentences added .015 to that, and an edition would hold more than three times as many.
NEARNESS = 10.0
# Items of the list that score nearly as much as the best one are part of the answer: .78, without them .77.
ALSO_FROM = 0.8
_LINE_END = re.compile(r"[.!?…:;,][\"»”’)\]]*$")


@dataclass(frozen=True, slots=True)
class DirectAnswer:
    """The sentences that answer, and the section they stand in."""

    text: str
    """Each of its lines stands so in the article."""
    anchor: str


@dataclass(frozen=True, slots=True)
class NearText:
    """A passage of the article and how near it is to the question."""

    anchor: str
    text: str
    nearness: float


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph, an item of a list or a row of a table."""

    section: Section
    introduction: str
    """The line above a list, which ends with a colon; empty for everything else."""
    is_item: bool
    sentences: tuple[str, ...]

    @property
    def length(self) -> int:
        return sum(_length(sentence) for sentence in self.sentences)

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


def direct_answer(
    article: Article, question: str, rarity: Callable[[str], float], near: Sequence[NearText] = ()
) -> DirectAnswer:
    """
    Return what of `article` answers `question`; its title when it has no text.

    `rarity` weighs a stem of the article's language; `near` is empty without vectors: then words alone decide.
    """
    lines = [line for section in article.sections for line in _lines(section)]
    scored = _scored(article, lines, question, rarity, near)
    if not scored:
        return DirectAnswer(article.description or article.title, "")
    best, place = max(scored, key=lambda each: scored[each])
    line = lines[best]
    if line.is_item:
        scores = {row: max(scored[row, p] for p in range(len(each.sentences))) for row, each in enumerate(lines)}
        text = _items(lines, best, scores)
    else:
        text = _window(line, place, article.lang)
    return DirectAnswer(text, line.section.anchor)


def _lines(section: Section) -> Iterator[_Line]:
    """Yield the lines of a section; plain text has lost what is a list, so it is told by how lines end."""
    introduction, above = "", ""
    for text in filter(None, (line.strip() for line in section.text.split("\n"))):
        if introduction and not _goes_on(introduction, above, text):
            introduction = ""
        is_item = bool(introduction) or not _LINE_END.search(text)
        yield _Line(section, introduction, is_item, tuple(sentences(text)))
        introduction, above = (text if text.endswith(":") else introduction), text


def _goes_on(introduction: str, above: str, text: str) -> bool:
    """Whether `text` belongs to the list below `introduction`, when `above` is the line before it."""
    if above == introduction or above.endswith((";", ",")):
        return True
    return bool(_LINE_END.search(above)) == bool(_LINE_END.search(text))


def _scored(
    article: Article, lines: Sequence[_Line], question: str, rarity: Callable[[str], float], near: Sequence[NearText]
) -> dict[tuple[int, int], float]:
    """Return (row of the line, place in it) → score of each sentence."""
    texts = {text: _Words(text, article.lang) for line in lines for text in (_about(article, line), *line.sentences)}
    pairs = [(texts[sentence], texts[_about(article, line)]) for line in lines for sentence in line.sentences]
    match = _Match(question, article.lang, rarity, pairs)
    shares = {text: match.share(found) for text, found in texts.items()}
    nearest, farthest = (pick((each.nearness for each in near), default=0.0) for pick in (max, min))
    scores = {}
    for row, line in enumerate(lines):
        about = HEADING_SHARE * shares[_about(article, line)]
        for place, sentence in enumerate(line.sentences):
            behind = nearest - _nearness(near, line, sentence, farthest)
            scores[row, place] = shares[sentence] + about - NEARNESS * behind
    return scores


def _about(article: Article, line: _Line) -> str:
    return f"{line.section.title or article.title}\n{line.introduction}"


def _nearness(near: Sequence[NearText], line: _Line, sentence: str, unknown: float) -> float:
    """Return that of the passage which holds the sentence; of a sentence that was cut, of its section."""
    of_section = [each for each in near if each.anchor == line.section.anchor]
    holding = [each for each in of_section if sentence in each.text]
    return max((each.nearness for each in holding or of_section), default=unknown)


class _Words:
    """What a text is compared by."""

    def __init__(self, text: str, lang: str) -> None:
        self.stems = frozenset(stems(text, lang))
        self.letters = _letters(words(text))


class _Match:
    """How much of a question's words and n-grams a text holds."""

    def __init__(
        self, question: str, lang: str, rarity: Callable[[str], float], units: Sequence[tuple[_Words, _Words]]
    ) -> None:
        """`units`: each sentence of the article with what stands above it."""
        self._stems = {stem: rarity(stem) for stem in stems(question, lang)}
        asked = {gram for word in telling_words(question, lang) for gram in _grams(_letters([word]))}
        found_in = Counter(gram for unit in units for gram in asked if any(gram in part.letters for part in unit))
        # Rare within this article: what its every sentence is about tells none of them apart.
        self._grams = {gram: math.log1p(len(units) / (found_in[gram] + 0.5)) for gram in asked}

    def share(self, text: _Words) -> float:
        """Return 0 to 2: the shares of the stems and of the n-grams that `text` holds, by how rare they are."""
        return _share(self._stems, text.stems) + _share(self._grams, text.letters)


def _share(asked: Mapping[str, float], held: Container[str]) -> float:
    return sum(weight for each, weight in asked.items() if each in held) / (sum(asked.values()) or 1.0)


def _letters(found: Sequence[str]) -> str:
    """Return words as one text in which each begins and ends with a space."""
    return f" {folded(' '.join(found))} "


def _grams(letters: str) -> set[str]:
    return {letters[i : i + GRAM_CHARS] for i in range(max(1, len(letters) - GRAM_CHARS + 1))}


def _items(lines: Sequence[_Line], best: int, scores: Mapping[int, float]) -> str:
    """Return the best item below its introduction or heading, and those of the same list that say nearly as much."""
    line = lines[best]
    above = line.introduction or line.section.title
    taken, length = [best], line.length + _length(above)
    for row in sorted(_siblings(lines, best), key=lambda row: -scores[row]):
        fits = len(taken) < MAX_SENTENCES and length + lines[row].length <= ANSWER_WORDS
        if fits and scores[row] >= ALSO_FROM * scores[best]:
            taken.append(row)
            length += lines[row].length
    return "\n".join(filter(None, [above, *(lines[row].text for row in sorted(taken))]))


def _siblings(lines: Sequence[_Line], best: int) -> list[int]:
    own = lines[best]
    return [
        row
        for row, line in enumerate(lines)
        if row != best and line.is_item and line.section is own.section and line.introduction == own.introduction
    ]


def _window(line: _Line, place: int, lang: str) -> str:
    """Return the paragraph if it is short, else what of it stands around the sentence."""
    first = last = place
    while first and place - first < MAX_SENTENCES - 1 and _leans(line.sentences[first], lang):
        first -= 1
    while last + 1 < len(line.sentences) and (
        _fits(line.sentences[first : last + 2]) or line.sentences[last].endswith("?")
    ):
        last += 1
    while first and _fits(line.sentences[first - 1 : last + 1]):
        first -= 1
    text = " ".join(line.sentences[first : last + 1])
    return f"{line.section.title}\n{text}".strip() if first == 0 and _leans(text, lang) else text


def _fits(chosen: Sequence[str]) -> bool:
    return len(chosen) <= MAX_SENTENCES and sum(map(_length, chosen)) <= ANSWER_WORDS


def _leans(sentence: str, lang: str) -> bool:
    """Whether a sentence begins with what only the one before it explains."""
    found = rules(lang)
    beginning = f"{' '.join(words(sentence))} "
    return any(beginning.startswith(f"{' '.join(words(phrase))} ") for phrase in (found.leaning if found else ()))


def _length(text: str) -> int:
    return len(text.split())
