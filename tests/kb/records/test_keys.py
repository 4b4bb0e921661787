"""Keys for agents: shown once, kept as a hash, refused in one way whatever is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text

from kb.errors import KeyProblem, NotSignedIn, RecordsUnavailable
from kb.records.database import Database, open_database
from kb.records.keys import MAX_KEY_CHARS, PREFIX, KeyStore, Role

START = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


class Clock:
    """A time that tests move."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'records.sqlite'}")
    yield database
    database.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> KeyStore:
    return KeyStore(database, clock)


def test_holder_of_a_new_key_is_known(store: KeyStore) -> None:
    """The secret leads back to exactly the key that was made."""
    store.create("editor", "Other")
    made, secret = store.create("agent", "  Anna  ")

    found = store.holder(secret)

    assert found == made
    assert (found.name, found.role, found.created_at) == ("Anna", Role.AGENT, START.replace(tzinfo=None))


def test_secret_is_long_random_and_recognisable(store: KeyStore) -> None:
    """Two keys share nothing but the prefix, which scanners for leaked secrets look for."""
    secrets = {store.create("agent", "Anna")[1] for _ in range(3)}

    assert len(secrets) == 3
    assert all(secret.startswith(PREFIX) and len(secret) >= len(PREFIX) + 43 for secret in secrets)


def test_database_holds_no_secret(store: KeyStore, database: Database) -> None:
    """Who reads the database cannot sign in with what is in it."""
    _, secret = store.create("agent", "Anna")

    with database.connect() as connection:
        stored = [str(value) for row in connection.execute(text("select * from keys")) for value in row]

    assert not [value for value in stored if secret in value or secret.removeprefix(PREFIX) in value]
    for value in stored:
        with pytest.raises(NotSignedIn):
            store.holder(value)


def test_key_is_valid_until_its_end(store: KeyStore, clock: Clock) -> None:
    """A key for a day works for a day less a moment, and not at its end."""
    _, secret = store.create("agent", "Anna", days=1)
    clock.moment = START + timedelta(days=1, seconds=-1)
    assert store.holder(secret).name == "Anna"

    clock.moment = START + timedelta(days=1)

    with pytest.raises(NotSignedIn):
        store.holder(secret)


def test_key_without_end_stays_valid(store: KeyStore, clock: Clock) -> None:
    """No number of days is no end."""
    _, secret = store.create("agent", "Anna")
    clock.moment = START + timedelta(days=36_500)

    assert store.holder(secret).expires_at is None


def test_times_are_kept_in_utc(database: Database) -> None:
    """A machine in another time zone writes the same times."""
    budapest = START.astimezone(timezone(timedelta(hours=2)))

    made, _ = KeyStore(database, lambda: budapest).create("agent", "Anna", days=1)

    assert made.created_at == datetime(2026, 6, 15, 12, 0)
    assert made.expires_at == datetime(2026, 6, 16, 12, 0)


def test_revoked_key_ends_at_once_and_alone(store: KeyStore) -> None:
    """Other keys go on working; the list remembers when."""
    gone, secret = store.create("agent", "Anna")
    _, other = store.create("agent", "Béla")

    store.revoke(gone.id)

    with pytest.raises(NotSignedIn):
        store.holder(secret)
    assert store.holder(other).name == "Béla"
    assert [key.revoked_at for key in store.list() if key.id == gone.id] == [START.replace(tzinfo=None)]


def test_only_a_valid_key_can_be_revoked(store: KeyStore) -> None:
    """Revoking what is not there, or twice, is told to the operator."""
    made, _ = store.create("agent", "Anna")
    store.revoke(made.id)

    for key_id in (made.id, "nosuchkey", ""):
        with pytest.raises(KeyProblem, match="no valid key"):
            store.revoke(key_id)


def test_keys_are_listed_oldest_first(store: KeyStore, clock: Clock) -> None:
    """The list is in the order the keys were made, whatever their ids."""
    names = [f"key {number}" for number in range(5)]
    for number, name in enumerate(names):
        clock.moment = START + timedelta(minutes=number)
        store.create("agent", name)

    assert names == [key.name for key in store.list()]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("", id="nothing"),
        pytest.param(PREFIX, id="prefix alone"),
        pytest.param("kb_" + "A" * 43, id="unknown"),
        pytest.param("kb_" + "A" * MAX_KEY_CHARS, id="too long"),
        pytest.param("sk_" + "A" * 43, id="another's prefix"),
        pytest.param("kb_' or 1=1 --", id="SQL"),
        pytest.param("kb_пароль\x00", id="no ASCII"),
    ],
)
def test_every_wrong_key_is_refused_alike(store: KeyStore, given: str) -> None:
    """The refusal does not tell what was wrong."""
    store.create("agent", "Anna")
    with pytest.raises(NotSignedIn) as usual:
        store.holder("kb_unknown")

    with pytest.raises(NotSignedIn) as refusal:
        store.holder(given)

    assert str(usual.value) == str(refusal.value)


@pytest.mark.parametrize("change", [str.swapcase, lambda s: s[:-1], lambda s: s + "A", lambda s: " " + s])
def test_nearly_right_key_is_refused(store: KeyStore, change: object) -> None:
    """A key is compared whole and as it is."""
    assert callable(change)
    _, secret = store.create("agent", "Anna")

    with pytest.raises(NotSignedIn):
        store.holder(change(secret))


def test_broken_database_signs_nobody_in(store: KeyStore, database: Database) -> None:
    """When keys cannot be looked up, an agent hears that the house is at fault, and not the key."""
    _, secret = store.create("agent", "Anna")
    with database.begin() as connection:
        connection.execute(text("drop table keys"))

    with pytest.raises(RecordsUnavailable):
        store.holder(secret)


@pytest.mark.parametrize(
    ("role", "name", "days", "named"),
    [
        pytest.param("admin", "Anna", None, "admin", id="no such role"),
        pytest.param("", "Anna", None, "role", id="no role"),
        pytest.param("agent", "  ", None, "name", id="no name"),
        pytest.param("agent", "x" * 101, None, "name", id="long name"),
        pytest.param("agent", "Anna", 0, "0 days", id="no time"),
        pytest.param("agent", "Anna", -5, "-5 days", id="in the past"),
    ],
)
def test_unusable_key_is_not_made(store: KeyStore, role: str, name: str, days: int | None, named: str) -> None:
    """What is wrong is named, and nothing is stored."""
    with pytest.raises(KeyProblem, match=named):
        store.create(role, name, days)

    assert store.list() == []
