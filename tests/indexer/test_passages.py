"""Passages: every word of an article once, in order, in pieces that a model reads well."""

from __future__ import annotations

import pytest

from indexer.markdown import finish
from indexer.passages import PASSAGE_CHARS, cut, cut_notes, pieces
from kb.article import Passage, PassageKind
from tests.indexer.samples import ID, article, draft


def test_first_passage_is_what_customers_ask() -> None:
    """Title and other questions are one passage, so that a question finds its like."""
    found = cut(article("Text.", "title: When?\nquestions: [How long?, Wann?]\naudience: customer"))

    assert found[0] == Passage(ID, PassageKind.TITLE, "", 0, "When?", "When?\nHow long?\nWann?")


def test_every_section_is_a_passage_under_its_heading() -> None:
    """A passage knows its anchor and heading; the text before the first heading stands under the title."""
    found = cut(article("Intro.\n\n## How long\n\nTen days.\n\n## Empty\n\n## By card\n\nThree."))

    assert found[1:] == [
        Passage(ID, PassageKind.BODY, "", 1, "T", "Intro."),
        Passage(ID, PassageKind.BODY, "how-long", 2, "How long", "Ten days."),
        Passage(ID, PassageKind.BODY, "by-card", 3, "By card", "Three."),
    ]


def test_article_without_text_has_its_title() -> None:
    """A title alone can be found."""
    assert [passage.kind for passage in cut(article(""))] == [PassageKind.TITLE]


def test_long_section_becomes_several_passages() -> None:
    """All keep the section's anchor and heading, and are numbered through the article."""
    found = cut(
        article("## Long\n\n" + "\n\n".join(f"Paragraph {n} {'x' * 400}." for n in range(4)) + "\n\n## Next\n\nB.")
    )

    assert [passage.position for passage in found] == list(range(len(found)))
    assert [passage.anchor for passage in found] == ["", "long", "long", "long", "long", "next"]


def test_notes_are_passages_of_their_own_kind() -> None:
    """They are numbered by themselves: how many public passages there are must not depend on them, nor the reverse."""
    public, internal = finish(draft("Text.\n\n:::agent\nFirst.\n:::\n\n:::agent\nSecond.\n:::"), {ID})
    assert internal is not None

    assert cut_notes(public, internal) == [
        Passage(ID, PassageKind.NOTE, "", 0, "T", "First."),
        Passage(ID, PassageKind.NOTE, "", 1, "T", "Second."),
    ]
    assert all("First" not in passage.text for passage in cut(public))


def test_replies_are_no_passages() -> None:
    """A reply is found through its article; as a passage it would answer with its greeting."""
    public, internal = finish(draft("Text.\n\n:::reply\nHello.\n:::"), {ID})
    assert internal is not None

    assert cut_notes(public, internal) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("  \n\n ", [], id="blank"),
        pytest.param("one\ntwo", ["one\ntwo"], id="short lines stay together"),
        pytest.param("aaaa bb\ncccc dd", ["aaaa bb", "cccc dd"], id="between lines"),
        pytest.param("One two. Six! Ten? Now", ["One two.\nSix!", "Ten?\nNow"], id="between sentences"),
        pytest.param("Да… Нет. Может быть", ["Да…\nНет.", "Может быть"], id="between Russian sentences"),
        pytest.param("one two three four", ["one two", "three four"], id="between words"),
        pytest.param("a" * 25, ["a" * 12, "a" * 12, "a"], id="through a word"),
        pytest.param("v1.2 costs 3.5", ["v1.2 costs", "3.5"], id="a point in a number ends nothing"),
    ],
)
def test_text_is_cut_where_it_hurts_least(text: str, expected: list[str]) -> None:
    """Between lines, else sentences, else words, else anywhere."""
    assert expected == list(pieces(text, 12))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("word " * 2000, id="no sentence"),
        pytest.param("A sentence of six short words. " * 300, id="sentences"),
        pytest.param("x" * 5000, id="no space"),
        pytest.param("строка\n" * 1000, id="lines"),
        pytest.param(" ".join("x" * (n % 700) for n in range(1, 60)), id="words of every length"),
    ],
)
def test_no_word_is_lost_and_no_piece_is_long(text: str) -> None:
    """Together the pieces are the text; each is at most a passage long, a line break at its joint not counted."""
    found = list(pieces(text))

    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(0 < len(piece.replace("\n", "")) <= PASSAGE_CHARS for piece in found)
    assert len(found) <= 2 * len(text) // PASSAGE_CHARS + 2
