"""Pages as people meet them: with a screen reader, in the dark, on a phone, on paper, without scripts."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.browsing import grave_barriers
from tests.service import RunningService

pytestmark = pytest.mark.slow

# One of each kind: front page, subject, article, no such page; and the search with nothing asked, an answer, a choice,
# people, and a question that is none.
KINDS = {
    "home": "/ru/",
    "category": "/hu/returns/",
    "article": "/it/delivery/delivery-cost",
    "error": "/hu/none/none",
    "search": "/it/search",
    "answer": "/hu/search?q=mikor+kapom+vissza+a+pénzem",
    "choice": "/hu/search?q=milyen+laptopot+vegyek",
    "people": "/ru/search?q=хочу+поговорить+с+оператором",
    "no question": "/en/search?q=...",
}
SHIFTS = """() => new Promise(resolve => {
    let sum = 0;
    new PerformanceObserver(list => { for (const each of list.getEntries()) sum += each.value })
        .observe({type: 'layout-shift', buffered: true});
    setTimeout(() => resolve(sum), 300);
})"""


@pytest.fixture
def phone(page: Page) -> Page:
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_barrier(browser: Browser, sample_service: RunningService, scheme: Any) -> None:
    """axe-core finds nothing serious or critical on any kind of page, for a wide screen, with its menu open."""
    page = browser.new_page(color_scheme=scheme)
    barriers = {}
    for kind, path in KINDS.items():
        page.goto(sample_service.url + path)
        page.locator("button.languages").click()
        barriers[kind] = grave_barriers(page)
    page.close()

    assert {kind: found for kind, found in barriers.items() if found} == {}


def test_axe_would_find_a_barrier(phone: Page) -> None:
    """The counterpart: a field without a name and grey on grey are told."""
    phone.set_content('<html lang="en"><title>x</title><main><input><p style="color:#999;background:#aaa">Text</p>')
    found = grave_barriers(phone)

    assert {each.split(":")[0] for each in found} >= {"label", "color-contrast"}


def test_front_page_is_light(phone: Page, sample_service: RunningService) -> None:
    """All that the front page needs, with style sheets, icons and logo, is under 60 kB before compression."""
    answers: list[Response] = []
    phone.on("response", lambda answer: answers.append(answer))
    phone.goto(f"{sample_service.url}/hu/", wait_until="networkidle")
    sizes = {answer.url: len(answer.body()) for answer in answers}

    assert len(sizes) >= 4
    assert sum(sizes.values()) < 60_000, sizes


def test_nothing_moves_while_a_page_loads(phone: Page, sample_service: RunningService) -> None:
    """
    What a reader is about to touch stays where it is: a tenth of the shift that Core Web Vitals call good.

    Where the parser stops in the middle of a button or a table, the half that is painted first is narrower.
    """
    moved = {}
    for path in KINDS.values():
        phone.goto(sample_service.url + path)
        moved[path] = phone.evaluate(SHIFTS)

    assert max(moved.values()) == pytest.approx(0, abs=0.01), moved


def test_everything_works_without_scripts(browser: Browser, sample_service: RunningService) -> None:
    """Search, answer, contents, language switch: a browser that runs no script misses nothing."""
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{sample_service.url}/hu/")
    page.get_by_role("searchbox").fill("mikor kapom vissza a pénzem")
    page.keyboard.press("Enter")
    page.locator(".answer .source a").click()
    contents = page.get_by_role("link", name="Ha letelt az idő")
    section = str(contents.get_attribute("href"))
    contents.click()
    page.wait_for_url(f"**/hu/returns/refund-time*{quote(section, safe='#')}")
    page.locator("button.languages").click()
    page.get_by_role("link", name="Русский").click()
    page.wait_for_url(f"{sample_service.url}/ru/returns/refund-time")
    expect(page.locator("h1")).to_have_text("Когда мне вернут деньги?")
    page.context.close()

    assert section.startswith("#")


def test_printed_article_is_the_article(browser: Browser, sample_service: RunningService) -> None:
    """On paper: black on white also from a dark screen, the text and the contacts, nothing to click."""
    page = browser.new_page(color_scheme="dark")
    page.emulate_media(media="print")
    page.goto(f"{sample_service.url}/ru/returns/refund-time")
    shown = [page.locator(each).first.is_visible() for each in ("h1", ".text table", ".contacts")]
    hidden = [page.locator(each).first.is_visible() for each in (".search", ".languages", ".toc", "footer", ".related")]
    colours = page.evaluate("() => { const s = getComputedStyle(document.body); return [s.color, s.backgroundColor] }")
    page.close()

    assert shown == [True] * 3
    assert hidden == [False] * 5
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_contents_of_a_long_article_are_folded_on_a_phone(phone: Page, sample_service: RunningService) -> None:
    """The answer comes first on a small screen; one touch shows what else there is."""
    phone.goto(f"{sample_service.url}/en/returns/refund-time")
    link = phone.locator(".toc.short a").first
    before = link.is_visible()
    phone.locator(".toc.short summary").click()

    assert (before, link.is_visible()) == (False, True)
    assert phone.locator(".aside .toc").is_hidden()
