"""Pages that a browser or a cache may keep, and asks us each time whether they are still so."""

from __future__ import annotations

import hashlib
from typing import Any

from litestar import Request, Response


def revalidated(request: Request[Any, Any, Any], response: Response[str]) -> Response[str]:
    """
    Return the response with an ETag, or 304 when the client has these very bytes.

    The tag is the hash of what is sent, so that it follows everything a page depends on: the edition, the day an
    answer begins or ends, and the hour at which people are there.
    """
    tag = f'"{hashlib.sha256(response.content.encode()).hexdigest()[:32]}"'
    # The language stands in the address; a proxy that compresses is all that the bytes depend on further.
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if _knows(request.headers.get("if-none-match", ""), tag):
        return Response("", status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def _knows(sent: str, tag: str) -> bool:
    """Compare weakly, as the standard has it for GET: a proxy that compresses makes the tag weak."""
    known = {each.strip().removeprefix("W/") for each in sent.split(",")}
    return tag in known or "*" in known
