"""
A message as JSON to the address that the operator named, signed after Standard Webhooks (standardwebhooks.com).

`webhook-id` is the message's reference: what comes twice has the same. Redirects are not followed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC

from kb.delivery.channel import TIMEOUT_SECONDS, Refused, Unreachable
from kb.records.contacts import Waiting

EVENT = "message_created"
SECRET_PREFIX = "whsec_"  # noqa: S105  what secrets of that standard begin with
# These say something about the receiver, not about the message.
TEMPORARY = frozenset({401, 403, 404, 408, 410, 429})


class Webhook:
    """Sends to one address."""

    def __init__(self, url: str, secret: str, now: Callable[[], float] = time.time) -> None:
        """`secret`: `whsec_` and base64, else its bytes are the key as they are."""
        self._url = url
        self._key = key_of(secret)
        self._now = now
        self._opener = urllib.request.build_opener(_Unredirected)

    def send(self, message: Waiting) -> None:
        """Raises Unreachable, Refused."""
        body = payload(message)
        headers = {"Content-Type": "application/json", "User-Agent": "faq-kb"}
        headers |= signed(self._key, message.reference, int(self._now()), body)
        request = urllib.request.Request(self._url, body, headers, method="POST")  # noqa: S310  checked in Settings
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS):
                return
        except urllib.error.HTTPError as error:
            error.close()
            told = f"the receiver answered {error.code}"
            if error.code >= 500 or error.code in TEMPORARY:
                raise Unreachable(told) from None
            raise Refused(told) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise Unreachable(f"the receiver cannot be reached: {type(reason).__name__}") from error


def payload(message: Waiting) -> bytes:
    """Return the body; fields are only ever added."""
    at = message.at.replace(tzinfo=UTC).isoformat()
    data = {**asdict(message), "at": at}
    del data["attempts"]
    return json.dumps({"type": EVENT, "timestamp": at, "data": data}, ensure_ascii=False).encode()


def signed(key: bytes, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers that prove who sent a body, and when."""
    content = f"{message_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }


def key_of(secret: str) -> bytes:
    """Return the key that a secret stands for."""
    if secret.startswith(SECRET_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except binascii.Error:
            return secret.encode()
    return secret.encode()


class _Unredirected(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """What customers write goes where the operator said, and nowhere else."""
