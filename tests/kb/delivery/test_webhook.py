"""Messages as JSON: signed, to one address, and every answer is understood."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest

from kb.delivery.channel import Refused, Unreachable
from kb.delivery.webhook import Webhook, key_of
from tests.kb.delivery.samples import waiting
from tests.receiver import SECRET, Receiver, free_port, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


def _webhook(url: str, secret: str = SECRET) -> Webhook:
    return Webhook(url, secret, now=lambda: 1_750_000_000.5)


def test_message_comes_whole(receiver: Receiver) -> None:
    """What the person wrote, and what went before it; nothing of how we deliver."""
    _webhook(receiver.url).send(waiting())
    content = json.loads(receiver.bodies[0])

    assert (content["type"], content["timestamp"]) == ("message_created", "2026-06-15T12:00:00+00:00")
    assert content["data"] == {
        "reference": "K7QF-2M9X",
        "at": "2026-06-15T12:00:00+00:00",
        "lang": "hu",
        "category": "returns",
        "query_id": "1" * 32,
        "article_id": "hu/returns/refund-time",
        "message": "Hol a pénzem?\n\nKöszönöm 🙏",
        "name": "Kiss Ágnes",
        "email": "agnes@example.org",
    }


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        pytest.param(SECRET, SECRET.encode(), id="plain"),
        pytest.param("whsec_" + base64.b64encode(b"0123456789abcdef").decode(), b"0123456789abcdef", id="standard"),
        pytest.param("whsec_not base64!!!", b"whsec_not base64!!!", id="only begins like one"),
    ],
)
def test_signature_proves_the_sender(receiver: Receiver, secret: str, key: bytes) -> None:
    """HMAC-SHA256 of id, time and body, as Standard Webhooks verifies it; a message that comes twice has one id."""
    _webhook(receiver.url, secret).send(waiting())
    headers, body = receiver.headers[0], receiver.bodies[0]
    expected = base64.b64encode(hmac.new(key, b"K7QF-2M9X.1750000000." + body, hashlib.sha256).digest()).decode()

    assert key_of(secret) == key
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("K7QF-2M9X", "1750000000")
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408, 401, 403, 404, 410])
def test_receiver_that_does_not_work_is_tried_again_with_all(receiver: Receiver, status: int) -> None:
    """A wrong address, a wrong key or a fault concerns every message."""
    receiver.status = status

    with pytest.raises(Unreachable, match=str(status)):
        _webhook(receiver.url).send(waiting())


@pytest.mark.parametrize("status", [400, 413, 422])
def test_message_that_is_refused_is_told_from_a_fault(receiver: Receiver, status: int) -> None:
    """One message that a help desk will not take must not hold up the others."""
    receiver.status = status

    with pytest.raises(Refused, match=str(status)):
        _webhook(receiver.url).send(waiting())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    """What customers write goes to the address the operator named, and nowhere else."""
    with receiving() as elsewhere:
        receiver.status, receiver.location = status, elsewhere.url
        with pytest.raises(Refused, match=str(status)):
            _webhook(receiver.url).send(waiting())

        assert elsewhere.bodies == []


def test_nobody_there_is_told_without_address() -> None:
    """The reason stands in the log and in `kb status`; an address may hold a token."""
    with pytest.raises(Unreachable) as refusal:
        _webhook(f"http://127.0.0.1:{free_port()}/token").send(waiting())

    assert "ConnectionRefusedError" in str(refusal.value)
    assert "token" not in str(refusal.value)
