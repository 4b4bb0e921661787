"""An editor changes files and publishes: what changes, what stays, what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from meilisearch import Client

from indexer.loading import tidy
from indexer.outcome import read_outcome
from indexer.worker import Event, Worker
from kb.engine.binary import find_binary
from kb.engine.server import ManagedServer
from kb.engine.writer import EngineWriter
from kb.errors import EngineRefused, PublishRefused
from tests.service import Store

pytestmark = pytest.mark.slow

CHANGED = "A drone brings the money in a golden envelope."


def test_changed_sentence_is_found_and_the_old_one_gone(sample_copy: Store) -> None:
    """One changed sentence embeds a handful of texts, and answers at once."""
    path = sample_copy.settings.articles / "en/returns/refund-time.md"
    text = path.read_text(encoding="utf-8")
    old = next(line for line in text.split("---\n", 2)[2].split("\n") if line and not line.startswith(("#", "|")))
    with sample_copy.engine() as access:
        sample_copy.publish(access)
        with sample_copy.serve(access) as service:
            before = service.get("/en/returns/refund-time").text
            path.write_text(text.replace(old, CHANGED), encoding="utf-8")
            report = sample_copy.publish(access)
            service.services.knowledge.refresh()
            found = service.search("does a drone bring the money in an envelope")
            after = service.get("/en/returns/refund-time").text

    assert report.changes.changed == ("en/returns/refund-time",)
    assert 0 < report.embedded < 12
    assert found["hits"][0]["article_id"] == "en/returns/refund-time"
    assert CHANGED in found["answer"]["text"]
    assert CHANGED in after
    assert CHANGED not in before
    assert old.split(".")[0] not in after


def test_question_finds_another_languages_article_when_its_own_is_missing(sample_copy: Store) -> None:
    """Never an empty page: the article in another language, marked as such."""
    (sample_copy.settings.articles / "hu/warranty/service-centres.md").unlink()
    with sample_copy.engine() as access:
        report = sample_copy.publish(access)
        with sample_copy.serve(access) as service:
            found = service.search("hol vannak a szervizek", "hu")
            page = service.get("/hu/search", q="hol vannak a szervizek").text

    assert report.changes.removed == ("hu/warranty/service-centres",)
    first = found["hits"][0]
    assert first["article_id"].split("/", 1)[1] == "warranty/service-centres"
    assert first["lang"] != "hu"
    assert "nyelve: " in page


def test_publishing_twice_changes_nothing(store: Store) -> None:
    """What is there already is not computed, loaded or announced again."""
    with store.engine() as access:
        first = store.publish(access)
        second = store.publish(access)

    assert first.embedded > 0
    assert (second.embedded, second.loaded) == (0, 0)
    assert second.was_live
    assert second.edition == first.edition


def test_broken_file_stops_the_publish_and_the_old_edition_answers(store: Store) -> None:
    """Broken content never replaces good; the message says where, what, and how to mend it."""
    with store.engine() as access:
        live = store.publish(access).edition
        store.article("en/returns/how-to-return", "How?", ":::agent\nnever closed")
        store.article("en/delivery/new", "A new one", "Fresh text.")
        with pytest.raises(PublishRefused) as refused:
            store.publish(access)
        with store.serve(access) as service:
            edition = service.services.knowledge.live().edition
            page = service.get("/en/returns/how-to-return")

    assert "en/returns/how-to-return.md:5: The container :::agent is not closed." in str(refused.value)
    assert edition == live
    assert "Print the label" in page.text


def test_keep_going_publishes_the_rest(store: Store) -> None:
    """With --keep-going a broken file is left out, and everything else is published."""
    store.article("en/returns/how-to-return", "How?", ":::agent\nnever closed")
    store.article("en/delivery/new", "Do you deliver by drone?", "Yes, drones deliver.")
    with store.engine() as access:
        report = store.publish(access, keep_going=True)
        with store.serve(access) as service:
            statuses = [service.get(f"/en/{each}").status for each in ("returns/how-to-return", "delivery/new")]

    assert [problem.code for problem in report.problems if problem.severity == "error"] == ["container"]
    assert statuses == [404, 200]


def test_documents_lost_behind_our_back_are_restored(store: Store) -> None:
    """The engine is a cache: the next publish makes it whole again, without embedding."""
    with store.engine() as access:
        store.publish(access)
        writer = EngineWriter(access)
        before = writer.ids(access.public_index)
        writer.delete(access.public_index, sorted(before)[:3])
        report = store.publish(access)
        after = writer.ids(access.public_index)

    assert report.loaded == 3
    assert report.embedded == 0
    assert after == before


def test_empty_engine_is_filled_from_the_edition(store: Store) -> None:
    """A fresh database, as after another version: everything is loaded again, nothing embedded."""
    with store.engine() as access:
        store.publish(access)
        writer = EngineWriter(access)
        total = len(writer.ids(access.public_index)) + len(writer.ids(access.internal_index))
        for index in (access.public_index, access.internal_index):
            writer.delete(index, writer.ids(index))
        report = store.publish(access)

    assert (report.loaded, report.embedded) == (total, 0)


def test_engine_that_is_filled_again_does_not_hide_how_the_last_publish_ended(store: Store) -> None:
    """A broken file is told until it is mended, also when the engine loses its documents meanwhile."""
    told: list[Event] = []
    with store.engine() as access:
        store.publish(access)
        store.article("en/returns/how-to-return", "How?", ":::agent\nnever closed")
        with pytest.raises(PublishRefused):
            store.publish(access)
        writer = EngineWriter(access)
        lost = writer.ids(access.public_index)
        writer.delete(access.public_index, lost)
        Worker(store.settings, told.append).do("restore")
        back = writer.ids(access.public_index)
    ended = read_outcome(store.settings.data)

    assert back == lost
    assert "failed" not in {event.kind for event in told}
    assert ended is not None
    assert ended.state == "publish_refused"


def test_article_made_internal_is_gone_from_everywhere_public(store: Store) -> None:
    """Turning an article internal takes it from pages, search and the public index."""
    with store.engine() as access:
        store.publish(access)
        store.article("en/delivery/delivery-cost", "What does delivery cost?", "Five euros.", audience="agent")
        store.publish(access)
        tidy(store.settings, access)
        with store.serve(access) as service:
            page = service.get("/en/delivery/delivery-cost")
            hits = service.search("what does delivery cost")["hits"]
            public = EngineWriter(access).ids(access.public_index)
            known = service.services.knowledge.live().public.document_rows

    assert page.status == 404
    assert [hit for hit in hits if hit["article_id"] == "en/delivery/delivery-cost"] == []
    assert public == known.keys()


def test_rebuild_computes_everything_anew(store: Store) -> None:
    """--rebuild trusts nothing that is on disk, and ends where it began."""
    with store.engine() as access:
        first = store.publish(access)
        again = store.publish(access, rebuild=True)

    assert again.embedded == first.embedded
    assert again.edition == first.edition


def test_draft_is_not_published(store: Store) -> None:
    """`draft: true` is for the preview only."""
    store.article("en/delivery/soon", "Coming soon", "Not yet.", draft=True)
    with store.engine() as access, store.serve_published(access) as service:
        page = service.get("/en/delivery/soon")

    assert page.status == 404


def test_dated_article_shows_on_its_days_only(store: Store) -> None:
    """Outside `valid_from` … `valid_until` (both included, at the store) an article is neither shown nor found."""
    store.article(
        "en/delivery/strike", "Is there a strike?", "Post is late.", valid_from="2026-11-18", valid_until="2026-11-18"
    )
    store.article("en/delivery/over", "Is there an old strike?", "It is over.", valid_until="2026-11-17")
    with store.engine() as access, store.serve_published(access) as service:
        shown = service.get("/en/delivery/strike").status
        over = service.get("/en/delivery/over").status
        hits = [hit["article_id"] for hit in service.search("is there a strike")["hits"]]

    assert (shown, over) == (200, 404)
    assert hits[0] == "en/delivery/strike"
    assert "en/delivery/over" not in hits


def test_alias_leads_to_the_article_in_one_step(store: Store) -> None:
    """Old addresses go on working."""
    store.article("en/delivery/moved", "Where did it go?", "Here.", aliases=["/en/delivery/old-name"])
    with store.engine() as access, store.serve_published(access) as service:
        answer = service.get("/en/delivery/old-name")

    assert answer.status == 308
    assert answer.headers["location"] == "/en/delivery/moved"


def test_engine_of_ones_own_is_used_with_scoped_keys(store: Store) -> None:
    """With KB_MEILI_URL we publish there, under our prefix, and leave it running."""
    server = ManagedServer(find_binary(""), store.folder / "theirs")
    server.launch()
    try:
        server.wait_until_ready()
        store.settings = replace(
            store.settings, meili_url=server.url, meili_key=server.master_key, meili_prefix="shop_"
        )
        with store.engine() as access, store.serve_published(access) as service:
            found = service.search("what does delivery cost")
        indexes = Client(server.url, server.master_key).get_indexes()["results"]
    finally:
        server.stop()

    assert found["hits"][0]["article_id"] == "en/delivery/delivery-cost"
    assert found["mode"] == "hybrid"
    assert {index.uid for index in indexes} == {"shop_public", "shop_internal"}
    assert not (store.settings.data / "engine").exists()


def test_wrong_key_of_ones_own_engine_is_told(store: Store) -> None:
    """Whoever mistyped the key reads which setting to mend."""
    server = ManagedServer(find_binary(""), store.folder / "theirs")
    server.launch()
    try:
        server.wait_until_ready()
        store.settings = replace(store.settings, meili_url=server.url, meili_key="not-the-key-at-all")
        with pytest.raises(EngineRefused, match="KB_MEILI_KEY"), store.engine():
            pass
    finally:
        server.stop()
