"""A person in a real browser: searches, opens, switches language; and meets no script that an editor smuggled in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from kb.embedding.base import Embedder
from tests.service import RunningService, Store, small_store

pytestmark = pytest.mark.slow

SCRIPT = "<script>alert(1)</script>"
LINK = "[x](javascript:alert(1))"
EVIL = [SCRIPT, LINK, '"><img src=x onerror=alert(1)>', "</script><script>alert(1)</script>", "{{7*7}}${7*7}"]


LIVE_MARKUP = """() => {
    const isData = script => script.type === 'application/ld+json';
    const isOurs = script => script.getAttribute('src')?.startsWith('/static/') && !script.textContent;
    const isJson = text => { try { JSON.parse(text); return true } catch { return false } };
    const attributes = [...document.querySelectorAll('*')].flatMap(element => [...element.attributes]);
    return [
        ...[...document.scripts]
            .filter(each => !isOurs(each) && !(isData(each) && isJson(each.textContent)))
            .map(each => each.outerHTML),
        ...attributes
            .filter(each => each.name.startsWith('on') || /^\\s*(javascript|data|vbscript):/i.test(each.value))
            .map(each => each.name + '=' + each.value),
    ];
}"""


def test_customer_searches_opens_and_switches_language(page: Page, sample_service: RunningService) -> None:
    """The journey: type, read the answer, open the article, read it in another language."""
    page.goto(f"{sample_service.url}/hu/")
    page.get_by_role("combobox").fill("mikor kapom vissza a pénzem")
    page.keyboard.press("Enter")
    answer = page.locator(".answer .text").inner_text()
    page.locator(".answer .source a").click()
    expect(page.locator("h1")).to_have_text("Mikor kapom vissza a pénzemet?")
    page.locator("button.languages").click()
    page.get_by_role("link", name="Italiano").click()
    page.wait_for_url(f"{sample_service.url}/it/returns/refund-time")

    assert "munkanap" in answer
    assert page.locator("html").get_attribute("lang") == "it"


@pytest.mark.parametrize("is_phone", [False, True], ids=["mouse", "finger"])
def test_cursor_waits_in_the_field_where_no_keyboard_covers_the_page(
    browser: Browser, sample_service: RunningService, *, is_phone: bool
) -> None:
    """With a mouse one types at once; on a phone the subjects stay in sight."""
    opened = browser.new_page(has_touch=is_phone, is_mobile=is_phone, viewport={"width": 390, "height": 844})
    opened.goto(f"{sample_service.url}/it/", wait_until="networkidle")
    focused = opened.evaluate("document.activeElement.id")
    opened.close()

    assert focused == ("" if is_phone else "q")


def test_choice_ends_with_people(page: Page, sample_service: RunningService) -> None:
    """Where no choice is meant, the question goes along to the store."""
    page.goto(f"{sample_service.url}/en/search?q=recycle+dead+batteries")
    page.get_by_role("link", name="None of these: ask us").click()

    page.wait_for_url(f"{sample_service.url}/en/contact?q=recycle+dead+batteries*")


def test_address_that_does_not_exist_leads_to_people(page: Page, sample_service: RunningService) -> None:
    """Subjects, a search field, and whom to ask."""
    page.goto(f"{sample_service.url}/hu/none/none")

    assert page.locator("main .contacts a").count() > 0
    assert page.locator("main form.search").count() == 1


def test_pages_fit_a_phone(page: Page, sample_service: RunningService) -> None:
    """Nothing sticks out to the side at 390 pixels."""
    wide = []
    for path in ("/ru/", "/ru/delivery/", "/ru/delivery/delivery-cost", "/ru/search?q=доставка", "/ru/none/none"):
        page.goto(sample_service.url + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)

    assert wide == []


def test_pages_obey_their_own_policy(page: Page, sample_service: RunningService) -> None:
    """No page asks for what the content security policy forbids, or for anything that fails."""
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("requestfailed", lambda request: told.append(request.url))
    for path in ("/en/", "/en/returns/", "/en/returns/refund-time", "/en/search?q=refund"):
        page.goto(sample_service.url + path, wait_until="networkidle")

    assert told == []


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[RunningService]:
    """A store whose editor tries to run scripts from every field."""
    store: Store = small_store(tmp_path_factory.mktemp("hostile"), embedder)
    for number, evil in enumerate(EVIL):
        store.article(
            f"en/returns/evil-{number}",
            f"Evil {evil}",
            _everywhere(evil),
            description=f"Described {evil}",
            questions=[f"Asked {evil}"],
            keywords=[f"key {evil}"],
        )
    with store.engine() as access, store.serve_published(access) as service:
        yield service


def _everywhere(evil: str) -> str:
    """Return a body with the text in every kind of block."""
    images = f"![{evil}](x.png)\n\n![alt](javascript:alert(1))"
    table = f"| {evil} | b |\n|---|---|\n| {evil} | c |"
    return f"Text {evil}\n\n{images}\n\n## Heading {evil}\n\n```{evil}\n{evil}\n```\n\n> [!NOTE]\n> {evil}\n\n{table}"


def test_nothing_hostile_runs(page: Page, hostile: RunningService) -> None:
    """Scripts in body, title, question, keyword, alt text and query stay text on every page, and JSON-LD stays JSON."""
    alarms: list[str] = []

    def hear(dialog: Dialog) -> None:
        alarms.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", hear)
    paths = ["/en/", "/en/returns/"]
    paths += [f"/en/returns/evil-{number}" for number in range(len(EVIL))]
    for path in paths:
        page.goto(hostile.url + path)
        alarms += _live_markup(page)
    for evil in EVIL:
        page.goto(f"{hostile.url}/en/search?q={quote(evil)}")
        alarms += _live_markup(page)

    assert alarms == []


def _live_markup(page: Page) -> list[str]:
    """Return what could run on a page: scripts other than data, handlers, script addresses."""
    found: list[str] = page.evaluate(LIVE_MARKUP)
    return found


@pytest.mark.parametrize("evil", EVIL)
def test_snippets_hold_no_tag_but_mark(hostile: RunningService, evil: str) -> None:
    """A program may put a snippet into a page as it is."""
    found = hostile.search(f"evil {evil}")
    snippets = "".join(hit["snippet"] for hit in found["hits"])

    assert "<" not in snippets.replace("<mark>", "").replace("</mark>", "")
    assert found["hits"]


def test_structured_data_is_what_the_page_shows(page: Page, sample_service: RunningService) -> None:
    """The answer that search engines get stands on the page."""
    page.goto(f"{sample_service.url}/en/returns/refund-time")
    data = json.loads(page.locator('script[type="application/ld+json"]').inner_text())
    question = data["@graph"][0]["mainEntity"][0]
    shown = " ".join(page.locator("article").inner_text().split())
    first = question["acceptedAnswer"]["text"].split("\n")[0]

    assert question["name"] == page.locator("h1").inner_text()
    assert " ".join(first.split()) in shown
