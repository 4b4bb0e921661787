"""Figures kept with the repository: a line of JSON per run, under the commit that was measured."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.service import ROOT


def store(path: Path, figures: Mapping[str, object]) -> None:
    """Append a line to `path`."""
    known = {name: None if value != value else value for name, value in figures.items()}  # JSON has no nan
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"commit": _commit(), **known}, ensure_ascii=False) + "\n")


def _commit() -> str:
    """Return the commit that is checked out, with a + when files differ from it."""
    described = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
    return subprocess.run(described, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
