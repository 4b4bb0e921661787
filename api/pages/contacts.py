"""Contacts as a page and the JSON show them: with a link to use, and whether somebody is there now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from api.services import Services
from kb.article import Contact
from kb.contacts import reachable
from kb.hours import Opening, is_open, opening
from kb.variables import blanks


@dataclass(frozen=True, slots=True)
class ContactView:
    """One way to a human."""

    channel: str
    value: str
    href: str
    """Empty for a channel we know no link for."""
    hours: dict[str, str]
    open_now: bool | None
    """None when no hours are known."""
    opening: Opening | None
    """The same, with when that changes."""


def contact_views(contacts: tuple[Contact, ...], at: datetime, question: str = "") -> tuple[ContactView, ...]:
    """
    Return contacts as they are at the store's local time `at`, in the store's order: those where somebody is there now,
    those that are always open, those that are closed. An e-mail begins with what was asked, if anything.
    """
    views = (
        ContactView(
            each.channel,
            each.value,
            _href(each, question),
            each.hours,
            is_open(each.hours, at),
            opening(each.hours, at),
        )
        for each in contacts
    )
    return tuple(sorted(views, key=_closedness))


def reachable_views(services: Services, category: str | None, lang: str) -> tuple[ContactView, ...]:
    """Return whom to ask about a subject now. Raises EditionMissing."""
    now = services.knowledge.local_now()
    return contact_views(reachable(services.store, category, lang, now), now)


def contact_link(lang: str, **carried: str) -> str:
    """Return the address of the contact page, with what leads there: q, category, article, query_id."""
    told = {name: text for name, text in carried.items() if text}
    return f"/{lang}/contact" + (f"?{urlencode(told)}" if told else "")


def _closedness(view: ContactView) -> int:
    return 1 if view.open_now is None else 0 if view.open_now else 2


def _href(contact: Contact, question: str) -> str:
    if blanks(contact.value):  # still to be filled in by the store
        return ""
    if contact.channel == "phone":
        return "tel:" + re.sub(r"[^+\d]", "", contact.value)
    if contact.channel == "email":
        return f"mailto:{contact.value}" + (f"?subject={quote(question)}" if question else "")
    return contact.value if re.match(r"https?://", contact.value) else ""
