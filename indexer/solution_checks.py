"""
Whether the rows of one problem divide its cases among them: no case with two offers, none without.

Each key that a problem's rows name becomes an axis, cut wherever a row begins or ends, and each row a box in that grid
(`indexer/partition.py`). Which cells a row takes is asked of the row itself, so that check and service cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from indexer.partition import Box, gaps, overlap
from indexer.problems import Problem, warning
from kb.solutions import CHOICES, SPANS, Money, Solution, Span

GAPS_TOLD = 3
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Placed:
    """A row, and the line it begins on."""

    row: Solution
    line: int


@dataclass(frozen=True, slots=True)
class _Axis:
    """What one key can be, cut into cells within which the rows of a problem make no difference."""

    key: str
    cells: tuple[Any, ...]
    """One value of each cell."""
    takes: Callable[[Solution, Any], bool]
    tell: Callable[[Sequence[int]], str]
    """Says in words which values cells that follow each other hold."""

    def of(self, row: Solution) -> int:
        return sum(1 << place for place, value in enumerate(self.cells) if self.takes(row, value))

    def told(self, taken: int) -> str:
        places = [place for place in range(len(self.cells)) if taken >> place & 1]
        runs = [[place for _, place in run] for _, run in groupby(enumerate(places), lambda pair: pair[1] - pair[0])]
        return f"{self.key}: {' or '.join(map(self.tell, runs))}"


def check_rows(shown: str, placed: Sequence[Placed], unclear: Set[str]) -> list[Problem]:
    """Return the overlaps and gaps of every problem; gaps not of those in `unclear`, whose rows are not all known."""
    countries = sorted({country for each in placed for country in each.row.when.country})
    by_problem: dict[str, list[Placed]] = {}
    for each in placed:
        by_problem.setdefault(each.row.problem, []).append(each)
    return [
        problem
        for topic, rows in by_problem.items()
        for problem in _first(_check(shown, rows, axes, topic in unclear) for axes in _grids(rows, countries))
    ]


def _first(found: Iterable[list[Problem]]) -> list[Problem]:
    """What is wrong is mostly wrong in every currency: telling it in one is enough."""
    return next((problems for problems in found if problems), [])


def _check(shown: str, rows: Sequence[Placed], axes: Sequence[_Axis], is_unclear: bool) -> list[Problem]:
    boxes = [tuple(axis.of(each.row) for axis in axes) for each in rows]
    found = [problem for place in range(len(rows)) for problem in _overlap(shown, rows, boxes, place, axes)]
    if found or is_unclear:
        return found
    problem = rows[0].row.problem
    hint = "Add a row, or widen one; `offer: none` says that nothing is given."
    return [
        warning(shown, rows[0].line, "solution-gap", f"{problem!r} has no row for {_told(gap, axes)}.", hint)
        for gap in gaps(boxes, [len(axis.cells) for axis in axes], GAPS_TOLD)
    ]


def _overlap(
    shown: str, rows: Sequence[Placed], boxes: Sequence[Box], place: int, axes: Sequence[_Axis]
) -> list[Problem]:
    """Tell of the first earlier row that this one contradicts."""
    for earlier in range(place):
        both = overlap(boxes[earlier], boxes[place])
        if both is not None:
            names = f"{rows[earlier].row.id!r} (line {rows[earlier].line}) and {rows[place].row.id!r}"
            message = f"{names} both apply to {_told(both, axes)}."
            hint = "Narrow the conditions of one of them."
            return [warning(shown, rows[place].line, "solution-overlap", message, hint)]
    return []


def _told(box: Box, axes: Sequence[_Axis]) -> str:
    named = [axis.told(taken) for axis, taken in zip(axes, box, strict=True) if taken.bit_count() < len(axis.cells)]
    return ", ".join(named) or "every case"


def _grids(rows: Sequence[Placed], countries: Sequence[str]) -> list[list[_Axis]]:
    """Return the axes of a problem, once for every currency in which its rows name prices."""
    found = [each.row for each in rows]
    axes = [_choice_axis(key, found, countries) for key in CHOICES if any(getattr(row.when, key) for row in found)]
    axes += [_span_axis(key, found) for key in SPANS if any(getattr(row.when, key) != Span() for row in found)]
    if any(row.valid_from or row.valid_until for row in found):
        axes.append(_day_axis(found))
    named = {c for row in found for sums in (row.when.goods_value.over, row.when.goods_value.to) for c in sums}
    return [[*axes, _price_axis(found, currency)] for currency in sorted(named)] or [axes]


def _choice_axis(key: str, rows: Sequence[Solution], countries: Sequence[str]) -> _Axis:
    """Countries are all that the file names anywhere, other words of the store's own those of this problem."""
    own = countries if key == "country" else sorted({value for row in rows for value in getattr(row.when, key)})
    cells = CHOICES[key] or tuple(own)
    names = [str(value).lower() if isinstance(value, bool) else str(value) for value in cells]
    return _Axis(key, cells, _takes(key), lambda run: " or ".join(names[place] for place in run))


def _span_axis(key: str, rows: Sequence[Solution]) -> _Axis:
    spans: list[Span] = [getattr(row.when, key) for row in rows]
    starts = sorted({0, *(span.first for span in spans), *(span.last + 1 for span in spans if span.last is not None)})

    def tell(run: Sequence[int]) -> str:
        first, after = starts[run[0]], _at(starts, run[-1] + 1)
        if after is None:
            return f"{first} and more"
        return f"{first}" if after == first + 1 else f"{first}–{after - 1}"

    return _Axis(key, tuple(starts), _takes(key), tell)


def _day_axis(rows: Sequence[Solution]) -> _Axis:
    """Days before the first rule of all are no gap."""
    begins = [row.valid_from or date.min for row in rows]
    ends = [row.valid_until + _DAY for row in rows if row.valid_until and row.valid_until < date.max]
    starts = sorted({*begins, *ends})

    def tell(run: Sequence[int]) -> str:
        first, after = starts[run[0]], _at(starts, run[-1] + 1)
        last = f"until {after - _DAY}" if after else ""
        return f"from {first} {last}".rstrip() if first != date.min else last

    return _Axis("days", tuple(starts), Solution.is_valid_on, tell)


def _price_axis(rows: Sequence[Solution], currency: str) -> _Axis:
    values = [row.when.goods_value for row in rows]
    ends = sorted({sums[currency] for each in values for sums in (each.over, each.to) if currency in sums})
    cells = tuple(Money(end, currency) for end in [*ends, float("inf")])

    def tell(run: Sequence[int]) -> str:
        over, to = _at(ends, run[0] - 1), _at(ends, run[-1])
        told = [f"over {over:.12g}" if over is not None else "", f"to {to:.12g}" if to is not None else ""]
        return f"{' '.join(filter(None, told))} {currency}"

    return _Axis("goods_value", cells, _takes("goods_value"), tell)


def _takes(key: str) -> Callable[[Solution, Any], bool]:
    return lambda row, value: row.when.takes(key, value)


def _at(places: Sequence[Any], place: int) -> Any:
    return places[place] if 0 <= place < len(places) else None
