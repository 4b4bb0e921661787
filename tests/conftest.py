"""What many tests need: the real model, the sample store served, a browser."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from kb.embedding.base import Embedder
from kb.embedding.models import embedder_for
from tests.sample_vectors import seed
from tests.service import ROOT, SAMPLE, RunningService, Store, small_store

# Real processes on a busy machine now and then miss a moment. Such a journey goes once more, and the summary names it.
RERUNS = 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first: what can be told in seconds is told before the engine and the browser start."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.flaky(reruns=RERUNS))


class BySetUp(LoadScopeScheduling):  # type: ignore[misc]  # ships no types
    """Deals tests to processes file by file, all files that share the sample store to one: it takes long to publish."""

    def _split_scope(self, nodeid: str) -> str:
        return _company(nodeid.split("::")[0])


@cache
def _company(path: str) -> str:
    uses_sample = re.search(r"\bsample(_service|_copy)?\b:", (ROOT / path).read_text(encoding="utf-8"))
    return "sample" if uses_sample else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> BySetUp:
    """Called by pytest-xdist, where tests run in several processes."""
    return BySetUp(config, log)


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The bundled model, loaded once."""
    return embedder_for()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[tuple[Store, RunningService]]:
    """The sample store as it is in the repository, published and served; tests may not change it."""
    store = Store(tmp_path_factory.mktemp("sample"), embedder)
    shutil.copytree(SAMPLE, store.settings.articles)
    seed(store.settings.data, embedder)
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
