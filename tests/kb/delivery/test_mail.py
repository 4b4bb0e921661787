"""Messages as e-mails: one that is replied to, and in which nothing a customer wrote becomes a header."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from kb.delivery.channel import Refused, Unreachable
from kb.delivery.mail import Mail, composed
from tests.kb.delivery.mail_server import MailServer, mail_server
from tests.kb.delivery.samples import waiting
from tests.receiver import free_port

HEADERS = {
    "to",
    "from",
    "date",
    "message-id",
    "subject",
    "reply-to",
    "content-type",
    "content-transfer-encoding",
    "mime-version",
}
EVIL = "x\r\nBcc: all@example.org\r\n\r\nBody"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as listening:
        yield listening


def _read(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _composed(**changes: object) -> EmailMessage:
    return _read(composed(waiting(**changes), "help@shop.example", "kb@shop.example").as_bytes())


def test_mail_comes_and_can_be_replied_to(server: MailServer) -> None:
    """To the store, from the store, with the customer's address to reply to and the text as it was written."""
    Mail("help@shop.example", "kb@shop.example", server.url).send(waiting())
    mail = _read(server.mails[0])

    assert (mail["to"], mail["from"]) == ("help@shop.example", "kb@shop.example")
    assert mail["reply-to"] == "Kiss Ágnes <agnes@example.org>"
    assert mail["subject"] == "[K7QF-2M9X] Hol a pénzem? Köszönöm 🙏"
    assert mail["message-id"] == "<K7QF-2M9X@shop.example>"
    assert (
        mail.get_content().replace("\r\n", "\n").startswith("Hol a pénzem?\n\nKöszönöm 🙏\n\n-- \nName: Kiss Ágnes\n")
    )


@pytest.mark.parametrize("field", ["message", "name", "email", "category"])
def test_nothing_a_customer_wrote_becomes_a_header(field: str) -> None:
    """Whatever got past the form: a line break in a field must not begin a header, or a second mail."""
    mail = _composed(**{field: EVIL})

    assert {name.lower() for name in mail} <= HEADERS
    assert mail["to"] == "help@shop.example"


@pytest.mark.parametrize(
    "email", ["почта@example.org", "not an address", "a@b@c", "<x>@example.org", "", "a@пример.рф"]
)
def test_address_that_no_header_can_hold_stands_in_the_text(email: str) -> None:
    """The person can still be reached by whoever reads it."""
    mail = _composed(email=email)

    assert mail["reply-to"] is None
    assert email in mail.get_content()


def test_lines_that_mean_something_to_mail_servers_are_text(server: MailServer) -> None:
    """A lone full stop would end the mail, and `From` at a line's beginning another."""
    Mail("help@shop.example", smtp_url=server.url).send(waiting(message="One\n.\nQUIT\nFrom here\n" + "long " * 500))
    text = _read(server.mails[0]).get_content().replace("\r\n", "\n")

    assert text.startswith("One\n.\nQUIT\nFrom here\n" + "long " * 499)
    assert len(server.mails) == 1


def test_server_without_encryption_gets_no_password(server: MailServer) -> None:
    """Beyond this machine nothing is sent until the line is encrypted."""
    url = server.url.replace("smtp://127.0.0.1", "smtp://user:s3cret@127.0.0.2")

    with pytest.raises(Unreachable):
        Mail("help@shop.example", smtp_url=url).send(waiting())

    assert server.commands
    assert server.mails == []
    assert not [command for command in server.commands if "AUTH" in command.upper()]


def test_mail_that_is_refused_is_told_from_a_fault(server: MailServer) -> None:
    """5xx concerns this mail, 4xx the server."""
    mail = Mail("help@shop.example", smtp_url=server.url)
    server.answer = "554 spam"
    with pytest.raises(Refused):
        mail.send(waiting())
    server.answer = "451 later"
    with pytest.raises(Unreachable):
        mail.send(waiting())


def test_nobody_there_is_told_without_password() -> None:
    """The reason is logged; the address of the server may hold a password."""
    with pytest.raises(Unreachable) as refusal:
        Mail("help@shop.example", smtp_url=f"smtp://user:s3cret@127.0.0.1:{free_port()}").send(waiting())

    assert "s3cret" not in str(refusal.value)
