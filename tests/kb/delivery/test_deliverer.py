"""Every message arrives, whatever happens on the way; what is broken is left alone for longer and longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kb.delivery.channel import Refused, Unreachable
from kb.delivery.deliverer import Deliverer
from kb.records.contacts import ContactStore, Waiting
from kb.records.database import Database
from kb.records.records import utc_now
from kb.records.tables import customers
from tests.kb.records.samples import contacted, wait_until


class Desk:
    """A channel whose faults the test chooses."""

    def __init__(self) -> None:
        self.fault: Callable[[Waiting], None] = lambda _: None
        self.attempts: list[str] = []
        self.taken: list[str] = []

    def send(self, message: Waiting) -> None:
        self.attempts.append(message.message)
        self.fault(message)
        self.taken.append(message.message)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ContactStore]:
    opened = ContactStore(Database(f"sqlite:///{tmp_path / 'searches.sqlite'}", customers, lasting=True), utc_now)
    yield opened
    opened.close()


@pytest.fixture
def begin(store: ContactStore, desk: Desk) -> Iterator[Callable[[], Deliverer]]:
    """Start a deliverer; all are ended with the test."""
    started: list[Deliverer] = []

    def start() -> Deliverer:
        deliverer = Deliverer(store, desk, first_pause=0.01, longest_pause=0.05)
        deliverer.start()
        started.append(deliverer)
        return deliverer

    yield start
    for each in started:
        each.close()


def _keep(store: ContactStore, *messages: str) -> None:
    for message in messages:
        store.keep(contacted(message=message, at=utc_now()), "v")


def _fail(error: Exception) -> Callable[[Waiting], None]:
    def fault(_: Waiting) -> None:
        raise error

    return fault


def test_message_is_delivered_as_soon_as_it_comes(
    store: ContactStore, desk: Desk, begin: Callable[[], Deliverer]
) -> None:
    """Nobody waits for the next look into the database."""
    deliverer = begin()
    _keep(store, "one")
    wait_until(lambda: deliverer.state().delivered == 1)

    assert desk.taken == ["one"]
    wait_until(lambda: deliverer.state().backlog.waiting == 0)


def test_what_waited_is_delivered_when_somebody_is_there_again(
    store: ContactStore, desk: Desk, begin: Callable[[], Deliverer]
) -> None:
    """While nobody is there it says so, and loses nothing; one knocks for all."""
    desk.fault = _fail(Unreachable("it is closed"))
    _keep(store, "one", "two", "three")
    deliverer = begin()
    wait_until(lambda: len(desk.attempts) > 3)
    failing = deliverer.state()
    desk.fault = lambda _: None
    wait_until(lambda: deliverer.state().delivered == 3 and deliverer.state().failing_since is None)

    assert failing.failing_since is not None
    assert (failing.backlog.waiting, failing.backlog.problem) == (3, "it is closed")
    assert sorted(desk.taken) == ["one", "three", "two"]
    assert deliverer.state().backlog.waiting == 0


def test_message_outlives_the_process(store: ContactStore, desk: Desk, begin: Callable[[], Deliverer]) -> None:
    """What could not be delivered before a restart is delivered after it."""
    desk.fault = _fail(Unreachable("it is closed"))
    _keep(store, "one")
    first = begin()
    wait_until(lambda: len(desk.attempts) > 0)
    first.close()
    desk.fault = lambda _: None
    begin()
    wait_until(lambda: desk.taken == ["one"])


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(Refused("it answered 422"), "it answered 422", id="refused"),
        pytest.param(ValueError("a secret of the message"), "ValueError", id="an error nobody foresaw"),
    ],
)
def test_message_nobody_wants_holds_up_no_other(
    store: ContactStore, desk: Desk, begin: Callable[[], Deliverer], error: Exception, told: str
) -> None:
    """It waits alone, for longer each time; the reason is there to be read, without what the message says."""

    def fault(message: Waiting) -> None:
        if message.message == "bad":
            raise error

    desk.fault = fault
    _keep(store, "bad", "good", "better")
    deliverer = begin()
    wait_until(lambda: deliverer.state().delivered == 2)
    wait_until(lambda: deliverer.state().backlog.waiting == 1)

    assert desk.attempts.count("bad") == 1
    assert deliverer.state().backlog.problem == told
    assert deliverer.state().failing_since is None


def test_pauses_after_a_refusal_grow(store: ContactStore, desk: Desk) -> None:
    """A minute, five, half an hour, two hours, six: a help desk is not flooded with what it does not take."""
    now = utc_now()
    patient = ContactStore(store._database, lambda: now)
    patient.keep(contacted(at=now), "v")
    pauses = []
    for _ in range(6):
        before = now
        desk.fault = _fail(Refused("no"))
        Deliverer(patient, desk)._deliver_due()
        while not _is_due(patient):
            now += timedelta(minutes=1)
        pauses.append((now - before) // timedelta(minutes=1))

    assert pauses == [1, 5, 30, 120, 360, 360]


def _is_due(store: ContactStore) -> bool:
    return any(each.due <= store._now() for each in store.undelivered())


def test_broken_database_ends_nothing(
    tmp_path: Path, desk: Desk, store: ContactStore, begin: Callable[[], Deliverer]
) -> None:
    """A file that is gone is begun anew, and the thread goes on."""
    deliverer = begin()
    _keep(store, "one")
    wait_until(lambda: deliverer.state().delivered == 1)
    (tmp_path / "searches.sqlite").unlink()
    _keep(store, "two")
    wait_until(lambda: deliverer.state().delivered == 2)

    assert desk.taken == ["one", "two"]
