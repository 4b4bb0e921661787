"""How large a request may be before anybody looks what it asks for. Bodies are limited by the routes that take them."""

from __future__ import annotations

from litestar.types import HTTPScope

from kb.errors import AddressTooLong, HeadersTooLarge, UnsupportedBody

MAX_HEADERS_BYTES = 16 * 1024
# 512 characters of four bytes, each written %XX, are 6 KiB: the longest question fits.
MAX_ADDRESS_BYTES = 8 * 1024


def check_size(scope: HTTPScope) -> None:
    """Raises AddressTooLong, HeadersTooLarge; UnsupportedBody for a body that would have to be unpacked first."""
    if len(scope.get("raw_path", b"")) + len(scope["query_string"]) > MAX_ADDRESS_BYTES:
        raise AddressTooLong(
            f"The address has more than {MAX_ADDRESS_BYTES} bytes.", "A question has 512 characters at most."
        )
    # As they were sent: `name: value` and the end of the line.
    if sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > MAX_HEADERS_BYTES:
        raise HeadersTooLarge(f"The headers have more than {MAX_HEADERS_BYTES} bytes.", "Send fewer or shorter ones.")
    if any(name == b"content-encoding" and value.lower() != b"identity" for name, value in scope["headers"]):
        raise UnsupportedBody("The body is compressed.", "Send it as it is, without Content-Encoding.")
