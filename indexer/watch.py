"""
Follows the files: calls back when something under articles/ was saved, or a commit was made.

Only importer of watchfiles.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import watchfiles
from watchfiles import Change

log = logging.getLogger("kb.watch")

# Editors save in several steps, and `git pull` writes many files: what changes within this time is one change.
DEBOUNCE_MS = 400
STEP_MS = 50
# A folder that is not there (yet, or during a checkout) is looked for again.
MISSING_SECONDS = 2.0


class Watcher:
    """One thread that watches a folder of articles."""

    def __init__(self, articles: Path, changed: Callable[[], None]) -> None:
        self._articles = articles
        self._changed = changed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch()
            except (OSError, RuntimeError) as error:
                log.warning("the articles cannot be watched: %s", error)
            if not self._stopping.wait(MISSING_SECONDS):
                self._changed()

    def _watch(self) -> None:
        """Return when asked to stop; raise when there is nothing to watch any more."""
        places = [self._articles, *_head_log(self._articles)]
        for _ in watchfiles.watch(
            *places,
            watch_filter=_matters,
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            stop_event=self._stopping,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            self._changed()
            if not self._articles.is_dir():
                return


def _head_log(articles: Path) -> list[Path]:
    """Return the file that git appends to at every commit: dates on pages come from there."""
    for folder in [articles.resolve(), *articles.resolve().parents]:
        if (folder / ".git").is_dir():
            return [path for path in [folder / ".git" / "logs" / "HEAD"] if path.exists()]
    return []


def _matters(_: Change, path: str) -> bool:
    """What editors keep beside a file while they work on it is not content."""
    name = Path(path).name
    return not name.startswith((".", "#", "~")) and not name.endswith(("~", ".swp", ".swx", ".tmp", ".part", ".bak"))
