"""Which images a text shows: their paths below articles/, where they stand, what is wrong with how they are given."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from indexer.markdown.tokens import inline_text
from indexer.problems import Problem, warning


@dataclass(frozen=True, slots=True)
class ImageUse:
    """An image where it is shown."""

    path: str
    """Below articles/, without a slash in front."""
    line: int


def image_path(src: str, article_id: str) -> str | None:
    """
    Return where an image lies below articles/: `../../images/box.png` goes from the article's folder, `/images/box.png`
    from articles/ itself. None when it is a web address; begins with `..` when it leads out of articles/.
    """
    try:
        parts = urlsplit(src)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path)
    folder = "" if path.startswith("/") else posixpath.dirname(article_id)
    return posixpath.normpath(posixpath.join(folder, path.lstrip("/")))


def is_outside(path: str) -> bool:
    return path == ".." or path.startswith(("../", "/"))


def images(located: Iterable[tuple[int, Token]], article_id: str, shown: str) -> tuple[list[ImageUse], list[Problem]]:
    """Return the images of a text and what is wrong with them; `located`: its tokens, with their lines in `shown`."""
    uses: list[ImageUse] = []
    problems: list[Problem] = []
    for line, token in located:
        if token.type != "image":
            continue
        src = str(token.attrs.get("src", ""))
        path = image_path(src, article_id)
        problems += _problems(token, src, path, shown, line)
        if path is not None and not is_outside(path):
            uses.append(ImageUse(path, line))
    return uses, problems


def _problems(token: Token, src: str, path: str | None, shown: str, line: int) -> Iterator[Problem]:
    if path is None:
        hint = "Pages load nothing from elsewhere: put the image into articles/images/; readers get a link to it."
        yield warning(shown, line, "remote-image", f"The image {src[:100]!r} is not the store's own.", hint)
    elif is_outside(path):
        hint = "Put the image into articles/images/."
        yield Problem(shown, line, "image-path", f"The image {src[:100]!r} lies outside of articles/.", hint)
    if not alternative_text(token).strip():
        hint = "Write what it shows between the brackets: who cannot see it hears that, and search finds it."
        yield warning(shown, line, "no-alt", f"The image {src[:100]!r} has no text.", hint)


def alternative_text(image: Token) -> str:
    """Return what stands between the brackets, without its marks."""
    return inline_text(image)


def linked(image: Token, src: str, *, inside_link: bool) -> list[Token]:
    """Return what stands for an image from elsewhere: a link to it, as a page may load nothing from there."""
    text = Token("text", "", 0, content=alternative_text(image).strip() or src)
    if inside_link or not re.match(r"(?i)https?://", src):
        return [text]
    return [Token("link_open", "a", 1, attrs={"href": src}), text, Token("link_close", "a", -1)]
