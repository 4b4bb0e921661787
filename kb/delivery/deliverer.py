"""
A thread that delivers what is stored. A message leaves the backlog only when somebody has taken it: at least once.

While nobody can be reached it tries again after growing pauses, with one message, and all others wait with it. A
message that is refused waits alone.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from kb.delivery.channel import Channel, Refused, Unreachable
from kb.delivery.mail import Mail
from kb.delivery.webhook import Webhook
from kb.errors import RecordsUnavailable
from kb.records.contacts import Backlog, ContactStore, Waiting
from kb.records.records import Records
from kb.settings import Settings

log = logging.getLogger("kb.delivery")

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
# How soon what another process has stored, or what was refused, is looked for.
IDLE_SECONDS = 5.0
CLOSE_SECONDS = 2.0
REFUSED_MINUTES = (1, 5, 30, 120, 360)
NOTHING = Backlog(0, None, "")


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """How delivering goes, in this process."""

    backlog: Backlog = NOTHING
    delivered: int = 0
    """Since the start."""
    failing_since: datetime | None = None
    """UTC."""


class Deliverer:
    """Delivers the messages of one store through one channel."""

    def __init__(
        self,
        messages: ContactStore,
        channel: Channel,
        *,
        first_pause: float = FIRST_PAUSE,
        longest_pause: float = LONGEST_PAUSE,
    ) -> None:
        self._messages = messages
        self._channel = channel
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._pause = 0.0
        self._state = DeliveryState()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="deliverer", daemon=True)

    def start(self) -> None:
        """Begin with what an earlier process left."""
        self._thread.start()

    def state(self) -> DeliveryState:
        return self._state

    def close(self) -> None:
        """End. What is under way may be delivered once more after the next start."""
        self._closing.set()
        self._messages.arrived.set()
        self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._messages.arrived.clear()
            try:
                self._deliver_due()
                backlog = self._messages.backlog()
            except (Unreachable, RecordsUnavailable) as error:
                self._has_failed(error)
                self._closing.wait(self._pause)
            else:
                self._is_well(backlog)
                self._messages.arrived.wait(IDLE_SECONDS)

    def _deliver_due(self) -> None:
        """Raises Unreachable, RecordsUnavailable."""
        while not self._closing.is_set() and (message := self._messages.take()):
            try:
                self._channel.send(message)
            except Unreachable as error:
                self._messages.put_back(message, str(error), timedelta())
                raise
            except Exception as error:  # noqa: BLE001  the thread must outlive whatever one message does to it
                self._refuse(message, error)
            else:
                self._messages.delivered(message)
                self._state = replace(self._state, delivered=self._state.delivered + 1)

    def _refuse(self, message: Waiting, error: Exception) -> None:
        # Of an error that nobody foresaw not the text: it may name what the message holds.
        told = str(error) if isinstance(error, Refused) else type(error).__name__
        log.error("message %s was not taken: %s", message.reference, told)
        minutes = REFUSED_MINUTES[min(message.attempts, len(REFUSED_MINUTES)) - 1]
        self._messages.put_back(message, told, timedelta(minutes=minutes))

    def _is_well(self, backlog: Backlog) -> None:
        if self._state.failing_since:
            log.warning("messages are delivered again, after %s", datetime.now(UTC) - self._state.failing_since)
        self._pause = 0.0
        self._state = replace(self._state, backlog=backlog, failing_since=None)

    def _has_failed(self, error: Exception) -> None:
        if self._state.failing_since is None:
            log.error("messages wait to be delivered: %s", error)
            self._state = replace(self._state, failing_since=datetime.now(UTC))
        self._pause = min(self._pause * 2 or self._first_pause, self._longest_pause)
        try:
            self._state = replace(self._state, backlog=self._messages.backlog())
        except RecordsUnavailable:
            return


def deliverer_for(settings: Settings, records: Records) -> Deliverer | None:
    """Return what delivers the messages of these records in the way that is set; None without either."""
    channel = _channel(settings)
    return Deliverer(records.customers.messages, channel) if channel and records.customers else None


def _channel(settings: Settings) -> Channel | None:
    if settings.contact_webhook_url:
        return Webhook(settings.contact_webhook_url, settings.contact_webhook_secret)
    if settings.contact_email_to:
        return Mail(settings.contact_email_to, settings.contact_email_from, settings.smtp_url)
    return None
