"""Golden files: what can be asked is asked, and what is wrong is told at its line; a publish never stops for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.checks import check
from indexer.golden import MAX_GOLDEN_BYTES, Golden, golden_file, golden_of
from kb.golden import GoldenQuestion
from tests.indexer.samples import errors, library, page, warnings

AGENTS = "title: T\ndescription: D.\naudience: agent"
FILES: dict[str, str | bytes] = {
    "store.yaml": "languages: [en, ru]\ncategories: {returns: {title: Returns}}\n",
    "en/returns/refund-time.md": page("Ten days."),
    "ru/returns/refund-time.md": page("Десять дней."),
    "en/returns/goodwill.md": page("Vouchers.", AGENTS),
    "en/returns/soon.md": page("Soon.", "title: T\naudience: customer\ndraft: true"),
}
GOOD = '- {question: "my money?", topic: returns/refund-time}\n'


def golden(root: Path, text: str | bytes, name: str = "en.yaml") -> Golden:
    found = library(root, {**FILES, f"golden/{name}": text})
    return golden_of(root, found)


def test_questions_come_in_the_order_of_languages_and_lines(tmp_path: Path) -> None:
    """Comments, quotes and a question that nothing answers are as an editor writes them."""
    library(tmp_path, {"golden/ru.yaml": '# Вопросы\n- question: "где деньги?"\n  topic: returns/refund-time\n'})
    found = golden(tmp_path, f'{GOOD}- {{question: "weather?", topic: null}}\n')

    assert found.problems == ()
    assert found.questions == (
        GoldenQuestion("en", "my money?", "returns/refund-time"),
        GoldenQuestion("en", "weather?", None),
        GoldenQuestion("ru", "где деньги?", "returns/refund-time"),
    )


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]"])
def test_empty_file_holds_nothing(tmp_path: Path, text: str) -> None:
    """An editor may begin with a comment."""
    assert golden(tmp_path, text) == Golden((), ())


def test_store_without_golden_questions_is_fine(tmp_path: Path) -> None:
    """Nobody has to have them."""
    assert golden_of(tmp_path, library(tmp_path, FILES)) == Golden((), ())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("- {topic: returns/refund-time}", "There is no question.", id="no question"),
        pytest.param("- {question: 12, topic: null}", "There is no question.", id="number as the question"),
        pytest.param("- my money?", "There is no question.", id="text alone"),
        pytest.param('- {question: "x"}', "The question has no topic.", id="no topic"),
        pytest.param('- {question: "x", topic: [a]}', "The question has no topic.", id="list of topics"),
        pytest.param('- {question: "?!", topic: null}', "It cannot be asked: The question is empty.", id="signs only"),
        pytest.param(f'- {{question: "{"x" * 600}", topic: null}}', "It cannot be asked", id="too long"),
        pytest.param('- {question: "MY  money?", topic: null}', "The same question stands in line 1", id="twice"),
    ],
)
def test_question_that_cannot_be_asked_is_left_out(tmp_path: Path, line: str, told: str) -> None:
    """The others are asked all the same; the line is told, and how to mend it."""
    found = golden(tmp_path, f"{GOOD}{line}\n")

    assert [each.text for each in found.questions] == ["my money?"]
    assert [(problem.line, problem.code) for problem in found.problems] == [(2, "golden")]
    assert told in found.problems[0].message
    assert found.problems[0].hint


@pytest.mark.parametrize(
    ("topic", "message", "hint"),
    [
        pytest.param("returns/refund-tim", "There is no topic", "Did you mean 'returns/refund-time'?", id="misspelt"),
        pytest.param("en/returns/refund-time", "There is no topic", "Did you mean 'returns/refund-time'?", id="an id"),
        pytest.param("zzz", "There is no topic", "Write <category>/<slug>", id="nothing like it"),
        pytest.param("returns/soon", "There is no topic", "Write <category>/<slug>", id="draft"),
        pytest.param("returns/goodwill", "is for agents only", "topic: null", id="for agents"),
    ],
)
def test_topic_that_customers_cannot_find_is_told_and_asked_for(
    tmp_path: Path, topic: str, message: str, hint: str
) -> None:
    """An article that was deleted is an answer lost: the question is asked, and misses it."""
    found = golden(tmp_path, f'- {{question: "x", topic: {topic}}}\n')

    assert [each.topic for each in found.questions] == [topic]
    assert len(found.problems) == 1
    assert message in found.problems[0].message
    assert hint in found.problems[0].hint


def test_unknown_key_is_told(tmp_path: Path) -> None:
    """A misspelt key does nothing, which nobody would notice."""
    found = golden(tmp_path, '- {question: "x", topic: null, anser: "y"}\n')

    assert len(found.questions) == 1
    assert "'anser'" in found.problems[0].message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("question: x\n", 1, id="mapping"),
        pytest.param(f"{GOOD}- {{question: x\n", 2, id="no YAML"),
        pytest.param(f'{GOOD}- {{question: "a", question: "b"}}\n', 2, id="key twice"),
        pytest.param(b'- {question: "\xe9", topic: null}', 1, id="Latin-1"),
        pytest.param("#" + "x" * MAX_GOLDEN_BYTES, 1, id="too large"),
    ],
)
def test_file_that_cannot_be_read_costs_its_questions(tmp_path: Path, text: str | bytes, line: int) -> None:
    """Told as a warning, where it went wrong."""
    found = golden(tmp_path, text)

    assert found.questions == ()
    assert warnings(found.problems) == ["golden"]
    assert found.problems[0].line >= line - 1


@pytest.mark.parametrize(
    ("name", "told"), [("de.yaml", "'de' is no language of this store"), ("en.yml", "Its golden questions are not")]
)
def test_file_that_is_not_asked_is_told(tmp_path: Path, name: str, told: str) -> None:
    """Questions that are never asked pass for good ones."""
    found = golden(tmp_path, GOOD, name)

    assert found.questions == ()
    assert [told in problem.message for problem in found.problems] == [True]


def test_link_is_not_followed(tmp_path: Path) -> None:
    """A pull request may not make the check read what lies elsewhere on the machine."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/en.yaml").write_text(GOOD)
    root = tmp_path / "articles"
    found = library(root, FILES)
    (root / "golden").symlink_to(tmp_path / "elsewhere")
    linked_folder = golden_of(root, found)
    (root / "golden").unlink()
    (root / "golden").mkdir()
    (root / "golden/en.yaml").symlink_to(tmp_path / "elsewhere/en.yaml")
    linked_file = golden_of(root, found)

    assert linked_folder.questions == linked_file.questions == ()
    assert len(linked_folder.problems) == len(linked_file.problems) == 1


def test_file_from_elsewhere_is_read_in_its_language(tmp_path: Path) -> None:
    """`kb eval FILE` asks what somebody else wrote, of the topics of this store."""
    found = library(tmp_path / "articles", FILES)
    path = tmp_path / "theirs.yaml"
    path.write_text('- {question: "деньги", topic: returns/nothing}\n')
    read = golden_file(path, "ru", found)

    assert [each.lang for each in read.questions] == ["ru"]
    assert read.problems[0].path == str(path)


def test_broken_golden_file_is_no_matter_of_a_publish(tmp_path: Path) -> None:
    """Not even as a warning of `kb index`: what is published does not depend on it."""
    problems = check(library(tmp_path, {**FILES, "golden/en.yaml": "{"}))

    assert errors(problems) == []
    assert "golden" not in warnings(problems)
