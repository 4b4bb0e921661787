"""Going back: the old texts answer again, and what people may no longer read stays gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indexer.outcome import read_outcome
from indexer.publish import publish
from indexer.rollback import rollback
from kb.edition import EditionShelf
from kb.errors import EditionMissing
from tests.kb.fakes import WordEmbedder
from tests.service import Store, small_store

EMBEDDER = WordEmbedder()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return small_store(tmp_path, EMBEDDER)


def _publish(store: Store, *, by_itself: bool = False) -> str:
    """Publish without an engine: what goes live is on disk."""
    report = publish(store.settings, None, EMBEDDER, by_itself=by_itself)
    return "" if report.withheld else report.edition


def _titles(store: Store) -> dict[str, str]:
    live = EditionShelf(store.settings.data).load_live()
    return {article.id: article.title for article in live.public.texts.articles}


def test_old_text_is_back(store: Store) -> None:
    """The text of before answers, and needs no vector to be computed."""
    _publish(store)
    store.article("en/delivery/delivery-cost", "A mistake?", "Ninety euros.")
    _publish(store)
    asked = len(EMBEDDER.asked)
    done = rollback(store.settings, None)

    assert _titles(store)["en/delivery/delivery-cost"] == "What does delivery cost?"
    assert done.left_out == ()
    assert len(EMBEDDER.asked) == asked


def test_what_was_rolled_back_is_not_computed_again(store: Store) -> None:
    """Withheld by itself, it costs no vector; what answers and why is written down."""
    _publish(store)
    store.article("en/delivery/delivery-cost", "A mistake?", "Ninety euros.")
    _publish(store)
    answering = rollback(store.settings, None).edition
    for part in store.settings.data.glob("editions/*"):
        if part.name != answering:
            shutil.rmtree(part)
    asked = len(EMBEDDER.asked)
    report = publish(store.settings, None, EMBEDDER, by_itself=True)
    told = read_outcome(store.settings.data)

    assert report.withheld
    assert report.edition == answering
    assert len(EMBEDDER.asked) == asked
    assert told
    assert (told.state, told.edition) == ("withheld", answering)


def test_deleted_and_internal_articles_stay_gone(store: Store) -> None:
    """An article that was taken away from customers must not come back by undoing something else."""
    _publish(store)
    (store.settings.articles / "en/returns/how-to-return.md").unlink()
    store.article("en/delivery/delivery-cost", "For agents", "Only for us.", audience="agent")
    _publish(store)
    done = rollback(store.settings, None)

    assert done.left_out == ("en/delivery/delivery-cost", "en/returns/how-to-return")
    assert _titles(store).keys() == {"en/returns/refund-time", "it/delivery/delivery-cost"}


def test_forced_it_brings_back_everything(store: Store) -> None:
    """Who deleted by mistake says so."""
    _publish(store)
    (store.settings.articles / "en/returns/how-to-return.md").unlink()
    _publish(store)
    rollback(store.settings, None, force=True)

    assert "en/returns/how-to-return" in _titles(store)


def test_service_does_not_undo_it_by_itself(store: Store) -> None:
    """The same files are not published again by themselves, in whatever commit; changed ones are, and so is a wish."""
    _publish(store)
    store.article("en/delivery/new", "New?", "New.")
    _publish(store)
    rollback(store.settings, None)
    by_itself = _publish(store, by_itself=True)
    kept = _titles(store)
    asked_for = _publish(store)

    assert by_itself == ""
    assert "en/delivery/new" not in kept
    assert asked_for
    assert "en/delivery/new" in _titles(store)


def test_changed_files_go_live_again(store: Store) -> None:
    """Once somebody has mended the files, saving is enough."""
    _publish(store)
    store.article("en/delivery/new", "New?", "New.")
    _publish(store)
    rollback(store.settings, None)
    store.article("en/delivery/new", "New?", "Mended.")

    assert _publish(store, by_itself=True)


@pytest.mark.parametrize("wanted", ["zzzz", ""])
def test_edition_that_is_not_clear_is_refused(store: Store, wanted: str) -> None:
    """Nothing changes when it is not certain what is meant."""
    _publish(store)
    store.article("en/delivery/new", "New?", "New.")
    live = _publish(store)
    with pytest.raises(EditionMissing):
        rollback(store.settings, None, wanted)

    assert EditionShelf(store.settings.data).live_id() == live


def test_nothing_to_go_back_to_is_said(store: Store) -> None:
    """The first edition has none before it."""
    _publish(store)
    with pytest.raises(EditionMissing, match="no older edition"):
        rollback(store.settings, None)
