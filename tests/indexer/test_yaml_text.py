"""YAML from strangers: plain values in, tricks out, quickly."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import date

import pytest

from indexer.yaml_text import MAX_BYTES, MAX_DEPTH, YamlProblem, parse_yaml, parse_yaml_list

# Nine times nine times … of the same list: 306 bytes that unfold to 387 million nodes.
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def problem(text: str) -> YamlProblem:
    with pytest.raises(YamlProblem) as caught:
        parse_yaml(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("no", "no", id="Norwegian, not false"),
        pytest.param("yes", "yes", id="yes"),
        pytest.param("on", "on", id="on"),
        pytest.param("Off", "Off", id="off"),
        pytest.param("y", "y", id="y"),
        pytest.param("true", True, id="true"),
        pytest.param("False", False, id="false"),
        pytest.param('"true"', "true", id="quoted true"),
        pytest.param("null", None, id="null"),
        pytest.param("~", None, id="tilde"),
        pytest.param("", None, id="nothing"),
        pytest.param("nullable", "nullable", id="begins like null"),
        pytest.param("-12", -12, id="negative number"),
        pytest.param("0123", "0123", id="leading zero, as in a telephone number"),
        pytest.param("0x1f", "0x1f", id="hexadecimal"),
        pytest.param("1_000", "1_000", id="underscore"),
        pytest.param("1e3", "1e3", id="exponent, as in a hash"),
        pytest.param("12:30:45", "12:30:45", id="time, not base sixty"),
        pytest.param("9" * 400, "9" * 400, id="a number too long to be one"),
        pytest.param(".inf", ".inf", id="infinity"),
        pytest.param("1.25", 1.25, id="decimal"),
        pytest.param("1.2.3", "1.2.3", id="version"),
        pytest.param("2027-06-01", date(2027, 6, 1), id="date"),
        pytest.param("2027-06-01T10:00:00Z", "2027-06-01T10:00:00Z", id="date and time"),
        pytest.param("=", "=", id="equals sign"),
        pytest.param("[1, {b: no}]", [1, {"b": "no"}], id="nested"),
        pytest.param("|\n  one\n  two", "one\ntwo", id="block of text"),
        pytest.param("Возврат — 10 дней", "Возврат — 10 дней", id="Cyrillic"),
    ],
)
def test_value_is_what_its_writer_meant(text: str, expected: object) -> None:
    """Only true, false, null, plain numbers and dates are not text."""
    assert parse_yaml(f"key: {text}").values == {"key": expected}


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment"])
def test_nothing_is_an_empty_mapping(text: str) -> None:
    """An empty block has no keys, and is no error here."""
    assert parse_yaml(text).values == {}


def test_merge_key_is_a_key_like_others() -> None:
    """`<<` pulls nothing in: what a file says stands there in full."""
    assert parse_yaml("<<: {draft: true}").values == {"<<": {"draft": True}}


def test_keys_know_their_lines() -> None:
    """Every key is found again in the file, nested ones by their path, unknown ones at the top."""
    yaml = parse_yaml("# why\na: 1\nb:\n  c: {d: 2}\n  e: [x, {f: 1}]")

    assert yaml.lines == {"a": 2, "b": 3, "b.c": 4, "b.c.d": 4, "b.e": 5, "b.e[0]": 5, "b.e[1]": 5, "b.e[1].f": 5}
    assert yaml.line("b.c") == 4
    assert yaml.line("missing") == 1


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        pytest.param("a: 1\nb: &x 2", 2, "Anchors", id="anchor"),
        pytest.param("a: 1\nb: *x", 2, "aliases", id="alias to nothing"),
        pytest.param(BOMB, 1, "Anchors", id="bomb of aliases"),
        pytest.param("a: !!python/object/apply:os.system ['true']", 1, "python", id="python object"),
        pytest.param("a: !!python/name:os.system", 1, "python", id="python name"),
        pytest.param("a: !ENV HOME", 1, "!ENV", id="tag of one's own"),
        pytest.param("!!map {a: 1}", 1, "map", id="tag of a plain type"),
        pytest.param("a: 1\nb: 2\na: 3", 3, "'a'", id="equal keys"),
        pytest.param("a:\n  b: 1\n  b: 1", 3, "'b'", id="equal keys below another"),
        pytest.param("a:\n- b: 1\n  b: 2", 3, "'b'", id="equal keys in a list"),
        pytest.param("audience: agent\n'audience': customer", 2, "'audience'", id="equal keys, one quoted"),
        pytest.param("? [a]\n: 1", 1, "plain word", id="list as a key"),
        pytest.param("- a\n- b", 1, "key: value", id="list"),
        pytest.param("only words", 1, "key: value", id="text"),
        pytest.param("a: 1\n  b: 2", 2, "no valid YAML", id="wrong indent"),
        pytest.param("a: [1,\n", 2, "no valid YAML", id="list not closed"),
        pytest.param("a: 'x", 1, "no valid YAML", id="quote not closed"),
        pytest.param("a: b: c", 1, "no valid YAML", id="colon in a text"),
        pytest.param("\ta: 1", 1, "no valid YAML", id="tab"),
        pytest.param("a: \x07", 1, "no valid YAML", id="control character"),
        pytest.param('a: "\\ud800"', 1, "no valid YAML", id="half a surrogate pair"),
        pytest.param("a: 2027-02-30", 1, "no valid YAML", id="day that does not exist"),
        pytest.param("a: 1\n--- \nb: 2", 2, "no valid YAML", id="two documents"),
    ],
)
def test_tricks_and_mistakes_are_refused(text: str, line: int, told: str) -> None:
    """What could mean two things, run something or grow without bound is a problem on its line."""
    found = problem(text)

    assert told in found.message
    assert line == found.line


def test_size_is_limited_in_bytes() -> None:
    """Letters count by their bytes: as many Cyrillic ones are twice as long."""
    fits = f"a: {'x' * (MAX_BYTES - 3)}"

    assert len(str(parse_yaml(fits).values["a"])) == MAX_BYTES - 3
    assert "bytes" in problem(fits + "x").message
    assert "bytes" in problem(f"a: {'я' * (MAX_BYTES // 2)}").message


def test_depth_is_limited() -> None:
    """The mapping itself is the first level."""
    deepest = "a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)

    assert parse_yaml(deepest).values
    assert "deeper" in problem(deepest.replace("[]", "[[]]")).message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: " + "[" * 10_000, id="lists"),
        pytest.param("a: " + "[" * 8000 + "]" * 8000, id="lists that are closed"),
        pytest.param("{a: " * 4000, id="mappings"),
        pytest.param("- " * 8000, id="lists in a line"),
        pytest.param("a: " + "? " * 5000, id="keys"),
        pytest.param(BOMB, id="bomb of aliases"),
        pytest.param("a: " + "&b " * 5000, id="anchors"),
        pytest.param("\n".join(f"k{i}: v" for i in range(1400)), id="many keys"),
    ],
)
def test_any_text_is_read_or_refused_at_once(text: str) -> None:
    """Neither depth nor number makes the reader run out of stack or of time."""
    start = time.process_time()
    with suppress(YamlProblem):
        parse_yaml(text)

    assert time.process_time() - start < 1


def test_list_knows_the_lines_of_its_items() -> None:
    """A key that is missing is told where its item begins, one inside a list where that key stands."""
    found = parse_yaml_list("# Rows\n- id: a\n  when:\n    days: {to: 2}\n- b")

    assert found.items == [{"id": "a", "when": {"days": {"to": 2}}}, "b"]
    assert [found.line(key) for key in ("[0]", "[0].when.days", "[0].when.none", "[0].offer", "[1].id", "")] == [
        2,
        4,
        3,
        2,
        5,
        1,
    ]
    assert parse_yaml_list("").items == []


@pytest.mark.parametrize("text", ["a: b", "a", BOMB, "- a: 1\n  a: 2"])
def test_what_is_no_list_is_refused(text: str) -> None:
    """A list is read as strictly as a mapping."""
    with pytest.raises(YamlProblem):
        parse_yaml_list(text)
