"""The parser, and what both pages and the index need to know of its tokens: callouts, headings, plain inline text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from indexer.containers import CALLOUTS
from kb.language import rules

_EXPLICIT_ANCHOR = re.compile(r"\{#([a-z0-9][a-z0-9-]*)\}$")


# Lists, quotes and callouts inside each other, a list and its item counting as two; a page cannot show more.
MAX_NESTING = 20
# What stands one level deeper than its own parent allows: parts of a table or list, and the text of a block.
_PARTS = ("inline", "list_item_open", "thead_open", "tbody_open", "tr_open", "th_open", "td_open")


@cache
def parser() -> MarkdownIt:
    # What is deeper than the parser goes vanishes; two levels more let `too_deep` see what would.
    parser = MarkdownIt("gfm-like2", {"html": False, "maxNesting": MAX_NESTING + 2})
    for name in CALLOUTS:
        container_plugin(parser, name, render=_callout(name))
    parser.core.ruler.after("linkify", "only_addresses", _only_addresses)
    return parser


def _only_addresses(state: StateCore) -> None:
    """As on GitHub, `refund-time.md` and `example.org` stay text: only what begins like an address becomes a link."""
    for token in state.tokens:
        children = token.children or []
        # A link that the parser found by itself is three tokens: its beginning, its text, its end.
        dropped = {
            i for at, child in enumerate(children) if _is_guessed(child, children[at + 1 :]) for i in (at, at + 2)
        }
        if dropped:
            token.children = [child for at, child in enumerate(children) if at not in dropped]


def _is_guessed(child: Token, behind: Sequence[Token]) -> bool:
    is_found = child.type == "link_open" and child.markup == "linkify"
    is_web = is_found and str(child.attrs["href"]).startswith("http://")
    return is_web and not behind[0].content.casefold().startswith(("http://", "www."))


def too_deep(tokens: Sequence[Token]) -> Token | None:
    """Return the first block that is nested deeper than `MAX_NESTING`, None when there is none."""
    return next((t for t in tokens if t.level >= MAX_NESTING and t.nesting >= 0 and t.type not in _PARTS), None)


def _callout(name: str) -> Callable[..., str]:
    def render(_self: Any, tokens: Sequence[Token], index: int, _options: Any, env: dict[str, Any]) -> str:
        if tokens[index].nesting != 1:
            return "</div>\n"
        title = tokens[index].info.strip().removeprefix(name).strip() or callout_title(name, env.get("lang", "en"))
        return f'<div class="callout {name}"><p class="callout-title">{_escaped(title)}</p>\n'

    return render


def callout_title(kind: str, lang: str) -> str:
    found = rules(lang) or rules("en")
    return found.callouts.get(kind, kind.capitalize()) if found else kind.capitalize()


def _escaped(text: str) -> str:
    return nh3.clean_text(text).replace("&#32;", " ")


def headings(tokens: Sequence[Token]) -> list[tuple[Token, str, str]]:
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
    return inline_text(inline), str(inline.meta.get("anchor", ""))


def _slug(title: str) -> str:
    kept = "".join(char for char in title.lower() if char.isalnum() or char in " -_")
    return "-".join(kept.split()) or "section"


def inline_tokens(tokens: Sequence[Token]) -> Iterable[tuple[int, Token]]:
    """Yield what stands in the lines of a text, each with the line it stands on, from 0."""
    for token in tokens:
        line = token.map[0] if token.map else 0
        for child in token.children or []:
            yield line, child
            line += child.type in ("softbreak", "hardbreak")


def inline_text(inline: Token) -> str:
    parts = []
    for child in inline.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type in ("text", "code_inline", "image"):
            parts.append(child.content)
    return "".join(parts)
