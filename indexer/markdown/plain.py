"""Tokens → plain text for the index and the answers: sections cut at headings, tables told row by row."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from indexer.markdown.tokens import headings, inline_text, parser
from kb.article import Section


def plain_text(markdown: str) -> str:
    """Return all the text of a piece of Markdown, headings included."""
    return "\n".join(part for each in sections(parser().parse(markdown)) for part in (each.title, each.text) if part)


def sections(tokens: Sequence[Token]) -> tuple[Section, ...]:
    """Cut at headings; the text before the first one has no title."""
    anchors = {id(token): (anchor, title) for token, anchor, title in headings(tokens)}
    found, lines = list[Section](), list[str]()
    anchor, title, level = "", "", 1
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if id(token) in anchors:
            found.append(Section(anchor, title, level, "\n".join(lines)))
            (anchor, title), level, lines = anchors[id(token)], int(token.tag[1:]), []
            index += 3
            continue
        index += _take_text(tokens, index, lines)
    found.append(Section(anchor, title, level, "\n".join(lines)))
    return tuple(s for s in found if s.text or s.title)


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
        inline_text(token) if token.type == "inline" else token.content if token.type in ("fence", "code_block") else ""
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
            rows[-1].append(inline_text(token).strip())
    if not rows:
        return []
    head, body = rows[0], rows[1:]
    return [_row_text(head, row) for row in body] or [": ".join(filter(None, head))]


def _row_text(head: list[str], row: list[str]) -> str:
    if len(row) <= 2:
        return ": ".join(cell for cell in row if cell)
    told = [f"{name}: {cell}" if name else cell for name, cell in zip(head[1:], row[1:], strict=False) if cell]
    return f"{row[0]} ({', '.join(told)})"
