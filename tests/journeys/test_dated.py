"""Answers for a time: there from midnight to midnight of the store's time zone, without a publish in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from kb.embedding.base import Embedder
from tests.service import STORE_YAML, RunningService, small_store

pytestmark = pytest.mark.slow

PATH = "/en/delivery/christmas"
QUESTION = "when do you deliver at christmas"
# Budapest is an hour ahead of UTC in winter: both ends are 23:00 UTC of the day before.
BEFORE = datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)
FIRST = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
LAST = datetime(2026, 12, 26, 22, 59, 59, tzinfo=UTC)
AFTER = datetime(2026, 12, 26, 23, 0, tzinfo=UTC)


@dataclass(slots=True)
class Clock:
    """Shows what it was set to."""

    now: datetime = BEFORE

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, clock: Clock) -> Iterator[RunningService]:
    """A store with one article for December, published once; the clock is moved by the tests."""
    store = small_store(tmp_path_factory.mktemp("dated"), embedder)
    store.write("store.yaml", f"{STORE_YAML}url: https://help.example.org\n")
    store.article(
        "en/delivery/christmas",
        "When do you deliver at Christmas?",
        "At Christmas we deliver until 23 December.",
        valid_from="2026-12-01",
        valid_until="2026-12-26",
        aliases=["/en/delivery/xmas"],
    )
    with store.engine() as access:
        store.publish(access)
        with store.serve(access, clock=clock) as running:
            yield running


def _places(service: RunningService) -> dict[str, bool]:
    """Return everywhere that the article may show, and whether it does."""
    article = service.get("/en/delivery/delivery-cost").text
    found = [hit["article_id"] for hit in service.search(QUESTION)["hits"]]
    typed = [hit["article_id"] for hit in service.search("christm", typing="true")["hits"]]
    key = service.agent_key()
    reply = service.post("/api/v1/agent/replies", {"message": QUESTION + "?"}, key).text
    return {
        "page": service.get(PATH).status == 200,
        "markdown": service.get(f"{PATH}.md").status == 200,
        "alias": service.get("/en/delivery/xmas").status == 308,
        "front page": PATH in service.get("/en/").text,
        "category": PATH in service.get("/en/delivery/").text,
        "related": PATH in article,
        "search page": PATH in service.get("/en/search", q=QUESTION).text,
        "search": "en/delivery/christmas" in found,
        "suggestions": "en/delivery/christmas" in typed,
        "replies": "23 December" in reply,
        "sitemap": f"{PATH}<" in service.get("/sitemap.xml").text,
        "llms.txt": PATH in service.get("/llms.txt").text,
    }


@pytest.mark.parametrize(("moment", "shows"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, False)], ids=str)
def test_answer_shows_everywhere_on_its_days_only(
    service: RunningService, clock: Clock, moment: datetime, shows: bool
) -> None:
    """Page, search, suggestions, replies and lists begin and end with the same second."""
    clock.now = moment

    assert set(_places(service).items()) == {(place, shows) for place in _places(service)}


def test_cache_is_told_at_midnight(service: RunningService, clock: Clock) -> None:
    """A page that somebody kept is asked for, and another one from the first second of the day on."""
    clock.now = BEFORE
    kept = {path: service.get(path).headers["etag"] for path in ("/en/", "/en/delivery/", "/sitemap.xml")}
    same = {path: service.get(path, headers={"If-None-Match": tag}).status for path, tag in kept.items()}
    clock.now = FIRST
    moved = {path: service.get(path, headers={"If-None-Match": tag}).status for path, tag in kept.items()}

    assert set(same.values()) == {304}
    assert set(moved.values()) == {200}
    assert "<lastmod>2026-12-01</lastmod>" in service.get("/sitemap.xml").text


def test_article_that_is_over_leads_nowhere_else(service: RunningService, clock: Clock) -> None:
    """Its address is a page that does not exist, with the subjects to go on from."""
    clock.now = AFTER
    gone = service.get(PATH)

    assert gone.status == 404
    assert gone.headers["cache-control"] == "no-store"
    assert 'href="/en/delivery/"' in gone.text
