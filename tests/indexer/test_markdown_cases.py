"""Markdown → HTML, by the cases in tests/cases/markdown; their format is described in tests/cases/README.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from indexer.markdown import finish
from indexer.problems import Severity
from kb.article import Image
from tests.indexer.samples import ID, draft

CASES = sorted((Path(__file__).parents[1] / "cases" / "markdown").glob("*.md"))
PUBLIC = {ID, "en/returns/refund-time"}
IMAGES = {"images/label.png": Image("images/label.png", "0123456789abcdef", "image/png", 640, 480)}
TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "hr",
    "img",
    "input",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
}
TAGS |= {"table", "tbody", "td", "th", "thead", "tr", "ul", "h2", "h3", "h4", "h5", "h6"}
SCHEMES = {"", "http", "https", "mailto", "tel"}


@dataclass(frozen=True, slots=True)
class Case:
    """One file, taken apart."""

    title: str
    article: str
    html: str | None
    errors: tuple[tuple[int, str], ...]


class _Active(HTMLParser):
    """Collects what a browser would run or load by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.found.append(name)
            if name in ("href", "src") and urlsplit(value or "").scheme not in SCHEMES:
                self.found.append(str(value))


def active(html: str) -> list[str]:
    parser = _Active()
    parser.feed(html)
    return parser.found


def load(path: Path) -> Case:
    head, *parts = re.split(r"^=== (\w+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections = {name: text.strip("\n") for name, text in zip(parts[::2], parts[1::2], strict=True)}
    errors = (line.split() for line in sections.get("errors", "").splitlines())
    title = head.removeprefix("title:").strip()
    assert title, f"{path.name} has no title"
    assert sections.keys() in ({"article", "html"}, {"article", "errors"}), f"{path.name}: {list(sections)}"
    return Case(title, sections["article"], sections.get("html"), tuple((int(line), code) for line, code in errors))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    """The article becomes the HTML, or has the errors, that its case states."""
    case = load(path)
    found = draft(case.article)
    told = {(p.line - found.body_line, p.code) for p in found.problems if p.severity is Severity.ERROR}
    article, _ = finish(found, PUBLIC, images=IMAGES)

    if case.html is None:
        assert case.errors
        assert set(case.errors) <= told, case.title
    else:
        assert told == set(), case.title
        assert case.html == article.html.strip("\n"), case.title
        assert "SECRET" not in repr(article)
        assert active(article.html) == []


def test_there_are_cases() -> None:
    """A folder that is moved away must not pass for a folder without faults."""
    assert len(CASES) >= 70


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<p><IFRAME src=x>",
        '<img src="x" onerror="alert(1)">',
        '<p style="color: red">',
        '<a href=" JavaScript:alert(1)">',
        '<a href="&#106;avascript:alert(1)">',
        '<img src="data:image/png;base64,AAAA">',
    ],
)
def test_active_html_would_be_seen(html: str) -> None:
    """The check that every case goes through finds what must never be there."""
    assert active(html)
