"""What a page's form sends when there is no JavaScript: fields and their texts."""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request, post

from kb.errors import InvalidRequest

# A browser counts the characters of a field before it sends them: 5,000 of them, each three bytes written %XX, fit.
MAX_FORM_BYTES = 64 * 1024
MAX_FIELDS = 20
QUERY_ID = re.compile(r"[0-9a-f]{32}")
# A field that people do not see. Robots fill in everything.
TRAP = "website"

form = partial(post, include_in_schema=False, form=True, request_max_body_size=MAX_FORM_BYTES)
"""A handler of a page's form; it answers with a page, or leads to one."""


async def read_form(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Return the fields by name, of each the first. Raises InvalidRequest; what is no UTF-8 in a text is replaced."""
    body = await request.body()
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise InvalidRequest("The form cannot be read.", "Send the fields of the page, percent-encoded.") from error
    return dict(reversed(pairs))


def one_line(text: str) -> str:
    """Return a text as one line, so that it can stand in a header too."""
    return " ".join(clean(text).split())


def clean(text: str) -> str:
    """Return a text of several lines without control characters; emoji and what joins them stay."""
    unified = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in unified if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"}).strip()


def known_query_id(text: str) -> str | None:
    """Return what looks like the id of a search, else None."""
    return text if QUERY_ID.fullmatch(text) else None
