"""The parent's side of `indexer.worker`: starts it, asks it, shows what it tells, ends it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from indexer.progress import Progress
from indexer.worker import Event
from kb.settings import Settings

STOP_SECONDS = 5.0


class WorkerProcess:
    """One child process; does one command at a time."""

    def __init__(self, settings: Settings) -> None:
        # From where this code is, and not from a folder of the same name in which a store happens to start us.
        paths = [str(Path(__file__).resolve().parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "indexer.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **settings.as_environment(), "PYTHONPATH": os.pathsep.join(paths)},
        )

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def do(self, command: str, progress: Progress) -> Event | None:
        """Return how the command failed, None when it is done. Raises OSError when the process is gone before that."""
        shown = _Shown(progress)
        failure = None
        try:
            self._ask(command)
            while (event := self._heard()).kind != "done":
                failure = event if event.kind == "failed" else failure
                shown.show(event)
        finally:
            shown.close_bar()
        return failure

    def _ask(self, command: str) -> None:
        if self._process.stdin:
            self._process.stdin.write(f"{command}\n".encode())
            self._process.stdin.flush()

    def _heard(self) -> Event:
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise OSError("it has ended by itself")
        return msgspec.json.decode(line, type=Event)

    def interrupt(self) -> None:
        """End it in the middle of its work: what it was doing is finished by the next one."""
        self._process.terminate()

    def end(self) -> None:
        """Wait for its end; it comes by itself when nobody is there to ask it."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


class _Shown:
    """Events as progress."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bar: AbstractContextManager[Callable[[int], None]] | None = None
        self._advance: Callable[[int], None] = lambda _: None

    def show(self, event: Event) -> None:
        match event.kind:
            case "bar":
                self._bar = self._progress.steps(event.text, event.count)
                self._advance = self._bar.__enter__()
            case "advance":
                self._advance(event.count)
            case "bar-end":
                self.close_bar()
            case "say" | "published" | "failed" if event.text:
                self._progress.say(event.text)

    def close_bar(self) -> None:
        bar, self._bar = self._bar, None
        if bar:
            bar.__exit__(None, None, None)
