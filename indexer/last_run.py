"""What the golden questions found the last time they were asked: `data/eval.json`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from kb.golden import Asked

NAME = "eval.json"


@dataclass(frozen=True, slots=True)
class Run:
    """The golden questions, asked of one edition."""

    edition: str
    """What customers see of it."""
    at: str
    """ISO 8601, UTC."""
    asked: tuple[Asked, ...]


def read_run(data: Path) -> Run | None:
    """Return the last run; None before the first, or when it cannot be read."""
    try:
        return msgspec.json.decode((data / NAME).read_bytes(), type=Run)
    except (OSError, msgspec.MsgspecError):
        return None


def write_run(data: Path, edition: str, asked: Sequence[Asked], kept: Sequence[Asked] = ()) -> None:
    """Keep a run; of `kept`, what was not asked this time stays as it was. Raises OSError."""
    now = {each.golden for each in asked}
    everything = (*asked, *(each for each in kept if each.golden not in now))
    run = Run(edition, datetime.now(UTC).isoformat(timespec="seconds"), everything)
    part = data / f".{NAME}.{os.getpid()}.part"
    part.write_bytes(msgspec.json.encode(run))
    part.replace(data / NAME)
