"""`kb serve` follows the files: what is saved is found, what is broken is told, whatever the service is killed with."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.outcome import read_outcome
from kb.edition import EditionShelf
from kb.embedding.base import Embedder
from tests.kb.fakes import WordEmbedder
from tests.kb_process import PATIENCE_SECONDS, Kb, running_kb
from tests.service import small_store

pytestmark = pytest.mark.slow

# Twenty by hand before a release: KB_TEST_KILLS=20.
KILLS = int(os.environ.get("KB_TEST_KILLS", "2"))


@pytest.fixture
def kb(tmp_path: Path, embedder: Embedder) -> Iterator[Kb]:
    store = small_store(tmp_path, embedder)
    with store.engine() as access:
        store.publish(access)
    with running_kb(store) as running:
        yield running


def _until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.1)


def _last_publish(kb: Kb) -> str:
    ended = read_outcome(kb.store.settings.data)
    return ended.state if ended else ""


def test_saved_article_is_found_and_a_deleted_one_gone(kb: Kb) -> None:
    """An editor saves a file: it is found without any command."""
    kb.serve()
    path = kb.store.article("en/delivery/drones", "Do zeppelins deliver?", "Zeppelins deliver on Sundays.")
    _until(lambda: kb.search("do zeppelins deliver")["hits"][0]["article_id"] == "en/delivery/drones")
    path.unlink()
    _until(lambda: kb.status("/en/delivery/drones") == 404)


def test_broken_save_changes_nothing_and_is_told(kb: Kb) -> None:
    """A broken file is told with its line in the log, by `kb status` and to editors; customers see what they saw."""
    kb.serve()
    before = (kb.store.settings.data / "live").read_text(encoding="ascii")
    path = kb.store.article("en/delivery/broken", "Broken?", ":::agent\nnever closed")
    _until(lambda: "en/delivery/broken.md:5" in kb.told())
    made = kb.start("keys", "create", "--role", "editor", "--name", "editor", "--json")
    key = json.loads(made.communicate(timeout=PATIENCE_SECONDS)[0])["key"]
    shown = kb.get("/api/v1/editor/publishing", {"Authorization": f"Bearer {key}"})
    status = kb.start("status")
    told, _ = status.communicate(timeout=PATIENCE_SECONDS)
    answers = kb.search("what does delivery cost")["hits"][0]["article_id"]
    path.write_text("---\ntitle: Mended?\naudience: customer\n---\nIt is mended.\n", encoding="utf-8")
    _until(lambda: kb.status("/en/delivery/broken") == 200)
    _until(lambda: _last_publish(kb) == "published")  # written when readers have moved on already
    mended = kb.start("status")
    mended.communicate(timeout=PATIENCE_SECONDS)

    assert status.returncode == 1
    assert "en/delivery/broken.md:5: The container :::agent is not closed." in told
    assert shown["state"] == "publish_refused"
    assert "en/delivery/broken.md:5" in shown["message"]
    assert answers == "en/delivery/delivery-cost"
    assert before != (kb.store.settings.data / "live").read_text(encoding="ascii")
    assert mended.returncode == 0


def test_new_store_is_read_and_searched_before_its_vectors_are_there(tmp_path: Path) -> None:
    """The first start on many articles: pages and word search at once, vectors when they are computed."""
    store = small_store(tmp_path, WordEmbedder())
    for number in range(40):
        store.article(f"en/delivery/n{number}", f"What about number {number}?", "A text to read.\n\n## More\n\n" * 3)
    with running_kb(store) as kb:
        kb.serve()
        _until(lambda: kb.status("/en/delivery/n7") == 200)
        early = EditionShelf(store.settings.data).load_live()
        first = kb.search("what does delivery cost")
        _until(lambda: EditionShelf(store.settings.data).load_live().has_vectors)
        _until(lambda: bool(kb.search("what does delivery cost")["mode"] == "hybrid"))

    assert not early.has_vectors
    assert first["mode"] in ("keyword", "fallback")
    assert first["hits"][0]["article_id"] == "en/delivery/delivery-cost"


def test_killed_at_any_moment_the_next_start_is_clean(kb: Kb) -> None:
    """The service is killed while it publishes, again and again: whole editions, no orphan, the last save is shown."""
    moments = random.Random(7)  # noqa: S311  the same moments each time
    for number in range(KILLS):
        process = kb.serve()
        kb.store.article("en/delivery/drones", f"Do drones deliver {number}?", f"Drone {number} delivers.")
        time.sleep(moments.uniform(0, 4))
        process.kill()
        process.wait()
        EditionShelf(kb.store.settings.data).load_live()
    process = kb.serve()
    _until(lambda: f"Drone {KILLS - 1} delivers" in kb.page("/en/delivery/drones"))
    running = len(kb.engines_once_started())
    process.terminate()
    process.wait(PATIENCE_SECONDS)

    _until(lambda: kb.workers() == [])  # one whose parent was killed ends by itself, at low priority

    assert running == 1
    assert kb.engines() == []


def test_rolled_back_edition_stays_until_the_files_change(kb: Kb) -> None:
    """`kb rollback` beside a service: the old text answers, and the service does not undo it by itself."""
    kb.serve()
    cost = kb.store.article(
        "en/delivery/delivery-cost", "What does delivery cost?", "It costs ninety euros by mistake."
    )
    new = kb.store.article("en/delivery/new", "Is this new?", "It is.")
    _until(lambda: kb.status("/en/delivery/new") == 200)
    back = kb.start("rollback")
    told, _ = back.communicate(timeout=PATIENCE_SECONDS)
    _until(lambda: kb.status("/en/delivery/new") == 404)
    new.touch()
    time.sleep(3)
    still = kb.status("/en/delivery/new")
    cost.write_text(cost.read_text(encoding="utf-8").replace("ninety", "five"), encoding="utf-8")
    _until(lambda: kb.status("/en/delivery/new") == 200)

    assert back.returncode == 0
    assert "is live, with the texts of" in told
    assert still == 404
