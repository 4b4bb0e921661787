"""Article → passages: the title with its other questions, then every section, long ones cut between sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.article import Article, Passage, PassageKind, Supplement

# Three to six sentences. Shorter pieces lose what "it" means, longer ones blur into the whole article, whose vector
# we have.
PASSAGE_CHARS = 600
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


def cut(article: Article) -> list[Passage]:
    """Return the passages that readers of the article may see, in the order of the text."""
    asked = "\n".join([article.title, *article.questions])
    passages = [Passage(article.id, PassageKind.TITLE, "", 0, article.title, asked)]
    for section in article.sections:
        for text in pieces(section.text):
            passages.append(
                Passage(
                    article.id, PassageKind.BODY, section.anchor, len(passages), section.title or article.title, text
                )
            )
    return passages


def cut_notes(article: Article, supplement: Supplement) -> list[Passage]:
    """Return the passages that only agents see of a customer article."""
    texts = [text for note in supplement.notes for text in pieces(note)]
    return [
        Passage(article.id, PassageKind.NOTE, "", position, article.title, text) for position, text in enumerate(texts)
    ]


def pieces(text: str, size: int = PASSAGE_CHARS) -> Iterator[str]:
    """Yield the text in pieces of about `size` characters, cut between lines where possible, else between sentences."""
    piece = ""
    for part in _parts(text, size):
        if piece and len(piece) + len(part) > size:
            yield piece
            piece = ""
        piece = f"{piece}\n{part}" if piece else part
    if piece.strip():
        yield piece


def _parts(text: str, size: int) -> Iterator[str]:
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        if len(line) <= size:
            yield line
        else:
            yield from (word for sentence in _SENTENCE_END.split(line) for word in _hard_cut(sentence, size))


def _hard_cut(sentence: str, size: int) -> Iterator[str]:
    """A sentence longer than a passage is cut between words; a word longer than that, anywhere."""
    while len(sentence) > size:
        space = sentence.rfind(" ", 1, size)
        at = space if space > 0 else size
        yield sentence[:at]
        sentence = sentence[at:].lstrip()
    yield sentence
