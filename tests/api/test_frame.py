"""What a page says of itself to search engines, and the small choices of the front page."""

from __future__ import annotations

import re

import pytest

from api.locale import catalogue, number, with_territory
from api.pages.error import ErrorPage
from api.pages.frame import Alternate, Frame, alternates
from api.pages.home import category_icon, popular
from api.pages.render import render
from kb.article import CATEGORY_ICONS, Article, Audience, Category, Store
from tests.service import ROOT

SITE = "https://help.example.org"
STORE = Store("Store", ("ru", "en", "hu"), "en")


def article(slug: str) -> Article:
    return Article(f"en/{slug}", slug, "", (), (), Audience.CUSTOMER, (), "", "")


def test_versions_are_listed_in_the_stores_order_with_one_for_the_rest() -> None:
    """The store's default language stands for every language it does not have."""
    found = alternates(SITE, STORE, {"en": "/en/a", "ru": "/ru/a"})

    assert found == (
        Alternate("ru", f"{SITE}/ru/a"),
        Alternate("en", f"{SITE}/en/a"),
        Alternate("x-default", f"{SITE}/en/a"),
    )


def test_first_version_stands_for_the_rest_without_one_in_the_default_language() -> None:
    """Somebody has to."""
    assert alternates(SITE, STORE, {"hu": "/hu/a", "ru": "/ru/a"})[-1] == Alternate("x-default", f"{SITE}/ru/a")


@pytest.mark.parametrize(("site", "urls"), [("", {"en": "/en/a", "ru": "/ru/a"}), (SITE, {"en": "/en/a"})])
def test_what_would_say_nothing_is_not_said(site: str, urls: dict[str, str]) -> None:
    """Relative addresses are ignored by search engines, and one version has no others."""
    assert alternates(site, STORE, urls) == ()


def test_popular_questions_are_taken_from_each_subject_in_turn() -> None:
    """One subject with small weights must not fill the front page."""
    subjects = [
        [article(f"{name}/{place}") for place in range(count)] for name, count in (("a", 9), ("b", 1), ("c", 3))
    ]

    assert [each.topic for each in popular(subjects)] == ["a/0", "b/0", "c/0", "a/1", "c/1", "a/2", "c/2", "a/3"]


def test_category_is_drawn_as_it_says_or_is_called() -> None:
    """One that nobody has drawn gets a question mark."""
    found = [category_icon(each) for each in (Category("delivery"), Category("delivery", icon="gift"), Category("x"))]

    assert found == ["delivery", "gift", "question"]


def test_every_icon_that_is_named_is_drawn() -> None:
    """A name without a drawing would be an empty box."""
    drawn = set(re.findall(r'<symbol id="(\w+)"', (ROOT / "api/static/icons.svg").read_text(encoding="utf-8")))
    templates = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "api/templates").glob("*.html"))

    assert set(CATEGORY_ICONS) | set(re.findall(r'icon\("(\w+)"', templates)) | {"question"} <= drawn


def test_each_page_speaks_its_own_language() -> None:
    """Whichever language was shown before."""
    frames = {lang: Frame(lang, "ltr", "", "", "", STORE, (), (), "") for lang in ("hu", "ru", "en")}
    found = [render("error.html", ErrorPage(frames[lang], 404, "")) for lang in ("hu", "ru", "en", "hu", "ru")]

    assert [re.findall(r'class="skip" href="#main">([^<]+)', page) for page in found] == [
        [catalogue(lang).gettext("Skip to the content")] for lang in ("hu", "ru", "en", "hu", "ru")
    ]


def test_numbers_and_places_are_written_as_the_language_has_them() -> None:
    """Thousands are parted by a space in Hungarian; Open Graph wants a country behind the language."""
    assert [number(1234567, lang) for lang in ("en", "it")] == ["1,234,567", "1.234.567"]
    assert number(12345, "hu") == "12\N{NO-BREAK SPACE}345"
    assert [with_territory(lang) for lang in ("ru", "it", "hu", "pt-br")] == ["ru_RU", "it_IT", "hu_HU", "pt_BR"]
