"""When a public text last changed, asked of a real git repository."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

from indexer.history import MAX_COMMITS, History, last_changes
from indexer.markdown import read
from tests.indexer.samples import FRONT, page

ID = "en/returns/a"
FILE = f"{ID}.md"


class Repository:
    """A git repository with an `articles/` folder in it."""

    def __init__(self, folder: Path, articles: str = "articles") -> None:
        self.folder = folder
        self.root = folder / articles
        self.root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, day: str = "2026-01-01") -> str:
        identity = {
            f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        dates = {"GIT_AUTHOR_DATE": "2020-01-01T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
        plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PATH": os.environ["PATH"]}
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],  # noqa: S607
            check=True,
            capture_output=True,
            text=True,
            env=plain | identity | dates,
        )
        return done.stdout.strip()

    def write(self, content: bytes, file: str = FILE) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def commit(self, content: bytes, day: str, file: str = FILE) -> None:
        self.write(content, file)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "x", day=day)

    def last_change(self, file: str = FILE) -> date | None:
        """Return what is told of the file as it is on disk now."""
        path = self.root / file
        return History(self.root).last_public_change(read(file.removesuffix(".md"), str(path), path.read_bytes()))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "store")


def test_committed_article_has_the_day_of_its_commit(repository: Repository) -> None:
    """The day counts on which it came into this history, not the one on which it was written."""
    repository.commit(page("Text."), "2026-01-05")

    assert repository.last_change() == date(2026, 1, 5)


def test_change_of_the_text_is_a_new_day(repository: Repository) -> None:
    """Body, title, description, questions and keywords are text that customers read."""
    repository.commit(page("Text."), "2026-01-05")
    repository.commit(page("Better text."), "2026-02-05")
    assert repository.last_change() == date(2026, 2, 5)

    repository.commit(page("Better text.", FRONT.replace("D.", "E.")), "2026-03-05")
    assert repository.last_change() == date(2026, 3, 5)


def test_change_of_a_note_is_no_new_day(repository: Repository) -> None:
    """From the date on a public page nobody can tell that a note, an owner or a review date was changed."""
    repository.commit(page("Text."), "2026-01-05")
    repository.commit(page("Text.\n\n:::agent\nNote.\n:::"), "2026-02-05")
    repository.commit(page("Text.\n\n:::agent\nOther note.\n:::", FRONT + "\nowner: me"), "2026-03-05")

    assert repository.last_change() == date(2026, 1, 5)


def test_text_put_back_has_the_day_of_its_return(repository: Repository) -> None:
    """What stood there before another text was not there in between."""
    repository.commit(page("Text."), "2026-01-05")
    repository.commit(page("Wrong."), "2026-02-05")
    repository.commit(page("Text."), "2026-03-05")

    assert repository.last_change() == date(2026, 3, 5)


def test_commits_of_other_files_do_not_count(repository: Repository) -> None:
    """Each article has its own history."""
    repository.commit(page("Text."), "2026-01-05")
    repository.commit(page("Other."), "2026-02-05", "en/returns/b.md")

    assert repository.last_change() == date(2026, 1, 5)
    assert repository.last_change("en/returns/b.md") == date(2026, 2, 5)


def test_text_not_committed_yet_has_no_day(repository: Repository) -> None:
    """A new file, and a public change that is only on disk, are of no known day."""
    repository.commit(page("Text."), "2026-01-05")
    repository.write(page("Changed."))
    repository.write(page("New."), "en/returns/new.md")

    assert repository.last_change() is None
    assert repository.last_change("en/returns/new.md") is None


def test_note_not_committed_yet_keeps_the_day(repository: Repository) -> None:
    """A change on disk that customers cannot see does not take the date away."""
    repository.commit(page("Text."), "2026-01-05")
    repository.write(page("Text.\n\n:::agent\nNote.\n:::"))

    assert repository.last_change() == date(2026, 1, 5)


def test_text_older_than_many_commits_has_the_oldest_day_looked_at(repository: Repository) -> None:
    """Looking back has an end, and ends with a day on which the text certainly was there."""
    repository.commit(page("Text."), "2026-01-01")
    for number in range(MAX_COMMITS):
        repository.commit(page(f"Text.\n\n:::agent\nNote {number}.\n:::"), f"2026-02-{number + 1:02}")

    assert repository.last_change() == date(2026, 2, 1)


@pytest.mark.parametrize("articles", [".", "articles", "content/help center/статьи"])
def test_articles_may_stand_anywhere_in_the_repository(tmp_path: Path, articles: str) -> None:
    """As its root, as a folder, and deep below names with spaces and letters of any language."""
    repository = Repository(tmp_path / "a store", articles)
    repository.commit(page("Text."), "2026-01-05")
    repository.write(page("Text.\n\n:::agent\nNote.\n:::"))

    assert repository.last_change() == date(2026, 1, 5)
    assert History(repository.root).commit.endswith("+")


def test_commit_names_the_state_of_the_folder(repository: Repository) -> None:
    """Twelve characters of the commit, and a plus when files differ from it; changes elsewhere do not count."""
    repository.commit(page("Text."), "2026-01-05")
    head = repository.git("rev-parse", "HEAD")[:12]
    (repository.folder / "README.md").write_text("not an article")
    assert History(repository.root).commit == head

    repository.write(page("New."), "en/returns/new.md")
    assert History(repository.root).commit == head + "+"


def test_without_git_everything_is_unknown(tmp_path: Path) -> None:
    """A folder outside of any repository is published all the same, without dates."""
    (tmp_path / ".git").write_text("no repository")
    draft = read(ID, FILE, page("Text."))

    assert last_changes(tmp_path, [draft]) == ("", {})
    assert last_changes(tmp_path / "missing", [draft]) == ("", {})


def test_repository_without_commits_is_unknown(repository: Repository) -> None:
    """`git init` alone says nothing yet."""
    repository.write(page("Text."))

    assert last_changes(repository.root, [read(ID, FILE, page("Text."))]) == ("", {})


def test_only_what_git_knows_is_told(repository: Repository) -> None:
    """The days come by id; an article that is not committed is left out."""
    repository.commit(page("Text."), "2026-01-05")
    drafts = [read(each, f"{each}.md", page("Text.")) for each in (ID, "en/returns/new")]

    assert last_changes(repository.root, drafts)[1] == {ID: date(2026, 1, 5)}
