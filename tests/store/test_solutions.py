"""What the sample store offers: the policy's numbers, in four languages, for the problems that customers have."""

from __future__ import annotations

from datetime import date

import pytest

from kb.solutions import Facts, Money, Offer, applying
from tests.store.numbers import unknown, untold
from tests.store.policy import LANGUAGES, facts, known
from tests.store.quantities import Quantity
from tests.store.texts import library

SOLUTIONS = library().solutions
CURRENCIES = {"HUF": "hu", "EUR": "it", "RUB": "ru"}
DAY = date(2026, 12, 1)


def _id(solution: object) -> str:
    return str(getattr(solution, "id", solution))


def test_there_is_a_row_for_every_kind_of_problem() -> None:
    """Late, damaged, missing, wrong, faulty, refused, too dear, too late, not collected, paid twice."""
    assert len(SOLUTIONS) >= 40
    assert len({row.problem for row in SOLUTIONS}) >= 12
    assert {row.offer for row in SOLUTIONS} == set(Offer)


@pytest.mark.parametrize("row", SOLUTIONS, ids=_id)
def test_note_tells_the_numbers_of_the_policy(row: object) -> None:
    """In each language its own column, and in all of them the same facts."""
    note: dict[str, str] = getattr(row, "note", {})

    assert note.keys() == set(LANGUAGES)
    assert {lang: sorted(unknown(text, lang)) for lang, text in note.items() if unknown(text, lang)} == {}
    assert untold(note) == []


@pytest.mark.parametrize("currency", CURRENCIES)
def test_sums_are_those_of_the_policy(currency: str) -> None:
    """A limit or a price that the policy does not hold is a mistake in one of them."""
    sums = {
        amounts[currency]
        for row in SOLUTIONS
        for amounts in (row.limit, row.when.goods_value.over, row.when.goods_value.to)
        if currency in amounts
    }

    assert sums
    assert {each for each in sums if Quantity("money", f"{each:g}") not in known(CURRENCIES[currency])} == set()


def test_vouchers_are_those_that_an_agent_may_give() -> None:
    """The row of the policy, and no other sum that happens to stand in it."""
    voucher = next(fact for fact in facts() if fact.name == "goodwill voucher, agent")
    given = {
        (currency, Quantity("money", f"{amount:g}"))
        for row in SOLUTIONS
        if row.offer is Offer.VOUCHER
        for currency, amount in row.limit.items()
    }

    assert given == {(currency, each) for currency, lang in CURRENCIES.items() for each in voucher.told[lang]}


@pytest.mark.parametrize(
    ("problem", "known_facts", "expected"),
    [
        ("returns/return-window", Facts(days_since_receipt=30), "return-in-time"),
        ("returns/return-window", Facts(days_since_receipt=31), "return-late"),
        ("returns/return-window", Facts(days_since_receipt=60), "return-very-late"),
        ("returns/return-window", Facts(days_since_receipt=61), "return-too-late"),
        (
            "delivery/delivery-delayed",
            Facts(case="lost", wish="refund", goods_value=Money(250.01, "EUR")),
            "lost-money-valuable",
        ),
        ("delivery/delivery-delayed", Facts(case="on_the_way", days_late=2, country="ru"), "delay-voucher-russia"),
        ("warranty/repair-time", Facts(country="ru", days_in_repair=45), "repair-in-time-russia"),
        (
            "warranty/repair-time",
            Facts(country="hu", days_in_repair=31, wish="repair", in_stock=True),
            "repair-overdue-new",
        ),
        ("payment/price-match", Facts(case="price_dropped", days_since_purchase=21), "price-dropped-late"),
        ("payment/charged-twice", Facts(case="booked"), "twice-booked"),
    ],
)
def test_case_leads_to_its_row(problem: str, known_facts: Facts, expected: str) -> None:
    """With the facts that matter known, one row is left."""
    assert [row.id for row in applying(SOLUTIONS, problem, known_facts, DAY)] == [expected]
