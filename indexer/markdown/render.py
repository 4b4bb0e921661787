"""
Draft → Article and Supplement: safe HTML for pages, plain text for the index.

Sanitising is the last step of all: nothing touches the HTML after it was cleaned.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import nh3
from markdown_it.token import Token

from indexer.markdown.draft import Draft
from indexer.markdown.images import alternative_text, image_path, linked
from indexer.markdown.links import article_target
from indexer.markdown.plain import plain_text, sections
from indexer.markdown.tokens import callout_title, headings, parser
from kb.article import Article, Audience, Image, Reply, Supplement

_TAGS = {
    *("a", "blockquote", "br", "code", "del", "div", "em", "hr", "img", "input", "li", "ol", "p", "pre", "s", "strong"),
    *("h2", "h3", "h4", "h5", "h6", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "div": {"class"},
    "img": {"src", "alt", "title", "width", "height", "loading", "decoding"},
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
class _Place:
    """What decides where the links and images of an article lead."""

    article_id: str
    audience: Audience
    site: str
    readable: Collection[str] | None
    """Ids of the articles that its readers may be led to; None for all."""
    images: Mapping[str, Image]


def finish(
    draft: Draft,
    public_ids: Collection[str],
    updated: date | None = None,
    images: Mapping[str, Image] | None = None,
) -> tuple[Article, Supplement | None]:
    """
    Render a draft without errors into what customers read and what only agents read.

    A link to an article that customers cannot read becomes plain text: whether it is internal or does not exist, they
    must not be able to tell. So does an image whose path `images` does not know.
    """
    front = draft.front
    tokens = parser().parse(draft.body, {"lang": draft.id.split("/")[0]})
    readable = None if front.audience is Audience.AGENT else public_ids
    _prepare(tokens, _Place(draft.id, front.audience, draft.site, readable, images or {}))
    article = Article(
        id=draft.id,
        title=front.title,
        description=front.description,
        questions=front.questions,
        keywords=front.keywords,
        phrasings=front.phrasings,
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


def _prepare(tokens: list[Token], place: _Place) -> None:
    """Give headings their anchors, links and images their addresses, alerts their language."""
    lang = place.article_id.split("/")[0]
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
            _prepare_inline(token, place)


def _set_text(inline: Token, text: str) -> None:
    child = Token("text", "", 0, content=text)
    inline.content, inline.children = text, [child]


def _prepare_inline(inline: Token, place: _Place) -> None:
    kept: list[Token] = []
    dropped, is_linked = 0, False
    for child in inline.children or []:
        if child.type == "link_open":
            target = article_target(str(child.attrs.get("href", "")), place.article_id, place.site)
            if target and place.readable is not None and target[0] not in place.readable:
                dropped += 1
                continue
            is_linked = True
            if target:
                child.attrSet("href", f"/{target[0]}" + (f"#{target[1]}" if target[1] else ""))
        elif child.type == "link_close" and dropped:
            dropped -= 1
            continue
        elif child.type == "link_close":
            is_linked = False
        elif child.type == "image":
            kept += _image(child, place, inside_link=is_linked)
            continue
        kept.append(child)
    inline.children = kept


def _image(token: Token, place: _Place, *, inside_link: bool) -> list[Token]:
    """Return the tokens to show: the image where there is one, else a link or the text in its brackets."""
    src = str(token.attrs.get("src", ""))
    path = image_path(src, place.article_id)
    if path is None:
        return linked(token, src, inside_link=inside_link)
    image = place.images.get(path)
    if image is None:
        return [Token("text", "", 0, content=alternative_text(token))]
    token.attrSet("src", image.url(place.audience))
    if image.width and image.height:
        token.attrSet("width", str(image.width))
        token.attrSet("height", str(image.height))
    token.attrSet("loading", "lazy")
    token.attrSet("decoding", "async")
    return [token]


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
