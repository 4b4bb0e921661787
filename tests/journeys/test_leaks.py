"""
What is internal stays internal.

Two stores that customers must not be able to tell apart: one holds only what they may see, the other the same and
everything that is for agents. Each public address must answer both times with the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from hashlib import sha256

import pytest
from litestar.routes import HTTPRoute
from meilisearch import Client
from meilisearch.errors import MeilisearchApiError

from api.app import create_app
from kb.embedding.base import Embedder
from kb.engine.access_files import owner_access
from tests.service import Answered, RunningService, Store, small_store

pytestmark = pytest.mark.slow

CANARIES = (
    *("zebracanary", "quokkanote", "axolotlslug", "narwhaltag"),
    *("pangolinask", "tapirphrase", "okapialias", "civetreply", "wombatimage"),
)
LABEL, SECRET = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} 9"/>' for side in (8, 9))


def _address(svg: str, name: str) -> str:
    return f"media/{sha256(svg.encode()).hexdigest()[:16]}/{name}.svg"


PUBLIC_PATHS = {
    "/": ["/"],
    "/{lang:str}": ["/en", "/it/", "/xx/"],
    "/{lang:str}/{category:str}": ["/en/returns/", "/en/delivery/", "/it/returns/", "/en/secrets/"],
    "/{lang:str}/search": ["/en/search"],
    "/{lang:str}/{category:str}/{slug:str}": [
        "/en/returns/refund-time",
        "/en/returns/how-to-return",
        "/en/returns/axolotlslug",
        "/en/secrets/axolotlslug",
        "/it/delivery/delivery-cost",
        "/en/delivery/okapialias",
    ],
    "/api/v1/search": [],  # asked with every question below
    "/api/v1/feedback": ["/api/v1/feedback"],
    "/healthz": ["/healthz"],
    "/readyz": ["/readyz"],
    "/theme.css": ["/theme.css"],
    "/media/{digest:str}/{name:str}": [
        f"/{_address(LABEL, 'label')}",
        f"/{_address(LABEL, 'other')}",
        f"/{_address(SECRET, 'wombatimage')}",
        f"/{_address(SECRET, 'label')}",
    ],
    "/schema": ["/schema"],
    "/schema/openapi.json": ["/schema/openapi.json"],
    "/metrics": ["/metrics"],
    "/static/{file_path:path}": ["/static/kb.css", "/static/../secret"],
    # Agents' addresses, without a key: refused in the same words, whether the article exists or not.
    "/agent/articles/{lang:str}/{category:str}/{slug:str}": ["/agent/articles/en/returns/axolotlslug"],
    "/agent/media/{digest:str}/{name:str}": [
        f"/agent/{_address(SECRET, 'wombatimage')}",
        f"/agent/{_address(LABEL, 'x')}",
    ],
    "/api/v1/agent/search": ["/api/v1/agent/search?q=zebracanary"],
    "/api/v1/agent/replies": ["/api/v1/agent/replies"],
    "/api/v1/editor/publishing": ["/api/v1/editor/publishing"],
    "/api/v1/agent/suggestions/{suggestion_id:str}/outcome": ["/api/v1/agent/suggestions/0/outcome"],
}
QUESTIONS = ("when do i get my money back", "delivery cost", "quanto costa", "dove", *CANARIES)
MISSING = ["/schema/other", "/media/x.png", "/api/nothing", "/sitemap.xml", "/en/returns/refund-time.md", "/insights"]


def _write_internal(store: Store) -> None:
    """Add everything that agents have: a note and a reply in a customer article, articles, phrases."""
    refund = store.settings.articles / "en/returns/refund-time.md"
    picture = "![wombatimage](../../images/wombatimage.svg)"
    store.write("images/wombatimage.svg", SECRET)
    note = f"\n:::agent\nThe zebracanary quokkanote tells agents to hurry. {picture}\n:::\n"
    reply = "\n:::reply\nA civetreply is on its way.\n:::\n"
    refund.write_text(refund.read_text(encoding="utf-8") + note + reply, encoding="utf-8")
    store.article(
        "en/returns/axolotlslug",
        "What does the zebracanary cost?",
        "Only we know the zebracanary. [Refunds](refund-time.md)\n\n## The quokkanote\n\nMore of it.\n\n"
        f"{picture} ![Label](/images/label.svg)",
        audience="agent",
        description="A zebracanary in one sentence.",
        keywords=["narwhaltag"],
        questions=["pangolinask when"],
        aliases=["/en/delivery/okapialias"],
    )
    store.article("it/secrets/axolotlslug", "Solo zebracanary", "Testo quokkanote.", audience="agent")
    phrases = '  neutral: ["Hello {{ customer.name | tapirphrase }}"]\n'
    store.write("phrases/en.yaml", f"openings:\n{phrases}closings:\n{phrases}")


@pytest.fixture(scope="module")
def twins(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder
) -> Iterator[tuple[RunningService, RunningService]]:
    """The same store without and with internal texts."""
    plain, full = (small_store(tmp_path_factory.mktemp(name), embedder) for name in ("plain", "full"))
    link = "See [the rules](axolotlslug.md) too."
    for store in (plain, full):
        picture = "![The label](../../images/label.svg)"
        store.write("images/label.svg", LABEL)
        store.article("en/returns/how-to-return", "How do I return an item?", f"Print the label. {link}\n\n{picture}")
    _write_internal(full)
    with (
        plain.engine() as one,
        full.engine() as two,
        plain.serve_published(one) as first,
        full.serve_published(two) as second,
    ):
        yield first, second


def _crawl(service: RunningService) -> dict[str, Answered]:
    """Ask every public address, each question in every format and language, typed and whole."""
    seen = {path: service.get(path) for paths in PUBLIC_PATHS.values() for path in paths}
    seen |= {path: service.get(path) for path in MISSING}
    for question in QUESTIONS:
        for lang in ("en", "it", "hu"):
            for typing in ("false", "true"):
                query: dict[str, str | int] = {"q": question, "lang": lang, "typing": typing}
                seen[f"api {query}"] = service.get("/api/v1/search", headers=None, **query)
            seen[f"page {lang} {question}"] = service.get(f"/{lang}/search", q=question)
        for category in ("returns", "secrets"):
            seen[f"api {category} {question}"] = service.get("/api/v1/search", q=question, category=category)
    return seen


def _normalised(answer: Answered) -> tuple[int, dict[str, str], bytes]:
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    headers.pop("content-length")  # took_ms has more or fewer digits; the body below tells the rest
    body = re.sub(rb'"(query_id|took_ms)":("[^"]*"|[\d.e-]+)', b"", answer.body)
    if headers["content-type"].startswith("text/plain; version="):  # what is measured moves; its names may not
        body = re.sub(rb"(?m) [\d.e+-]+$", b"", body)
    return answer.status, headers, body


def test_every_public_route_is_crawled(twins: tuple[RunningService, RunningService]) -> None:
    """A route that is added must be added above, or nobody looks whether it leaks."""
    app = create_app(twins[0].services)
    paths = {route.path for route in app.routes if isinstance(route, HTTPRoute)}

    assert paths == PUBLIC_PATHS.keys()


def test_public_answers_are_the_same_with_and_without_internal_texts(
    twins: tuple[RunningService, RunningService],
) -> None:
    """Status, headers and bytes: nothing internal moves anything public, not even a score or a date."""
    plain, full = (_crawl(service) for service in twins)
    different = [path for path, answer in plain.items() if _normalised(answer) != _normalised(full[path])]

    assert different == []


def test_no_public_answer_holds_an_internal_word(twins: tuple[RunningService, RunningService]) -> None:
    """Not one word of a note, an internal article, its title, slug or keywords, in any route and format."""
    crawled = _crawl(twins[1])
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
    assert service.get(f"/{_address(LABEL, 'label')}").text == LABEL
    assert all(f'src="/agent/{_address(*each)}"' in page for each in ((SECRET, "wombatimage"), (LABEL, "label")))
    assert service.get(f"/agent/{_address(SECRET, 'wombatimage')}", headers=headers).text == SECRET
    assert "quokkanote" in notes
    assert "civetreply" in reply["draft"]["text"]
    assert "zebracanary" not in reply["draft"]["text"]
    assert "zebracanary" in reply["questions"][0]["suggestions"][0]["internal_notes"][0]


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
