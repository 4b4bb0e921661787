"""As you type, in a real browser: what is suggested, what moves and what does not; and the forms with JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Locator, Page, Route, expect

from kb.embedding.base import Embedder
from tests.browsing import grave_barriers
from tests.journeys.test_contact import REFUND, _rows
from tests.kb.records.samples import wait_until
from tests.receiver import SECRET, Receiver, receiving
from tests.service import RunningService, Store, small_store

pytestmark = pytest.mark.slow

# The smallest that a finger hits: WCAG 2.5.5.
FINGER_PIXELS = 44
SEARCH = "**/api/v1/search?*"
EVIL = "<img src=x onerror=alert(1)>"
# Longer than search.js waits after a key, and than after the last one.
KEY_MS, PAUSE_MS = 50, 500
QUERIES = count(1)


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser of a kind; all are closed with the test."""
    opened: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        opened.append(browser.new_context(**options))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    return open_context(viewport={"width": 1200, "height": 900}).new_page()


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture(scope="module")
def writing(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, receiver: Receiver
) -> Iterator[RunningService]:
    """A small store that takes messages."""
    store: Store = small_store(tmp_path_factory.mktemp("typing"), embedder)
    store.settings = replace(store.settings, contact_webhook_url=receiver.url, contact_webhook_secret=SECRET)
    with store.engine() as access, store.serve_published(access) as service:
        yield service


def _field(page: Page) -> Locator:
    return page.get_by_role("combobox")


def _options(page: Page) -> Locator:
    return page.get_by_role("option")


def _titles(page: Page) -> list[str]:
    return [each.split("\n")[0] for each in _options(page).all_inner_texts()]


def _stop_time(page: Page) -> None:
    """Let a page's timers run by `page.clock.run_for` only: no machine is too slow for what comes between them."""
    page.clock.install(time=0)
    page.clock.pause_at(3_600_000)


def _until_any(page: Page, routes: list[Route]) -> None:
    """Wait, while the browser goes on, until it has asked."""

    def has_any() -> bool:
        page.wait_for_timeout(5)
        return bool(routes)

    wait_until(has_any)


def _heights(found: Locator) -> list[float]:
    return [float(height) for height in found.evaluate_all("all => all.map(each => each.offsetHeight)")]


def _type(page: Page, text: str) -> None:
    """Type, and wait until what is suggested is what was found after the pause: the letters find something before."""
    with page.expect_response(lambda response: _is_whole(response.url, text)) as answered:
        _field(page).press_sequentially(text, delay=5)
    query_id = answered.value.json()["query_id"]
    expect(page.locator(f"[role=option][href*='{query_id}']").first).to_be_visible()


def _is_whole(url: str, text: str) -> bool:
    """Whether the search for all of the text is asked there."""
    query = parse_qs(urlsplit(url).query)
    return "unsent" in query and query["q"] == [text]


def test_keyboard_alone_leads_to_an_article(page: Page, writing: RunningService) -> None:
    """Slash, letters, arrows, Enter; the field keeps the focus and says which suggestion is chosen."""
    page.goto(f"{writing.url}/en/returns/")
    page.keyboard.press("/")
    expect(_field(page)).to_be_focused()
    _type(page, "refund time")
    count = _options(page).count()
    chosen = []
    for key in ("ArrowDown", "ArrowDown", "Home", "End", "ArrowDown", "ArrowUp", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
        chosen.append(_field(page).get_attribute("aria-activedescendant"))
    href = _options(page).first.get_attribute("href")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("When will I get my money back?")

    last = f"q-list-{count - 1}"
    assert chosen == ["q-list-0", "q-list-1", "q-list-0", last, "", last, "", "q-list-0"]
    assert href is not None
    assert page.locator("[name=query_id]").first.get_attribute("value") == re.findall("[0-9a-f]{32}", href)[0]
    assert page.url == writing.url + re.sub(r"\?query_id=[0-9a-f]{32}", "", href)


def test_escape_closes_and_enter_asks_for_everything(page: Page, writing: RunningService) -> None:
    """The first Escape takes the suggestions away, not what was typed; Enter without a choice sends the question."""
    page.goto(f"{writing.url}/en/")
    _type(page, "refund")
    page.keyboard.press("Escape")
    expect(page.locator(".listbox")).to_be_hidden()
    expect(_field(page)).to_have_attribute("aria-expanded", "false")
    expect(_field(page)).to_have_value("refund")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/search?q=refund")


def test_suggestion_is_a_link(page: Page, writing: RunningService) -> None:
    """A click opens it; what stands elsewhere is not covered for longer than it must be."""
    page.goto(f"{writing.url}/en/")
    _type(page, "when will i get my money")
    page.locator("h1").click(position={"x": 1, "y": 1})
    expect(page.locator(".listbox")).to_be_hidden()
    page.keyboard.press("Tab")
    _field(page).focus()
    page.keyboard.press("ArrowDown")
    _options(page).first.click()
    page.wait_for_url("**/en/returns/refund-time*")


def test_finger_hits_what_it_means(open_context: Callable[..., BrowserContext], writing: RunningService) -> None:
    """Every suggestion is as high as a finger is broad, fits a phone, and opens with a tap."""
    page = open_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).new_page()
    page.goto(f"{writing.url}/it/")
    _type(page, "quanto costa")
    heights = _heights(_options(page))
    is_too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    _options(page).first.tap()
    page.wait_for_url("**/it/delivery/delivery-cost*")

    assert min(heights) >= FINGER_PIXELS
    assert not is_too_wide


def test_number_of_suggestions_is_said_aloud(page: Page, writing: RunningService) -> None:
    """By the rules of the language; who cannot see the list hears that there is one."""
    page.goto(f"{writing.url}/it/")
    _type(page, "consegna")
    status = page.locator("form.search [role=status]")
    count = _options(page).count()

    expect(status).to_have_text("1 suggerimento" if count == 1 else f"{count} suggerimenti")
    expect(page.get_by_role("listbox")).to_have_attribute("aria-label", "Suggerimenti")
    page.route(SEARCH, _whole_and_typed(_answer("a", "b", "c"), _answer("a")))
    _stop_time(page)
    _field(page).press_sequentially("x")
    page.clock.run_for(KEY_MS)
    expect(status).to_have_text("3 suggerimenti")
    page.clock.run_for(PAUSE_MS)
    expect(status).to_have_text("1 suggerimento")


def test_key_of_an_input_method_is_left_to_it(page: Page, writing: RunningService) -> None:
    """Arrows and Enter choose among what the input method offers, while it composes."""
    page.goto(f"{writing.url}/en/")
    _type(page, "refund")
    press = "(field, key) => field.dispatchEvent(new KeyboardEvent('keydown', {key, isComposing: true}))"
    for key in ("ArrowDown", "Enter"):
        _field(page).evaluate(press, key)

    assert not _field(page).get_attribute("aria-activedescendant")
    assert page.url == f"{writing.url}/en/"


def _answer(*slugs: str, snippet: str = "", outcome: str = "answer") -> str:
    known = {"lang": "en", "category": "c", "snippet": snippet}
    hits = [{"article_id": slug, "title": slug, "url": f"/en/{slug}#there", **known} for slug in slugs]
    return json.dumps({"query_id": f"{next(QUERIES):032x}", "outcome": outcome, "answer": None, "hits": hits})


def _whole_and_typed(typed: str, whole: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(
        body=whole if "unsent" in route.request.url else typed, content_type="application/json"
    )


def test_late_answer_is_dropped(page: Page, writing: RunningService) -> None:
    """What was asked before the last key has nothing to say any more, whenever it comes."""
    held: list[Route] = []

    def first_is_late(route: Route) -> None:
        if "q=re&" in route.request.url:
            held.append(route)
        else:
            route.fulfill(body=_answer("new"), content_type="application/json")

    page.route(SEARCH, first_is_late)
    page.goto(f"{writing.url}/en/")
    _field(page).press_sequentially("re")
    _until_any(page, held)
    _field(page).press_sequentially("fund")
    expect(_options(page)).to_have_count(1)
    for route in held:
        with suppress(Error):  # the browser gave it up already
            route.fulfill(body=_answer("old", "older"), content_type="application/json")
    page.wait_for_timeout(100)

    assert _titles(page) == ["new"]


@pytest.mark.parametrize("holds", ["pointer", "keyboard"])
def test_nothing_moves_under_what_is_about_to_choose(page: Page, writing: RunningService, holds: str) -> None:
    """While the pointer is over the list, or a key has chosen from it, what comes later comes below."""
    waiting: list[Route] = []
    page.route(SEARCH, _whole_and_typed(_answer("a", "b"), ""))
    page.route("**/api/v1/search?*unsent=true*", lambda route: waiting.append(route))
    page.goto(f"{writing.url}/en/")
    _stop_time(page)
    _field(page).press_sequentially("refund")
    page.clock.run_for(KEY_MS)
    expect(_options(page)).to_have_count(2)
    if holds == "pointer":
        _options(page).nth(1).hover()
    else:
        page.keyboard.press("ArrowDown")
    page.clock.run_for(PAUSE_MS)
    _until_any(page, waiting)
    waiting[0].fulfill(body=_answer("c", "b", "a"), content_type="application/json")
    expect(_options(page)).to_have_count(3)

    assert _titles(page) == ["a", "b", "c"]
    if holds == "keyboard":
        assert _field(page).get_attribute("aria-activedescendant") == "q-list-0"
    page.unroute("**/api/v1/search?*unsent=true*")
    page.route(SEARCH, _whole_and_typed(_answer("c", "a"), _answer("c", "a")))
    _field(page).press_sequentially("s")
    page.clock.run_for(KEY_MS)
    expect(_options(page)).to_have_count(2)

    assert _titles(page) == ["c", "a"]


def test_whole_search_sets_the_order_when_nobody_is_choosing(page: Page, writing: RunningService) -> None:
    """After a pause the best comes first; no answer at all leaves what the letters found."""
    page.route(SEARCH, _whole_and_typed(_answer("a", "b"), _answer("b", "c")))
    page.goto(f"{writing.url}/en/")
    _type(page, "refund")
    expect(_options(page).first).to_contain_text("b")
    page.route(SEARCH, _whole_and_typed(_answer("a", "b"), _answer("x", outcome="handoff")))
    _stop_time(page)
    _field(page).press_sequentially("s")
    page.clock.run_for(KEY_MS)
    expect(_options(page)).to_have_text(["a", "b"])
    with page.expect_response(lambda response: _is_whole(response.url, "refunds")):
        page.clock.run_for(PAUSE_MS)
    page.wait_for_timeout(50)

    assert _titles(page) == ["a", "b"]


def test_answers_become_text(page: Page, writing: RunningService) -> None:
    """Whatever the service might send: of a snippet only text and marks reach the page."""
    snippet = f"one <mark>two</mark> &lt;b&gt; {EVIL}<script>alert(1)</script>"
    page.route(SEARCH, _whole_and_typed(_answer(EVIL, snippet=snippet), _answer(EVIL, snippet=snippet)))
    dialogs: list[Dialog] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog))
    page.goto(f"{writing.url}/en/")
    _type(page, EVIL)
    page.wait_for_timeout(50)

    assert dialogs == []
    assert page.locator(".listbox img, .listbox script, .listbox b").count() == 0
    assert page.locator(".listbox mark").all_inner_texts() == ["two"]
    assert _titles(page) == [EVIL]


@pytest.mark.parametrize("fault", ["offline", "refused"])
def test_search_works_where_suggestions_do_not(page: Page, writing: RunningService, fault: str) -> None:
    """No message, no broken field: the form leads to the results as ever."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(SEARCH, lambda route: route.abort() if fault == "offline" else route.fulfill(status=429, body="{}"))
    page.goto(f"{writing.url}/en/")
    over = "requestfailed" if fault == "offline" else "requestfinished"
    with page.expect_event(over, lambda request: _is_whole(request.url, "refund")):
        _field(page).press_sequentially("refund")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/search?q=refund")

    assert errors == []


def test_message_that_an_article_answers_is_not_needed(page: Page, writing: RunningService) -> None:
    """Suggested while it is written, with the sentences that answer; the visitor's yes is counted."""
    page.goto(f"{writing.url}/en/contact?query_id={'2' * 32}")
    with page.expect_response("**/contact/suggestions"):
        page.locator("#message").press_sequentially("Hello, when will I get my money back?", delay=1)
    expect(page.get_by_role("link", name="When will I get my money back?")).to_be_visible()
    with page.expect_response("**/contact/deflections"):
        page.get_by_role("button", name="Yes, that answers it").click()
    expect(page.locator("[data-answered]")).to_be_focused()

    assert _rows(writing, f"select article_id from deflections where query_id = '{'2' * 32}'") == [(REFUND,)]  # noqa: S608


def test_question_without_answer_reaches_somebody(page: Page, writing: RunningService, receiver: Receiver) -> None:
    """Search, handoff, form with the question in it, reference; and the message is there."""
    page.goto(f"{writing.url}/en/")
    _field(page).fill("can my parrot be repaired")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Write to us").click()
    expect(page.locator("#message")).to_have_value("can my parrot be repaired")
    page.locator("#email").fill("anna@example.org")
    page.get_by_role("button", name="Send the message").click()
    reference = page.locator(".reference").inner_text()
    wait_until(lambda: reference in [message["reference"] for message in receiver.messages()])


@pytest.mark.parametrize("has_script", [True, False])
def test_reader_says_why_an_article_did_not_help(
    open_context: Callable[..., BrowserContext], writing: RunningService, has_script: bool
) -> None:
    """With JavaScript on the page itself, without it on one of its own; the way to a human is there both times."""
    page = open_context(
        java_script_enabled=has_script, user_agent=f"browser {has_script}", viewport={"width": 390, "height": 844}
    ).new_page()
    page.goto(f"{writing.url}/{REFUND}")
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_text("Something is missing").click()
    page.get_by_label("What should it say?").fill(f"By cheque? {has_script}")
    expect(page.get_by_role("link", name="Write to us").first).to_be_visible()
    heights = _heights(page.locator(".choice label, .card button:visible"))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Thank you. That helps us to make it better.")).to_be_visible()

    assert (page.url == f"{writing.url}/{REFUND}") is has_script
    assert min(heights) >= FINGER_PIXELS
    assert _rows(writing, f"select helpful, reason from feedback where comment = 'By cheque? {has_script}'") == [  # noqa: S608
        (0, "incomplete")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_appears_has_no_serious_barrier(
    open_context: Callable[..., BrowserContext], writing: RunningService, scheme: str
) -> None:
    """Suggestions, reasons, the form with articles, with faults and sent: axe-core finds nothing grave."""
    page = open_context(color_scheme=scheme, viewport={"width": 390, "height": 844}).new_page()
    barriers = {}
    page.goto(f"{writing.url}/en/")
    _type(page, "refund time")
    page.keyboard.press("ArrowDown")
    barriers["suggestions"] = grave_barriers(page)
    page.goto(f"{writing.url}/{REFUND}")
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_label("What should it say?")).to_be_visible()
    barriers["reasons"] = grave_barriers(page)
    page.goto(f"{writing.url}/en/contact")
    with page.expect_response("**/contact/suggestions"):
        page.locator("#message").press_sequentially("When will I get my money back?", delay=1)
    expect(page.get_by_role("link", name="When will I get my money back?")).to_be_visible()
    barriers["articles"] = grave_barriers(page)
    page.get_by_role("button", name="Send the message").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.wait_for_load_state()
    barriers["faults"] = grave_barriers(page)
    page.goto(f"{writing.url}/en/contact?sent=K7QF-2M9X")
    barriers["sent"] = grave_barriers(page)
    page.goto(f"{writing.url}/en/feedback?article={REFUND}&helpful=no")
    barriers["feedback"] = grave_barriers(page)

    assert {kind: found for kind, found in barriers.items() if found} == {}
