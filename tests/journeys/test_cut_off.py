"""A publisher that is killed, at each point where it hurts: what answers is wholly old or wholly new."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.loading import tidy
from indexer.progress import Step
from kb.edition import EditionShelf
from kb.engine.writer import EngineWriter
from tests.kb.fakes import WordEmbedder
from tests.service import ROOT, Store, small_store

pytestmark = pytest.mark.slow

# Publishes and tidies up, and kills itself without warning where it is told to.
KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from indexer.loading import tidy
from indexer.progress import Silent
from indexer.publish import publish
from kb.engine.access_files import owner_access
from kb.settings import Settings
from tests.kb.fakes import WordEmbedder

class Killed(Silent):
    def reached(self, step):
        if step == sys.argv[3]:
            os.kill(os.getpid(), signal.SIGKILL)

settings = replace(Settings(), articles=Path(sys.argv[1]), data=Path(sys.argv[2]))
publish(settings, owner_access(settings.data), WordEmbedder(), progress=Killed())
tidy(settings, owner_access(settings.data), Killed())
"""
NEW_IS_LIVE = {
    Step.WRITTEN: False,
    Step.LOADED: False,
    Step.BEFORE_LIVE: False,
    Step.LIVE: True,
    Step.BEFORE_DELETION: True,
}
PATIENCE_SECONDS = 120


@pytest.fixture
def words_store(tmp_path: Path) -> Store:
    return small_store(tmp_path, WordEmbedder())


def test_every_step_has_its_kill() -> None:
    """A step that is added must be killed at too."""
    assert NEW_IS_LIVE.keys() == set(Step)


@pytest.mark.parametrize("step", list(Step))
def test_killed_publisher_leaves_a_whole_edition(words_store: Store, step: Step) -> None:
    """Killed at `step`: customers read all of the old or all of the new, and the next run finishes what was begun."""
    store = words_store
    with store.engine() as access:
        old = store.publish(access).edition
        store.article("en/delivery/delivery-cost", "What does delivery cost now?", "It costs seven euros.")
        store.article("en/delivery/drones", "Do drones deliver?", "They do.")
        (store.settings.articles / "en/returns/how-to-return.md").unlink()
        _killed_at(store, step)
        with store.serve(access) as service:
            live = service.services.knowledge.live().edition
            cost = service.get("/en/delivery/delivery-cost").text
            statuses = [service.get(f"/en/{each}").status for each in ("delivery/drones", "returns/how-to-return")]
            found = service.search("what does delivery cost now")
        finished = store.publish(access)
        tidy(store.settings, access)
        writer, edition = EngineWriter(access), EditionShelf(store.settings.data).load_live()
        documents = [len(writer.ids(index)) for index in (access.public_index, access.internal_index)]

    assert (live != old) == NEW_IS_LIVE[step]
    assert ("seven euros" in cost) == NEW_IS_LIVE[step]
    assert statuses == ([200, 404] if NEW_IS_LIVE[step] else [404, 200])
    assert found["hits"][0]["article_id"] == "en/delivery/delivery-cost"
    assert finished.embedded == 0
    assert documents == [len(edition.public.texts.passages), len(edition.internal.texts.passages)]
    assert [path.name for path in (store.settings.data / "editions").glob(".*")] == []


def _killed_at(store: Store, step: Step) -> None:
    command = [sys.executable, "-c", KILLED, str(store.settings.articles), str(store.settings.data), step]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
