"""A file taken apart, with everything that is wrong with it; nothing is rendered yet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from indexer.containers import Container, is_internal_fence, looks_like_a_fence, split_containers
from indexer.front_matter import FrontMatter, FrontMatterReader, split_front_matter
from indexer.markdown.images import ImageUse, images
from indexer.markdown.links import article_target
from indexer.markdown.tokens import MAX_NESTING, headings, inline_tokens, parser, too_deep
from indexer.problems import Problem, warning

# An article is a few kilobytes; on hostile text the parser takes time that grows with the square of this.
MAX_FILE_BYTES = 128 * 1024
# Code in these languages may show how a note is written; in any other block a note is taken for swallowed.
_LANGUAGES_OF_NOTES = ("markdown", "md")


@dataclass(frozen=True, slots=True)
class Link:
    """Where an article points to inside the knowledge base."""

    article_id: str
    anchor: str
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A file taken apart, not yet rendered. Equal to itself only: it is a key of what was rendered from it."""

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
    images: tuple[ImageUse, ...] = ()
    """Of the public text: those that may lie in articles/."""
    lines: tuple[int, ...] = ()
    """Per line of the body: its number in the file."""
    front_lines: dict[str, int] = field(default_factory=dict)
    """Key of the front matter to its line in the file, and each alias to its own."""
    site: str = ""
    """Where customers find the pages: links that begin so are links to articles."""

    def line_of(self, key: str) -> int:
        """Return the line on which a key of the front matter or an alias stands, 1 when it is not there."""
        return self.front_lines.get(key, 1)

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


def read(article_id: str, path: str, content: bytes, site: str = "") -> Draft:
    """Take a file of the store at `site` apart. Never raises: what is wrong is in the draft's problems."""
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
    public = list(zip(split.public, split.public_numbers, strict=True))
    while public and not public[0][0]:
        del public[0]
    draft = Draft(
        id=article_id,
        path=path,
        front=front,
        body="\n".join(line for line, _ in public).rstrip("\n"),
        body_line=body_line,
        internal=tuple(split.internal),
        problems=tuple(problems),
        lines=tuple(body_line + number for _, number in public),
        front_lines=reader.lines,
        site=site,
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
    for token in parser().parse(body):
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
    tokens = parser().parse(draft.body)
    found = headings(tokens)
    located = [(_line(draft, line), token) for line, token in inline_tokens(tokens)]
    uses, problems = images(located, draft.id, draft.path)
    problems += [*draft.problems, *_of_blocks(draft, tokens), *_of_notes(draft)]
    links = []
    for line, inline in located:
        problems += _printed_by_mistake(inline, draft.path, line)
        target = article_target(str(inline.attrs.get("href", "")), draft.id, draft.site)
        if inline.type == "link_open" and target is not None:
            links.append(Link(*target, line=line))
    anchors = frozenset(anchor for _, anchor, _ in found)
    return replace(draft, links=tuple(links), anchors=anchors, images=tuple(uses), problems=tuple(problems))


def _of_blocks(draft: Draft, tokens: Sequence[Token]) -> Iterator[Problem]:
    for token, *_ in headings(tokens):
        if token.tag == "h1":
            message, hint = "The text has a heading of the first level.", "The title is that; use ##."
            yield warning(draft.path, _line(draft, _first(token)), "heading", message, hint)
    if deep := too_deep(tokens):
        message = f"Lists, quotes or callouts are nested deeper than {MAX_NESTING}."
        hint = "Take some of them apart: readers would see nothing of what stands inside."
        yield Problem(draft.path, _line(draft, _first(deep)), "nesting", message, hint)


def _of_notes(draft: Draft) -> Iterator[Problem]:
    for container in draft.internal:
        if container.name == "agent" and any(_images_in("\n".join(container.lines))):
            hint = "Agents read the note as plain text, with the text in the brackets; show it in an agents' article."
            line = draft.body_line + container.line
            yield warning(draft.path, line, "note-image", "A note for agents shows no images.", hint)


def _images_in(markdown: str) -> Iterator[Token]:
    return (token for _, token in inline_tokens(parser().parse(markdown)) if token.type == "image")


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


def _first(token: Token) -> int:
    return token.map[0] if token.map else 0


def _line(draft: Draft, index: int) -> int:
    """Return the line in the file of a line of the body."""
    return draft.lines[index] if index < len(draft.lines) else draft.body_line + 1
