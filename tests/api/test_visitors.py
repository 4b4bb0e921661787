"""Visitors: told apart for a day, and never found again."""

from __future__ import annotations

import re
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.visitors import Visitors
from kb.settings import Settings

MONDAY, TUESDAY = date(2026, 6, 15), date(2026, 6, 16)
TRUSTED = Settings().trusted_networks


def _scope(address: str | None = "203.0.113.5", browser: str = "Firefox", forwarded: str = "") -> Any:
    headers = [(b"user-agent", browser.encode()), *([(b"x-forwarded-for", forwarded.encode())] if forwarded else [])]
    return {"client": (address, 1234) if address else None, "headers": headers}


@pytest.fixture
def visitors(tmp_path: Path) -> Visitors:
    return Visitors(tmp_path, TRUSTED, lambda: MONDAY)


def test_same_address_and_browser_are_one_visitor(visitors: Visitors) -> None:
    """Else a rating would count twice, and typing would not be one search."""
    assert visitors.of(_scope()) == visitors.of(_scope())
    assert re.fullmatch(r"[0-9a-f]{32}", visitors.of(_scope()))


@pytest.mark.parametrize(
    "other",
    [
        _scope("203.0.113.6"),
        _scope(browser="Chrome"),
        _scope(None),
        _scope("127.0.0.1", forwarded="203.0.113.6"),
        _scope("2001:db8::1"),
    ],
)
def test_another_address_or_browser_is_another_visitor(visitors: Visitors, other: Any) -> None:
    """Two people must not overwrite each other's rating."""
    assert visitors.of(_scope()) != visitors.of(other)


def test_whole_network_of_ipv6_is_one_visitor(visitors: Visitors) -> None:
    """Who has one such address has 2^64 of them, and would be as many visitors."""
    one, same, other = (visitors.of(_scope(a)) for a in ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"))

    assert one == same
    assert one != other


def test_proxy_names_the_visitor_and_the_visitor_itself_does_not(visitors: Visitors) -> None:
    """Behind a trusted proxy visitors are told apart; a header alone makes nobody another."""
    assert visitors.of(_scope("127.0.0.1", forwarded="203.0.113.5")) == visitors.of(_scope())
    assert visitors.of(_scope(forwarded="198.51.100.1")) == visitors.of(_scope())


def test_visitor_is_somebody_else_tomorrow(tmp_path: Path) -> None:
    """What somebody asks in a year cannot be put together."""
    today = [MONDAY]
    visitors = Visitors(tmp_path, TRUSTED, lambda: today[0])
    before = visitors.of(_scope())
    today[0] = TUESDAY
    after = visitors.of(_scope())
    today[0] = MONDAY

    assert len({before, after, visitors.of(_scope())}) == 3


def test_old_key_is_destroyed(tmp_path: Path) -> None:
    """With it, who has the database could try all addresses."""
    today = [MONDAY]
    visitors = Visitors(tmp_path, TRUSTED, lambda: today[0])
    old = visitors.rotate()
    today[0] = TUESDAY
    new = visitors.rotate()
    text = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert old.hex().encode() not in text
    assert new.hex().encode() in text


def test_processes_share_the_key_of_a_day(tmp_path: Path) -> None:
    """Two workers, or one that is restarted, see the same visitor."""
    one, other = (Visitors(tmp_path, TRUSTED, lambda: MONDAY) for _ in range(2))

    assert one.of(_scope()) == other.of(_scope())


def test_only_the_owner_may_read_the_key(tmp_path: Path, visitors: Visitors) -> None:
    """Who can read it can look for addresses."""
    visitors.of(_scope())

    assert stat.S_IMODE((tmp_path / "visitors.salt").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"2026-06-15 zz", b"2026-06-15 " + b"ab" * 3, b"\xff" * 100])
def test_damaged_key_is_made_anew(tmp_path: Path, visitors: Visitors, content: bytes) -> None:
    """A file that was cut off must not give every visitor a key that can be guessed."""
    (tmp_path / "visitors.salt").write_bytes(content)

    assert len(visitors.rotate()) == 32
    assert Visitors(tmp_path, TRUSTED, lambda: MONDAY).rotate() == visitors.rotate()


def test_without_a_folder_visitors_are_told_apart_all_the_same(tmp_path: Path) -> None:
    """A data folder that cannot be written costs no request."""
    for visitors in (Visitors(), Visitors(tmp_path / "missing")):
        assert visitors.of(_scope()) == visitors.of(_scope())
        assert visitors.of(_scope()) != visitors.of(_scope(browser="Chrome"))
