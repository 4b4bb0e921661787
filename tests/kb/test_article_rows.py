"""Articles by row, as arrays."""

from __future__ import annotations

from datetime import date

import pytest

from kb.article_rows import ArticleRows
from tests.kb.fakes import an_article

ARTICLES = [
    an_article("ru/b/first"),
    an_article("en/b/first", valid_from=date(2026, 12, 1), valid_until=date(2026, 12, 31)),
    an_article("en/a/second", valid_until=date(2026, 12, 1)),
    an_article("hu/a/second", valid_from=date(2026, 12, 2)),
]


def test_topics_and_ids_are_in_alphabetical_order() -> None:
    """The numbers say what comes first."""
    rows = ArticleRows(ARTICLES)

    assert rows.topics == ["a/second", "b/first"]
    assert rows.topic_numbers.tolist() == [1, 1, 0, 0]
    assert rows.id_places.tolist() == [3, 1, 0, 2]


@pytest.mark.parametrize(
    ("day", "category", "expected"),
    [
        pytest.param(date(2026, 11, 30), None, [0, 2], id="before"),
        pytest.param(date(2026, 12, 1), None, [0, 1, 2], id="first and last day"),
        pytest.param(date(2026, 12, 31), None, [0, 1, 3], id="last day"),
        pytest.param(date(2027, 1, 1), None, [0, 3], id="after"),
        pytest.param(date(2026, 12, 1), "a", [2], id="one category"),
        pytest.param(date(2026, 12, 1), "none", [], id="no such category"),
    ],
)
def test_valid_rows_are_those_of_the_day(day: date, category: str | None, expected: list[int]) -> None:
    """As each article says of itself."""
    rows = ArticleRows(ARTICLES).valid(day, category)

    assert rows.tolist() == expected
    shown = [row for row, each in enumerate(ARTICLES) if each.is_valid_on(day)]
    assert rows.tolist() == [row for row in shown if category in (None, ARTICLES[row].category)]


def test_no_articles_have_no_rows() -> None:
    """An edition without articles can be searched."""
    rows = ArticleRows([])

    assert (rows.topics, len(rows.topic_numbers), len(rows.id_places)) == ([], 0, 0)
    assert rows.valid(date(2026, 12, 1)).tolist() == []
