"""
How the last publish ended, for whoever looks later: `data/publish.json`.

An editor who saved a broken file is told by `kb status` and by the service, wherever it was that the publish ran.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from indexer.problems import Problem


@dataclass(frozen=True, slots=True)
class Outcome:
    """One publish, as it stands now."""

    state: str
    """`publishing`, `published`, `withheld` (rolled back before), or the code of the error that ended it."""
    at: str
    """ISO 8601, UTC."""
    message: str = ""
    """What went wrong and how to mend it, or what is being done."""
    edition: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def failed(self) -> bool:
        return self.state not in {"publishing", "published", "withheld"}


def write_work(data: Path, message: str) -> None:
    """Tell what is being done right now."""
    _write(data, Outcome("publishing", _now(), message))


def write_success(data: Path, edition: str, problems: Sequence[Problem]) -> None:
    _write(data, Outcome("published", _now(), edition=edition, problems=tuple(problems)))


def write_withheld(data: Path, edition: str) -> None:
    """What stands in the files was rolled back, and is not published by itself."""
    message = "The files hold what was rolled back: change them, or publish them all the same with `kb index`."
    _write(data, Outcome("withheld", _now(), message, edition))


def write_failure(data: Path, code: str, message: str) -> None:
    _write(data, Outcome(code, _now(), message))


def read_outcome(data: Path) -> Outcome | None:
    """Return how the last publish ended, None before the first."""
    try:
        return msgspec.json.decode((data / "publish.json").read_bytes(), type=Outcome)
    except (OSError, msgspec.MsgspecError):
        return None


def _write(data: Path, outcome: Outcome) -> None:
    part = data / f".publish.json.{os.getpid()}.part"
    try:
        part.write_bytes(msgspec.json.encode(outcome))
        part.replace(data / "publish.json")
    except OSError:
        # A full disk: what was to be told is in the log too, and must not hide why.
        part.unlink(missing_ok=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
