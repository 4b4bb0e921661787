"""What the gate costs a request: the same routes asked with and without it, in turns, without a network between."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from litestar import Litestar, get
from litestar.datastructures import State
from litestar.types import ASGIApp

from api import access_log
from api.access import Access, check_declared
from api.errors import handle
from api.gate import Gate, admit
from api.rate_limits import Limit, RateLimits
from api.security import add_headers
from api.services import Services
from tests.api.asking import SOMEBODY, unpublished

ROUNDS = 20
REQUESTS_PER_ROUND = 500
HEADERS = [
    (b"host", b"help.example.org"),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    (b"accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    (b"accept-language", b"it-IT,it;q=0.8,en-US;q=0.5,en;q=0.3"),
    (b"accept-encoding", b"gzip, deflate, br, zstd"),
    (b"x-forwarded-for", SOMEBODY.encode()),
    (b"sec-fetch-site", b"same-origin"),
]


@get("/open", access=Access.PUBLIC)
async def unlimited() -> dict[str, str]:
    return {"status": "well"}


@get("/limited", access=Access.PUBLIC, limit=Limit.SEARCH)
async def limited() -> dict[str, str]:
    return {"status": "well"}


@get("/agents", access=Access.AGENT, limit=Limit.AGENT)
async def agents() -> dict[str, str]:
    return {"status": "well"}


def application(services: Services, with_gate: bool) -> Litestar:
    app = Litestar(
        [unlimited, limited, agents],
        state=State({"services": services, "limits": RateLimits(services.settings, services.metrics)}),
        guards=[admit] if with_gate else [],
        exception_handlers={Exception: handle},
        before_send=[add_headers],
        openapi_config=None,
        logging_config=None,
    )
    check_declared(app)
    if with_gate:
        app.asgi_handler = Gate(app.asgi_handler, services)
    return app


async def seconds_each(app: ASGIApp, path: str, headers: list[tuple[bytes, bytes]]) -> float:
    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            raise RuntimeError(f"{path} answered {message['status']}")

    scope = {"type": "http", "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode()}
    scope |= {"query_string": b"q=refund", "root_path": "", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000)}
    start = time.perf_counter()
    for _ in range(REQUESTS_PER_ROUND):
        await app({**scope, "headers": list(headers)}, receive, send)  # type: ignore[arg-type]
    return (time.perf_counter() - start) / REQUESTS_PER_ROUND


async def measure(services: Services) -> None:
    _, secret = services.keys.create("agent", "benchmark")
    bare, gated = (application(services, with_gate) for with_gate in (False, True))
    print("median of", ROUNDS, "rounds in turns, microseconds per request")
    for path in ("/open", "/limited", "/agents"):
        headers = [*HEADERS, (b"authorization", f"Bearer {secret}".encode())]
        times = [
            (await seconds_each(bare, path, headers), await seconds_each(gated, path, headers)) for _ in range(ROUNDS)
        ]
        without, with_gate = (statistics.median(each) * 1e6 for each in zip(*times, strict=True))
        print(f"{path:9} without {without:6.0f}   with {with_gate:6.0f}   gate {with_gate - without:5.0f}")


def main() -> None:
    # The access log is written as in service, to where it costs no terminal.
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  until the process ends
    access_log.to_standard_error()
    with tempfile.TemporaryDirectory() as folder:
        most = dict.fromkeys(("rate_search", "rate_agent"), "9999999/day")
        asyncio.run(measure(unpublished(Path(folder), **most)))


if __name__ == "__main__":
    main()
