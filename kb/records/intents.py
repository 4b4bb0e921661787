"""What somebody types, letter by letter, is one search: the last of it, unless a full search went on from there."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kb.records.entries import Searched

WINDOW = timedelta(seconds=30)
CAPACITY = 10_000


@dataclass(frozen=True, slots=True)
class _Held:
    entry: Searched
    plain: str


class Intents:
    """Typed searches that may still go on, one per visitor. In memory only; safe for threads."""

    def __init__(self, now: Callable[[], datetime], capacity: int = CAPACITY) -> None:
        self._now = now
        self._capacity = capacity
        self._held: OrderedDict[str, _Held] = OrderedDict()
        """Visitor to what was typed last; the oldest first."""
        self._lock = threading.Lock()

    def are_held(self) -> bool:
        """Whether anybody is typing."""
        return bool(self._held)

    def typed(self, visitor: str, entry: Searched) -> list[Searched]:
        """Hold what was typed; return what that ends: another search of the visitor, or one there is no room for."""
        with self._lock:
            before = self._held.pop(visitor, None)
            held = _Held(entry, _plain(entry.text))
            self._held[visitor] = held
            ended = [before] if before and not self._continues(before, held) else []
            if len(self._held) > self._capacity:
                ended.append(self._held.popitem(last=False)[1])
            return [each.entry for each in ended]

    def searched(self, visitor: str, entry: Searched) -> None:
        """Forget what the visitor typed, if this full search is what it became."""
        with self._lock:
            before = self._held.get(visitor)
            if before and self._continues(before, _Held(entry, _plain(entry.text))):
                del self._held[visitor]

    def due(self) -> list[Searched]:
        """Return, and forget, what nobody went on with."""
        with self._lock:
            end = self._now() - WINDOW
            ended = []
            while self._held and next(iter(self._held.values())).entry.at <= end:
                ended.append(self._held.popitem(last=False)[1].entry)
            return ended

    def rest(self) -> list[Searched]:
        """Return, and forget, everything: nobody goes on when the service ends."""
        with self._lock:
            ended = [each.entry for each in self._held.values()]
            self._held.clear()
            return ended

    def _continues(self, before: _Held, after: _Held) -> bool:
        """Whether one is the beginning of the other, and not long ago."""
        is_soon = after.entry.at - before.entry.at < WINDOW
        return is_soon and (before.plain.startswith(after.plain) or after.plain.startswith(before.plain))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
