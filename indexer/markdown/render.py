"""
Draft → Article and Supplement: safe HTML for pages, plain text for the index.

Sanitising is the last step of all: nothing touches the HTML after it was cleaned.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

import nh3
from markdown_it.token import Token

from indexer.markdown.draft import Draft
from indexer.markdown.links import article_target, image_url
from indexer.markdown.plain import plain_text, sections
from indexer.markdown.tokens import callout_title, headings, parser
from kb.article import Article, Audience, Reply, Supplement

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


def finish(draft: Draft, public_ids: Collection[str], updated: date | None = None) -> tuple[Article, Supplement | None]:
    """
    Render a draft without errors into what customers read and what only agents read.

    A link to an article that customers cannot read becomes plain text: whether it is internal or does not exist, they
    must not be able to tell.
    """
    front = draft.front
    tokens = parser().parse(draft.body, {"lang": draft.id.split("/")[0]})
    readable = None if front.audience is Audience.AGENT else public_ids
    _prepare(tokens, draft.id, readable)
    article = Article(
        id=draft.id,
        title=front.title,
        description=front.description,
        questions=front.questions,
        keywords=front.keywords,
        audience=front.audience,
        sections=sections(tokens),
        html=_safe(parser().renderer.render(tokens, parser().options, {"lang": draft.id.split("/")[0]})),
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
    notes = tuple(plain_text("\n".join(c.lines)) for c in draft.internal if c.name == "agent")
    return Supplement(draft.id, replies, notes) if replies or notes else None


def _reply_text(lines: list[str]) -> str:
    """A reply goes out as plain text: paragraphs stay, lines inside them are joined."""
    paragraphs = re.split(r"\n\s*\n", "\n".join(lines).strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _prepare(tokens: list[Token], article_id: str, readable: Collection[str] | None) -> None:
    """Give headings their anchors, links their addresses, alerts their language."""
    lang = article_id.split("/")[0]
    for heading, anchor, _ in headings(tokens):
        heading.attrSet("id", anchor)
    for index, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"
        elif token.type == "alert_open":
            token.attrSet("class", f"callout {str(token.meta['kind']).lower()}")
            tokens[index + 1].attrSet("class", "callout-title")
            _set_text(tokens[index + 2], callout_title(str(token.meta["kind"]).lower(), lang))
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
            target = article_target(str(child.attrs.get("href", "")), article_id)
            if target and readable is not None and target[0] not in readable:
                dropped += 1
                continue
            if target:
                child.attrSet("href", f"/{target[0]}" + (f"#{target[1]}" if target[1] else ""))
        elif child.type == "link_close" and dropped:
            dropped -= 1
            continue
        elif child.type == "image":
            child.attrSet("src", image_url(str(child.attrs.get("src", "")), article_id))
        kept.append(child)
    inline.children = kept


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
