"""Where a link or an image leads to, inside the knowledge base."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urlsplit

_ARTICLE_URL = re.compile(r"^/(?P<id>[a-z]{2,3}(?:-[a-z]+)?/[a-z0-9-]+/[a-z0-9-]+)/?$")


def article_target(href: str, article_id: str) -> tuple[str, str] | None:
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


def image_url(src: str, article_id: str) -> str:
    if urlsplit(src).scheme or src.startswith("/"):
        return src
    path = posixpath.normpath(posixpath.join("/", posixpath.dirname(article_id), unquote(src)))
    return "/media/" + path.removeprefix("/images/") if path.startswith("/images/") else src
