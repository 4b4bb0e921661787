"""A page for what went wrong, with a way on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request

from api.locale import catalogue, direction
from api.pages.contacts import ContactView, reachable_views
from api.pages.frame import Frame, frame
from api.pages.render import render
from api.pages.untranslated import Elsewhere, elsewhere
from api.services import FALLBACK_LANGUAGE, Services
from kb.article import Store


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """Given to error.html."""

    frame: Frame
    status: int
    message: str
    elsewhere: tuple[Elsewhere, ...] = ()
    """Where an article can be read that this language does not have."""
    contacts: tuple[ContactView, ...] = ()
    """Whoever looked for something here can ask for it; none while nothing is published."""


def error_page(request: Request[Any, Any, Any], status: int) -> str:
    """Return the page; it needs nothing that may be what is broken."""
    services: Services = request.app.state.services
    lang = _language(request, services)
    message = _message(status, lang)
    if services.knowledge.has_live():
        offered = _elsewhere(services, lang, request.url.path) if status == 404 else ()
        people = reachable_views(services, None, lang)
        return render("error.html", ErrorPage(frame(services, lang, message), status, message, offered, people))
    return render("error.html", ErrorPage(_bare(lang, message), status, message))


def _language(request: Request[Any, Any, Any], services: Services) -> str:
    first = request.url.path.strip("/").split("/")[0]
    if services.knowledge.has_live() and first in services.store.languages:
        return first
    return services.preferred_language(request.headers.get("accept-language", ""))


def _elsewhere(services: Services, lang: str, path: str) -> tuple[Elsewhere, ...]:
    """The address of an article that only other languages have leads to those."""
    first, _, topic = path.strip("/").partition("/")
    return elsewhere(services, lang, topic.removesuffix(".md")) if first == lang else ()


def _message(status: int, lang: str) -> str:
    _ = catalogue(lang).gettext
    if status == 404:
        return _("This page does not exist, or no longer.")
    if status == 429:
        return _("That was very much at once. Please try again in a minute.")
    if status in {401, 403}:
        return _("This page is for the store's staff.")
    if status == 503:
        return _("The help pages are not available at the moment. Please try again in a minute.")
    return _("Something went wrong.") if status >= 500 else _("This request could not be read.")


def _bare(lang: str, title: str) -> Frame:
    store = Store(name="FAQ", languages=(FALLBACK_LANGUAGE,), default_language=FALLBACK_LANGUAGE)
    return Frame(lang, direction(lang), title, "", "", store, (), (), "")
