"""A real browser for tests: how it is started, and what it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.service import ROOT

AXE = ROOT / "tests/node/node_modules/axe-core/axe.min.js"
GRAVE = """async () => {
    const found = await axe.run(document, {resultTypes: ['violations']});
    return found.violations.filter(each => ['serious', 'critical'].includes(each.impact))
        .flatMap(each => each.nodes.map(node => `${each.id}: ${node.html.slice(0, 120)}`));
}"""

# As root in a container Chromium needs the first; the others keep it from asking the network for anything.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Five seconds, the default, are too few where two browsers and three engines share two busy cores.
PATIENCE_MS = 30_000


@contextmanager
def started(path: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def grave_barriers(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical, as `rule: element`."""
    # Not as an element: the pages' policy forbids scripts of others.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(GRAVE)
    return found
