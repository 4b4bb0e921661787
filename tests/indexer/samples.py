"""Articles, and folders of them, as short as a test needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from indexer.library import Library, scan
from indexer.markdown import Draft, finish, read
from indexer.problems import Problem, Severity
from kb.article import Article

FRONT = "title: T\ndescription: D.\nquestions: [Q?]\naudience: customer"
STORE = "url: https://help.example.org\nlanguages: [en]\ncategories: {returns: {title: Returns}}\n"
ID = "en/returns/case"
SITE = "https://help.example.org"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path d="M0 0h9v9z"/></svg>'


def page(body: str, front: str = FRONT) -> bytes:
    """Return the bytes of an article's file."""
    return f"---\n{front}\n---\n{body}".encode()


def draft(body: str, front: str = FRONT, article_id: str = ID) -> Draft:
    return read(article_id, f"articles/{article_id}.md", page(body, front), SITE)


def article(body: str, front: str = FRONT, public: Iterable[str] = ()) -> Article:
    """Return what a body is published as, when `public` are the other articles that customers can read."""
    return finish(draft(body, front), {ID, *public})[0]


def errors(problems: Iterable[Problem]) -> list[str]:
    """Return the codes of those problems that stop a publish."""
    return [problem.code for problem in problems if problem.severity is Severity.ERROR]


def warnings(problems: Iterable[Problem]) -> list[str]:
    return [problem.code for problem in problems if problem.severity is Severity.WARNING]


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below `root`, with a store.yaml of one language unless they bring their own; return `root`."""
    for name, content in {"store.yaml": STORE, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def library(root: Path, files: Mapping[str, str | bytes]) -> Library:
    return scan(write(root, files))


def ids(found: Library) -> list[str]:
    return [each.id for each in found.drafts]
