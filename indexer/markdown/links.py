"""Where a link leads to, inside the knowledge base."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import SplitResult, unquote, urlsplit

_ARTICLE_URL = re.compile(r"^/(?P<id>[a-z]{2,3}(?:-[a-z]+)?/[a-z0-9-]+/[a-z0-9-]+)/?$")


def article_target(href: str, article_id: str, site: str = "") -> tuple[str, str] | None:
    """
    Return (article id, anchor) of a link inside the knowledge base, written as a file or as a page; else None.

    `site` is the address customers find the pages at; a link that begins with it is one inside, too.
    """
    try:
        parts = urlsplit(href)
        path = _path_within(unquote(parts.path), parts, urlsplit(site))
    except ValueError:
        return None
    if path is None:
        return None
    path = path.removeprefix("/agent/articles")
    if not path:
        return (article_id, unquote(parts.fragment)) if parts.fragment else None
    path = posixpath.normpath(posixpath.join("/", posixpath.dirname(article_id), path))
    match = _ARTICLE_URL.match(path[:-3] if path.lower().endswith(".md") else path)
    return (match["id"], unquote(parts.fragment)) if match else None


def _path_within(path: str, link: SplitResult, site: SplitResult) -> str | None:
    """Return the path of a link below the site's own, None when it leads elsewhere."""
    if not link.scheme and not link.netloc:
        return path
    is_own = link.scheme in ("", "http", "https") and bool(site.netloc) and link.netloc.lower() == site.netloc.lower()
    if not is_own or not f"{path}/".startswith(f"{site.path}/"):
        return None
    return path[len(site.path) :] or "/"
