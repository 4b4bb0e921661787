"""Opening hours: days and spans read from store.yaml, and whether it is open now."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from kb.hours import Opening, is_open, opening, parse_hours

WEEK = {"mon-fri": "9:00-12:00, 13:00-18:00", "sat": "10:00-14:00"}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(datetime(2026, 6, 15, 9, 0), True, id="monday, to the minute"),
        pytest.param(datetime(2026, 6, 15, 8, 59), False, id="a minute early"),
        pytest.param(datetime(2026, 6, 15, 12, 30), False, id="at lunch"),
        pytest.param(datetime(2026, 6, 15, 13, 0), True, id="after lunch"),
        pytest.param(datetime(2026, 6, 15, 18, 0), False, id="the end is not included"),
        pytest.param(datetime(2026, 6, 19, 17, 59, 59), True, id="friday, the last second"),
        pytest.param(datetime(2026, 6, 20, 13, 59), True, id="saturday"),
        pytest.param(datetime(2026, 6, 20, 17, 0), False, id="saturday afternoon"),
        pytest.param(datetime(2026, 6, 21, 11, 0), False, id="sunday is not listed"),
    ],
)
def test_open_within_the_spans_of_the_day(now: datetime, expected: bool) -> None:
    """It is open from the beginning of a span up to its end."""
    assert expected is is_open(WEEK, now)


def test_without_hours_nothing_is_known() -> None:
    """No hours given is neither open nor closed."""
    assert is_open({}, datetime(2026, 6, 15, 12, 0)) is None


def test_span_until_midnight_lasts_all_evening() -> None:
    """24:00 is the end of the day."""
    assert is_open({"mon": "18:00-24:00"}, datetime(2026, 6, 15, 23, 59, 59)) is True
    assert is_open({"mon": "18:00-24:00"}, datetime(2026, 6, 16, 0, 0)) is False


ALWAYS = {"mon-sun": "0:00-24:00"}
OVER_NIGHT = {"fri": "18:00-24:00", "sat": "0:00-2:00"}


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        pytest.param(
            WEEK, datetime(2026, 6, 15, 9, 0), Opening(True, datetime(2026, 6, 15, 12, 0)), id="until the lunch"
        ),
        pytest.param(
            WEEK, datetime(2026, 6, 15, 12, 0), Opening(False, datetime(2026, 6, 15, 13, 0)), id="again after lunch"
        ),
        pytest.param(
            WEEK, datetime(2026, 6, 15, 18, 0), Opening(False, datetime(2026, 6, 16, 9, 0), 1), id="again tomorrow"
        ),
        pytest.param(
            WEEK, datetime(2026, 6, 20, 15, 0), Opening(False, datetime(2026, 6, 22, 9, 0), 2), id="again on monday"
        ),
        pytest.param(
            {"mon": "9:00-10:00"},
            datetime(2026, 6, 15, 10, 0),
            Opening(False, datetime(2026, 6, 22, 9, 0), 7),
            id="again in a week",
        ),
        pytest.param(ALWAYS, datetime(2026, 6, 15, 23, 0), Opening(True, None), id="never closed"),
        pytest.param(
            OVER_NIGHT, datetime(2026, 6, 19, 23, 0), Opening(True, datetime(2026, 6, 20, 2, 0), 1), id="over midnight"
        ),
        pytest.param(
            {"mon": "18:00-24:00"},
            datetime(2026, 6, 15, 20, 0),
            Opening(True, datetime(2026, 6, 16, 0, 0), 1),
            id="until midnight",
        ),
        pytest.param({}, datetime(2026, 6, 15, 12, 0), None, id="no hours"),
    ],
)
def test_next_change_is_known(hours: dict[str, str], now: datetime, expected: Opening | None) -> None:
    """A customer at a closed door is told when to come back."""
    assert opening(hours, now) == expected


@pytest.mark.parametrize("minute", range(0, 7 * 24 * 60, 97))
def test_opening_agrees_with_is_open(minute: int) -> None:
    """Two answers to one question may not differ."""
    now = datetime(2026, 6, 15) + timedelta(minutes=minute)
    told = opening(WEEK, now)

    assert told is not None
    assert told.is_open is is_open(WEEK, now)
    assert told.changes_at is not None
    assert is_open(WEEK, told.changes_at) is not told.is_open


@pytest.mark.parametrize(
    ("days", "weekdays"),
    [
        pytest.param("mon", {0}, id="one day"),
        pytest.param("tue-thu", {1, 2, 3}, id="range"),
        pytest.param("sat-sun", {5, 6}, id="weekend"),
        pytest.param("fri-mon", {4, 5, 6, 0}, id="over the weekend"),
        pytest.param("Mon-FRI", {0, 1, 2, 3, 4}, id="capitals"),
        pytest.param("wed-wed", {2}, id="range of one"),
    ],
)
def test_days_are_read(days: str, weekdays: set[int]) -> None:
    """Days are named alone or as a range, which may go over the weekend."""
    assert weekdays == set(parse_hours({days: "9:00-10:00"}))


def test_entries_of_one_day_add_up() -> None:
    """A day named twice has the spans of both entries."""
    hours = parse_hours({"mon-tue": "9:00-10:00", "tue": "15:00–16:00"})

    assert hours == {0: [(time(9), time(10))], 1: [(time(9), time(10)), (time(15), time(16))]}


@pytest.mark.parametrize(
    ("hours", "named"),
    [
        pytest.param({"monday": "9:00-10:00"}, "'monday'", id="no such day"),
        pytest.param({"": "9:00-10:00"}, "''", id="no day"),
        pytest.param({"mon-xyz": "9:00-10:00"}, "'mon-xyz'", id="no such last day"),
        pytest.param({"mon": "9-10"}, "'9-10'", id="without minutes"),
        pytest.param({"mon": "always"}, "'always'", id="no times"),
        pytest.param({"mon": "18:00-9:00"}, "'18:00-9:00'", id="ends before it begins"),
        pytest.param({"mon": "9:00-9:00"}, "'9:00-9:00'", id="takes no time"),
    ],
)
def test_unreadable_hours_name_the_entry(hours: dict[str, str], named: str) -> None:
    """What cannot be read is refused in words an editor can find in the file."""
    with pytest.raises(ValueError, match=named):
        parse_hours(hours)
