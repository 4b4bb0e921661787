"""What an editor hears: `path:line: what, and how to mend it`, with a code that stays the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import shorten

SHOWN_BLANKS = 4


class Severity(StrEnum):
    """An error stops a publish; a warning never does."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend."""

    path: str
    """As written in the repository: relative to where articles/ is."""
    line: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        text = f"{self.path}:{self.line}: {self.message} {self.hint}".rstrip()
        return f"{text} [{self.code}]"


def warning(path: str, line: int, code: str, message: str, hint: str = "") -> Problem:
    return Problem(path, line, code, message, hint, Severity.WARNING)


def fill_in(path: str, line: int, blanks: Sequence[str]) -> Problem:
    """Return the warning of places that a store has not filled in yet, as `[[3 to 5]]`."""
    shown = ", ".join(shorten(blank[2:-2], 40, placeholder=" …").join(("[[", "]]")) for blank in blanks[:SHOWN_BLANKS])
    more = f" and {len(blanks) - SHOWN_BLANKS} more" if len(blanks) > SHOWN_BLANKS else ""
    message = f"This is still to be filled in: {shown}{more}."
    return warning(path, line, "fill-in", message, "Write what holds in your store, without the brackets.")
