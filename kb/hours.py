"""Opening hours of contacts: `{mon-fri: "9:00-18:00"}` → is it open now? Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$")

OpeningHours = dict[int, list[tuple[time, time]]]
"""Weekday (Monday 0) to spans; a span that ends at 24:00 ends at time.max."""


def parse_hours(hours: Mapping[str, str]) -> OpeningHours:
    """Raises ValueError naming the entry that cannot be read."""
    spans: OpeningHours = {}
    for days, times in hours.items():
        for weekday in _weekdays(days):
            spans.setdefault(weekday, []).extend(_span(each) for each in times.split(","))
    return spans


def is_open(hours: Mapping[str, str], now: datetime) -> bool | None:
    """Return whether it is open at the local time `now`, None when no hours are known."""
    if not hours:
        return None
    return any(start <= now.time() < end for start, end in parse_hours(hours).get(now.weekday(), []))


def _weekdays(days: str) -> list[int]:
    first, dash, last = days.strip().lower().partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise ValueError(f"{days!r} are no days of the week.")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]


def _span(text: str) -> tuple[time, time]:
    match = _SPAN.match(text.strip())
    if not match:
        raise ValueError(f"{text!r} is no span of time.")
    start_hour, start_minute, end_hour, end_minute = (int(part) for part in match.groups())
    try:
        start = time(start_hour, start_minute)
        end = time.max if (end_hour, end_minute) == (24, 0) else time(end_hour, end_minute)
    except ValueError as error:
        raise ValueError(f"{text!r} is no span of time.") from error
    if end <= start:
        raise ValueError(f"{text!r} ends before it begins.")
    return start, end
