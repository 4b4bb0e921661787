"""An agent at work: signs in, pastes, fills, copies, tells what became of it; what is hostile stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, expect
from sqlalchemy import select

from kb.embedding.base import Embedder
from kb.records.database import open_database
from kb.records.tables import suggestions
from tests.journeys.test_browser import EVIL, LIVE_MARKUP
from tests.kb.records.samples import wait_until
from tests.service import Answered, RunningService, small_store

pytestmark = pytest.mark.slow

REPLY = "Dear {{ customer.name }}, a refund takes 3 to 10 days. Yours, {{ agent.name | the team }}"
SORRY = "Dear {{ customer.name }}, we are sorry: a refund takes 3 to 10 days."
PHRASES = "openings:\n  neutral: [Good day!]\n  thanks: [Our pleasure!]\nclosings:\n  neutral: [Kind regards]\n"
OTHER = "Where is my parcel, and when will I get my money back?"
MESSAGE = "Hello,\n\nwhen will I get my money back?\n\nThank you!"
NAME = "[data-variable='customer.name']"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[RunningService]:
    """A small store with a reply, a note, and an editor who tries to run scripts."""
    store = small_store(tmp_path_factory.mktemp("console"), embedder)
    replies = f":::reply\n{REPLY}\n:::\n\n:::reply {{tone=apology}}\n{SORRY}\n:::"
    notes = f":::agent\nLook into the ledger. {EVIL[2]}\n:::\n\n{replies}"
    store.write("phrases/en.yaml", PHRASES)
    store.article(
        "en/returns/refund-time", "When will I get my money back?", f"A refund takes 3 to 10 days.\n\n{notes}"
    )
    store.article("en/returns/ledger", f"Where is the ledger? {EVIL[0]}", "In the safe.", audience="agent")
    for number, evil in enumerate(EVIL):
        store.article(
            f"en/delivery/evil-{number}", f"Evil {evil}", f"Evil {evil} is answered.\n\n:::reply\n{evil}\n:::"
        )
    with store.engine() as access, store.serve_published(access) as running:
        yield running


@pytest.fixture
def context(browser: Browser, service: RunningService) -> Iterator[BrowserContext]:
    opened = browser.new_context(
        viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"], locale="en"
    )
    opened.set_default_timeout(20_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def secret_of(service: RunningService, role: str = "agent") -> str:
    return service.services.keys.create(role, "Eva")[1]


def sign_in(page: Page, service: RunningService) -> str:
    """Sign in by keyboard; return the key."""
    secret = secret_of(service)
    page.goto(f"{service.url}/agent")
    expect(page.locator("#key")).to_be_focused()
    page.keyboard.type(secret)
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_be_focused()  # the last that the script does at its start: now keys are heard
    return secret


def outcomes(service: RunningService) -> list[tuple[str | None, float | None, str | None]]:
    """Return what agents decided, the last first."""
    database = open_database(service.services.settings.records_url)
    with database.connect() as connection:
        wanted = select(suggestions.c.outcome, suggestions.c.difference, suggestions.c.final_text)
        decided = wanted.where(suggestions.c.outcome.is_not(None)).order_by(suggestions.c.decided_at.desc())
        found = [tuple(row) for row in connection.execute(decided)]
    database.dispose()
    return found


def paste(page: Page, message: str = MESSAGE) -> None:
    page.keyboard.insert_text(message)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".suggestion")


def find(page: Page) -> None:
    """Ask what stands in the message's field."""
    with page.expect_response("**/agent"):
        page.locator("#message").press("Control+Enter")
    expect(page.locator("#ask[aria-busy]")).to_have_count(0)


def test_reply_is_accepted_by_keyboard_alone(page: Page, service: RunningService) -> None:
    """Sign in, paste, fill in the name, copy, say that it was sent: no mouse, and nothing sent with a gap in it."""
    sign_in(page, service)
    paste(page)
    expect(page.locator(NAME)).to_be_focused()
    assert "Dear {{ customer.name }}" in page.locator("#reply").input_value()
    assert page.locator("#reply-state").inner_text().startswith("Not ready to be sent.")
    assert page.locator("#sent").is_hidden()

    page.keyboard.type("Anna")
    page.keyboard.press("Escape")
    assert page.locator("#reply-state").inner_text() == "Ready to be sent."
    page.keyboard.press("c")
    expect(page.locator("#live")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("a")
    expect(page.locator("#live")).to_have_text("Recorded.")
    wait_until(lambda: bool(outcomes(service)))

    assert "Dear Anna, a refund takes 3 to 10 days. Yours, the team" in copied
    assert "ledger" not in copied
    assert outcomes(service)[0] == ("accepted", 0.0, None)


def test_texts_are_filled_stacked_and_followed(page: Page, service: RunningService) -> None:
    """The cases of desk_text.js, in the browser that runs it."""
    sign_in(page, service)

    assert page.evaluate((Path(__file__).parent / "desk_text.js").read_text(encoding="utf-8")) == []


def test_changed_reply_is_recorded_with_the_change(page: Page, service: RunningService) -> None:
    """The name that was filled in is no change; what the agent wrote is, and is stored masked."""
    sign_in(page, service)
    paste(page)
    page.keyboard.type("Anna")
    page.locator("#reply").focus()
    text = page.locator("#reply").input_value()
    at = text.index("3 to 10 days") + len("3 to 10 days")
    page.evaluate("at => document.getElementById('reply').setSelectionRange(at, at)", at)
    page.keyboard.insert_text(", write to eva@example.org")
    assert page.locator("#sent").inner_text().startswith("Sent with changes")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Escape")
    before = len(outcomes(service))
    page.keyboard.press("a")
    wait_until(lambda: len(outcomes(service)) > before)
    outcome, difference, final = outcomes(service)[0]

    assert outcome == "edited"
    assert difference == pytest.approx(4 / 15)
    assert final == "Dear Anna, a refund takes 3 to 10 days, write to [email]. Yours, the team"


def test_copy_with_a_gap_is_warned_of(page: Page, service: RunningService) -> None:
    """It can be copied, to be finished elsewhere; it cannot be told as accepted."""
    sign_in(page, service)
    paste(page)
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page.locator("#live")).to_contain_text("Copied, but not ready")
    page.keyboard.press("a")

    assert "customer.name" in page.locator("#live").inner_text()
    assert page.locator("#backdrop mark").all_inner_texts() == ["{{ customer.name }}"]


def test_nothing_is_lost_on_reload_and_nothing_left_after_signing_out(page: Page, service: RunningService) -> None:
    """Message, values, found texts and the reply as it was edited; gone when the agent goes."""
    sign_in(page, service)
    paste(page)
    page.keyboard.type("Anna")
    page.locator("#reply").focus()
    page.keyboard.press("End")
    page.keyboard.insert_text("MINE ")
    before = page.locator("#reply").input_value()
    page.reload()

    assert "MINE " in before
    assert page.locator("#reply").input_value() == before
    assert page.locator("#message").input_value() == MESSAGE
    assert page.locator(NAME).input_value() == "Anna"
    assert page.locator(".suggestion").count() > 0
    page.locator("summary", has_text="Eva").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_selector("#key")
    assert page.evaluate("sessionStorage.length") == 0


def test_suggestions_are_stacked_rejected_and_searched_for(page: Page, service: RunningService) -> None:
    """By their numbers; letters work on a keyboard with Cyrillic on it; search finds what is internal."""
    sign_in(page, service)
    paste(page)
    page.keyboard.press("Escape")
    once = page.locator("#reply").input_value()
    page.keyboard.press("1")
    twice = page.locator("#reply").input_value()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.wait_for_selector(".suggestion.rejected")
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'к', code: 'KeyR', bubbles: true}))")
    focused = page.evaluate("document.activeElement.id")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.insert_text("where is the ledger")
    page.wait_for_selector("#found-panel .desk-chip.desk-internal")

    assert twice.count("a refund takes 3 to 10 days") == once.count("a refund takes 3 to 10 days") + 1
    assert focused == "reply"
    assert "Where is the ledger?" in page.locator("#found-panel").inner_text()


def test_reply_that_was_not_sent_is_not_thrown_away_by_one_key(page: Page, service: RunningService) -> None:
    """A letter pressed by mistake says so first; pressed again, it is meant."""
    sign_in(page, service)
    paste(page)
    page.locator("#reply").fill("My own words.")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#live")).to_contain_text("Not sent yet")
    kept = page.locator("#reply").input_value()
    page.keyboard.press("n")

    expect(page.locator("#reply")).to_have_value("")
    assert kept == "My own words."


def test_customer_before_is_not_in_the_next_reply(page: Page, service: RunningService) -> None:
    """A name typed for one message must not greet the next customer."""
    sign_in(page, service)
    paste(page)
    page.keyboard.type("Anna")
    page.locator("#message").fill("Where is my parcel, and when will I get my money back?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ask[aria-busy]")).to_have_count(0)
    expect(page.locator(NAME)).to_be_focused()

    assert page.locator(NAME).input_value() == ""
    assert "Anna" not in page.locator("#reply").input_value()


def test_reply_of_the_message_before_is_kept_apart(page: Page, service: RunningService) -> None:
    """A new message begins clean; the agent's own words wait, over a reload too, and come back with their message."""
    sign_in(page, service)
    paste(page)
    page.keyboard.type("Anna")
    page.locator("#reply").press("End")
    page.keyboard.insert_text(" MINE")
    before = page.locator("#reply").input_value()
    page.locator("#message").fill(OTHER)
    page.locator(NAME).fill("Bob")
    typed_over = page.locator("#reply").input_value()
    state = page.locator("#reply-state").inner_text()
    find(page)
    found = page.locator("#reply").input_value()
    page.reload()
    kept = page.locator("#kept").inner_text()
    page.locator("#bring-back").click()

    assert (typed_over, state) == (before, "This is the reply to the message before.")
    assert "MINE" not in found
    assert "Anna" not in found
    assert "Dear Bob" in found
    assert "when will I get my money back?" in kept
    assert page.locator("#reply").input_value() == before
    assert page.locator("#message").input_value() == MESSAGE
    assert page.locator(NAME).input_value() == "Anna"
    expect(page.locator("#kept")).to_be_hidden()


def test_same_message_asked_again_keeps_the_edits(page: Page, service: RunningService) -> None:
    """In another tone its texts are others; what was written stays, and an untouched draft follows the tone."""
    sign_in(page, service)
    paste(page)
    page.locator("#tone").select_option("apology")
    find(page)
    expect(page.locator("#reply")).to_have_value(re.compile("we are sorry"))
    page.locator("#reply").press("End")
    page.keyboard.insert_text(" MINE")
    page.locator("#tone").select_option("neutral")
    find(page)

    assert "we are sorry" not in page.locator(".suggestion .said").first.inner_text()
    assert "we are sorry" in page.locator("#reply").input_value()
    assert "MINE" in page.locator("#reply").input_value()
    expect(page.locator("#kept")).to_be_hidden()
    page.locator("#message").fill(OTHER)
    expect(page.locator("#tone")).to_have_value("")


def test_ready_is_said_of_what_stands_in_the_reply(page: Page, service: RunningService) -> None:
    """A question that nothing answers keeps it from being ready; so does a text that was taken out again."""
    sign_in(page, service)
    paste(page, "When will I get my money back? And do you sell zeppelins on the moon?")
    page.locator(NAME).fill("Anna")
    half = page.locator("#reply-state").inner_text()
    page.locator("#message").fill(MESSAGE)
    find(page)
    page.locator(NAME).fill("Anna")
    whole = page.locator("#reply-state").inner_text()
    page.locator("#reply").fill("Dear Anna, yours.")
    emptied = page.locator("#reply-state").inner_text()
    page.locator("#reply").fill("")
    page.locator(".suggestion [data-do=insert]").first.click()
    by_hand = page.locator("#reply-state").inner_text()
    page.evaluate("document.querySelector('.suggestion').dataset.toCheck = ''")
    page.locator("#use-draft").click()

    assert half.startswith("Not answered yet: “")
    assert "zeppelins" in half
    assert whole == "Ready to be sent."
    assert emptied.startswith("Not answered yet: “when will I get my money back?”")
    assert by_hand == "Ready to be sent."
    assert page.locator("#reply-state").inner_text() == "Check first: “When will I get my money back?”"


def test_text_chosen_by_hand_comes_with_greeting_and_farewell(page: Page, service: RunningService) -> None:
    """Where nothing is sure enough for a draft, the phrases of the store stand around what the agent takes."""
    sign_in(page, service)
    paste(page, "Do you sell zeppelins on the moon?")
    assert page.locator("#reply").input_value() == ""
    page.locator(".suggestion [data-do=insert]").first.click()
    text = page.locator("#reply").input_value()

    assert text.startswith("Good day")
    assert text.endswith("Kind regards")


def test_reply_is_recorded_once_and_thanks_are_marked(page: Page, service: RunningService) -> None:
    """A pressed twice tells once; a reply that only thanks holds nothing to record, and can be done with."""
    sign_in(page, service)
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url) if request.url.endswith("/outcome") else None)
    paste(page)
    page.keyboard.type("Anna")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("a")
    page.keyboard.press("a")
    expect(page.locator("#live")).to_have_text("Recorded.")
    page.keyboard.press("a")
    recorded = len(told)
    page.locator("#message").fill("Thank you very much, all is well!")
    find(page)
    state = page.locator("#reply-state").inner_text()
    page.locator("#sent").click()
    expect(page.locator("#live")).to_contain_text("Marked as sent.")

    assert (recorded, len(told)) == (1, 1)
    assert state == "Ready to be sent."


def test_revoked_key_ends_the_work_and_loses_nothing(page: Page, service: RunningService) -> None:
    """While signed in: the next request is refused, the page says so, and what was written stays."""
    secret = sign_in(page, service)
    page.locator("#message").fill(MESSAGE)
    service.services.keys.revoke(service.services.keys.holder(secret).id)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#live")).to_contain_text("You are signed out")

    assert page.locator("#message").input_value() == MESSAGE


def test_nothing_hostile_runs_at_the_desk(page: Page, service: RunningService) -> None:
    """Scripts in message, variable, titles, notes, replies and search stay text, before and after a reload."""
    alarms: list[str] = []

    def hear(dialog: Dialog) -> None:
        alarms.append(dialog.message)
        dialog.dismiss()

    def note(told: ConsoleMessage) -> None:
        if "Security Policy" in told.text:
            alarms.append(told.text)

    page.on("dialog", hear)
    page.on("console", note)
    sign_in(page, service)
    page.locator("#message").fill("\n".join([f"What is evil {evil}?" for evil in EVIL]))
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".suggestion")
    page.locator(NAME).fill(EVIL[2])
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    alarms += live_markup(page)
    page.reload()
    alarms += live_markup(page)
    page.keyboard.press("h")
    html = page.evaluate(
        "DeskText.asHtml(document.getElementById('reply').value + '\\n\\nhttps://x.example/\"><script>alert(1)</script>')"
    )
    for path in ("/agent/search?q=evil", "/agent/articles/en/delivery/evil-0", "/agent/articles/en/returns/ledger"):
        page.goto(service.url + path)
        alarms += live_markup(page)

    assert alarms == []
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "br", "a", "ul", "ol", "li"}


def live_markup(page: Page) -> list[str]:
    """Return what could run on a page, beside our own scripts."""
    found: list[str] = page.evaluate(LIVE_MARKUP)
    return [
        each
        for each in found
        if not re.match(r'<script src="/static/desk(-text|-console)?\.js\?v=\w+" defer="">', each)
    ]


@pytest.fixture(scope="module")
def signed_in(service: RunningService) -> dict[str, str]:
    """The headers of a browser without JavaScript."""
    answer = service.post_bytes("/agent/sign-in", urlencode({"key": secret_of(service)}).encode(), FORM)
    return {**FORM, "Cookie": answer.headers["set-cookie"].partition(";")[0]}


def ask(service: RunningService, signed_in: dict[str, str], **fields: str) -> Answered:
    return service.post_bytes("/agent", urlencode(fields).encode(), signed_in)


def test_console_works_without_a_script(service: RunningService, signed_in: dict[str, str]) -> None:
    """The form is sent, and the page comes back with everything on it."""
    values = {"var.customer.name": "Anna", "var.nonsense": "x"}
    answer = ask(service, signed_in, message=MESSAGE, message_lang="en", **values)

    assert answer.status == 200
    assert "Dear Anna, a refund takes 3 to 10 days." in answer.text
    assert "Look into the ledger." in answer.text
    assert 'name="var.customer.name" data-variable="customer.name" value="Anna"' in answer.text
    assert MESSAGE in answer.text.replace("\r\n", "\n")
    assert "Ready to be sent." in answer.text


def test_next_customer_is_not_called_by_the_name_before_without_a_script(
    service: RunningService, signed_in: dict[str, str]
) -> None:
    """The form sends its fields along with the next message; what stood in them is not for that one."""
    values = {"var.customer.name": "Anna", "var.agent.name": "Eva"}
    page = ask(service, signed_in, message=MESSAGE, **values).text
    hidden = dict(re.findall(r'<input type="hidden"(?: form="ask")? name="([^"]+)" value="([^"]*)"', page))
    answer = ask(service, signed_in, message=OTHER, **hidden, **values)

    assert hidden["was.customer.name"] == "Anna"
    assert "Anna" not in answer.text
    assert "Yours, Eva" in answer.text


@pytest.mark.parametrize(
    ("message", "status", "told"),
    [
        ("", 400, "Please paste what the customer wrote."),
        ("?!", 400, "Please paste what the customer wrote."),
        ("x " * 11_000, 400, "The message has more than 20000 characters."),
        ("x" * 600_000, 413, ""),
    ],
)
def test_message_that_cannot_be_read_is_told(
    service: RunningService, signed_in: dict[str, str], message: str, status: int, told: str
) -> None:
    """On the console, with what was pasted still there; one that fits nowhere is refused before it is read."""
    answer = ask(service, signed_in, message=message)

    assert answer.status == status
    assert told in answer.text


def test_session_cookie_opens_what_the_console_asks_for(service: RunningService, signed_in: dict[str, str]) -> None:
    """JSON too, for its page only: another site is refused although the browser would send the cookie."""
    json = {**signed_in, "Content-Type": "application/json"}
    found = service.post("/api/v1/agent/replies", {"message": MESSAGE}, json)
    forged = service.post("/api/v1/agent/replies", {"message": MESSAGE}, {**json, "Sec-Fetch-Site": "cross-site"})

    assert (found.status, forged.status) == (200, 403)


def test_insights_are_for_editors(service: RunningService, signed_in: dict[str, str]) -> None:
    """An agent's session is told so; an editor sees what nothing answered."""
    service.search("do you sell zeppelins")
    editor = {"Authorization": f"Bearer {secret_of(service, 'editor')}"}
    wait_until(lambda: "zeppelins" in service.get("/insights", headers=editor).text)

    assert service.get("/insights", headers=signed_in).status == 403
    assert "zeppelins" in service.get("/insights?days=7&lang=en", headers=editor).text
    assert "zeppelins" not in service.get("/insights?lang=it", headers=editor).text
