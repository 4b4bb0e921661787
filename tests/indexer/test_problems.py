"""Problems: one line each that an editor, a compiler's reader and a machine understand."""

from __future__ import annotations

import pytest

from indexer.problems import Problem, Severity, warning


def test_problem_reads_as_place_what_how_and_code() -> None:
    """The line begins with `path:line:`, as editors jump to, and ends with the code."""
    problem = Problem("articles/en/a/b.md", 4, "title", "The article has no title.", "Add one.")

    assert str(problem) == "articles/en/a/b.md:4: The article has no title. Add one. [title]"


def test_problem_without_hint_has_no_gap() -> None:
    """A missing hint leaves no second space."""
    assert str(Problem("p.md", 1, "size", "Too large.")) == "p.md:1: Too large. [size]"


def test_problem_is_an_error_unless_said_otherwise() -> None:
    """Forgetting the severity stops a publish; only `warning` lets it pass."""
    assert Problem("p.md", 1, "c", "m").severity is Severity.ERROR
    assert warning("p.md", 1, "c", "m").severity is Severity.WARNING


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(warning("a.md", 9, "z", "m"), warning("b.md", 1, "a", "m"), id="by path"),
        pytest.param(warning("a.md", 9, "z", "m"), warning("a.md", 10, "a", "m"), id="by line as a number"),
        pytest.param(warning("a.md", 1, "a", "z"), warning("a.md", 1, "b", "a"), id="by code"),
    ],
)
def test_problems_are_sorted_as_one_reads_the_files(first: Problem, second: Problem) -> None:
    """Sorting goes by path, then line, then code, so a report stands in the order of the work."""
    assert sorted([second, first]) == [first, second]


def test_equal_problems_are_told_once() -> None:
    """Problems compare by what they say, so a set removes repetitions."""
    assert len({warning("a.md", 1, "c", "m"), warning("a.md", 1, "c", "m")}) == 1
