"""Which rows apply to a case: what is known rules rows out, what is not known does not."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest

from kb.solutions import KEYS, PRICES, SPANS, Approver, Facts, Money, Offer, Prices, Solution, Span, When, applying

DAY = date(2026, 12, 1)
LATE = "delivery/delivery-delayed"


def row(identity: str, problem: str = LATE, when: When | None = None) -> Solution:
    return Solution(identity, problem, when or When(), Offer.REFUND, Approver.AGENT)


ROWS = (
    row("early", when=When(days_late=Span(0, 1))),
    row("late", when=When(days_late=Span(2), country=("hu", "it"))),
    row("late-russia", when=When(days_late=Span(2), country=("ru",))),
    row("other", "returns/return-window"),
)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(Facts(), ["early", "late", "late-russia"], id="nothing known"),
        pytest.param(Facts(days_late=1), ["early"], id="last day of a span"),
        pytest.param(Facts(days_late=2), ["late", "late-russia"], id="first day of the next"),
        pytest.param(Facts(country="ru"), ["early", "late-russia"], id="only the country"),
        pytest.param(Facts(country="ru", days_late=40), ["late-russia"], id="everything known"),
        pytest.param(Facts(country="pl", days_late=40), [], id="a country that no row names"),
        pytest.param(Facts(fault="ours", days_late=0), ["early"], id="a fact that no row asks for"),
    ],
)
def test_each_fact_leaves_fewer_rows(facts: Facts, expected: list[str]) -> None:
    """The rows of the problem that no known fact contradicts, in the order of the file."""
    assert [each.id for each in applying(ROWS, LATE, facts, DAY)] == expected


@pytest.mark.parametrize(
    ("when", "facts", "applies"),
    [
        (When(wish=("repair", "replacement")), Facts(wish="repair"), True),
        (When(wish=("repair", "replacement")), Facts(wish="refund"), False),
        (When(in_stock=(True,)), Facts(in_stock=True), True),
        (When(in_stock=(True,)), Facts(in_stock=False), False),
        (When(in_stock=(True,)), Facts(), True),
        (When(failures=Span(2)), Facts(failures=1), False),
        (When(failures=Span(2)), Facts(failures=200), True),
        (When(goods_value=Prices(to={"EUR": 15})), Facts(goods_value=Money(15, "EUR")), True),
        (When(goods_value=Prices(to={"EUR": 15})), Facts(goods_value=Money(15.01, "EUR")), False),
        (When(goods_value=Prices(over={"EUR": 15})), Facts(goods_value=Money(15, "EUR")), False),
        (When(goods_value=Prices(over={"EUR": 15})), Facts(goods_value=Money(15.01, "EUR")), True),
        (When(goods_value=Prices(over={"EUR": 15})), Facts(goods_value=Money(1, "PLN")), True),
        (When(goods_value=Prices(to={"EUR": 15})), Facts(goods_value=Money(0, "EUR")), True),
    ],
)
def test_conditions(when: When, facts: Facts, applies: bool) -> None:
    """Days hold at both ends, prices up to theirs; a currency that a row does not name is not known to it."""
    assert bool(applying([row("a", when=when)], LATE, facts, DAY)) is applies


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "applies"),
    [
        (DAY, None, True),
        (None, DAY, True),
        (date(2026, 12, 2), None, False),
        (None, date(2026, 11, 30), False),
    ],
)
def test_row_applies_on_its_days_only(valid_from: date | None, valid_until: date | None, applies: bool) -> None:
    """Both ends are included."""
    found = replace(row("a"), valid_from=valid_from, valid_until=valid_until)

    assert bool(applying([found], LATE, Facts(), DAY)) is applies


def test_a_row_may_ask_for_every_fact() -> None:
    """Facts and conditions go by the same names, in the same order."""
    assert tuple(each.name for each in fields(Facts)) == KEYS
    assert all(isinstance(getattr(When(), key), Span) for key in SPANS)
    assert all(isinstance(getattr(When(), key), Prices) for key in PRICES)
