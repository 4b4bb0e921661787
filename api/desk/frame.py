"""What stands around every page for staff: the store's name, who is signed in, search, languages to read in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.datastructures import Cookie

from api import locale
from api.desk.cookies import is_over_https
from api.pages.render import html
from api.services import Services
from kb.records.keys import KeyInfo, Role

# What a browser remembers of a reader's choice; no secret, and worth nothing to anybody else.
LANGUAGE_COOKIE = "kb_language"
LANGUAGE_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """One language that the pages can be read in."""

    code: str
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class DeskFrame:
    """Given to agent_base.html."""

    lang: str
    direction: str
    store: str
    languages: tuple[LanguageChoice, ...]
    holder: KeyInfo | None
    """Who is signed in."""
    is_editor: bool
    query: str = ""
    searched_lang: str = ""
    """The language that is searched in; empty for all."""
    searchable: tuple[tuple[str, str], ...] = ()
    """(code, name) of the store's languages."""


def desk_frame(
    services: Services,
    request: Request[Any, Any, Any],
    *,
    query: str = "",
    searched_lang: str = "",
    path: str = "",
) -> DeskFrame:
    """
    Return the frame of a page in the language that its reader chose; it needs nothing to be published.

    `path` is where the switch of languages leads; the address of the request by default.
    """
    lang = reader_language(services, request)
    holder = request.scope.get("user")
    has_live = services.knowledge.has_live()
    store = services.store if has_live else None
    here = path or request.url.path
    return DeskFrame(
        lang=lang,
        direction=locale.direction(lang),
        store=store.name if store else "FAQ",
        languages=tuple(_choice(code, lang, here, query) for code in _readable(services)),
        holder=holder if isinstance(holder, KeyInfo) else None,
        is_editor=isinstance(holder, KeyInfo) and holder.role is Role.EDITOR,
        query=query,
        searched_lang=searched_lang,
        searchable=named(store.languages if store else (), lang),
    )


def named(codes: Iterable[str], reader: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of languages, as a reader calls them."""
    return tuple((code, locale.language_name(code, reader)) for code in codes)


def reader_language(services: Services, request: Request[Any, Any, Any]) -> str:
    """Return the language that was chosen: now, earlier in this browser, or by what the browser asks for."""
    readable = _readable(services)
    for chosen in (request.query_params.get("read", ""), request.cookies.get(LANGUAGE_COOKIE, "")):
        if chosen in readable:
            return str(chosen)
    return services.preferred_language(request.headers.get("accept-language", ""))


def desk_page(
    template: str, page: Any, request: Request[Any, Any, Any], status: int = 200, cookies: Iterable[Cookie] = ()
) -> Response[str]:
    """Return a page, kept by no cache and no search engine, that remembers the language its reader has just chosen."""
    response = html(template, page, status=status, headers={"X-Robots-Tag": "noindex"})
    for cookie in cookies:
        response.set_cookie(cookie)
    if "read" in request.query_params:
        response.set_cookie(
            LANGUAGE_COOKIE,
            page.frame.lang,
            max_age=LANGUAGE_SECONDS,
            path="/",
            secure=is_over_https(request),
            httponly=True,
            samesite="lax",
        )
    return response


def _readable(services: Services) -> tuple[str, ...]:
    """Return the store's languages, then those whose strings are shipped."""
    listed = services.store.languages if services.knowledge.has_live() else ()
    return tuple(dict.fromkeys([*listed, *locale.shipped_languages()]))


def _choice(code: str, current: str, path: str, query: str) -> LanguageChoice:
    asked = {"read": code, **({"q": query} if query else {})}
    return LanguageChoice(code, locale.language_name(code), f"{path}?{urlencode(asked)}", code == current)
