"""`/theme.css`: the store's colour. A file of its own, because the pages allow no styles inside them."""

from __future__ import annotations

import re

from litestar import Response, get

from api.access import Access
from api.services import GivenServices

DEFAULT_ACCENT = "#0b6e4f"


@get("/theme.css", include_in_schema=False, access=Access.PUBLIC)
async def theme(services: GivenServices) -> Response[str]:
    accent = services.store.theme.get("accent", DEFAULT_ACCENT)
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", accent):
        accent = DEFAULT_ACCENT
    css = f":root {{ --accent-store: {accent}; --on-accent: {_readable_on(accent)}; }}\n"
    return Response(css, media_type="text/css", headers={"Cache-Control": "public, max-age=300"})


def _readable_on(colour: str) -> str:
    """Return black or white, whichever has more contrast (WCAG's relative luminance; both are equal at .179)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#ffffff"
