"""An application without anything published, asked as a server would ask it: every byte of a request can be said."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from litestar import Litestar

from api.app import create_app
from api.services import Services
from kb.knowledge_base import KnowledgeBase
from kb.records.database import Database
from kb.records.keys import KeyStore
from kb.records.tables import agents
from kb.settings import Settings
from tests.kb.fakes import WordEmbedder
from tests.service import Answered

# Of the ranges that stand for somebody in documentation: never loopback, never a proxy.
SOMEBODY = "203.0.113.5"


def unpublished(folder: Path, **settings: Any) -> Services:
    """Return services with keys in a database of their own, and nothing published."""
    chosen = Settings(data=folder, **settings).checked()
    keys = KeyStore(Database(chosen.records_url, agents))
    return Services(chosen, KnowledgeBase.open(chosen, embedder=WordEmbedder()), keys)


def application(folder: Path, **settings: Any) -> Litestar:
    return create_app(unpublished(folder, **settings))


def ask(
    app: Litestar,
    path: str,
    method: str = "GET",
    headers: Iterable[tuple[str, str]] = (),
    *,
    peer: str | None = SOMEBODY,
    body: bytes = b"",
    scheme: str = "http",
) -> Answered:
    """Send one request from `peer`; `path` may have a query, and nothing is added to `headers`."""
    address, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": address,
        "raw_path": address.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": (peer, 1234) if peer else None,
        "server": ("127.0.0.1", 8000),
    }
    return asyncio.run(_exchange(app, scope, body))


async def _exchange(app: Litestar, scope: Any, body: bytes) -> Answered:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Answered(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


def bearer(secret: str) -> list[tuple[str, str]]:
    return [("Authorization", f"Bearer {secret}")]
