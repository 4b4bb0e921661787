"""
A file below `articles/` → Image: what it is by its content, how large, and why it cannot be shown. Only importer of
imagesize.
"""

from __future__ import annotations

import hashlib
import io
import os
import posixpath
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import imagesize

from kb.article import Image

MAX_IMAGE_BYTES = 5 * 1024 * 1024
# A phone that decodes more than this runs out of memory; 40 million pixels are 160 MB.
MAX_PIXELS = 40_000_000
HASH_CHARS = 16
_SVG_HEAD_BYTES = 64 * 1024
# Atomic, so that a file of comments that are never closed is read once and not in every combination.
_SVG = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+<(?:\w+:)?svg(?=[\s/>])(?P<attributes>[^>]*)>",
    re.DOTALL,
)
_LENGTH = re.compile(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*\Z")


class ImageFault(Exception):
    """Why an image cannot be shown; the problem that is told has this code, and is an error when `is_error`."""

    def __init__(self, code: str, message: str, hint: str, *, is_error: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.is_error = is_error


def read_image(root: Path, path: str) -> Image:
    """Return the image at `path` below `root`. Raises ImageFault."""
    content = _content(root, path)
    if len(content) > MAX_IMAGE_BYTES:
        megabytes = MAX_IMAGE_BYTES // 1024**2
        raise ImageFault("image", f"{path} is larger than {megabytes} MB.", "Make it smaller, or save it as WebP.")
    kind = _type(content)
    if kind is None:
        raise ImageFault("image", f"{path} is no image that can be shown.", _hint_for(content))
    width, height = _svg_size(content) if kind == "image/svg+xml" else _size(content)
    if kind != "image/svg+xml" and min(width, height) < 1:
        raise ImageFault("image", f"{path} is damaged: its size cannot be read.", "Save it anew.")
    if width * height > MAX_PIXELS:
        hint = f"Make it smaller: at most {MAX_PIXELS // 1_000_000} million pixels."
        raise ImageFault("image", f"{path} has {width} × {height} pixels.", hint)
    return Image(path, hashlib.sha256(content).hexdigest()[:HASH_CHARS], kind, width, height)


def _content(root: Path, path: str) -> bytes:
    """Return the bytes of a file, one more than allowed at most."""
    try:
        with _opened(root, path) as descriptor, os.fdopen(descriptor, "rb", closefd=False) as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ImageFault("image-path", f"{path} is no file.", "Give the path of an image.", is_error=True)
            return file.read(MAX_IMAGE_BYTES + 1)
    except (FileNotFoundError, ValueError) as error:
        raise ImageFault("missing-image", f"There is no image {path!r}.", "Add it, or mend the path.") from error
    except OSError as error:
        if _has_link(root, path):
            hint = "Put the image itself there: links are not followed."
            raise ImageFault("image-path", f"{path} is a link, or lies behind one.", hint, is_error=True) from error
        raise ImageFault("missing-image", f"{path} cannot be read: {error.strerror}.", "Make it readable.") from error


@contextmanager
def _opened(root: Path, path: str) -> Iterator[int]:
    """Open a file folder by folder, following no link below `root`, and waiting for no pipe."""
    folders, name = posixpath.split(path)
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in filter(None, folders.split("/")):
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=descriptor)
    finally:
        os.close(descriptor)
    try:
        yield file
    finally:
        os.close(file)


def _has_link(root: Path, path: str) -> bool:
    parts = path.split("/")
    return any(os.path.islink(root / "/".join(parts[:end])) for end in range(1, len(parts) + 1))  # noqa: PTH114  never raises


def _type(content: bytes) -> str | None:
    """Return the content type, None for what browsers do not show everywhere."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return "image/svg+xml" if _svg(content) else None


def _hint_for(content: bytes) -> str:
    if content.startswith(b"version https://git-lfs"):
        return "Only its Git LFS pointer is here: run `git lfs pull`."
    return "Save it as PNG, JPEG, WebP, GIF, AVIF or SVG."


def _size(content: bytes) -> tuple[int, int]:
    """Return width and height as browsers show them, -1 when they cannot be read."""
    # Turned photos are JPEG; for AVIF the library's search for that may take hours on a hostile file.
    is_jpeg = content.startswith(b"\xff\xd8")
    width, height = imagesize.get(io.BytesIO(content), exif_rotation=is_jpeg)
    return int(width), int(height)


def _svg(content: bytes) -> re.Match[str] | None:
    head = content[:_SVG_HEAD_BYTES].decode("utf-8-sig", "replace")
    return None if "\0" in head else _SVG.match(head)


def _svg_size(content: bytes) -> tuple[int, int]:
    """Return width and height as the root element gives them, else its view box; 0 for none."""
    match = _svg(content)
    attributes = match["attributes"] if match else ""
    stated = [_length(_attribute(attributes, name)) for name in ("width", "height")]
    if not all(stated):
        stated = [_length(each) for each in _attribute(attributes, "viewBox").replace(",", " ").split()[2:4]]
    return (stated[0], stated[1]) if len(stated) == 2 and all(stated) else (0, 0)


def _attribute(attributes: str, name: str) -> str:
    found = re.search(rf"(?<![\w:-]){name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", attributes)
    return (found[1] or found[2] or "") if found else ""


def _length(text: str) -> int:
    match = _LENGTH.match(text)
    return int(match[1]) if match else 0
