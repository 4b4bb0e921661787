"""An article that a language does not have: no dead end, from the switch, from a guessed address, from an old one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from kb.embedding.base import Embedder
from tests.browsing import grave_barriers, started
from tests.service import RunningService, small_store

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[RunningService]:
    """In English two subjects; in Italian one article on delivery, and none on returns."""
    store = small_store(tmp_path_factory.mktemp("untranslated"), embedder)
    store.article("en/delivery/abroad", "Do you deliver abroad?", "Yes.", aliases=["/en/delivery/foreign"])
    with store.engine() as access, store.serve_published(access) as running:
        yield running


def _switch(service: RunningService, path: str, lang: str) -> str:
    """Return where the language switch of a page leads."""
    found = re.findall(rf'<a href="([^"]+)" hreflang="{lang}"', service.get(path).text)
    return str(found[0])


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/en/delivery/delivery-cost", "/it/delivery/delivery-cost"),
        ("/en/delivery/abroad", "/it/delivery/?missing=delivery/abroad"),
        ("/en/returns/refund-time", "/it/?missing=returns/refund-time"),
        ("/en/returns/", "/it/"),
        ("/en/search?q=a+b", "/it/search?q=a+b"),
    ],
    ids=["translated", "subject", "front page", "subject without articles", "search"],
)
def test_switch_leads_to_the_nearest_there_is(service: RunningService, path: str, leads: str) -> None:
    """To the translation, else to its subject, else to the front page; never to an error."""
    found = _switch(service, path, "it")

    assert found == leads
    assert service.get(found).status == 200


def test_reader_is_told_and_led_back(service: RunningService, browser_path: str) -> None:
    """The page says that the article is missing here, and links to it in the language that has it."""
    with started(browser_path) as browser:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"{service.url}/en/delivery/abroad")
        page.locator("button.languages").click()
        page.get_by_role("link", name="Italiano").click()
        page.wait_for_url(f"{service.url}/it/delivery/?missing=delivery/abroad")
        told = page.locator("section[role=status]").inner_text()
        barriers = grave_barriers(page)
        page.get_by_role("link", name="Do you deliver abroad?").click()
        page.wait_for_url(f"{service.url}/en/delivery/abroad")

    assert "non è ancora disponibile" in told
    assert "in inglese" in told
    assert barriers == []


@pytest.mark.parametrize("path", ["/it/delivery/abroad", "/it/delivery/abroad.md", "/it/returns/refund-time"])
def test_address_without_a_translation_offers_the_article(service: RunningService, path: str) -> None:
    """404, because it is not there; with the article as it is, search, and the subjects of this language."""
    missing = service.get(path)
    topic = path.removeprefix("/it").removesuffix(".md")

    assert missing.status == 404
    assert f'href="/en{topic}"' in missing.text
    assert 'action="/it/search"' in missing.text


def test_only_what_is_missing_is_said_to_be(service: RunningService) -> None:
    """A made-up or translated article changes nothing on the page."""
    plain = service.get("/it/delivery/").text
    others = [
        service.get("/it/delivery/", missing=text).text for text in ("delivery/delivery-cost", "a/b", "<x>", "../x")
    ]

    assert set(others) == {plain}


@pytest.mark.parametrize("ending", ["", ".md"])
def test_old_address_leads_to_the_new_one_in_one_step(service: RunningService, ending: str) -> None:
    """For good, so that bookmarks and search engines learn it."""
    moved = service.get(f"/en/delivery/foreign{ending}")

    assert (moved.status, moved.headers["location"]) == (308, f"/en/delivery/abroad{ending}")
    assert service.get(moved.headers["location"]).status == 200


def test_store_without_an_address_has_no_sitemap(service: RunningService) -> None:
    """A sitemap and a search description must hold whole addresses; pages then name themselves by their path."""
    page = service.get("/en/returns/refund-time").text

    assert [service.get(path).status for path in ("/sitemap.xml", "/en/opensearch.xml")] == [404, 404]
    assert "Sitemap" not in service.get("/robots.txt").text
    assert '<link rel="canonical" href="/en/returns/refund-time">' in page
    assert "opensearch" not in page
    assert "(/en/returns/refund-time.md)" in service.get("/llms.txt").text
