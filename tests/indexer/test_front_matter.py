"""Front matter: what an editor says of an article, and what happens when it is said wrongly."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from indexer.front_matter import MAX_QUESTIONS, MAX_TITLE_CHARS, FrontMatter, FrontMatterReader, split_front_matter
from indexer.problems import Problem
from kb.article import Audience
from tests.indexer.samples import errors, warnings

GOOD = "title: T\naudience: customer\n"


def read(block: str | None) -> tuple[FrontMatter, list[Problem]]:
    reader = FrontMatterReader("p.md")
    return reader.read(block), reader.problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("---\na: 1\n---\nbody", ("a: 1", "body", 3), id="usual"),
        pytest.param("---\n---\nbody", ("", "body", 2), id="empty"),
        pytest.param("---  \na: 1\n---\t\nbody", ("a: 1", "body", 3), id="spaces behind the dashes"),
        pytest.param("---\na: 1\n...\nbody", ("a: 1", "body", 3), id="ended by dots"),
        pytest.param("---\na: 1\n---", ("a: 1", "", 3), id="no body"),
        pytest.param("---\na: |\n  ---\n---\nb\n---\nc", ("a: |\n  ---", "b\n---\nc", 4), id="dashes elsewhere"),
        pytest.param("a: 1\n---\nbody", (None, "a: 1\n---\nbody", 0), id="not begun"),
        pytest.param("\n---\na: 1\n---\nbody", (None, "\n---\na: 1\n---\nbody", 0), id="begun too late"),
        pytest.param("---\na: 1\nbody", (None, "---\na: 1\nbody", 0), id="never ended"),
        pytest.param("----\na: 1\n----", (None, "----\na: 1\n----", 0), id="four dashes"),
        pytest.param("", (None, "", 0), id="nothing"),
    ],
)
def test_block_is_told_from_the_body(text: str, expected: tuple[str | None, str, int]) -> None:
    """The block stands between the first line and the next line of dashes."""
    assert expected == split_front_matter(text)


def test_every_field_is_read() -> None:
    """All keys of the contract arrive with their types."""
    found, problems = read(
        "title: When do I get\n  my money back?\ndescription: Soon.\nquestions: [A?, B?]\nkeywords: [refund]\n"
        "phrasings: [a b]\n"
        "audience: customer\ndraft: false\naliases: [/en/returns/old/]\nowner: team\nreview_by: 2027-06-01\n"
        "valid_from: 2026-12-01\nvalid_until: 2026-12-01\nlast_update: 2026-01-02\n"
        "translated_from: {lang: en, hash: 1234567890123456}\nweight: 10"
    )

    assert problems == []
    assert found == FrontMatter(
        title="When do I get my money back?",
        description="Soon.",
        questions=("A?", "B?"),
        phrasings=("a b",),
        keywords=("refund",),
        audience=Audience.CUSTOMER,
        draft=False,
        aliases=("/en/returns/old",),
        owner="team",
        review_by=date(2027, 6, 1),
        valid_from=date(2026, 12, 1),
        valid_until=date(2026, 12, 1),
        last_update=date(2026, 1, 2),
        translated_from={"lang": "en", "hash": "1234567890123456"},
        weight=10,
    )


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        pytest.param("sidebar_position: 3", "weight", 3, id="sidebar_position"),
        pytest.param("order: 3", "weight", 3, id="order"),
        pytest.param("tags: [a, b]", "keywords", ("a", "b"), id="tags"),
        pytest.param("redirect_from: /old", "aliases", ("/old",), id="redirect_from"),
        pytest.param("summary: Soon.", "description", "Soon.", id="summary"),
        pytest.param("lastmod: 2026-01-02", "last_update", date(2026, 1, 2), id="lastmod"),
        pytest.param("last_update: {date: 2026-01-02, author: A}", "last_update", date(2026, 1, 2), id="Docusaurus"),
        pytest.param("publishDate: 2026-01-02", "valid_from", date(2026, 1, 2), id="publishDate"),
        pytest.param("expiryDate: 2026-01-02", "valid_until", date(2026, 1, 2), id="expiryDate"),
        pytest.param('expiryDate: "2026-01-02"', "valid_until", date(2026, 1, 2), id="quoted date"),
        pytest.param("weight: 1\nsidebar_position: 2", "weight", 1, id="our own name wins"),
        pytest.param("sidebar_position: 2\nweight: 1", "weight", 1, id="in any order"),
    ],
)
def test_names_of_other_tools_are_understood(line: str, field: str, expected: object) -> None:
    """Articles written for Hugo, Docusaurus or Jekyll mean the same here."""
    found, problems = read(GOOD + line)

    assert problems == []
    assert expected == getattr(found, field)


@pytest.mark.parametrize(
    "value", ["", "Customer", "public", "[customer]", "{customer: true}", "true", "customers", "0"]
)
def test_audience_that_is_not_certain_is_agents(value: str) -> None:
    """Only the very word opens an article to customers; anything else keeps it inside, and says so."""
    found, problems = read(f"title: T\naudience: {value}")

    assert found.audience is Audience.AGENT
    assert warnings(problems) == ["audience"]


@pytest.mark.parametrize("block", ["title: T", "title: T\nAudience: customer", "title: T\naudiences: customer"])
def test_missing_audience_is_agents(block: str) -> None:
    """Forgetting or misspelling the key publishes nothing."""
    found, problems = read(block)

    assert found.audience is Audience.AGENT
    assert "audience" in warnings(problems)


@pytest.mark.parametrize(
    ("block", "code", "line"),
    [
        pytest.param(None, "front-matter", 1, id="no front matter"),
        pytest.param("\ta: 1", "front-matter", 2, id="broken YAML"),
        pytest.param("title: T\ntitle: U", "front-matter", 3, id="title twice"),
        pytest.param("title: &a T", "front-matter", 2, id="anchor"),
        pytest.param("title: !!python/name:os.system", "front-matter", 2, id="python"),
        pytest.param("title: How: much", "front-matter", 2, id="colon in the title"),
        pytest.param("audience: customer", "title", 2, id="no title"),
        pytest.param("audience: customer\ntitle: ' '", "title", 3, id="blank title"),
        pytest.param("audience: customer\ntitle: [T]", "title", 3, id="list as a title"),
        pytest.param(f"title: {'x' * (MAX_TITLE_CHARS + 1)}\naudience: agent", "title", 2, id="title too long"),
        pytest.param(GOOD + "valid_until: soon", "dates", 4, id="validity that is no date"),
        pytest.param(GOOD + "valid_until: '2026-02-30'", "dates", 4, id="quoted day that does not exist"),
        pytest.param(GOOD + "valid_from: 2026-12-01T00:00:00", "dates", 4, id="validity with a time"),
        pytest.param(GOOD + "valid_from: 2026-02-02\nvalid_until: 2026-02-01", "dates", 5, id="ends before it begins"),
    ],
)
def test_what_cannot_be_published_is_an_error(block: str | None, code: str, line: int) -> None:
    """Each error names the line of the file, the dashes above the block counted."""
    _, problems = read(block)

    assert [code] == errors(problems)
    assert [line] == [problem.line for problem in problems if problem.code == code]


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        pytest.param("weight: heavy", "weight", 0, id="weight that is a word"),
        pytest.param("weight: true", "weight", 0, id="weight that is true"),
        pytest.param("review_by: soon", "review_by", None, id="review date that is a word"),
        pytest.param("translated_from: en", "translated_from", {}, id="translation without hash"),
        pytest.param("translated_from: {lang: en, hash: x, by: me}", "translated_from", {}, id="more than asked for"),
        pytest.param("questions: [A?, {How: much}]", "questions", ("A?",), id="question with a colon"),
        pytest.param("keywords: [true, no]", "keywords", ("no",), id="keyword that is true"),
        pytest.param("owner: [a]", "owner", "", id="owner that is a list"),
        pytest.param("draft: no", "draft", True, id="draft: no is no false, and hides"),
        pytest.param("draft:", "draft", True, id="draft without a value hides"),
    ],
)
def test_value_of_another_kind_is_warned_about(line: str, field: str, expected: object) -> None:
    """The publish goes on without the value; where that could show too much, it shows less."""
    found, problems = read(GOOD + line)

    assert expected == getattr(found, field)
    assert [(problem.code, problem.line) for problem in problems] == [("type", 4)]
    assert errors(problems) == []


@pytest.mark.parametrize(
    "alias",
    [
        "//evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "en/old",
        "/../etc",
        "/en/../etc",
        "/a//b",
        "/",
        "/Old",
        "/a b",
        "/a?b",
    ],
)
def test_alias_that_is_no_path_is_passed_over(alias: str) -> None:
    """An old address is a plain path of this site, or it is not used."""
    found, problems = read(f'{GOOD}aliases: ["{alias}", /en/good]')

    assert found.aliases == ("/en/good",)
    assert warnings(problems) == ["alias"]


@pytest.mark.parametrize(("field", "one"), [("questions", "How?"), ("keywords", "refund"), ("aliases", "/en/old")])
def test_single_value_is_a_list_of_one(field: str, one: str) -> None:
    """Who has only one need not write a list."""
    found, problems = read(f"{GOOD}{field}: {one}")

    assert problems == []
    assert (one,) == getattr(found, field)


def test_texts_are_one_line_each() -> None:
    """Line breaks and repeated spaces inside a text are one space; blank texts are none."""
    found, _ = read(GOOD + 'description: "a\\n  b"\nquestions: ["  c   d ", "", no, 24]')

    assert found.description == "a b"
    assert found.questions == ("c d", "no", "24")


def test_unknown_key_is_warned_about_on_its_line() -> None:
    """A misspelt key has no effect, so its writer must hear of it."""
    _, problems = read(GOOD + "reveiw_by: 2027-06-01")

    assert [(problem.code, problem.line) for problem in problems] == [("unknown-key", 4)]
    assert "reveiw_by" in problems[0].message


def test_number_of_questions_is_limited() -> None:
    """The first ones count: each would be indexed."""
    asked: list[Any] = [f"Q{number}?" for number in range(MAX_QUESTIONS + 5)]
    found, _ = read(f"{GOOD}questions: {asked}")

    assert tuple(asked[:MAX_QUESTIONS]) == found.questions
