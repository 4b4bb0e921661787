"""Who asks: the address of a client, also behind proxies that are trusted to tell it."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from litestar.types import Scope

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


# Of the range that is reserved for documentation: no real client, no loopback, no proxy.
NOBODY = ip_address("192.0.2.0")
_WITH_PORT = re.compile(r"\[(?P<v6>[^]]+)\](:\d+)?|(?P<v4>[0-9.]+):\d+")


def client_address(scope: Scope, trusted: tuple[Network, ...]) -> Address | None:
    """
    Return the nearest address that is no trusted proxy; None for a connection without one (a Unix socket).

    What a proxy says and nobody can read makes NOBODY: all of them together are one client, and never this machine.
    `X-Forwarded-For` is read from the right, each part only if the one that wrote it is trusted: what a client puts
    in front of it is never looked at.
    """
    peer = scope["client"]
    current = _parsed(peer[0]) if peer else None
    for hop in reversed(_forwarded(scope)):
        if current is not None and not any(current in network for network in trusted):
            break
        current = _parsed(hop)
        if current is None:
            return NOBODY
    return current


def _forwarded(scope: Scope) -> list[str]:
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return ",".join(values).split(",") if values else []


def _parsed(text: str) -> Address | None:
    """Read an address, also as some proxies write it: `1.2.3.4:5678`, `[2001:db8::1]:443`."""
    found = _WITH_PORT.fullmatch(text.strip())
    alone = (found["v6"] or found["v4"]) if found else text.strip()
    try:
        address = ip_address(alone.split("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
