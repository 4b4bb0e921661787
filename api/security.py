"""Headers for every response."""

from __future__ import annotations

from litestar.types import Message, Scope

from api.services import Services

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# For a year, and for this host only: others of the store's domain are not ours to speak for.
STRICT_TRANSPORT = "max-age=31536000"
# Pages ask for their style sheet by its hash: under that address it never changes.
FOR_EVER = "public, max-age=31536000, immutable"
AGENT_PATHS = ("/api/v1/agent", "/agent", "/insights")


async def add_headers(message: Message, scope: Scope) -> None:
    """Add the security headers to a response; what agents get, and what went wrong, is kept by no cache."""
    if message["type"] != "http.response.start":
        return
    present = {name.lower() for name, _ in message["headers"]}
    wanted = dict(HEADERS)
    services: Services = scope["app"].state.services
    if services.public_url.startswith("https://"):
        wanted["strict-transport-security"] = STRICT_TRANSPORT
    if message["status"] >= 400 or scope["path"].startswith(AGENT_PATHS):
        wanted |= {"cache-control": "no-store", "vary": "Accept-Language"}
    elif scope["path"].startswith("/static/"):
        wanted["cache-control"] = FOR_EVER if scope["query_string"].startswith(b"v=") else "no-cache"
    elif not _is_image(message, scope):
        # Every page may change with the next publish, and some speak the language that the browser asks for.
        wanted |= {"cache-control": "no-cache", "vary": "Accept-Language"}
    added = [(name.encode(), value.encode()) for name, value in wanted.items() if name.encode() not in present]
    message["headers"] = [*message["headers"], *added]


def _is_image(message: Message, scope: Scope) -> bool:
    """An image says itself how long it may be kept, and is the same in every language; its 404 page is not."""
    return scope["path"].startswith("/media/") and message.get("status") == 200
