"""Whom a request comes from: what a client claims of itself counts for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from api.clients import NOBODY, client_address
from kb.settings import Settings

TRUSTED = Settings(trusted_proxies="127.0.0.0/8,::1,10.0.0.0/8").trusted_networks


def _scope(peer: str | None, *forwarded: str) -> Any:
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    return {"client": (peer, 1234) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.5", [], "203.0.113.5"),
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["192.0.2.9, 198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["192.0.2.9", "198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1, 10.1.2.3"], "198.51.100.1"),
        ("::ffff:127.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("127.0.0.1", ["not an address"], str(NOBODY)),
        ("127.0.0.1", ["198.51.100.1, garbage"], str(NOBODY)),
        ("127.0.0.1", [""], str(NOBODY)),
        ("127.0.0.1", ["198.51.100.1:5678"], "198.51.100.1"),
        ("127.0.0.1", ["[2001:db8::1]:443"], "2001:db8::1"),
        ("127.0.0.1", ["[2001:db8::1]"], "2001:db8::1"),
        ("127.0.0.1", [], "127.0.0.1"),
        (None, ["198.51.100.1"], "198.51.100.1"),
    ],
)
def test_client_is_the_nearest_address_nobody_trusts(peer: str | None, forwarded: list[str], expected: str) -> None:
    """Only a trusted proxy may say whom it speaks for, and only for the hop before it."""
    assert str(client_address(_scope(peer, *forwarded), TRUSTED)) == expected


def test_socket_without_address_has_no_client() -> None:
    """A Unix socket has no peer address, and needs none."""
    assert client_address(_scope(None), TRUSTED) is None
