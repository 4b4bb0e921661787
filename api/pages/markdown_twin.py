"""
An article as Markdown, for programs that would rather not read HTML: `/{lang}/{category}/{slug}.md`.

Made of the sanitised HTML that the page shows, not of the file it came from: what customers may not see is in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import groupby

from api.locale import catalogue, day
from kb.article import Article

VOID = frozenset({"br", "hr", "img", "input"})
BLOCKS = frozenset({"blockquote", "div", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul"})
AROUND = {"strong": "**", "em": "*", "del": "~~", "s": "~~"}


@dataclass(slots=True)
class Node:
    """An element; `children` are elements and texts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Node]:
        """Yield the elements below with one of these tags, in their order."""
        for child in self.children:
            if isinstance(child, Node):
                if child.tag in tags:
                    yield child
                yield from child.all(*tags)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


def markdown_twin(article: Article, site: str) -> str:
    """Return title, text and the other ways to ask; addresses begin with `site`, which may be empty."""
    _ = catalogue(article.lang).gettext
    parts = [f"# {_escaped(article.title)}", _body(article.html, site)]
    if article.questions:
        asked = "\n".join(f"- {_escaped(question)}" for question in article.questions)
        parts += [f"## {_('Also asked')}", asked]
    if article.updated:
        parts.append(f"{_('Last changed')}: {day(article.updated, article.lang)}")
    return "\n\n".join(part for part in [*parts, f"<{site}{article.url}>" if site else ""] if part) + "\n"


def _body(html: str, site: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n\n".join(_Writer(site).blocks(reader.root.children))


class _Reader(HTMLParser):
    """HTML that nh3 has cleaned → a tree; every element in it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


class _Writer:
    """A tree → Markdown."""

    def __init__(self, site: str) -> None:
        self._site = site

    def blocks(self, children: Sequence[Node | str]) -> list[str]:
        """Return each block; texts and inline elements that stand side by side are one."""
        found: list[str] = []
        for is_block, group in groupby(children, lambda each: isinstance(each, Node) and each.tag in BLOCKS):
            nodes = list(group)
            found += [self._block(node) for node in nodes if isinstance(node, Node)] if is_block else [self.line(nodes)]
        return [text for text in found if text.strip()]

    def _block(self, node: Node) -> str:
        if node.tag in ("ul", "ol"):
            return self._list(node)
        if node.tag in ("blockquote", "div"):
            return _indented("\n\n".join(self.blocks(node.children)), "> ", "> ")
        if node.tag == "table":
            return self._table(node)
        if node.tag == "pre":
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", node.text)), default=0))
            return f"{fence}\n{node.text.rstrip()}\n{fence}"
        if node.tag == "hr":
            return "---"
        text = self.line(node.children)
        if node.attributes.get("class") == "callout-title":
            return f"**{text}**"
        return f"{'#' * int(node.tag[1])} {text}" if node.tag != "p" else text

    def _list(self, node: Node) -> str:
        items = [child for child in node.children if isinstance(child, Node)]
        first = int(node.attributes.get("start") or 1)
        lines = []
        for number, item in enumerate(items, start=first):
            mark = f"{number}. " if node.tag == "ol" else "- "
            parts = self.blocks(item.children)
            lines.append(_indented("\n".join(parts) if _is_tight(item) else "\n\n".join(parts), mark, " " * len(mark)))
        return "\n".join(lines)

    def _table(self, node: Node) -> str:
        rows = [
            [self.line(cell.children).replace("|", "\\|") for cell in row.all("td", "th")] for row in node.all("tr")
        ]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]) if rows else ""

    def _cell(self, node: Node) -> str:
        return self.line(node.children).replace("|", "\\|")

    def line(self, children: Sequence[Node | str]) -> str:
        """Return inline content on one line."""
        text = "".join(
            _escaped(re.sub(r"\s+", " ", child)) if isinstance(child, str) else self._inline(child)
            for child in children
        )
        return text.strip()

    def _inline(self, node: Node) -> str:
        if node.tag == "code":
            return f"`` {node.text} ``" if "`" in node.text else f"`{node.text}`"
        if node.tag == "img":
            return f"![{_escaped(node.attributes.get('alt', ''))}]({self._address(node.attributes.get('src', ''))})"
        if node.tag == "input":
            return "[x]" if "checked" in node.attributes else "[ ]"
        if node.tag == "br":
            return "<br>"
        text = self.line(node.children)
        if node.tag == "a":
            return f"[{text}]({self._address(node.attributes.get('href', ''))})"
        mark = AROUND.get(node.tag, "")
        return f"{mark}{text}{mark}"

    def _address(self, url: str) -> str:
        absolute = self._site + url if url.startswith("/") else url
        return absolute.replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<])", r"\\\1", text)


def _indented(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    return "\n".join(f"{others if at else first}{line}".rstrip() for at, line in enumerate(lines))


def _is_tight(item: Node) -> bool:
    """Whether an item's text stands in it without a paragraph of its own."""
    return not any(isinstance(child, Node) and child.tag == "p" for child in item.children)
