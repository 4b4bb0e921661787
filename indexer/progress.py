"""Who is told how far a publish is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Protocol


class Step(StrEnum):
    """The points between which a publish may be cut off; at each of them what answers is wholly old or wholly new."""

    WRITTEN = "written"
    """The edition is on disk, beside the others."""
    LOADED = "loaded"
    """The engine holds its documents, beside those of the live one."""
    BEFORE_LIVE = "before-live"
    LIVE = "live"
    """Readers move to it."""
    BEFORE_DELETION = "before-deletion"
    """What only older editions had is about to leave the engine and the disk."""


class Progress(Protocol):
    """Who shows how far it is."""

    def say(self, message: str) -> None: ...

    def reached(self, step: Step) -> None: ...

    def steps(self, what: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Open a bar of `total`; the callable moves it on."""


class Silent:
    """Shows nothing."""

    def say(self, message: str) -> None: ...

    def reached(self, step: Step) -> None: ...

    def steps(self, what: str, total: int) -> AbstractContextManager[Callable[[int], None]]:  # noqa: ARG002
        return nullcontext(lambda _: None)
