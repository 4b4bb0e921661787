"""How far it is: bars on a terminal, plain lines in a pipe. On standard error, so that output can be piped."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from indexer.progress import Step

# A line often enough to see that it goes on, seldom enough to keep a log readable.
PLAIN_SECONDS = 10.0


class Shown:
    """Shows progress on standard error."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)

    def say(self, message: str) -> None:
        self._console.print(f"… {message}", markup=False, soft_wrap=True)

    def reached(self, step: Step) -> None: ...

    @contextmanager
    def steps(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        shown = self._bar(what, total) if sys.stderr.isatty() else self._lines(what, total)
        with shown as done:
            yield done

    @contextmanager
    def _bar(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        columns = (TextColumn("… {task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(what, total=total)
            yield lambda count: progress.advance(task, count)

    @contextmanager
    def _lines(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        done, said = 0, time.monotonic()
        self.say(f"{what}: {total}")

        def advance(count: int) -> None:
            nonlocal done, said
            done += count
            if time.monotonic() - said >= PLAIN_SECONDS:
                said = time.monotonic()
                self.say(f"{what}: {done} of {total}")

        yield advance
