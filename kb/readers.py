"""
Which edition each running service answers from, so that nobody's documents are deleted under them.

    data/readers/<random>      the edition's id; written every few seconds, so that the dead are told apart
"""

from __future__ import annotations

import secrets
import time
from pathlib import Path

ALIVE_SECONDS = 30.0


class ReaderBoard:
    """What the processes of one data directory say of themselves; a directory that cannot be written is no fault."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "readers"
        self._own = self._folder / secrets.token_hex(8)

    def report(self, edition: str) -> None:
        """Tell that this process answers from `edition` now; to be repeated every few seconds."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._own.write_text(edition, encoding="ascii")
        except OSError:
            return

    def leave(self) -> None:
        try:
            self._own.unlink(missing_ok=True)
        except OSError:
            return

    def all_on(self, edition: str) -> bool:
        """Whether every living process answers from `edition`; forgets the dead."""
        return all(told == edition for told in self._alive())

    def _alive(self) -> list[str]:
        told = []
        for path in self._folder.glob("*"):
            try:
                if time.time() - path.stat().st_mtime > ALIVE_SECONDS:
                    path.unlink()
                else:
                    told.append(path.read_text(encoding="ascii"))
            except OSError:  # it has just left
                continue
        return told
