"""
When did the public text of an article last change? Asked of git, so that every node that publishes a commit says the
same.

The file's own last commit would not do: a change to an agent's note would show on the public page as a new date.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from indexer.markdown import Draft, read

GIT_SECONDS = 30
# A text that was the same for longer than this many commits of its file gets the oldest of them.
MAX_COMMITS = 20


class History:
    """The git history of one `articles/` folder; without git, everything is unknown."""

    def __init__(self, root: Path) -> None:
        self._root = root
        # Where history is cut off, its oldest commit seems to have made everything: no day is better than a wrong one.
        shallow = self._git("rev-parse", "--is-shallow-repository").strip() == "true"
        self._commits = {} if shallow else self._commits_by_file()
        self._dirty = self._dirty_files()

    @property
    def commit(self) -> str:
        """The commit the folder stands at, with `+` when files differ from it; empty without git."""
        head = self._git("rev-parse", "--short=12", "HEAD").strip()
        return head + ("+" if head and self._dirty else "")

    def last_public_change(self, draft: Draft) -> date | None:
        """Return the day of the commit that gave the article its public text, None when that is not committed."""
        file = f"{draft.id}.md"
        commits = self._commits.get(file, [])
        if not commits:
            return None
        if len(commits) == 1 and file not in self._dirty:
            return commits[0][1]
        found: date | None = None
        for commit, day in commits[:MAX_COMMITS]:
            if read(draft.id, draft.path, self._content(commit, file)).public_hash != draft.public_hash:
                break
            found = day
        return found

    def _content(self, commit: str, file: str) -> bytes:
        return self._git("show", f"{commit}:./{file}").encode()

    def _commits_by_file(self) -> dict[str, list[tuple[str, date]]]:
        told = self._git("log", "--format=%x00%H %cs", "--name-only", "--relative", "--no-renames", "--", ".")
        commits: dict[str, list[tuple[str, date]]] = {}
        for entry in told.split("\0")[1:]:
            head, *files = entry.strip().split("\n")
            commit, day = head.split(" ")
            for file in filter(None, files):
                commits.setdefault(file, []).append((commit, date.fromisoformat(day)))
        return commits

    def _dirty_files(self) -> set[str]:
        prefix = self._git("rev-parse", "--show-prefix").strip()
        told = self._git("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", ".")
        return {entry[3:].removeprefix(prefix) for entry in told.split("\0") if entry}

    def _git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self._root), "--no-optional-locks", "-c", "core.fsmonitor=false", *arguments]
        try:
            told = subprocess.run(
                command,
                capture_output=True,
                timeout=GIT_SECONDS,
                check=True,
                env={
                    "PATH": os.environ.get("PATH", ""),
                    "HOME": os.environ.get("HOME", ""),
                    "GIT_TERMINAL_PROMPT": "0",
                },
            )
        except (OSError, subprocess.SubprocessError):
            return ""
        return told.stdout.decode("utf-8", "replace")


def last_changes(root: Path, drafts: Iterable[Draft]) -> tuple[str, dict[str, date]]:
    """Return (commit, article id → day of the last public change) for what git knows."""
    history = History(root)
    changes = ((draft.id, history.last_public_change(draft)) for draft in drafts)
    return history.commit, {article_id: day for article_id, day in changes if day}
