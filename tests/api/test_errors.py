"""Every error has a status, and tells no more than it should."""

from __future__ import annotations

import pytest
from litestar.exceptions import NotFoundException

from api.errors import STATUS, problem_of
from kb import errors

FAMILY = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, errors.KnowledgeBaseError) and each is not errors.KnowledgeBaseError
]


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_every_error_has_a_status(kind: type[errors.KnowledgeBaseError]) -> None:
    """A new error without a line in the table would be a 500 with a trace in the log."""
    assert kind in STATUS


def test_codes_are_different() -> None:
    """A program can tell errors apart by their code."""
    codes = [kind.code for kind in FAMILY]

    assert len(set(codes)) == len(codes)


def test_unexpected_error_tells_nothing() -> None:
    """What went wrong inside stays inside."""
    problem = problem_of(RuntimeError("password=secret"))

    assert problem.status == 500
    assert "secret" not in f"{problem}"


def test_internal_error_of_ours_tells_nothing() -> None:
    """Settings errors name addresses of the house."""
    problem = problem_of(errors.SettingsError("postgres://user:secret@host"))

    assert problem.status == 500
    assert "secret" not in f"{problem}"


def test_not_found_keeps_its_status() -> None:
    """The framework's own errors go through the same table."""
    assert problem_of(NotFoundException()).code == "not_found"
