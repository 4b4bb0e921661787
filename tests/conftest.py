"""What many tests need: the real model, the sample store served, a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.embedding.base import Embedder
from kb.embedding.models import embedder_for
from tests.service import SAMPLE, RunningService, Store, small_store


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in this hook too
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Fast tests first: what can be told in seconds is told before the engine and the browser start.

    Slow ones run beside each other, but those of one file, and those that share the sample store, in one process: what
    takes long to set up is set up once.
    """
    items.sort(key=_is_slow)
    for item in filter(_is_slow, items):
        item.add_marker(pytest.mark.xdist_group(_company(item)))


def _is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None


def _company(item: pytest.Item) -> str:
    fixtures = item.fixturenames if isinstance(item, pytest.Function) else []
    return "sample" if "sample" in fixtures else str(item.path)


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The bundled model, loaded once."""
    return embedder_for()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[tuple[Store, RunningService]]:
    """The sample store as it is in the repository, published and served; tests may not change it."""
    store = Store(tmp_path_factory.mktemp("sample"), embedder)
    shutil.copytree(SAMPLE, store.settings.articles)
    with store.engine() as access:
        store.publish(access)
        with store.serve(access) as service:
            yield store, service


@pytest.fixture(scope="session")
def sample_service(sample: tuple[Store, RunningService]) -> RunningService:
    return sample[1]


@pytest.fixture
def sample_copy(sample: tuple[Store, RunningService], tmp_path: Path, embedder: Embedder) -> Store:
    """The sample store with its editions, to be changed; nothing needs to be embedded again."""
    store = Store(tmp_path, embedder)
    shutil.copytree(SAMPLE, store.settings.articles)
    original = sample[0].settings.data
    shutil.copytree(original / "editions", store.settings.data / "editions")
    shutil.copy(original / "live", store.settings.data / "live")
    return store


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder) -> Store:
    """A store of four short articles, not yet published."""
    return small_store(tmp_path, embedder)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The browser to test with: KB_TEST_BROWSER, else a Chromium on this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("KB_TEST_BROWSER") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.fail("A browser is needed: install Chromium (Debian: apt-get install chromium) or set KB_TEST_BROWSER.")
    return found
