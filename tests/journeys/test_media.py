"""An editor puts images and a logo into the store; customers get them, and what they may keep of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from kb.embedding.base import Embedder
from tests.indexer.pictures import png
from tests.service import RunningService, Store, small_store

pytestmark = pytest.mark.slow

SCRIPTED = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40" onload="document.title='ran'">
<script>document.title = 'ran'; fetch('/readyz')</script>
<style>rect { fill: #0b6e4f }</style><rect width="120" height="40"/></svg>
"""
THEME = """
theme: {accent: "#ffd400", logo: images/logo.svg, favicon: images/icon.png, radius: 3}
edit_url: https://git.example.org/edit/main/articles/{path}
links:
  terms: https://example.org/terms
  shop: https://example.org
  blog: {url: https://example.org/blog, title: {it: Il nostro blog}}
"""
PATH = "/en/returns/how-to-return"


@pytest.fixture(scope="module")
def illustrated(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[tuple[Store, RunningService]]:
    """A store with a logo, an icon, and an article that shows a large image and a missing one."""
    store = small_store(tmp_path_factory.mktemp("illustrated"), embedder)
    store.write("images/logo.svg", SCRIPTED)
    yaml = store.settings.articles / "store.yaml"
    yaml.write_text(yaml.read_text(encoding="utf-8") + THEME, encoding="utf-8")
    for name, content in (("icon", png(32, 32)), ("box", png(1600, 1200))):
        (store.settings.articles / f"images/{name}.png").write_bytes(content)
    text = "Print the label.\n\n![The *box*](../../images/box.png)\n\n![A lost picture](../../images/none.png)"
    store.article("en/returns/how-to-return", "How do I return an item?", text)
    with store.engine() as access, store.serve_published(access) as service:
        yield store, service


@pytest.fixture
def service(illustrated: tuple[Store, RunningService]) -> RunningService:
    return illustrated[1]


def _sources(page: Page) -> list[str]:
    found: list[str] = page.evaluate("[...document.images].map(image => image.getAttribute('src'))")
    return found


def test_image_is_served_for_ever_as_what_it_is(page: Page, service: RunningService) -> None:
    """Its address holds its hash, so it is fetched once; no browser guesses what it may be."""
    page.goto(service.url + PATH)
    image = page.locator("article img")
    answer = service.get(str(image.get_attribute("src")))

    assert (answer.status, answer.body) == (200, png(1600, 1200))
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "vary" not in answer.headers
    assert image.get_attribute("alt") == "The box"
    assert [image.get_attribute(name) for name in ("width", "height", "loading")] == ["1600", "1200", "lazy"]
    assert "A lost picture" in page.locator("article").inner_text()


@pytest.mark.parametrize(
    "path",
    [
        "/media/{digest}/other.png",
        "/media/{digest}/BOX.png",
        "/media/{digest}",
        "/media/{digest}/",
        "/agent/media/{digest}/box.png",
        "/media/0000000000000000/box.png",
        "/media/../public/texts.json",
        "/media/%2e%2e/texts.json",
        "/media/..%2f..%2fpublic/texts.json",
    ],
)
def test_nothing_else_is_served_from_there(service: RunningService, path: str) -> None:
    """One address per image, and no way to another file."""
    digest = _image_address(service).split("/")[2]
    answer = service.get(path.format(digest=digest))

    assert answer.status in (401, 404)
    assert "immutable" not in answer.headers["cache-control"]


def test_script_in_a_drawing_never_runs(page: Page, service: RunningService) -> None:
    """Neither on a page that shows it nor when it is opened by itself."""
    page.goto(f"{service.url}/en/")
    logo = _sources(page)[0]
    shown = page.title()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = service.get(logo)
    page.goto(service.url + logo)

    assert page.evaluate("document.documentElement.localName") == "svg"
    assert "ran" not in (shown, page.title())
    assert asked == [service.url + logo]
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("width", [390, 1200])
def test_logo_stands_in_the_header_for_the_name(page: Page, service: RunningService, width: int) -> None:
    """It fits on a phone, says the store's name to who cannot see it, and leads home; the icon is the store's too."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{service.url}/en/", wait_until="networkidle")
    logo = page.locator("header .logo")
    box = logo.bounding_box()

    assert logo.get_attribute("alt") == "Test Store"
    assert page.get_by_role("link", name="Test Store").get_attribute("href") == "/en/"
    assert box is not None
    assert 20 <= box["height"] <= 40
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert str(page.locator("link[rel=icon]").get_attribute("href")).endswith("/icon.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_links_can_be_read_in_any_colour(page: Page, service: RunningService, scheme: str) -> None:
    """A yellow store has readable links on white."""
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    page.goto(f"{service.url}/en/")
    colour = page.evaluate("getComputedStyle(document.querySelector('.card li a')).color")

    assert colour == {"light": "rgb(133, 110, 0)", "dark": "rgb(255, 212, 0)"}[scheme]


def test_footer_leads_to_the_shop(page: Page, service: RunningService) -> None:
    """Links that every shop has come first and in the reader's language, others by the store's own title."""
    page.goto(f"{service.url}/it/")
    links = page.locator("footer").get_by_role("navigation", name="Il negozio").locator("a")

    assert links.all_inner_texts() == ["Vai al negozio", "Condizioni", "Il nostro blog"]
    assert links.last.get_attribute("href") == "https://example.org/blog"


def test_only_agents_are_led_to_the_editor(service: RunningService) -> None:
    """Customers do not learn where the store's repository is."""
    address = "https://git.example.org/edit/main/articles/en/returns/how-to-return.md"

    assert address in service.get(f"/agent/articles{PATH}", headers=service.agent_key()).text
    assert "git.example.org" not in service.get(PATH).text


def test_changed_image_is_a_new_edition(store: Store) -> None:
    """A redrawn picture goes live though no text has changed, under another address; the old one is gone."""
    store.write("images/box.svg", '<svg viewBox="0 0 10 10"/>')
    store.article("en/returns/how-to-return", "How do I return an item?", "![Box](../../images/box.svg)")
    with store.engine() as access:
        first = store.publish(access)
        with store.serve(access) as service:
            before = _image_address(service)
            store.write("images/box.svg", '<svg viewBox="0 0 20 20"/>')
            second = store.publish(access)
            service.services.knowledge.refresh()
            after = _image_address(service)
            statuses = [service.get(address).status for address in (before, after)]
            again = store.publish(access)

    assert second.edition != first.edition
    assert second.changes.changed == ("en/returns/how-to-return",)
    assert (second.embedded, second.loaded) == (0, 0)
    assert before != after
    assert statuses == [404, 200]
    assert again.was_live


def _image_address(service: RunningService) -> str:
    html = service.get(PATH).text
    return html.split("<article>")[1].split('<img src="')[1].split('"')[0]


def test_image_that_is_gone_from_the_disk_is_told(store: Store) -> None:
    """A damaged edition is no missing page: readers are asked to come again."""
    store.write("images/box.svg", '<svg viewBox="0 0 10 10"/>')
    store.article("en/returns/how-to-return", "How do I return an item?", "![Box](../../images/box.svg)")
    with store.engine() as access, store.serve_published(access) as service:
        address = _image_address(service)
        for path in Path(store.settings.data).glob("editions/*/public/media/*"):
            path.unlink()
        answer = service.get(address)

    assert answer.status == 503
    assert "retry-after" in answer.headers
