"""The browser of the journeys: started once a file, closed after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import started


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    with started(browser_path) as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a phone."""
    opened = browser.new_page(viewport={"width": 390, "height": 844})
    yield opened
    opened.close()
