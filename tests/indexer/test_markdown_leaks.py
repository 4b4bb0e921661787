"""
Text for agents never reaches customers, whatever the editor mistypes.

The rule for every body here: either the article has an error, and is not published, or nothing public of it, in no
field, holds the word SECRET. Further attacks stand in cases/markdown/.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from indexer.markdown import finish
from tests.indexer.samples import FRONT, ID, article, draft, errors

NOTE = "Public.\n\n:::agent\nSECRET\n:::\n\nMore.\n"
# What an editor's finger, keyboard layout, converter or chat program puts where it does not belong.
SLIPS = "\n \t\u00a0\u200b\u2028:：;`~>-#*\\<1Aа"

BODIES = {
    "note": NOTE,
    "note without blank lines": "Public.\n:::agent\nSECRET\nSECRET too\n:::\nMore.\n",
    "note and reply": ":::agent\nSECRET\n:::\n\nPublic.\n\n:::reply {tone=apology}\nSECRET\n:::\n",
    "note in a callout": "::::warning\nPublic.\n\n:::agent\nSECRET\n:::\n::::\n\nMore.\n",
    "callout in a note": "::::agent\nSECRET\n\n:::tip\nSECRET\n:::\n\nSECRET\n::::\n\nMore.\n",
    "callout before a note": ":::note\nPublic.\n:::\n\n:::agent\nSECRET\n:::\n",
    "code before a note": "```\ncode\n```\n\n:::agent\nSECRET\n:::\n\nMore.\n",
    "code in a note": "Public.\n\n:::agent\nSECRET\n\n```\nSECRET\n```\n\nSECRET\n:::\n",
    "code and colons in a note": "Public.\n\n::::agent\n```\n:::\nSECRET\n:::\n```\nSECRET\n::::\n",
    "list before a note": "- one\n- two\n:::agent\nSECRET\n:::\n- three\n",
    "quote before a note": "> one\n> two\n:::agent\nSECRET\n:::\n",
    "table before a note": "| a |\n|---|\n| b |\n:::agent\n| SECRET |\n:::\n",
}


def leaks(body: str) -> bool:
    found = draft(body)
    return not errors(found.problems) and "SECRET" in repr(finish(found, {ID})[0])


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_well_written_note_is_for_agents_only(body: str) -> None:
    """Every body that is written well is published, and what is secret in it goes to agents."""
    found = draft(body)
    public, internal = finish(found, {ID})

    assert errors(found.problems) == []
    assert "SECRET" in repr(internal)
    assert "SECRET" not in repr(public)


def test_no_single_slip_shows_a_note() -> None:
    """One character left out, put in or replaced, at any place around a note, shows nothing of it."""
    slips = {
        NOTE[:at] + slip + NOTE[end:] for at, end, slip in _slips(NOTE) if "SECRET" in NOTE[:at] + slip + NOTE[end:]
    }

    assert len(slips) > 600
    assert [body for body in sorted(slips) if leaks(body)] == []


def _slips(text: str) -> Iterator[tuple[int, int, str]]:
    for at in range(text.index(":") - 2, text.rindex(":") + 3):
        yield at, at + 1, ""
        for slip in SLIPS:
            yield at, at, slip
            yield at, at + 1, slip


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_single_line_gone_wrong_shows_a_note(body: str) -> None:
    """A line lost, doubled, indented, quoted, listed, glued to the next, or a stray fence, shows nothing of a note."""
    leaking = [changed for changed in _changed_lines(body) if leaks(changed)]

    assert leaking == []


def _changed_lines(body: str) -> Iterator[str]:
    lines = body.split("\n")
    for number, line in enumerate(lines):
        before, after = lines[:number], lines[number + 1 :]
        yield "\n".join([*before, *after])
        yield "\n".join([*before, line, *lines[number:]])
        for prefix in ("    ", "\t", "> ", "- ", "# ", "\\", "<!-- ", "- [ ] "):
            yield "\n".join([*before, prefix + line, *after])
        for stray in ("```", "~~~", ":::", "::::", ":::note", "<!--", "---", "[x]: <"):
            yield "\n".join([*before, stray, *lines[number:]])
    for number, (line, following) in enumerate(pairwise(lines)):
        for glue in ("", " ", "\u2028"):
            yield "\n".join([*lines[:number], line + glue + following, *lines[number + 2 :]])


@pytest.mark.parametrize(
    ("with_note", "without"),
    [
        pytest.param("A\n\n:::agent\nSECRET\n:::\n\nB", "A\n\nB", id="between paragraphs"),
        pytest.param("A\n:::agent\nSECRET\n:::\nB", "A\nB", id="inside a paragraph"),
        pytest.param(":::agent\nSECRET\n:::\n\nA", "A", id="at the top"),
        pytest.param("A\n\n:::reply\nSECRET\n:::\n", "A", id="at the end"),
        pytest.param(":::agent\nSECRET\n:::", "", id="nothing else"),
        pytest.param("- a\n\n:::agent\nSECRET\n:::\n\n- b", "- a\n\n- b", id="between items"),
        pytest.param("|a|\n|-|\n|b|\n:::agent\nSECRET\n:::\n|c|", "|a|\n|-|\n|b|\n|c|", id="between rows"),
        pytest.param("::::tip\n:::agent\nSECRET\n:::\nA\n::::", "::::tip\nA\n::::", id="in a callout"),
        pytest.param(":::agent\n## Fees\n:::\n\n## Fees\n", "## Fees\n", id="a heading in it takes no anchor"),
        pytest.param(":::agent\n[x]: /SECRET\n:::\n\nSee [x].", "See [x].", id="a reference in it defines nothing"),
        pytest.param("[x]: /a\n\n:::agent\n[x]: /b\n:::\n\n[x]", "[x]: /a\n\n[x]", id="nor anew"),
        pytest.param(":::agent\n[s](secret-limits.md)\n:::\n\nA", "A", id="a link in it"),
        pytest.param(":::agent\n```\nA\n```\n:::\n\n```\nA\n```", "```\nA\n```", id="code in it"),
        pytest.param(":::agent\nA\n---\n:::\nB\n---", "B\n---", id="an underline in it"),
    ],
)
def test_note_changes_nothing_that_customers_get(with_note: str, without: str) -> None:
    """The article is equal in every field, its hash included, with and without the note."""
    assert draft(with_note).links == draft(without).links
    assert article(with_note) == article(without)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("```\n:::agent\nSECRET\n:::\n", id="code block not closed"),
        pytest.param("~~~~\n:::agent\nSECRET\n:::\n~~~\n", id="code block closed too short"),
        pytest.param("~~~\n:::agent\nSECRET\n:::\n```\n", id="code block closed by another fence"),
        pytest.param("```\n:::agent\nSECRET\n:::\n``` end\n", id="words behind the closing fence"),
        pytest.param("- ```\n  :::agent\n  SECRET\n\npublic\n", id="code block in a list not closed"),
        pytest.param("> ```\n> :::agent\n> SECRET\n\npublic\n", id="code block in a quote not closed"),
        pytest.param(":::agent\n```\nSECRET\n:::\nMore.\n", id="code block in a note not closed"),
        pytest.param("~~~SECRET~~~\n:::agent\nSECRET\n:::\n", id="struck out with three tildes"),
        pytest.param("<!-- :::agent\nSECRET\n::: -->\n", id="note in a comment"),
        pytest.param("<!--\n:::agent\nSECRET\n-->\n:::\n", id="comment closed in a note"),
        pytest.param("<div>\n:::agent\nSECRET\n:::\n</div>\n", id="note in an HTML block"),
        pytest.param("<pre>\n:::agent\nSECRET\n:::\n</pre>\n", id="note in preformatted HTML"),
        pytest.param("`code\n:::agent\nSECRET\n:::\n`\n", id="note in inline code"),
        pytest.param("[a](/x\n:::agent\nSECRET\n:::\n)\n", id="note in a link"),
        pytest.param('[a]: /x "t\n:::agent\nSECRET\n:::\n"\n\n[a]\n', id="note in the title of a reference"),
        pytest.param("![alt\n:::agent\nSECRET\n:::\n](/images/x.png)\n", id="note in an image"),
        pytest.param("Title\n:::agent\nSECRET\n:::\n=====\n", id="note in a heading"),
        pytest.param("Line\\\n:::agent\nSECRET\n:::\n", id="after an escaped line break"),
        pytest.param("---\naudience: customer\n---\n:::agent\nSECRET\n:::\n", id="after a second front matter"),
        pytest.param("> " * 25 + "a\n:::agent\nSECRET\n:::\n", id="after quotes too deep to be read"),
        pytest.param(":::agent\r\nSECRET\r\n:::\r\n", id="CRLF"),
        pytest.param(":::agent\rSECRET\r:::\r", id="CR"),
        pytest.param(":::agent[SECRET]\n:::\n", id="label in brackets"),
        pytest.param("::agent[SECRET]\n", id="leaf directive"),
        pytest.param(":::agent\nSECRET\n:::\n" * 300, id="many notes"),
    ],
)
def test_note_stays_inside_whatever_stands_around_it(body: str) -> None:
    """Other constructs of Markdown and HTML do not open a note."""
    assert not leaks(body)


def test_public_draft_never_holds_a_note() -> None:
    """Already the draft's public fields are free of it: what is computed from them later cannot tell."""
    found = draft(NOTE)

    assert "SECRET" not in repr((found.front, found.body, found.links, found.anchors, found.public_hash))
    assert found.public_hash == draft("Public.\n\nMore.\n").public_hash


def test_article_for_agents_may_hold_notes_too() -> None:
    """In an internal article a note is still kept apart from the text, as a reply is."""
    public, internal = finish(draft(NOTE, FRONT.replace("customer", "agent")), set())

    assert "SECRET" not in public.text
    assert internal is not None
    assert internal.notes == ("SECRET",)
