"""Sessions: opened with a key, kept as a hash, and over in the same moment as the key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from kb.errors import NotSignedIn
from kb.records.database import Database, open_database
from kb.records.keys import KeyInfo, KeyStore
from kb.records.sessions import MAX_TOKEN_CHARS, SessionStore
from kb.records.tables import sessions

START = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
HOURS = 12


class Desk:
    """One agent's key and the sessions beside it; tests move the time."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.moment = START
        self.keys = KeyStore(database, lambda: self.moment)
        self.sessions = SessionStore(self.keys)
        self.agent = self.key()

    def key(self, days: int | None = None) -> KeyInfo:
        return self.keys.create("agent", "Anna", days)[0]

    def is_open(self, token: str) -> bool:
        try:
            self.sessions.holder(token)
        except NotSignedIn:
            return False
        return True


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = open_database(f"sqlite:///{tmp_path / 'records.sqlite'}")
    yield Desk(database)
    database.dispose()


def test_session_is_its_keys(desk: Desk) -> None:
    """It may do what the key may: whose it is and in which role is looked up, not copied."""
    assert desk.sessions.holder(desk.sessions.open(desk.agent, HOURS)) == desk.agent


def test_token_is_not_stored(desk: Desk, tmp_path: Path) -> None:
    """Who reads the database cannot sign in with what stands in it."""
    token = desk.sessions.open(desk.agent, HOURS)
    with desk.database.connect() as connection:
        stored = connection.execute(text("SELECT sha256 FROM sessions")).scalar_one()

    assert token not in stored
    assert not desk.is_open(stored)
    assert not [path for path in tmp_path.iterdir() if token.encode() in path.read_bytes()]


def test_each_session_has_a_token_of_its_own(desk: Desk) -> None:
    """Two browsers of one agent are signed out one by one."""
    one, other = (desk.sessions.open(desk.agent, HOURS) for _ in range(2))
    desk.sessions.end(one)

    assert (desk.is_open(one), desk.is_open(other)) == (False, True)


def test_session_ends_with_its_time(desk: Desk) -> None:
    """A browser that was left open in the evening asks for the key in the morning."""
    token = desk.sessions.open(desk.agent, HOURS)
    desk.moment = START + timedelta(hours=HOURS, seconds=-1)
    before = desk.is_open(token)
    desk.moment = START + timedelta(hours=HOURS)

    assert (before, desk.is_open(token)) == (True, False)


def test_session_ends_with_its_key(desk: Desk) -> None:
    """Who must not work here any longer is out at once, wherever he is signed in."""
    token = desk.sessions.open(desk.agent, HOURS)
    desk.keys.revoke(desk.agent.id)

    assert not desk.is_open(token)


def test_session_does_not_outlive_a_key_that_expires(desk: Desk) -> None:
    """Opened an hour before the key's end, it lasts an hour."""
    short = desk.key(days=1)
    desk.moment = START + timedelta(hours=23)
    token = desk.sessions.open(short, HOURS)
    before = desk.is_open(token)
    desk.moment = START + timedelta(hours=24)

    assert (before, desk.is_open(token)) == (True, False)


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "a" * MAX_TOKEN_CHARS * 2, "' OR 1=1 --", "\x00"])
def test_what_is_no_token_opens_nothing(desk: Desk, token: str) -> None:
    """A cookie may hold anything."""
    desk.sessions.open(desk.agent, HOURS)

    assert not desk.is_open(token)


def test_sessions_that_are_over_are_deleted(desk: Desk) -> None:
    """The table does not grow for ever."""
    for _ in range(3):
        desk.sessions.open(desk.agent, HOURS)
    desk.moment = START + timedelta(hours=HOURS)
    desk.sessions.open(desk.agent, HOURS)
    with desk.database.connect() as connection:
        left = connection.execute(select(func.count()).select_from(sessions)).scalar_one()

    assert left == 1
