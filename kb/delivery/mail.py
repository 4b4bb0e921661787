"""A message as an e-mail to the store, with the customer's address to reply to."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from kb.delivery.channel import TIMEOUT_SECONDS, Refused, Unreachable
from kb.query import normalised
from kb.records.contacts import Waiting

THIS_MACHINE = "smtp://127.0.0.1:25"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_SUBJECT_CHARS = 80
PERMANENT = 500


class Mail:
    """Sends to one address, through one mail server."""

    def __init__(self, to: str, sender: str = "", smtp_url: str = "") -> None:
        """
        `smtp_url`: `smtp://user:password@host:587`, with STARTTLS unless the host is this machine, or `smtps://…`;
        percent-encoded; empty for port 25 of this machine. `sender`: who it comes from, else the address itself.
        """
        self._to = to
        self._sender = sender or to
        self._server = urlsplit(smtp_url or THIS_MACHINE)

    def send(self, message: Waiting) -> None:
        """Raises Unreachable, Refused."""
        mail = composed(message, self._to, self._sender)
        try:
            with self._connected() as server:
                server.sendmail(self._sender, [self._to], mail.as_bytes())
        except smtplib.SMTPDataError as error:
            told = f"the mail server answered {error.smtp_code}"
            raise (Refused if error.smtp_code >= PERMANENT else Unreachable)(told) from error
        except (OSError, smtplib.SMTPException) as error:
            code = getattr(error, "smtp_code", "")
            raise Unreachable(f"the mail server cannot be used: {type(error).__name__} {code}".strip()) from error

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        host, port = self._server.hostname or "", self._server.port
        if self._server.scheme == "smtps":
            with smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=_trusting()) as server:
                self._sign_in(server)
                yield server
            return
        with smtplib.SMTP(host, port or 587, timeout=TIMEOUT_SECONDS) as server:
            if host not in LOOPBACK:
                server.starttls(context=_trusting())
            self._sign_in(server)
            yield server

    def _sign_in(self, server: smtplib.SMTP) -> None:
        if self._server.username:
            server.login(unquote(self._server.username), unquote(self._server.password or ""))


def composed(message: Waiting, to: str, sender: str) -> EmailMessage:
    """Return the e-mail. Nothing that a customer wrote can begin a further header: control characters are gone."""
    mail = EmailMessage(policy=SMTP)
    mail["To"] = to
    mail["From"] = sender
    mail["Date"] = format_datetime(message.at.replace(tzinfo=UTC))
    # The same when it comes twice, so that mail programs show one.
    mail["Message-ID"] = f"<{message.reference}@{sender.rpartition('@')[2]}>"
    first_line = normalised(message.message[: 4 * MAX_SUBJECT_CHARS])[:MAX_SUBJECT_CHARS]
    mail["Subject"] = f"[{message.reference}] {first_line}"
    reply_to = _address(message)
    if reply_to:
        mail["Reply-To"] = reply_to
    # So that every mail server takes every letter, and every length of line.
    mail.set_content(_text(message), cte="quoted-printable")
    return mail


def _address(message: Waiting) -> Address | None:
    """Return whom to reply to; None for an address that a header cannot hold: then it stands in the text only."""
    try:
        address = Address(normalised(message.name), addr_spec=message.email)
    except (HeaderParseError, ValueError, IndexError):
        return None
    return address if message.email.isascii() else None


def _text(message: Waiting) -> str:
    about = {
        "Name": message.name,
        "E-mail": message.email,
        "Language": message.lang,
        "Category": message.category,
        "After reading": message.article_id,
        "After the search": message.query_id,
        "Reference": message.reference,
    }
    told = "\n".join(f"{label}: {value}" for label, value in about.items() if value)
    return f"{message.message}\n\n-- \n{told}\n"


def _trusting() -> ssl.SSLContext:
    return ssl.create_default_context()
