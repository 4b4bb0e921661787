"""
What is internal stays internal.

Two stores that customers must not be able to tell apart: one holds only what they may see, the other the same and
everything that is for agents. Each public address must answer both times with the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from litestar.routes import HTTPRoute
from meilisearch import Client
from meilisearch.errors import MeilisearchApiError

from api.app import create_app
from kb.embedding.base import Embedder
from kb.engine.access_files import owner_access
from tests.crawl import CANARIES, LABEL, PUBLIC_PATHS, QUESTIONS, SECRET, address, crawl, normalised, write_internal
from tests.service import STORE_YAML, RunningService, small_store

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def twins(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder
) -> Iterator[tuple[RunningService, RunningService]]:
    """The same store without and with internal texts."""
    plain, full = (small_store(tmp_path_factory.mktemp(name), embedder) for name in ("plain", "full"))
    link = "See [the rules](axolotlslug.md) too."
    for store in (plain, full):
        # With an address, so that there is a sitemap to look into.
        store.write("store.yaml", f"{STORE_YAML}url: https://help.example.org\n")
        picture = "![The label](../../images/label.svg)"
        store.write("images/label.svg", LABEL)
        store.article("en/returns/how-to-return", "How do I return an item?", f"Print the label. {link}\n\n{picture}")
    write_internal(full)
    with (
        plain.engine() as one,
        full.engine() as two,
        plain.serve_published(one) as first,
        full.serve_published(two) as second,
    ):
        yield first, second


def test_every_public_route_is_crawled(twins: tuple[RunningService, RunningService]) -> None:
    """A route that is added must be added above, or nobody looks whether it leaks."""
    app = create_app(twins[0].services)
    paths = {route.path for route in app.routes if isinstance(route, HTTPRoute)}

    assert paths == PUBLIC_PATHS.keys()


def test_public_answers_are_the_same_with_and_without_internal_texts(
    twins: tuple[RunningService, RunningService],
) -> None:
    """Status, headers and bytes: nothing internal moves anything public, not even a score or a date."""
    plain, full = (crawl(service) for service in twins)
    different = [path for path, answer in plain.items() if normalised(answer) != normalised(full[path])]

    assert different == []


def test_suggestions_while_writing_know_nothing_internal(twins: tuple[RunningService, RunningService]) -> None:
    """They are made as an agent's are, of what customers can read alone: the same with and without internal texts."""
    asked = [{"text": f"Hello, {question}?", "lang": lang} for question in QUESTIONS for lang in ("en", "it")]
    plain, full = ([service.post("/api/v1/contact/suggestions", each) for each in asked] for service in twins)

    assert [normalised(answer) for answer in plain] == [normalised(answer) for answer in full]
    assert any(answer.json()["suggestions"] for answer in full)
    assert not [canary for canary in CANARIES for answer in full if canary in answer.text]


def test_no_public_answer_holds_an_internal_word(twins: tuple[RunningService, RunningService]) -> None:
    """Not one word of a note, an internal article, its title, slug or keywords, in any route and format."""
    crawled = crawl(twins[1])
    leaking = [
        (path, canary)
        for path, answer in crawled.items()
        for canary in CANARIES
        if canary not in path and canary in answer.text.lower()
    ]

    assert leaking == []


def test_agents_find_every_internal_word(twins: tuple[RunningService, RunningService]) -> None:
    """The counterpart: the words are there, for those who may read them."""
    service = twins[1]
    headers = service.agent_key()
    found = service.get("/api/v1/agent/search", headers=headers, q="what does the zebracanary cost", lang="en").json()
    page = service.get("/agent/articles/en/returns/axolotlslug", headers=headers).text
    notes = service.get("/agent/articles/en/returns/refund-time", headers=headers).text
    reply = service.post("/api/v1/agent/replies", {"message": "When will I get my money back?"}, headers).json()

    assert found["hits"][0]["article_id"] == "en/returns/axolotlslug"
    assert found["hits"][0]["url"] == "/agent/articles/en/returns/axolotlslug"
    assert "zebracanary" in page
    assert service.get(f"/{address(LABEL, 'label')}").text == LABEL
    assert all(f'src="/agent/{address(*each)}"' in page for each in ((SECRET, "wombatimage"), (LABEL, "label")))
    assert service.get(f"/agent/{address(SECRET, 'wombatimage')}", headers=headers).text == SECRET
    assert "quokkanote" in notes
    assert "civetreply" in reply["draft"]["text"]
    assert "zebracanary" not in reply["draft"]["text"]
    assert "zebracanary" in reply["questions"][0]["suggestions"][0]["internal_notes"][0]
    assert reply["questions"][0]["suggestions"][0]["solutions"][0]["note"] == "tarsieroffer"


def test_public_key_cannot_read_the_internal_index(twins: tuple[RunningService, RunningService]) -> None:
    """The key that the public side holds can search one index, and do nothing else."""
    access = owner_access(twins[1].services.settings.data)
    assert access is not None
    client = Client(access.url, access.public_key)

    assert client.index(access.public_index).search("money")["hits"]
    forbidden_calls: list[Callable[[], object]] = [
        lambda: client.index(access.internal_index).search("zebracanary"),
        lambda: client.index(access.public_index).get_documents(),
        client.get_keys,
    ]
    for forbidden in forbidden_calls:
        with pytest.raises(MeilisearchApiError):
            forbidden()
