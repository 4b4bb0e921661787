"""
How often one client may ask. Only importer of limits.

A client is an IPv4 address or a /64 of IPv6, which is what one line gets from its provider. Who asks from this very
machine, and who comes by a socket without address, is not limited.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from enum import StrEnum
from ipaddress import IPv6Address

from limits import RateLimitItem, parse
from limits.storage import SlidingWindowCounterSupport, Storage
from limits.storage.base import TimestampedSlidingWindow
from limits.strategies import SlidingWindowCounterRateLimiter
from litestar.types import Scope

from api.clients import Address, client_address
from api.metrics import Metrics
from kb.errors import TooManyRequests
from kb.settings import OFF, Settings

# A client has two counters per limit, this window's and the last one's, of about 400 bytes: 20 MB at most.
MAX_COUNTERS = 50_000
OPTION = "limit"


class Limit(StrEnum):
    """Given to a handler as `limit=…`: the setting `rate_<name>` says how many requests it is."""

    SEARCH = "search"
    FEEDBACK = "feedback"
    CONTACT = "contact"
    """Counted by the page itself, which then shows what was written once more."""
    AGENT = "agent"
    SIGN_IN = "sign_in"
    """Keys that were not valid; counted by the gate itself."""


class RateLimits:
    """The limits of one application, counted in memory: each process counts for itself."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        rates = {limit: str(getattr(settings, f"rate_{limit}")) for limit in Limit}
        self._items: dict[Limit, RateLimitItem] = {limit: parse(rate) for limit, rate in rates.items() if rate != OFF}
        self._trusted = settings.trusted_networks
        self._metrics = metrics
        self._counters = Counters()
        self._windows = SlidingWindowCounterRateLimiter(self._counters)

    def take(self, limit: Limit, scope: Scope) -> None:
        """Count a request. Raises TooManyRequests, and does not count those that it refuses."""
        item, client = self._items.get(limit), self._client(scope)
        if item and client and not self._windows.hit(item, limit, client):
            raise self._refusal(limit, item, client)

    def check(self, limit: Limit, scope: Scope) -> None:
        """Count nothing. Raises TooManyRequests when nothing is left."""
        item, client = self._items.get(limit), self._client(scope)
        if item and client and not self._windows.test(item, limit, client):
            raise self._refusal(limit, item, client)

    def count(self, limit: Limit, scope: Scope) -> None:
        """Count without refusing."""
        item, client = self._items.get(limit), self._client(scope)
        if item and client:
            self._windows.hit(item, limit, client)

    def _client(self, scope: Scope) -> str | None:
        address = client_address(scope, self._trusted)
        return None if address is None or address.is_loopback else _line(address)

    def _refusal(self, limit: Limit, item: RateLimitItem, client: str) -> TooManyRequests:
        self._metrics.rate_limited.labels(limit).inc()
        seconds = self._counters.seconds_until_free(item.key_for(limit, client), item.amount, item.get_expiry())
        return TooManyRequests(
            "This is more than one client may ask in this time.", f"Try again in {seconds} s.", retry_after_s=seconds
        )


def _line(address: Address) -> str:
    return f"{address.packed[:8].hex()}/64" if isinstance(address, IPv6Address) else str(address)


class Counters(Storage, SlidingWindowCounterSupport, TimestampedSlidingWindow):
    """
    Counters that end by themselves, MAX_COUNTERS at most: what is oldest is forgotten first. For one thread.

    The package's own storage in memory starts a thread every hundredth of a second that looks at every counter, and
    keeps a list for each client for ever.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return ()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Return the new count; a counter that begins now ends in `expiry` seconds."""
        count = self.get(key) + amount
        self._counts[key] = (count, self.get_expiry(key) if count > amount else time.time() + expiry)
        self._forget()
        return count

    def get(self, key: str) -> int:
        count, ends = self._counts.get(key, (0, 0.0))
        return count if ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the counter ends, in seconds since 1970; now for one that is not there."""
        return self._counts.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        """Forget everything, and return how much it was."""
        count = len(self._counts)
        self._counts.clear()
        return count

    def clear(self, key: str) -> None:
        self._counts.pop(key, None)

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount`, unless that is more than `limit` in the last `expiry` seconds."""
        previous, left, current, _ = self.get_sliding_window(key, expiry)
        if math.floor(previous * left / expiry) + current + amount > limit:
            return False
        # It counts in the next window too, by the part of it that still lies within the last `expiry` seconds.
        self.incr(self.sliding_window_keys(key, expiry, time.time())[1], 2 * expiry, amount)
        return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return the last window's count and seconds until it weighs nothing, this one's and seconds until it ends."""
        now = time.time()
        last, this = self.sliding_window_keys(key, expiry, now)
        left = expiry - now % expiry
        return self.get(last), left, self.get(this), left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        for each in self.sliding_window_keys(key, expiry, time.time()):
            self.clear(each)

    def seconds_until_free(self, key: str, limit: int, expiry: int) -> int:
        """Return after how many whole seconds a refused client may ask once more, if it does not ask before."""
        previous, left, current, _ = self.get_sliding_window(key, expiry)
        wait = left if current >= limit else left - (limit - current) * expiry / max(previous, 1)
        # At that very moment it is still used up.
        return math.floor(wait) + 1

    def _forget(self) -> None:
        now = time.time()
        while self._counts:
            oldest, (_, ends) = next(iter(self._counts.items()))
            if ends > now and len(self._counts) <= MAX_COUNTERS:
                return
            del self._counts[oldest]
