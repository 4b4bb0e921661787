"""
`/{lang}/contact`: every way to a human, by kind of question; and a form, where the store takes messages.

A message is stored before the visitor is told so. Whatever keeps it from being stored, the page shows it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.concurrency import sync_to_thread
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from api.access import Access
from api.forms import TRAP, clean, form, known_query_id, one_line, read_form
from api.locale import catalogue
from api.pages.contacts import ContactView, contact_views
from api.pages.frame import Frame, frame
from api.pages.home import require_store_language
from api.pages.render import html, page
from api.rate_limits import Limit, RateLimits
from api.services import GivenServices, Services
from api.v1.contact import MAX_MESSAGE_CHARS
from kb.errors import RecordsUnavailable, TooManyRequests
from kb.query import MAX_QUESTION_CHARS
from kb.records.contacts import LETTERS, Contacted
from kb.records.records import CustomersRecords, utc_now

MAX_NAME_CHARS = 100
MAX_EMAIL_CHARS = 254
_EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@[^\s@<>()\[\]\\,;:\"]+\.[^\s@<>()\[\]\\,;:\".]+")
_REFERENCE = re.compile(rf"[{LETTERS}]{{4}}-[{LETTERS}]{{4}}")


@dataclass(frozen=True, slots=True)
class ContactGroup:
    """The people for one kind of question."""

    title: str
    """Empty for questions of every kind."""
    contacts: tuple[ContactView, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What a visitor wrote, to be shown again as it was."""

    message: str = ""
    name: str = ""
    email: str = ""
    category: str = ""
    query_id: str = ""
    article_id: str = ""
    """Of the search, and the article, that led here; empty when none did, or it is none of ours."""


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Given to contact.html."""

    frame: Frame
    groups: tuple[ContactGroup, ...]
    categories: tuple[tuple[str, str], ...]
    """(slug, title)"""
    written: Written
    problem: str = ""
    """Of the whole form."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """Name of a field to what is wrong with it."""
    reference: str = ""
    """Of the message that was sent; then there is no form."""
    max_message: int = MAX_MESSAGE_CHARS
    max_name: int = MAX_NAME_CHARS
    max_email: int = MAX_EMAIL_CHARS


@page("/{lang:str}/contact", access=Access.PUBLIC)
async def contact_page(
    lang: FromPath[str],
    services: GivenServices,
    q: FromQuery[str] = "",
    category: FromQuery[str] = "",
    article: FromQuery[str] = "",
    query_id: FromQuery[str] = "",
    sent: FromQuery[str] = "",
) -> Response[str]:
    """`q`, `category`, `article` and `query_id` carry along what the visitor did before."""
    require_store_language(services, lang)
    carried = {"message": q[:MAX_QUESTION_CHARS], "category": category, "article_id": article, "query_id": query_id}
    written = _written(services, {name: text for name, text in carried.items() if text})
    return _shown(services, lang, written, reference=sent if _REFERENCE.fullmatch(sent) else "")


@form("/{lang:str}/contact", access=Access.PUBLIC)
async def send_message(
    request: Request[Any, Any, Any], lang: FromPath[str], services: GivenServices
) -> Response[str] | Redirect:
    require_store_language(services, lang)
    customers = services.records.customers
    if not services.settings.takes_messages or customers is None:
        raise NotFoundException
    fields = await read_form(request)
    written = _written(services, fields)
    _ = catalogue(lang).gettext
    if problems := _problems(written, lang):
        return _shown(services, lang, written, status=400, problems=problems)
    if fields.get(TRAP):  # not dropped: some browsers fill in for people what only robots should
        return _shown(services, lang, written, status=400, problem=_("Please send it once more."))
    limits: RateLimits = request.app.state.limits
    try:
        limits.take(Limit.CONTACT, request.scope)
        reference = await sync_to_thread(_keep, customers, lang, written, services.visitors.of(request.scope))
    except TooManyRequests as error:
        told = _("That was very much at once. Please try again in a minute.")
        waits = {"Retry-After": str(error.retry_after_s)}
        return _shown(services, lang, written, status=429, problem=told, headers=waits)
    except RecordsUnavailable:
        told = _("Your message could not be sent just now. It still stands below: please try again in a minute.")
        return _shown(services, lang, written, status=503, problem=told)
    return Redirect(f"/{lang}/contact?{urlencode({'sent': reference})}", status_code=303)


def _keep(customers: CustomersRecords, lang: str, written: Written, visitor: str) -> str:
    entry = Contacted(
        at=utc_now(),
        lang=lang,
        category=written.category or None,
        query_id=written.query_id or None,
        article_id=written.article_id or None,
        message=written.message,
        name=written.name,
        email=written.email,
    )
    return customers.messages.keep(entry, visitor)


def _written(services: Services, fields: Mapping[str, str]) -> Written:
    """Return the texts of a form, and of what it carries along only what there is."""
    article = services.knowledge.live().public.corpus.article(fields.get("article_id", ""))
    about = fields.get("category", article.category if article else "")
    return Written(
        message=clean(fields.get("message", "")),
        name=one_line(fields.get("name", "")),
        email=one_line(fields.get("email", "")),
        category=about if services.store.category(about) else "",
        query_id=known_query_id(fields.get("query_id", "")) or "",
        article_id=article.id if article and article.is_valid_on(services.knowledge.today()) else "",
    )


def _problems(written: Written, lang: str) -> dict[str, str]:
    _ = catalogue(lang).gettext
    problems = {}
    if not any(char.isalnum() for char in written.message):
        problems["message"] = _("Please write what it is about.")
    elif len(written.message) > MAX_MESSAGE_CHARS:
        problems["message"] = _("This is too long. Please shorten it.")
    if len(written.name) > MAX_NAME_CHARS:
        problems["name"] = _("This is too long. Please shorten it.")
    if len(written.email) > MAX_EMAIL_CHARS or not _EMAIL.fullmatch(written.email):
        problems["email"] = _("Please give an e-mail address that we can reply to.")
    return problems


def _shown(
    services: Services,
    lang: str,
    written: Written,
    *,
    status: int = 200,
    problem: str = "",
    problems: Mapping[str, str] | None = None,
    reference: str = "",
    headers: dict[str, str] | None = None,
) -> Response[str]:
    title = catalogue(lang).gettext("Contact us")
    is_plain = status == 200 and not reference
    shown = ContactPage(
        frame=frame(
            services,
            lang,
            title,
            path=f"/{lang}/contact" if is_plain else "",
            translations={code: f"/{code}/contact" for code in services.store.languages},
        ),
        groups=_groups(services, lang, written.category),
        categories=tuple((category.slug, category.title_in(lang)) for category in services.store.categories),
        written=written,
        problem=problem,
        problems=problems or {},
        reference=reference,
    )
    noindex = {} if is_plain else {"X-Robots-Tag": "noindex"}
    return html("contact.html", shown, status=status, headers=noindex | (headers or {}))


def _groups(services: Services, lang: str, first: str) -> tuple[ContactGroup, ...]:
    """Return the people by kind of question: those for `first` before all, then those for everything."""
    store, at = services.store, services.knowledge.local_now()
    own = sorted((each for each in store.categories if each.contacts), key=lambda each: each.slug != first)
    groups = [ContactGroup(each.title_in(lang), contact_views(store.contacts_for(each.slug, lang), at)) for each in own]
    place = 1 if own and own[0].slug == first else 0
    groups.insert(place, ContactGroup("", contact_views(store.contacts_for(None, lang), at)))
    return tuple(group for group in groups if group.contacts)
