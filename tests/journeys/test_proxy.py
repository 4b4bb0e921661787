"""The proxies of deploy/, run: whom they let in, what they tell the service, and what they write down."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.service import ROOT

pytestmark = pytest.mark.slow

START_SECONDS = 60


class _Side(BaseHTTPRequestHandler):
    """Stands for a process of ours: tells what arrived, by which side."""

    protocol_version = "HTTP/1.1"
    side = ""

    def do_GET(self) -> None:
        told = {"side": self.side, "path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}}
        # Long enough to be worth compressing.
        body = f"<!doctype html>{json.dumps(told)}<!-- {'x' * 2000} -->".encode()
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  so http.server wants it

    def log_message(self, *_: object) -> None:
        """Tests say enough."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came through the proxy."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, object]:
        text = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        found: dict[str, object] = json.loads(re.sub(rb"^<!doctype html>|<!-- x+ -->$", b"", text))
        return found


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running proxy, and where it writes its log."""

    port: int
    log: Path

    def ask(self, path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {"Host": "help.example.org", **(headers or {})}
            connection.request("POST" if body else "GET", path, body, sent)
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def written(self) -> str:
        return self.log.read_text() if self.log.exists() else ""


Start = Callable[[bool], Proxy]


@pytest.fixture(scope="module")
def sides() -> Iterator[dict[str, int]]:
    """The two processes of the service, by their ports."""
    servers = {}
    for side in ("public", "agent"):
        server = ThreadingHTTPServer(("127.0.0.1", 0), type(side, (_Side,), {"side": side}))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers[side] = server
    yield {side: int(server.server_address[1]) for side, server in servers.items()}
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.fixture(params=["nginx", "caddy"])
def start(request: pytest.FixtureRequest, sides: dict[str, int], tmp_path: Path) -> Iterator[Start]:
    """Start a proxy with our configuration; the argument says whether the tests are in the house."""
    program = shutil.which(request.param)
    if program is None:
        pytest.skip(f"{request.param} is not installed")
    running: list[subprocess.Popen[bytes]] = []

    def run(in_house: bool) -> Proxy:
        port, log = _free_port(), tmp_path / "kb.log"
        make = _nginx if request.param == "nginx" else _caddy
        command = make(program, tmp_path, port, sides, in_house)
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(tmp_path)}
        with (tmp_path / "said").open("wb") as said:
            running.append(subprocess.Popen(command, stdout=said, stderr=said, env=environment))
        _wait_for(port, running[-1], tmp_path / "said")
        return Proxy(port, log)

    yield run
    for process in running:
        process.terminate()
        process.wait(10)


def _nginx(program: str, folder: Path, port: int, sides: dict[str, int], in_house: bool) -> list[str]:
    """Our file with ports and folders of a test, without TLS and without becoming another user."""
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    text = re.sub(
        r"^user .*$|^ +ssl_(?:certificate|certificate_key|reject_handshake) .*$", "", text, flags=re.MULTILINE
    )
    text = re.sub(r"^ +listen \[.*$|^ +listen 80;$", "", text, flags=re.MULTILINE)
    text = text.replace("listen 443 ssl http2 default_server", f"listen 127.0.0.1:{_free_port()}")
    text = text.replace("listen 443 ssl http2", f"listen 127.0.0.1:{port}")
    # What redirects to TLS has lost its port above.
    text = re.sub(r"    server \{\s+server_name help.*?return 301.*?\}\s+\}\n", "", text, flags=re.DOTALL)
    text = _moved(text, folder, "/var/log/nginx", sides, in_house).replace("/run/nginx.pid", f"{folder}/pid")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in _TEMPORARY)
    text = text.replace("\nhttp {\n", f"\nhttp {{\n{places}")
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    return [program, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-g", "daemon off;"]


_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def _caddy(program: str, folder: Path, port: int, sides: dict[str, int], in_house: bool) -> list[str]:
    text = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    text = text.replace("{\n\tservers", f"{{\n\tadmin off\n\thttp_port {port}\n\tservers", 1)
    text = text.replace("\nhelp.example.org {", "\nhttp://help.example.org {\n\tbind 127.0.0.1")
    text = _moved(text, folder, "/var/log/caddy", sides, in_house)
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    return [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def _moved(text: str, folder: Path, logs: str, sides: dict[str, int], in_house: bool) -> str:
    text = text.replace(logs, str(folder))
    text = text.replace("127.0.0.1:8001", f"127.0.0.1:{sides['public']}").replace(
        "127.0.0.1:8002", f"127.0.0.1:{sides['agent']}"
    )
    return text.replace("198.51.100.7", "127.0.0.1") if in_house else text


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], said: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(said.read_text(errors="replace"))


def test_service_is_told_the_real_address(start: Start) -> None:
    """A client that writes an address of its own would pass for another, and around every limit."""
    proxy = start(False)
    reply = proxy.ask("/en/", {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"})
    headers = reply.told["headers"]

    assert reply.told["side"] == "public"
    assert isinstance(headers, dict)
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert not headers.get("forwarded")
    assert headers["host"] == "help.example.org"


@pytest.mark.parametrize(
    "path", ["/agent", "/agent/articles/en/a/b", "/api/v1/agent/search?q=x", "/insights", "/metrics", "/readyz"]
)
def test_agents_side_does_not_exist_outside_the_house(start: Start, path: str) -> None:
    """Neither the agents' process nor what monitoring reads is reached from anywhere."""
    assert start(False).ask(path).status == 404


def test_disguised_path_reaches_the_customers_side_at_most(start: Start) -> None:
    """The customers' process has no agents' side: whatever slips past the proxy's rule arrives there."""
    proxy = start(False)
    replies = [
        proxy.ask(path) for path in ("//agent", "/%61gent", "/en/../agent", "/agent%2Fsearch", "/AGENT", "/./agent")
    ]

    assert [reply.told["side"] for reply in replies if reply.status == 200 and reply.told["side"] != "public"] == []


def test_house_reaches_the_agents_side(start: Start) -> None:
    """Agents work, and monitoring still asks the processes themselves."""
    proxy = start(True)

    assert proxy.ask("/agent/articles/en/a/b").told["side"] == "agent"
    assert proxy.ask("/api/v1/agent/search?q=x").told["path"] == "/api/v1/agent/search?q=x"
    assert proxy.ask("/agent", body=b"message=" + b"x" * 200_000).told["side"] == "agent"
    assert proxy.ask("/agents").told["side"] == "public"
    assert proxy.ask("/metrics").status == 404


def test_pages_are_compressed_and_kept_on_tls(start: Start) -> None:
    """A page is sent four times smaller, and a browser that came once comes by TLS for a year."""
    reply = start(False).ask("/en/", {"Accept-Encoding": "gzip"})

    assert reply.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in reply.headers["vary"]
    assert reply.headers["strict-transport-security"] == "max-age=31536000"


def test_large_body_is_refused(start: Start) -> None:
    """What the service would refuse anyway need not reach it."""
    proxy = start(False)

    assert proxy.ask("/api/v1/feedback", body=b"x" * 1000).status == 200
    assert proxy.ask("/api/v1/feedback", body=b"x" * 70_000).status in (413, 502)


def test_what_was_asked_and_by_whom_is_not_written_down(start: Start) -> None:
    """A log that is kept for months would hold every customer's question with an address to it."""
    proxy = start(False)
    proxy.ask("/en/search?q=secret-question", {"User-Agent": "secret-agent", "Referer": "http://a/?q=secret-page"})
    deadline = time.monotonic() + START_SECONDS
    while "/en/search" not in (written := proxy.written()) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert "/en/search" in written
    assert "secret" not in written
    assert "127.0.0.1" not in written
