"""`kb` as processes on one store, and what they leave behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.service import ROOT, Store

PATIENCE_SECONDS = 120


class Kb:
    """Runs `kb` on one store; what is still running at the end is killed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.port = _free_port()
        self.started: list[subprocess.Popen[str]] = []
        self.settings: dict[str, str] = {}
        self._log = store.folder / "kb.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *arguments: str, log: Path | None = None) -> subprocess.Popen[str]:
        """Start a command; what it tells is read from it, or goes to `log` when it runs for long."""
        environment = {**os.environ, "KB_PORT": str(self.port), **self.settings}
        command = [sys.executable, "-m", "api", "--articles", str(self.store.settings.articles)]
        command += ["--data", str(self.store.settings.data), *arguments]
        with Path(log or os.devnull).open("a", encoding="utf-8") as file:
            out = file if log else subprocess.PIPE
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, text=True)
        self.started.append(process)
        return process

    def serve(self) -> subprocess.Popen[str]:
        """Start the service and wait until it answers."""
        process = self.start("serve", log=self._log)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise AssertionError(self.told())
            if self.status("/healthz") == 200:
                return process
            time.sleep(0.1)
        raise TimeoutError("kb serve does not answer")

    def serve_settled(self) -> subprocess.Popen[str]:
        """Start the service and wait until it has compared the files with what is live, as it does once by itself."""
        before = self._published_at()
        process = self.serve()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._published_at() in (0, before) and time.monotonic() < deadline:
            time.sleep(0.1)
        return process

    def _published_at(self) -> int:
        path = self.store.settings.data / "publish.json"
        if not path.exists() or json.loads(path.read_bytes())["state"] != "published":
            return 0
        return path.stat().st_mtime_ns

    def told(self) -> str:
        """Return what the services of this store have said so far."""
        return self._log.read_text(encoding="utf-8")

    def status(self, path: str) -> int:
        """Return the status of a page; 0 when nothing answers."""
        return self._get(path)[0]

    def page(self, path: str) -> str:
        """Return a page's HTML."""
        return self._get(path)[1].decode()

    def _get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as response:
                return int(response.status), response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except OSError:
            return 0, b""

    def search(self, question: str, lang: str = "en") -> Any:
        """Return a search's answer. Raises OSError when nothing answers."""
        return self.get("/api/v1/search?" + urllib.parse.urlencode({"q": question, "lang": lang}))

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Any:
        """Return an answer's JSON. Raises OSError when nothing answers, or not well."""
        request = urllib.request.Request(self.url + path, headers=dict(headers or {}))
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def workers(self) -> list[int]:
        """Return the publishing processes that work for this store."""
        data = str(self.store.settings.data)
        return [pid for pid in _processes() if "indexer.worker" in _command_line(pid) and data in _environment(pid)]

    def engines(self) -> list[int]:
        """Return the Meilisearch processes over this store's data."""
        folder = str(self.store.settings.data.resolve() / "engine")
        return [pid for pid in _processes() if folder in _command_line(pid)]

    def engines_once_started(self, other_than: Sequence[int] = ()) -> list[int]:
        """Return the engines as soon as there is a new one: pages answer before the engine does."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = self.engines()
            if found and not set(found) & set(other_than):
                return found
            time.sleep(0.05)
        raise TimeoutError("no engine is started")


@contextmanager
def running_kb(store: Store) -> Iterator[Kb]:
    """Give a `kb` whose processes are all gone at the end, whatever happened."""
    kb = Kb(store)
    try:
        yield kb
    finally:
        for process in kb.started:
            if process.poll() is None:
                process.kill()
            process.communicate()
        for pid in kb.engines():
            os.kill(pid, signal.SIGKILL)


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _environment(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
