"""Opening hours of contacts: `{mon-fri: "9:00-18:00"}` → is it open now, until when, when next? Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$")

OpeningHours = dict[int, list[tuple[time, time]]]
"""Weekday (Monday 0) to spans; a span that ends at 24:00 ends at time.max."""
DAYS_AHEAD = 7


@dataclass(frozen=True, slots=True)
class Opening:
    """How it is at one moment."""

    is_open: bool
    changes_at: datetime | None
    """When it closes, or opens next; local time. None when it never closes, or never opens."""
    days_ahead: int = 0
    """Of that moment: 0 today, 1 tomorrow."""


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


def opening(hours: Mapping[str, str], now: datetime) -> Opening | None:
    """Return how it is at the local time `now`, None when no hours are known. Spans that touch are one."""
    if not hours:
        return None
    spans = _spans_from(parse_hours(hours), now)
    current = next((end for start, end in spans if start <= now < end), None)
    if current is None:
        return _changing(False, next((start for start, _ in spans if start > now), None), now)
    for start, end in spans:
        if start <= current < end:
            current = end
    return _changing(True, current if current < _midnight(now, DAYS_AHEAD + 1) else None, now)


def _spans_from(week: OpeningHours, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return today's spans and those of the days after it, in their order; one that ends at 24:00 ends at midnight."""
    found = []
    for ahead in range(DAYS_AHEAD + 1):
        midnight = _midnight(now, ahead)
        for start, end in sorted(week.get(midnight.weekday(), [])):
            until = _midnight(now, ahead + 1) if end == time.max else datetime.combine(midnight, end, now.tzinfo)
            found.append((datetime.combine(midnight, start, now.tzinfo), until))
    return found


def _midnight(now: datetime, ahead: int) -> datetime:
    return datetime.combine(now.date() + timedelta(days=ahead), time.min, now.tzinfo)


def _changing(is_open: bool, at: datetime | None, now: datetime) -> Opening:
    return Opening(is_open, at, (at.date() - now.date()).days if at else 0)


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
