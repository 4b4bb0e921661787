"""
What a store offers when something went wrong: the rows of `articles/solutions.yaml`, and which of them apply to a case.

The rows of one problem divide its cases among them, so that with every fact known exactly one row applies;
`indexer/solution_checks.py` tells editors of gaps and overlaps. Data and one pure function, so that every room can hold
them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any


class Offer(StrEnum):
    """What the customer gets."""

    REFUND = "refund"
    REPLACEMENT = "replacement"
    REPAIR = "repair"
    DISCOUNT = "discount"
    VOUCHER = "voucher"
    NONE = "none"
    """Nothing beyond what the note says: a decision too, and better written down than left out."""


class Approver(StrEnum):
    """Who may promise it."""

    AGENT = "agent"
    TEAM_LEADER = "team_leader"
    HEAD_OF_CUSTOMER_CARE = "head_of_customer_care"
    PAYMENT_TEAM = "payment_team"


@dataclass(frozen=True, slots=True)
class Span:
    """Whole numbers from `first` to `last`, both included; without `last` there is no end."""

    first: int = 0
    last: int | None = None

    def holds(self, number: int) -> bool:
        return self.first <= number and (self.last is None or number <= self.last)


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in one currency, named as in ISO 4217."""

    amount: float
    currency: str


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices above `over` and up to `to`, by currency; what is not named has no bound."""

    over: dict[str, float] = field(default_factory=dict)
    to: dict[str, float] = field(default_factory=dict)

    def holds(self, price: Money) -> bool:
        above = self.over.get(price.currency, float("-inf"))
        return above < price.amount <= self.to.get(price.currency, float("inf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a case; None is not known yet."""

    country: str | None = None
    """Of the order: `hu`, `it`, `ru`, `eu`, or as the store names them."""
    case: str | None = None
    """Which of several cases of one problem: `on_the_way` or `lost`; words of the store's own."""
    fault: str | None = None
    """Whose: `ours` (the goods' too), `carrier`, `customer`."""
    wish: str | None = None
    """What the customer would like: `refund`, `replacement`, `repair`."""
    in_stock: bool | None = None
    days_since_purchase: int | None = None
    days_since_receipt: int | None = None
    days_late: int | None = None
    """Working days after the promised one; 0 until then."""
    days_in_repair: int | None = None
    days_since_refusal: int | None = None
    failures: int | None = None
    """How often the same thing has failed, this time included."""
    goods_value: Money | None = None
    """Of the goods concerned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What a row asks of each fact, under the same name; what it does not name does not matter."""

    country: tuple[str, ...] = ()
    case: tuple[str, ...] = ()
    fault: tuple[str, ...] = ()
    wish: tuple[str, ...] = ()
    in_stock: tuple[bool, ...] = ()
    days_since_purchase: Span = Span()
    days_since_receipt: Span = Span()
    days_late: Span = Span()
    days_in_repair: Span = Span()
    days_since_refusal: Span = Span()
    failures: Span = Span()
    goods_value: Prices = field(default_factory=Prices)

    def allows(self, facts: Facts) -> bool:
        """Whether no known fact contradicts it."""
        return all(self.takes(key, getattr(facts, key)) for key in KEYS)

    def takes(self, key: str, fact: Any) -> bool:
        """Whether one fact does not contradict it."""
        condition = getattr(self, key)
        if fact is None or condition == ():
            return True
        return bool(fact in condition if isinstance(condition, tuple) else condition.holds(fact))


@dataclass(frozen=True, slots=True)
class Solution:
    """One row: a problem under conditions, what is offered, up to which sum, and who approves it."""

    id: str
    problem: str
    """The topic of the customers' article, `<category>/<slug>`."""
    when: When
    offer: Offer
    approver: Approver
    limit: dict[str, float] = field(default_factory=dict)
    """The largest sum by currency; a currency that is not named has none."""
    note: dict[str, str] = field(default_factory=dict)
    """For the agent, by language."""
    valid_from: date | None = None
    valid_until: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether the row holds on `day`; both ends are included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


KEYS = tuple(each.name for each in fields(When))

# The answers to each choice; without any they are words of the store's own.
CHOICES: dict[str, tuple[str | bool, ...]] = {
    "country": (),
    "case": (),
    "fault": ("ours", "carrier", "customer"),
    "wish": ("refund", "replacement", "repair"),
    "in_stock": (True, False),
}
PRICES = ("goods_value",)
SPANS = tuple(key for key in KEYS if key not in CHOICES and key not in PRICES)


def applying(rows: Iterable[Solution], problem: str, facts: Facts, day: date) -> tuple[Solution, ...]:
    """
    Return the rows of `problem` that hold on `day` and that no known fact contradicts, in the order of the file.

    With nothing known these are all of them, and each further fact leaves fewer.
    """
    return tuple(row for row in rows if row.problem == problem and row.is_valid_on(day) and row.when.allows(facts))
