"""
One line of JSON per request, in the log `kb.access`.

It tells what the service does and never what anybody asked or who it was: no query, no address, no path but the
template of the route that took it.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

log = logging.getLogger("kb.access")

# What monitors ask every few seconds, and what comes with every page.
QUIET = ("/healthz", "/readyz", "/metrics", "/static/")


def write_line(*, method: str, route: str, status: int, seconds: float, size_bytes: int) -> None:
    """Log a request, unless it is one that only fills the log; `route` is a template, or - where nothing matched."""
    if route.startswith(QUIET) or not log.isEnabledFor(logging.INFO):
        return
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "method": method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "bytes": size_bytes,
    }
    # Escaped: whatever stands in it, it stays one line.
    log.info("%s", json.dumps(line))


def to_standard_error() -> None:
    """Send the lines to standard error, as they are and to no other log."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(logging.INFO)
