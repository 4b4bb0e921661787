"""Ways in which a note was once published without an error; each must stay one."""

from __future__ import annotations

import pytest

from tests.indexer.test_markdown_leaks import leaks

CODE_BEFORE = "```\ncode 1\n```\n\n:::agent\nSECRET\n:::\n\n```\ncode 2\n```\n"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            "```\ncode 1\n\n:::agent\nSECRET\n:::\n\n```\ncode 2\n```\n", id="first of two code blocks not closed"
        ),
        pytest.param("```js\ncode 1\n\n:::agent\nSECRET\n:::\n\n```js\ncode 2\n```\n", id="the same, with a language"),
        pytest.param("````\ncode\n```\n:::agent\nSECRET\n:::\n\n````\nx\n````\n", id="closed by too short a fence"),
        pytest.param("```\ncode\n\n:::agent\nSECRET\n:::\n    ```\n", id="closing fence indented too far"),
        pytest.param("```\ncode\n\n:::agent\nSECRET\n:::\n> ```\n", id="closing fence in a quote"),
        pytest.param("~~~~~~~~\n:::agent\nSECRET\n:::\n~~~~~~~~\n", id="tildes as an ornament"),
    ],
)
def test_code_block_does_not_print_a_note(body: str) -> None:
    """A fence forgotten somewhere else in the article must not turn a note into code."""
    assert not leaks(body)


def test_no_lost_line_of_an_article_with_code_shows_a_note() -> None:
    """With a code block before and one after the note, any one line may be lost."""
    lines = CODE_BEFORE.split("\n")
    lost = ["\n".join([*lines[:number], *lines[number + 1 :]]) for number in range(len(lines))]

    assert [body for body in lost if leaks(body)] == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("Ten days. :::agent SECRET :::\n", id="in the middle of a line"),
        pytest.param("Ten days.\u2028:::agent\u2028SECRET\u2028:::\n", id="line separator"),
        pytest.param("Ten days.\u2029:::agent\u2029SECRET\u2029:::\n", id="paragraph separator"),
        pytest.param("Ten days.\v:::agent\vSECRET\v:::\n", id="vertical tab"),
        pytest.param("Ten days.\f:::agent\fSECRET\f:::\n", id="form feed"),
        pytest.param("Ten days.\x85:::agent\x85SECRET\x85:::\n", id="next line"),
        pytest.param("\\:::agent\nSECRET\n\\:::\n", id="escaped, as converters write it"),
        pytest.param("&#58;::agent\nSECRET\n&#58;::\n", id="entity"),
        pytest.param("# :::agent\nSECRET\n# :::\n", id="heading"),
        pytest.param("## :::agent\nSECRET\n", id="heading, not closed"),
        pytest.param("1. - :::agent\n     SECRET\n", id="list in a list"),
        pytest.param("- [ ] :::agent SECRET\n", id="task"),
        pytest.param("| :::agent |\n|---|\n| SECRET |\n| ::: |\n", id="table"),
        pytest.param("• :::agent\nSECRET\n• :::\n", id="bullet of a word processor"),
        pytest.param("— :::agent\nSECRET\n— :::\n", id="dash"),
        pytest.param("a) :::agent\n   SECRET\n", id="letter as a number"),
        pytest.param("_:::agent_\nSECRET\n_:::_\n", id="in italics"),
        pytest.param("<p>:::agent</p>\nSECRET\n<p>:::</p>\n", id="in HTML"),
        pytest.param("<!-- :::agent SECRET ::: -->\n", id="in a comment"),
        pytest.param("\ufe0f:::agent\nSECRET\n\ufe0f:::\n", id="invisible variation selector"),
        pytest.param("\x7f:::agent\nSECRET\n\x7f:::\n", id="control character"),
        pytest.param("∶∶∶agent\nSECRET\n∶∶∶\n", id="ratio signs"),
        pytest.param("꞉꞉꞉agent\nSECRET\n꞉꞉꞉\n", id="letter colons"),
        pytest.param("::  agent\nSECRET\n::\n", id="two colons, two spaces"),
        pytest.param("::agents\nSECRET\n::\n", id="two colons, plural"),
        pytest.param(": : : agent\nSECRET\n: : :\n", id="spaces between"),
    ],
)
def test_fence_behind_anything_is_an_error(body: str) -> None:
    """Outside of code, three colons in a row are a fence at the beginning of a line, or an error."""
    assert not leaks(body)
