"""
What a request that changes something must be: of our own pages or of a program, and JSON; what a page's form sends is
taken by the few routes that say so.

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
DEFAULT_PORTS = {"http": 80, "https": 443}
# Given to a handler as `form=True`: it takes what a browser sends without JavaScript, and no JSON.
FORM = "form"
JSON_TYPE, FORM_TYPE = "application/json", "application/x-www-form-urlencoded"


def check_write(scope: Scope, public_url: str, wanted: str = JSON_TYPE) -> None:
    """Raises CrossSite, UnsupportedBody; everything that only reads passes."""
    if scope.get("method", "GET") in READING:
        return
    headers = Headers.from_scope(scope)
    own = {origin_of(f"{scope['scheme']}://{headers.get('host', '')}"), origin_of(public_url)} - {""}
    if not _is_own(headers, own):
        raise CrossSite("Another site may not write here.", "Send it from our own pages, or from a program.")
    if not _is_of_type(headers, wanted):
        kind = "JSON" if wanted == JSON_TYPE else "a form"
        raise UnsupportedBody(f"The body is not {kind}.", f"Send it with Content-Type: {wanted}.")


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


def _is_of_type(headers: Headers, wanted: str) -> bool:
    kinds = headers.getall("content-type", [])
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    named = [kind.partition(";")[0].strip().lower() for kind in kinds]
    return named == [wanted] if named or has_body else True
