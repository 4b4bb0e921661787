"""
What a request that changes something must be: of our own pages or of a program, and JSON, or a form where a page
sends one.

A page of another site can make a browser send requests here; the browser says so in `Sec-Fetch-Site`, and old ones at
least in `Origin`. Programs send neither, and need a key wherever it matters.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from litestar.datastructures import Headers
from litestar.types import Scope

from kb.errors import CrossSite, UnsupportedBody

READING = frozenset({"GET", "HEAD", "OPTIONS"})
# "none": typed by the reader, who is no other site.
OWN_SITES = frozenset({"same-origin", "none"})
OPTION = "takes_form"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
DEFAULT_PORTS = {"http": 80, "https": 443}


def check_write(scope: Scope, public_url: str, *, takes_form: bool = False) -> None:
    """Raises CrossSite, UnsupportedBody; everything that only reads passes."""
    if scope.get("method", "GET") in READING:
        return
    headers = Headers.from_scope(scope)
    own = {origin_of(f"{scope['scheme']}://{headers.get('host', '')}"), origin_of(public_url)} - {""}
    if not _is_own(headers, own):
        raise CrossSite("Another site may not write here.", "Send it from our own pages, or from a program.")
    wanted, name = (FORM, "a form") if takes_form else (JSON, "JSON")
    if not _is(wanted, headers):
        raise UnsupportedBody(f"The body is not {name}.", f"Send it with Content-Type: {wanted}.")


def origin_of(url: str) -> str:
    """Return `scheme://host[:port]` as browsers write it; empty for what is no web address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}")


def _is_own(headers: Headers, own: Collection[str]) -> bool:
    """All of what is said must be right: a header that is sent twice is read by each side as it likes."""
    sites, origins = headers.getall("sec-fetch-site", []), headers.getall("origin", [])
    return all(site in OWN_SITES for site in sites) if sites else all(origin in own for origin in origins)


def _is(wanted: str, headers: Headers) -> bool:
    kinds = headers.getall("content-type", [])
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    named = [kind.partition(";")[0].strip().lower() for kind in kinds]
    return named == [wanted] if named or has_body else True
