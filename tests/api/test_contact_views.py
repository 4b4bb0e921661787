"""Contacts as they are at one moment: who is there now stands first."""

from __future__ import annotations

from datetime import datetime

import pytest

from api.pages.contacts import contact_link, contact_views
from kb.article import Contact

PHONE = Contact("phone", "+36 1 555 0101", {"mon-fri": "9:00-18:00"})
EMAIL = Contact("email", "help@example.org", {})
CHAT = Contact("chat", "https://example.org/chat", {"mon-sun": "8:00-22:00"})
MONDAY = datetime(2026, 6, 15, 12)


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        pytest.param(12, ["phone", "chat", "email"], id="both are there: the store's order"),
        pytest.param(20, ["chat", "email", "phone"], id="in the evening the chat is"),
        pytest.param(23, ["email", "phone", "chat"], id="at night a letter can be written"),
    ],
)
def test_who_is_there_now_stands_first(hour: int, expected: list[str]) -> None:
    """A reader who needs people tries the first contact; it should answer."""
    views = contact_views((PHONE, EMAIL, CHAT), MONDAY.replace(hour=hour))

    assert [view.channel for view in views] == expected


def test_letter_begins_with_what_was_asked() -> None:
    """The subject is filled in; a phone number and an address of a chat stay as they are."""
    phone, chat, email = contact_views((PHONE, EMAIL, CHAT), MONDAY, "Where's my order & bill?")

    assert email.href == "mailto:help@example.org?subject=Where%27s%20my%20order%20%26%20bill%3F"
    assert (phone.href, chat.href) == ("tel:+3615550101", "https://example.org/chat")


def test_way_to_the_form_carries_what_is_known() -> None:
    """What is empty is left out."""
    assert contact_link("hu", q="hol a csomag?", category="") == "/hu/contact?q=hol+a+csomag%3F"
    assert contact_link("hu") == "/hu/contact"
