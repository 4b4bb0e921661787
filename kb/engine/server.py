"""
The managed Meilisearch: own folder, own key, loopback only, no analytics, nothing taken from the environment.

It starts in a session of its own, so that Ctrl-C in a terminal reaches us alone and we stop it in order. Should we be
killed, the next start ends what was left (`end_orphan`): a second server on the same database would start too,
without a lock.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from meilisearch import Client

from kb.engine.binary import Binary
from kb.errors import EngineUnavailable

START_SECONDS = 30
STOP_SECONDS = 10
POLL_SECONDS = 0.05


class ManagedServer:
    """One Meilisearch process over `folder` (data/engine)."""

    def __init__(self, binary: Binary, folder: Path) -> None:
        self._binary = binary
        self._folder = folder.resolve()
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def database(self) -> Path:
        """By version: another version cannot read it, and everything in it can be made again."""
        return self._folder / f"db-{self._binary.version}"

    @property
    def master_key(self) -> str:
        """Random, made once, readable by the owner only."""
        path = self._folder / "master.key"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(32))
        return path.read_text(encoding="ascii").strip()

    def launch(self) -> None:
        """
        Start the process; `wait_until_ready` says when it answers. Raises EngineUnavailable.

        Started again it keeps its port, so that who held its address goes on.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in self._folder.glob("db-*"):
            if old != self.database:
                shutil.rmtree(old, ignore_errors=True)
        self._port = _free_port(self._port)
        try:
            self._process = self._started()
        except OSError as error:
            raise EngineUnavailable(f"Meilisearch cannot be started: {error}.", f"Look at {self._folder}.") from error

    def _started(self) -> subprocess.Popen[bytes]:
        log_path = self._folder / "engine.log"
        if log_path.exists():  # why the one before ended
            log_path.replace(self._folder / "engine.log.1")
        with log_path.open("wb") as log:
            return subprocess.Popen(
                self._command(),
                cwd=self._folder,
                env={"MEILI_MASTER_KEY": self.master_key, "TMPDIR": str(self._folder), "HOME": str(self._folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _command(self) -> list[str]:
        options = {
            "--env": "production",
            "--http-addr": f"127.0.0.1:{self._port}",
            "--db-path": str(self.database),
            "--dump-dir": str(self._folder / "dumps"),
            "--snapshot-dir": str(self._folder / "snapshots"),
            "--log-level": "WARN",
            # One of two cores: searches go on while an edition is loaded.
            "--max-indexing-threads": "1",
            # By default two thirds of the machine's memory: it held 1.8 GB for 400 passages, and one changed document
            # took it up to 3 s. With this it holds a sixth of that, and a tenth of a second.
            "--max-indexing-memory": "256Mb",
        }
        return [str(self._binary.path), "--no-analytics", *(word for pair in options.items() for word in pair)]

    def wait_until_ready(self) -> None:
        """Raises EngineUnavailable with the end of its log when it does not answer in START_SECONDS."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.is_running():
                raise EngineUnavailable(
                    f"Meilisearch ended at once: {self._log_end()}", f"See {self._folder}/engine.log."
                )
            if self.is_healthy():
                return
            time.sleep(POLL_SECONDS)
        self.stop()
        raise EngineUnavailable(f"Meilisearch does not answer: {self._log_end()}", f"See {self._folder}/engine.log.")

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def is_healthy(self) -> bool:
        return bool(Client(self.url, self.master_key, timeout=1).is_healthy())

    def put_aside(self) -> Path | None:
        """Move the database out of the way, the one put aside before it is deleted; None when there is none."""
        if not self.database.exists():
            return None
        aside = self._folder / f"broken-{self.database.name}"
        shutil.rmtree(aside, ignore_errors=True)
        self.database.replace(aside)
        return aside

    def _log_end(self) -> str:
        try:
            return (self._folder / "engine.log").read_text(encoding="utf-8", errors="replace").strip()[-300:]
        except OSError:
            return "there is no log"

    def stop(self) -> None:
        """End the process in order; harmless when it is not running."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def end_orphan(pid: int, folder: Path) -> bool:
    """End a server over `folder` that a killed owner left behind; return whether there was one."""
    if not pid or str(folder.resolve()) not in _command_line(pid):
        return False
    _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        if not _command_line(pid):
            return True
        time.sleep(POLL_SECONDS)
    _signal(pid, signal.SIGKILL)
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _command_line(pid: int) -> str:
    """Return what a process was started with, empty when it is gone: a number may be another program's by now."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return ""
    except OSError:
        return ""
    told = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607
    return told.stdout.strip()


def _free_port(wanted: int) -> int:
    """Return `wanted` when it is free, else any other."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
