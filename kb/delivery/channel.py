"""Where messages are delivered to: what each way can do, and how it can fail."""

from __future__ import annotations

from typing import Protocol

from kb.records.contacts import Waiting

TIMEOUT_SECONDS = 10.0


class Unreachable(Exception):
    """Nobody is there at the moment: no message can be delivered. Says why, without address or content."""


class Refused(Exception):
    """Somebody is there, and does not take this message; others may do better."""


class Channel(Protocol):
    """One way to the people of the store."""

    def send(self, message: Waiting) -> None:
        """Deliver a message, perhaps for the second time. Raises Unreachable, Refused."""
