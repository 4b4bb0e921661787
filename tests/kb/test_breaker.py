"""Leaving alone what fails: nobody waits for it, and it is asked again soon."""

from __future__ import annotations

from kb.breaker import FAILURES_TO_OPEN, PROBE_SECONDS, Breaker


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed()
    return breaker


def test_some_failures_are_no_reason() -> None:
    """A deadline missed now and then on a busy machine takes nothing from anybody."""
    breaker = Breaker(Clock())
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed()

    assert breaker.lets_through()
    assert not breaker.is_open


def test_a_success_between_begins_the_count_anew() -> None:
    """Only failures in a row mean that it is broken."""
    breaker = Breaker(Clock())
    for _ in range(3):
        for _ in range(FAILURES_TO_OPEN - 1):
            breaker.failed()
        breaker.succeeded()

    assert not breaker.is_open


def test_open_it_lets_nobody_wait() -> None:
    """After several in a row nobody else waits for it."""
    breaker = _opened(Clock())

    assert breaker.is_open
    assert not breaker.lets_through()


def test_one_asks_for_all_from_time_to_time() -> None:
    """One search pays for knowing; the others go on at once."""
    clock = Clock()
    breaker = _opened(clock)
    clock.now += PROBE_SECONDS

    assert breaker.lets_through()
    assert not breaker.lets_through()
    breaker.failed()
    clock.now += PROBE_SECONDS / 2
    assert not breaker.lets_through()
    clock.now += PROBE_SECONDS / 2
    assert breaker.lets_through()


def test_well_again_everybody_is_let_through() -> None:
    """One good answer is enough: recovery must not wait for a person."""
    clock = Clock()
    breaker = _opened(clock)
    clock.now += PROBE_SECONDS
    breaker.lets_through()
    breaker.succeeded()

    assert breaker.lets_through()
    assert breaker.lets_through()
    assert breaker.times_opened == 1
