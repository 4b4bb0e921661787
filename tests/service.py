"""A store in a folder, published into a real Meilisearch, served by a real server: what journeys run against."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from api.app import create_app
from api.services import Services
from api.visitors import Visitors
from indexer.publish import Report, publish
from kb.delivery.deliverer import deliverer_for
from kb.embedding.base import Embedder
from kb.engine.access import EngineAccess
from kb.engine.access_files import owner_access
from kb.engine.ownership import open_engine
from kb.knowledge_base import KnowledgeBase
from kb.records.database import Database
from kb.records.keys import KeyStore
from kb.records.records import Records
from kb.records.tables import agents
from kb.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "articles"
# A Wednesday, 11:30 in Budapest: somebody is there.
NOON = datetime(2026, 11, 18, 10, 30, tzinfo=UTC)
# A busy test machine must not look like a broken model.
PATIENT_MS = 60_000

STORE_YAML = """\
name: Test Store
languages: [en, it]
default_language: en
timezone: Europe/Budapest
categories:
  returns:
    title: {en: Returns, it: Resi}
    contacts:
      - {channel: phone, value: "+36 1 555 0104", hours: {mon-fri: "9:00-18:00"}}
  delivery:
    title: {en: Delivery, it: Consegna}
contacts:
  - {channel: email, value: help@example.org}
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """A response as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class RunningService:
    """A service that answers on loopback."""

    url: str
    services: Services

    def get(self, path: str, *, headers: Mapping[str, str] | None = None, **query: str | int) -> Answered:
        address = self.url + path + ("?" + urllib.parse.urlencode(query) if query else "")
        return _send(urllib.request.Request(address, headers=dict(headers or {})))

    def post(self, path: str, content: object, headers: Mapping[str, str] | None = None) -> Answered:
        return self.post_bytes(path, json.dumps(content).encode(), headers)

    def post_bytes(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answered:
        sent = {"Content-Type": "application/json", **(headers or {})}
        return _send(urllib.request.Request(self.url + path, body, sent, method="POST"))

    def search(self, question: str, lang: str = "en", **query: str | int) -> Any:
        return self.get("/api/v1/search", headers=None, q=question, lang=lang, **query).json()

    def agent_key(self) -> dict[str, str]:
        """Return the headers of a new agent."""
        _, secret = self.services.keys.create("agent", "test")
        return {"Authorization": f"Bearer {secret}"}


@dataclass(slots=True)
class Store:
    """An `articles/` folder with a data directory beside it."""

    folder: Path
    embedder: Embedder
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = Settings(
            articles=self.folder / "articles",
            data=self.folder / "data",
            embedding_deadline_ms=PATIENT_MS,
            engine_deadline_ms=PATIENT_MS,
        )

    def write(self, name: str, text: str) -> Path:
        """Write a file below articles/."""
        path = self.settings.articles / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def article(self, article_id: str, title: str, body: str, *, audience: str = "customer", **front: object) -> Path:
        """Write an article; further front matter as JSON, which is YAML."""
        fields = {"title": title, "audience": audience, **front}
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
        return self.write(f"{article_id}.md", "---\n" + "\n".join(lines) + f"\n---\n{body}\n")

    @contextmanager
    def engine(self) -> Iterator[EngineAccess]:
        with open_engine(self.settings, "test") as access:
            yield access

    @contextmanager
    def engine_beside(self) -> Iterator[EngineAccess]:
        """Join the engine that another block of this process runs."""
        access = owner_access(self.settings.data)
        if access is None:
            raise RuntimeError("no engine runs on this store")
        yield access

    def publish(self, access: EngineAccess, *, rebuild: bool = False, keep_going: bool = False) -> Report:
        return publish(self.settings, access, self.embedder, rebuild=rebuild, keep_going=keep_going)

    @contextmanager
    def serve_published(self, access: EngineAccess) -> Iterator[RunningService]:
        """Publish, then serve."""
        self.publish(access)
        with self.serve(access) as service:
            yield service

    @contextmanager
    def serve(
        self,
        access: EngineAccess,
        now: datetime = NOON,
        embedder: Embedder | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> Iterator[RunningService]:
        """Serve what is live, with the clock standing at `now`, or by a `clock` of its own."""
        knowledge = KnowledgeBase.open(self.settings, access, embedder or self.embedder, clock or (lambda: now))
        keys = KeyStore(Database(self.settings.records_url, agents))
        visitors = Visitors(self.settings.data, self.settings.trusted_networks)
        records = Records.open(self.settings)
        deliverer = deliverer_for(self.settings, records)
        services = Services(self.settings, knowledge, keys, records=records, visitors=visitors, deliverer=deliverer)
        config = uvicorn.Config(create_app(services), port=0, log_config=None, access_log=False, server_header=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield RunningService(f"http://127.0.0.1:{_port(server)}", services)
        finally:
            server.should_exit = True
            thread.join(10)


def small_store(folder: Path, embedder: Embedder) -> Store:
    """Return a store of three short articles in English and one in Italian."""
    store = Store(folder, embedder)
    store.write("store.yaml", STORE_YAML)
    store.article(
        "en/returns/refund-time",
        "When will I get my money back?",
        "A refund reaches your card in 3 to 10 days.\n\n## Bank transfers\n\nA transfer takes 2 days.",
        questions=["refund not received"],
    )
    store.article("en/returns/how-to-return", "How do I return an item?", "Print the label and hand the parcel in.")
    store.article("en/delivery/delivery-cost", "What does delivery cost?", "Delivery by courier costs 5 euros.")
    store.article("it/delivery/delivery-cost", "Quanto costa la consegna?", "Il corriere costa 5 euro.")
    return store


def _port(server: uvicorn.Server) -> int:
    deadline = time.monotonic() + 30
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the test server does not start")
        time.sleep(0.01)
    return int(server.servers[0].sockets[0].getsockname()[1])


class _Unredirected(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Redirects are what tests look at."""


_OPENER = urllib.request.build_opener(_Unredirected)


def _send(request: urllib.request.Request) -> Answered:
    try:
        with _OPENER.open(request, timeout=120) as response:
            return Answered(response.status, _lower(response.headers), response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answered(error.code, _lower(error.headers), error.read())


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
