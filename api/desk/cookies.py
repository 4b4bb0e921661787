"""The cookie of a session: sent by browsers to this host only, shown to no script, sent along by no other site."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from api.access import COOKIE, SECURE_COOKIE


def session_cookie(request: Request[Any, Any, Any], token: str, hours: int) -> Cookie:
    """Return the cookie that signs a browser in."""
    secure = is_over_https(request)
    return _cookie(SECURE_COOKIE if secure else COOKIE, token, hours * 3600, secure=secure)


def ended_cookies() -> list[Cookie]:
    """Return what makes a browser forget its session, under either name."""
    return [_cookie(SECURE_COOKIE, "", 0, secure=True), _cookie(COOKIE, "", 0, secure=False)]


def is_over_https(request: Request[Any, Any, Any]) -> bool:
    """
    Whether the reader came by https, behind a proxy too.

    Who lies in these headers only changes the cookie that is set for himself.
    """
    told = (request.headers.get("x-forwarded-proto", ""), request.headers.get("origin", "").partition(":")[0])
    return request.scope["scheme"] == "https" or "https" in told


def _cookie(name: str, value: str, max_age: int, *, secure: bool) -> Cookie:
    return Cookie(key=name, value=value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="strict")
