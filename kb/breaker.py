"""
A breaker: after several failures in a row, what is broken is left alone for a while, and asked by one at a time.

Without it everybody waits the whole deadline for something that does not answer. Used from one event loop, so it
needs no lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable

# One failure may be chance, and a deadline missed on a busy machine is no fault: five in a row are one.
FAILURES_TO_OPEN = 5
# So that recovery is seen within seconds, at the cost of one slow search each time.
PROBE_SECONDS = 2.0


class Breaker:
    """Counts how one part of the service does; opens when it fails, closes when it is well again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._next_probe = 0.0
        self.times_opened = 0

    @property
    def is_open(self) -> bool:
        return self._failures >= FAILURES_TO_OPEN

    def lets_through(self) -> bool:
        """Return whether to try: always when closed; when open, for one caller every PROBE_SECONDS."""
        if not self.is_open:
            return True
        if self._clock() < self._next_probe:
            return False
        self._next_probe = self._clock() + PROBE_SECONDS
        return True

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        was_open = self.is_open
        self._failures += 1
        if self.is_open:
            self._next_probe = self._clock() + PROBE_SECONDS
            self.times_opened += not was_open
