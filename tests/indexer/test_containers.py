"""Containers: which lines customers get, which agents, and that whatever is not certain stops the publish."""

from __future__ import annotations

import pytest

from indexer.containers import CALLOUTS, INTERNAL, Split, split_containers


def split(text: str, code: range = range(0)) -> Split:
    return split_containers(text.split("\n"), code.__contains__)


def lines_of_errors(found: Split) -> list[int]:
    return [line for line, _, _ in found.errors]


@pytest.mark.parametrize("name", INTERNAL)
def test_internal_container_is_taken_out(name: str) -> None:
    """The text between the fences belongs to agents, and the fences to nobody."""
    found = split(f"before\n:::{name}\nonly here\nand here\n:::\nafter")

    assert found.errors == []
    assert found.public == ["before", "after"]
    assert [(each.name, each.line, each.lines) for each in found.internal] == [(name, 2, ["only here", "and here"])]


@pytest.mark.parametrize("name", CALLOUTS)
@pytest.mark.parametrize("rest", ["", " A title of its own"])
def test_callout_stays_in_the_public_text(name: str, rest: str) -> None:
    """Callouts are rendered later, so their fences stay where they are."""
    text = f":::{name}{rest}\nread this\n:::"

    assert split(text) == Split(public=text.split("\n"))


@pytest.mark.parametrize(
    ("text", "public", "internal"),
    [
        pytest.param(
            "::::note\na\n:::agent\nb\n:::\nc\n::::", ["::::note", "a", "c", "::::"], ["b"], id="in a callout"
        ),
        pytest.param(
            "::::agent\na\n:::tip\nb\n:::\nc\n::::", [], ["a", ":::tip", "b", ":::", "c"], id="a callout in it"
        ),
        pytest.param(":::agent\na\n:::\n:::reply\nb\n:::", [], ["a", "b"], id="one after the other"),
        pytest.param("::: agent\na\n:::", [], ["a"], id="a space before the name"),
        pytest.param(":::::agent\na\n:::::", [], ["a"], id="longer fences"),
        pytest.param(":::agent  \na\n:::  ", [], ["a"], id="spaces at the end of the fences"),
    ],
)
def test_lines_go_to_their_owner(text: str, public: list[str], internal: list[str]) -> None:
    """Every line goes to the innermost container that is for agents, else to the public text."""
    found = split(text)

    assert found.errors == []
    assert found.public == public
    assert [line for container in found.internal for line in container.lines] == internal


@pytest.mark.parametrize(
    ("with_note", "without"),
    [
        pytest.param("a\n\n:::agent\nx\n:::\n\nb", "a\n\nb", id="between paragraphs"),
        pytest.param("a\n:::agent\nx\n:::\nb", "a\nb", id="inside a paragraph"),
        pytest.param(":::agent\nx\n:::\n\nb", "b", id="at the top"),
        pytest.param("a\n\n:::agent\nx\n:::\n\n:::reply\ny\n:::\n\nb", "a\n\nb", id="two in a row"),
    ],
)
def test_taking_a_container_out_leaves_no_gap(with_note: str, without: str) -> None:
    """From the blank lines that are left nobody can tell that there was a note."""
    assert split(with_note).public == without.split("\n")


@pytest.mark.parametrize(
    ("fence", "attributes"),
    [
        pytest.param(":::reply", {}, id="none"),
        pytest.param(":::reply {tone=apology}", {"tone": "apology"}, id="plain"),
        pytest.param(':::reply {tone="apology"}', {"tone": "apology"}, id="quoted"),
        pytest.param(":::reply{tone=follow_up}", {"tone": "follow_up"}, id="without a space"),
        pytest.param(":::reply {}", {}, id="empty braces"),
    ],
)
def test_reply_has_a_tone(fence: str, attributes: dict[str, str]) -> None:
    """The tone in braces is all that a container can be told."""
    found = split(f"{fence}\nSorry.\n:::")

    assert found.errors == []
    assert found.internal[0].attributes == attributes


@pytest.mark.parametrize(
    ("fence", "line"),
    [
        pytest.param(":::agent {tone=apology}", 1, id="tone of a note"),
        pytest.param(":::reply {mood=apology}", 1, id="unknown attribute"),
        pytest.param(":::reply {tone}", 1, id="no value"),
        pytest.param(':::reply {tone="apology}', 1, id="quote not closed"),
        pytest.param(":::reply {tone=apology", 1, id="brace not closed"),
        pytest.param(":::note {class=red}", 1, id="attribute of a callout"),
        pytest.param(":::agent Refund limits", 1, id="title of a note"),
        pytest.param(":::agent:", 1, id="colon behind"),
        pytest.param(":::agent{#id}", 1, id="anchor"),
        pytest.param(":::", 1, id="no name"),
        pytest.param(":::agent-note", 1, id="longer name"),
        pytest.param(":::agents", 1, id="plural"),
        pytest.param(":::AGENT", 1, id="capitals"),
        pytest.param(":::аgent", 1, id="Cyrillic letter"),
        pytest.param(":::  agent", 1, id="two spaces"),
        pytest.param("::: agent :::", 1, id="closed on its own line"),
        pytest.param(":::agent x :::", 1, id="all on one line"),
        pytest.param(":::агент", 1, id="another language"),
    ],
)
def test_fence_that_is_not_understood_is_an_error(fence: str, line: int) -> None:
    """Whatever begins with three colons and is no fence we know stops the publish, on its line."""
    assert line in lines_of_errors(split(f"{fence}\ntext\n:::"))


@pytest.mark.parametrize(
    "before",
    [
        "- ",
        "* ",
        "+ ",
        "1. ",
        "12) ",
        "> ",
        "> > ",
        "> - ",
        " ",
        "    ",
        "\t",
        "\u00a0",
        "\u200b",
        "\ufeff",
        "\u2060",
        "**",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("fence", [":::agent", "：：：agent", "︓︓︓agent", ":::", "::agent", ":reply", "::Agent"])
def test_container_not_at_the_beginning_of_its_line_is_an_error(before: str, fence: str) -> None:
    """In lists and quotes, indented, or behind what cannot be seen, a fence is refused and not passed over."""
    assert lines_of_errors(split(f"text\n{before}{fence}\nnote")) == [2]


@pytest.mark.parametrize("fence", ["::agent", ":agent", ":: agent", "::reply", "::Agent", "：：agent", "::agent[x]"])
def test_fence_with_a_colon_missing_is_an_error(fence: str) -> None:
    """One or two colons before the name of an internal container are taken for a typing error."""
    assert lines_of_errors(split(f"{fence}\nnote")) == [1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(":::agent\na", 1, id="never closed"),
        pytest.param(":::agent\na\n::::", 3, id="closed by a longer fence"),
        pytest.param("::::agent\na\n:::", 3, id="closed by a shorter fence"),
        pytest.param("a\n:::", 2, id="closes nothing"),
        pytest.param(":::agent\na\n:::\nb\n:::", 5, id="closed twice"),
        pytest.param(":::agent\na\n:::\u200b", 3, id="something invisible behind the closing fence"),
        pytest.param(":::agent\n:::note\na\n:::\nb\n:::", 2, id="nested with equal fences"),
        pytest.param(":::note\n::::agent\na\n::::\n:::", 2, id="nested with a longer fence"),
        pytest.param("::::agent\n:::reply\na\n:::\n::::", 2, id="internal in internal"),
        pytest.param(":::::agent\n::::tip\n:::reply\na\n:::\n::::\n:::::", 3, id="internal in a callout in internal"),
        pytest.param(":::agent\n\n:::", 1, id="empty note"),
        pytest.param(":::reply\n:::", 1, id="empty reply"),
    ],
)
def test_wrong_pairs_of_fences_are_errors(text: str, line: int) -> None:
    """Fences come in pairs of equal length, one inside the other only when it is shorter, and never around nothing."""
    assert line in lines_of_errors(split(text))


@pytest.mark.parametrize("text", ["Open: 9:00", "a :: b", "::", ": x", "::note", ":agency", "::replying"])
def test_ordinary_colons_are_text(text: str) -> None:
    """Times, ratios and words that only resemble a name are no containers."""
    assert split(text) == Split(public=[text])


def test_lines_of_code_are_never_fences() -> None:
    """What stands in a code block is text, and goes to the owner of the block."""
    public = split("```\n:::agent\n```", code=range(3))
    internal = split(":::agent\n```\n:::\n```\n:::", code=range(1, 4))

    assert public == Split(public=["```", ":::agent", "```"])
    assert internal.errors == []
    assert internal.internal[0].lines == ["```", ":::", "```"]


def test_every_error_says_how_to_mend_it() -> None:
    """An error has a line, a sentence and a hint, and quotes what was written."""
    found = split(":::agnet\n- :::agent\n:::reply {x=y}\n::agent\n::::")

    assert len(found.errors) == 6
    assert all(what and hint for _, what, hint in found.errors)
    assert ":::agnet" in found.errors[0][1]
