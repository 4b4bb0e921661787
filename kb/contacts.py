"""Who can be asked: the people of a subject, and somebody who is there now. Pure."""

from __future__ import annotations

from datetime import datetime

from kb.article import Contact, Store
from kb.hours import is_open


def reachable(store: Store, category: str | None, lang: str, now: datetime) -> tuple[Contact, ...]:
    """Return the contacts of the category, and while none of them is there, those of the store that are."""
    own = store.contacts_for(category, lang)
    if any(is_open(each.hours, now) for each in own):
        return own
    others = (each for each in store.contacts_for(None, lang) if is_open(each.hours, now))
    return (*own, *(each for each in others if each not in own))
