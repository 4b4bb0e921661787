"""
Markdown → Article: GFM, alerts, callouts, anchors; safe HTML for pages, plain text for the index.

`read` takes a file apart and says what is wrong with it; `finish` renders it, when it is known which articles customers
may be led to. Only importer of markdown_it, mdit_py_plugins and nh3.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from indexer.containers import CALLOUTS, Container, is_internal_fence, looks_like_a_fence, split_containers
from indexer.front_matter import FrontMatter, FrontMatterReader, split_front_matter
from indexer.problems import Problem, warning
from kb.article import Article, Audience, Reply, Section, Supplement
from kb.language import rules

# An article is a few kilobytes; on hostile text the parser takes time that grows with the square of this.
MAX_FILE_BYTES = 128 * 1024

_EXPLICIT_ANCHOR = re.compile(r"\{#([a-z0-9][a-z0-9-]*)\}$")
# Code in these languages may show how a note is written; in any other block a note is taken for swallowed.
_LANGUAGES_OF_NOTES = ("markdown", "md")
_ARTICLE_URL = re.compile(r"^/(?P<id>[a-z]{2,3}(?:-[a-z]+)?/[a-z0-9-]+/[a-z0-9-]+)/?$")
_TAGS = {
    *("a", "blockquote", "br", "code", "del", "div", "em", "hr", "img", "input", "li", "ol", "p", "pre", "s", "strong"),
    *("h2", "h3", "h4", "h5", "h6", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "div": {"class"},
    "img": {"src", "alt", "title"},
    "input": {"type", "checked", "disabled", "class"},
    "li": {"class"},
    "ol": {"start"},
    "p": {"class"},
    "td": {"align"},
    "th": {"align", "scope"},
    "ul": {"class"},
} | {f"h{level}": {"id"} for level in range(2, 7)}
_SCHEMES = {"http", "https", "mailto", "tel"}


@dataclass(frozen=True, slots=True)
class Link:
    """Where an article points to inside the knowledge base."""

    article_id: str
    anchor: str
    line: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A file taken apart, not yet rendered."""

    id: str
    path: str
    front: FrontMatter
    body: str
    """Public Markdown."""
    body_line: int
    """Lines of the file above the body."""
    internal: tuple[Container, ...]
    problems: tuple[Problem, ...]
    links: tuple[Link, ...] = ()
    anchors: frozenset[str] = field(default_factory=frozenset)

    @property
    def public_hash(self) -> str:
        """Of everything a customer can read; a translation names the one it was made from."""
        front = self.front
        parts = [front.title, front.description, *front.questions, "", *front.keywords, "", self.body]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def decode(content: bytes, path: str) -> tuple[str, list[Problem]]:
    """Return the text of a file, a byte order mark and CRLF taken away, or the reason why it has none."""
    if len(content) > MAX_FILE_BYTES:
        return "", [
            Problem(
                path, 1, "size", f"The file is larger than {MAX_FILE_BYTES // 1024} KiB.", "Split it into articles."
            )
        ]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return "", [Problem(path, line, "encoding", "The file is not UTF-8.", "Save it as UTF-8.")]
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        return "", [
            Problem(path, line, "encoding", "The file holds a NUL character.", "Delete it, or save the file as text.")
        ]
    return text.replace("\r\n", "\n").replace("\r", "\n"), []


def read(article_id: str, path: str, content: bytes) -> Draft:
    """Take a file apart. Never raises: what is wrong is in the draft's problems."""
    text, problems = decode(content, path)
    if problems:
        return Draft(article_id, path, FrontMatter(), "", 0, (), tuple(problems))
    block, body, body_line = split_front_matter(text)
    reader = FrontMatterReader(path)
    front = reader.read(block)
    fences = _fences(body)
    in_code = {line for fence in fences for line in range(fence.start, fence.end)}
    split = split_containers(body.split("\n"), in_code.__contains__)
    problems = [*reader.problems, *_swallowing(fences, path, body_line)]
    problems += [Problem(path, body_line + line, "container", what, hint) for line, what, hint in split.errors]
    draft = Draft(
        id=article_id,
        path=path,
        front=front,
        body="\n".join(split.public).strip("\n"),
        body_line=body_line,
        internal=tuple(split.internal),
        problems=tuple(problems),
    )
    return _with_links(draft)


@dataclass(frozen=True, slots=True)
class _Fence:
    """A fenced code block: lines from `start` up to `end`, from 0."""

    start: int
    end: int
    is_open: bool
    """It has no closing fence: everything to its end became code."""
    holds_container: bool
    holds_note: bool
    """A line of it would begin a note or a reply, and its language is not Markdown."""


def _fences(body: str) -> list[_Fence]:
    lines = body.split("\n")
    found = []
    for token in _parser().parse(body):
        if token.type == "fence" and token.map:
            start, end = token.map
            inside = token.content.count("\n") + (not token.content.endswith("\n") and token.content != "")
            told = token.info.strip().lower() in _LANGUAGES_OF_NOTES
            holds_note = not told and any(map(is_internal_fence, lines[start + 1 : end]))
            holds_container = any(":::" in line for line in lines[start:end])
            found.append(_Fence(start, end, inside == end - start - 1, holds_container, holds_note))
    return found


def _swallowing(fences: list[_Fence], path: str, body_line: int) -> Iterable[Problem]:
    """A code block that is not closed where it should be swallows the containers after it, and would print them."""
    for fence in fences:
        line = body_line + fence.start + 1
        if fence.is_open and fence.holds_container:
            hint = "Close it with its own fence."
            yield Problem(path, line, "container", "A code block that holds ::: is not closed.", hint)
        elif fence.holds_note:
            hint = "Close the block before it; or begin the block with ```markdown, to show how a note is written."
            yield Problem(path, line, "container", "A code block holds a note for agents.", hint)


def _with_links(draft: Draft) -> Draft:
    tokens = _parser().parse(draft.body)
    headings = _headings(tokens)
    problems = list(draft.problems)
    problems += [
        warning(
            draft.path,
            _line(draft, token),
            "heading",
            "The text has a heading of the first level.",
            "The title is that; use ##.",
        )
        for token, *_ in headings
        if token.tag == "h1"
    ]
    links = []
    for block, inline in _inline_tokens(tokens):
        line = _line(draft, block)
        problems += _printed_by_mistake(inline, draft.path, line)
        target = _article_target(str(inline.attrs.get("href", "")), draft.id)
        if inline.type == "link_open" and target is not None:
            links.append(Link(*target, line=line))
    anchors = frozenset(anchor for _, anchor, _ in headings)
    return replace(draft, links=tuple(links), anchors=anchors, problems=tuple(problems))


def _printed_by_mistake(inline: Token, path: str, line: int) -> Iterable[Problem]:
    """What its author surely did not want readers to see: what is left of a fence, or a comment."""
    printed = inline.content if inline.type in ("text", "image") else str(inline.attrs.get("title", ""))
    if looks_like_a_fence(printed):
        message = f"{printed.strip()[:60]!r} looks like a container that is not at the beginning of its line."
        hint = "Put the fence on a line of its own, or write `:::` as code."
        yield Problem(path, line, "container", message, hint)
    if inline.type == "text" and "<!--" in inline.content:
        hint = "Readers would see it: delete it, or put it into an :::agent block."
        yield Problem(path, line, "comment", "The text holds an HTML comment.", hint)


def _line(draft: Draft, token: Token) -> int:
    """Return the line in the file, near enough: taking containers out moves what stands below them."""
    return draft.body_line + (token.map[0] if token.map else 0) + 1


def finish(draft: Draft, public_ids: Collection[str], updated: Any = None) -> tuple[Article, Supplement | None]:
    """
    Render a draft without errors into what customers read and what only agents read.

    A link to an article that customers cannot read becomes plain text: whether it is internal or does not exist, they
    must not be able to tell.
    """
    front = draft.front
    tokens = _parser().parse(draft.body, {"lang": draft.id.split("/")[0]})
    readable = None if front.audience is Audience.AGENT else public_ids
    _prepare(tokens, draft.id, readable)
    article = Article(
        id=draft.id,
        title=front.title,
        description=front.description,
        questions=front.questions,
        keywords=front.keywords,
        audience=front.audience,
        sections=_sections(tokens),
        html=_safe(_parser().renderer.render(tokens, _parser().options, {"lang": draft.id.split("/")[0]})),
        hash=draft.public_hash,
        weight=front.weight,
        aliases=front.aliases,
        updated=front.last_update or updated,
        valid_from=front.valid_from,
        valid_until=front.valid_until,
    )
    return article, _supplement(draft)


def _supplement(draft: Draft) -> Supplement | None:
    replies = tuple(
        Reply(_reply_text(c.lines), c.attributes.get("tone", "")) for c in draft.internal if c.name == "reply"
    )
    notes = tuple(_plain("\n".join(c.lines)) for c in draft.internal if c.name == "agent")
    return Supplement(draft.id, replies, notes) if replies or notes else None


def _reply_text(lines: list[str]) -> str:
    """A reply goes out as plain text: paragraphs stay, lines inside them are joined."""
    paragraphs = re.split(r"\n\s*\n", "\n".join(lines).strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _plain(markdown: str) -> str:
    tokens = _parser().parse(markdown)
    return "\n".join(part for section in _sections(tokens) for part in (section.title, section.text) if part)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("gfm-like2", {"html": False, "maxNesting": 20})
    for name in CALLOUTS:
        container_plugin(parser, name, render=_callout(name))
    return parser


def _callout(name: str) -> Callable[..., str]:
    def render(_self: Any, tokens: Sequence[Token], index: int, _options: Any, env: dict[str, Any]) -> str:
        if tokens[index].nesting != 1:
            return "</div>\n"
        title = tokens[index].info.strip().removeprefix(name).strip() or _callout_title(name, env.get("lang", "en"))
        return f'<div class="callout {name}"><p class="callout-title">{_escaped(title)}</p>\n'

    return render


def _callout_title(kind: str, lang: str) -> str:
    found = rules(lang) or rules("en")
    return found.callouts.get(kind, kind.capitalize()) if found else kind.capitalize()


def _escaped(text: str) -> str:
    return nh3.clean_text(text).replace("&#32;", " ")


def _prepare(tokens: list[Token], article_id: str, readable: Collection[str] | None) -> None:
    """Give headings their anchors, links their addresses, alerts their language."""
    lang = article_id.split("/")[0]
    for heading, anchor, _ in _headings(tokens):
        heading.attrSet("id", anchor)
    for index, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"
        elif token.type == "alert_open":
            token.attrSet("class", f"callout {str(token.meta['kind']).lower()}")
            tokens[index + 1].attrSet("class", "callout-title")
            _set_text(tokens[index + 2], _callout_title(str(token.meta["kind"]).lower(), lang))
        elif token.type in ("th_open", "td_open") and "style" in token.attrs:
            token.attrSet("align", str(token.attrs.pop("style")).removeprefix("text-align:"))
        elif token.type == "inline":
            _prepare_inline(token, article_id, readable)


def _set_text(inline: Token, text: str) -> None:
    child = Token("text", "", 0, content=text)
    inline.content, inline.children = text, [child]


def _prepare_inline(inline: Token, article_id: str, readable: Collection[str] | None) -> None:
    kept, dropped = [], 0
    for child in inline.children or []:
        if child.type == "link_open":
            target = _article_target(str(child.attrs.get("href", "")), article_id)
            if target and readable is not None and target[0] not in readable:
                dropped += 1
                continue
            if target:
                child.attrSet("href", f"/{target[0]}" + (f"#{target[1]}" if target[1] else ""))
        elif child.type == "link_close" and dropped:
            dropped -= 1
            continue
        elif child.type == "image":
            child.attrSet("src", _image_url(str(child.attrs.get("src", "")), article_id))
        kept.append(child)
    inline.children = kept


def _article_target(href: str, article_id: str) -> tuple[str, str] | None:
    """Return (article id, anchor) of a link inside the knowledge base, written as a file or as a page; else None."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path).removeprefix("/agent/articles")
    if not path:
        return (article_id, unquote(parts.fragment)) if parts.fragment else None
    path = posixpath.normpath(posixpath.join("/", posixpath.dirname(article_id), path))
    match = _ARTICLE_URL.match(path[:-3] if path.lower().endswith(".md") else path)
    return (match["id"], unquote(parts.fragment)) if match else None


def _image_url(src: str, article_id: str) -> str:
    if urlsplit(src).scheme or src.startswith("/"):
        return src
    path = posixpath.normpath(posixpath.join("/", posixpath.dirname(article_id), unquote(src)))
    return "/media/" + path.removeprefix("/images/") if path.startswith("/images/") else src


def _safe(html: str) -> str:
    """Last of all steps: nothing touches the HTML after it was cleaned."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener",
        strip_comments=True,
    )


def _headings(tokens: Sequence[Token]) -> list[tuple[Token, str, str]]:
    """Return (token, anchor, title) per heading; equal anchors are numbered as GitHub does."""
    found: list[tuple[Token, str, str]] = []
    seen: set[str] = set()
    counts: dict[str, int] = {}
    for index, token in enumerate(tokens):
        if token.type != "heading_open" or token.level:
            continue
        title, explicit = _heading_title(tokens[index + 1])
        base = explicit or _slug(title)
        anchor = base
        while anchor in seen:
            counts[base] = counts.get(base, 0) + 1
            anchor = f"{base}-{counts[base]}"
        seen.add(anchor)
        found.append((token, anchor, title))
    return found


def _heading_title(inline: Token) -> tuple[str, str]:
    """Return title and explicit anchor; the anchor is taken out of the text once, and remembered on the token."""
    last = next((c for c in reversed(inline.children or []) if c.type == "text"), None)
    match = _EXPLICIT_ANCHOR.search(last.content.rstrip()) if last else None
    if last and match:
        last.content = last.content[: match.start()].rstrip()
        inline.meta["anchor"] = match[1]
    return _inline_text(inline), str(inline.meta.get("anchor", ""))


def _slug(title: str) -> str:
    kept = "".join(char for char in title.lower() if char.isalnum() or char in " -_")
    return "-".join(kept.split()) or "section"


def _inline_tokens(tokens: Sequence[Token]) -> Iterable[tuple[Token, Token]]:
    for token in tokens:
        for child in token.children or []:
            yield token, child


def _inline_text(inline: Token) -> str:
    parts = []
    for child in inline.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type in ("text", "code_inline", "image"):
            parts.append(child.content)
    return "".join(parts)


def _sections(tokens: Sequence[Token]) -> tuple[Section, ...]:
    """Cut at headings; the text before the first one has no title."""
    anchors = {id(token): (anchor, title) for token, anchor, title in _headings(tokens)}
    sections, lines = list[Section](), list[str]()
    anchor, title, level = "", "", 1
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if id(token) in anchors:
            sections.append(Section(anchor, title, level, "\n".join(lines)))
            (anchor, title), level, lines = anchors[id(token)], int(token.tag[1:]), []
            index += 3
            continue
        index += _take_text(tokens, index, lines)
    sections.append(Section(anchor, title, level, "\n".join(lines)))
    return tuple(s for s in sections if s.text or s.title)


def _take_text(tokens: Sequence[Token], index: int, lines: list[str]) -> int:
    """Append the plain text of the block at `index` to `lines`; return how many tokens it took."""
    token = tokens[index]
    if token.type == "table_open":
        end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
        lines.extend(_table_lines(tokens[index:end]))
        return end - index + 1
    if token.type == "alert_title_open":
        return 3
    text = (
        _inline_text(token)
        if token.type == "inline"
        else token.content
        if token.type in ("fence", "code_block")
        else ""
    )
    if text.strip():
        lines.append(" ".join(text.split()))
    return 1


def _table_lines(tokens: Sequence[Token]) -> list[str]:
    """A row of two cells reads `A: B`; of more, each cell is told by its column: `A (Price: 5 €, Time: 2 days)`."""
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_inline_text(token).strip())
    if not rows:
        return []
    head, body = rows[0], rows[1:]
    return [_row_text(head, row) for row in body] or [": ".join(filter(None, head))]


def _row_text(head: list[str], row: list[str]) -> str:
    if len(row) <= 2:
        return ": ".join(cell for cell in row if cell)
    told = [f"{name}: {cell}" if name else cell for name, cell in zip(head[1:], row[1:], strict=False) if cell]
    return f"{row[0]} ({', '.join(told)})"
