"""One frozen `Settings`, read once from the environment and passed in. Units are in the names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kb.errors import SettingsError

PREFIX = "KB_"
SWITCH = {"on": True, "true": True, "off": False, "false": False}
SECRET_FIELDS = frozenset(
    {"meili_key", "meili_search_key", "database_url", "contact_webhook_url", "contact_webhook_secret", "smtp_url"}
)
SURFACES = ("all", "public", "agent")
RATES = ("rate_search", "rate_feedback", "rate_contact", "rate_agent", "rate_sign_in")
MIN_SECRET_CHARS = 16
# A variable set to nothing is not set, so "none" needs a word.
OFF = "off"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, with defaults that run on a laptop. Documented one by one in docs/settings.md."""

    articles: Path = Path("articles")
    data: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    meili_url: str = ""
    meili_key: str = ""
    meili_search_key: str = ""
    meili_prefix: str = "kb_"
    meili_binary: str = ""
    engine_install: bool = True
    database_url: str = ""
    embedding_model: str = "bundled"
    embedding_deadline_ms: int = 500
    engine_deadline_ms: int = 400
    keep_editions: int = 5
    trusted_proxies: str = "127.0.0.0/8,::1"
    surface: str = "all"
    watch: bool = True
    rate_search: str = "300/minute"
    rate_feedback: str = "20/minute"
    rate_contact: str = "10/hour"
    rate_agent: str = "600/minute"
    rate_sign_in: str = "20/minute"
    session_hours: int = 12
    metrics_from: str = "127.0.0.0/8,::1"
    access_log: bool = True
    records: bool = True
    retention_days: int = 180
    contact_webhook_url: str = ""
    contact_webhook_secret: str = ""
    contact_email_to: str = ""
    contact_email_from: str = ""
    smtp_url: str = ""
    contact_retention_days: int = 30

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read `KB_…`; raises SettingsError naming the variable and what it should hold."""
        values: dict[str, Any] = {}
        for each in fields(cls):
            raw = environment.get(PREFIX + each.name.upper(), "").strip()
            if raw:
                values[each.name] = _parsed(PREFIX + each.name.upper(), raw, type(each.default))
        return cls(**values).checked()

    def checked(self) -> Settings:
        """Return the settings themselves; raises SettingsError when two of them do not fit."""
        if self.meili_url and urlsplit(self.meili_url).scheme not in {"http", "https"}:
            raise SettingsError(f"KB_MEILI_URL is {self.meili_url!r}.", "Give an address like http://127.0.0.1:7700.")
        if self.meili_url and not self.meili_key and not (self.surface == "public" and self.meili_search_key):
            raise SettingsError(
                "KB_MEILI_URL is set, but KB_MEILI_KEY is empty.",
                "Give a key that may use indexes, documents, settings, tasks and keys.",
            )
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", self.meili_prefix):
            raise SettingsError(f"KB_MEILI_PREFIX is {self.meili_prefix!r}.", "Use letters, digits, - and _ only.")
        for name in ("embedding_deadline_ms", "engine_deadline_ms", "keep_editions", "session_hours"):
            if getattr(self, name) < 1:
                raise SettingsError(f"KB_{name.upper()} is {getattr(self, name)}.", "Give 1 or more.")
        _ = self.trusted_networks, self.metrics_networks
        self._check_gate()
        self._check_contact()
        if not 0 < self.port < 65536:
            raise SettingsError(f"KB_PORT is {self.port}.", "Give a port between 1 and 65535.")
        return self

    def as_environment(self) -> dict[str, str]:
        """Return what `from_environment` reads the same settings from; for a child process. Holds secrets."""
        values = {PREFIX + each.name.upper(): getattr(self, each.name) for each in fields(self)}
        return {name: _switched(value) if isinstance(value, bool) else str(value) for name, value in values.items()}

    def shown(self) -> dict[str, str]:
        """Return every setting as text, secrets covered."""
        shown = {}
        for each in fields(self):
            value = getattr(self, each.name)
            text = ("off", "on")[value] if isinstance(value, bool) else str(value)
            shown[PREFIX + each.name.upper()] = "••••••" if each.name in SECRET_FIELDS and value else text
        return shown

    @property
    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The proxies whose `X-Forwarded-For` is believed. Raises SettingsError."""
        return _networks("KB_TRUSTED_PROXIES", self.trusted_proxies)

    @property
    def metrics_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Who may read `/metrics`; empty for nobody. Raises SettingsError."""
        return () if self.metrics_from == OFF else _networks("KB_METRICS_FROM", self.metrics_from)

    def _check_gate(self) -> None:
        if self.surface not in SURFACES:
            raise SettingsError(f"KB_SURFACE is {self.surface!r}.", f"Choose one of: {', '.join(SURFACES)}.")
        for name in RATES:
            rate = getattr(self, name)
            if rate != OFF and not re.fullmatch(r"[1-9]\d{0,6}/(second|minute|hour|day)", rate):
                raise SettingsError(
                    f"KB_{name.upper()} is {rate!r}.",
                    "Give a rate like 300/minute (second, minute, hour, day), or off.",
                )

    def _check_contact(self) -> None:
        if self.contact_webhook_url:
            _check_address("KB_CONTACT_WEBHOOK_URL", self.contact_webhook_url, ("http", "https"))
            if self.contact_email_to:
                raise SettingsError(
                    "KB_CONTACT_WEBHOOK_URL and KB_CONTACT_EMAIL_TO are both set.",
                    "Choose one: each message is delivered to one place.",
                )
            if len(self.contact_webhook_secret) < MIN_SECRET_CHARS:
                raise SettingsError(
                    f"KB_CONTACT_WEBHOOK_SECRET has less than {MIN_SECRET_CHARS} characters.",
                    "Give a long random one, `openssl rand -hex 32`: the receiver knows by it that a message is ours.",
                )
        if self.smtp_url:
            _check_address("KB_SMTP_URL", self.smtp_url, ("smtp", "smtps"))
        for name in ("contact_email_to", "contact_email_from"):
            address = getattr(self, name)
            if address and not re.fullmatch(r"[^\s@,<>]+@[^\s@,<>]+", address):
                raise SettingsError(f"KB_{name.upper()} is {address!r}.", "Give one address, like help@example.org.")

    @property
    def takes_messages(self) -> bool:
        """Whether there is anywhere to deliver what customers write: only then a form is offered."""
        return bool(self.contact_webhook_url or self.contact_email_to)

    @property
    def records_url(self) -> str:
        """The database's address: SQLite in the data directory unless another is named."""
        return self.database_url or f"sqlite:///{(self.data / 'records.sqlite').resolve()}"

    @property
    def searches_url(self) -> str:
        """The same for what customers do: a file of its own, so that their process opens nothing of the agents'."""
        return self.database_url or f"sqlite:///{(self.data / 'searches.sqlite').resolve()}"


def _check_address(name: str, address: str, schemes: tuple[str, ...]) -> None:
    """Raises SettingsError, which never names the address itself: it may hold a password."""
    try:
        parts = urlsplit(address)
        is_usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise SettingsError(f"{name} is no address.", f"Give one like {schemes[-1]}://example.org.")


def _switched(value: bool) -> str:
    return "on" if value else "off"


def _networks(name: str, text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    listed = (each.strip() for each in text.split(",") if each.strip())
    try:
        return tuple(ip_network(each) for each in listed)
    except ValueError as error:
        raise SettingsError(
            f"{name} is {text!r}: {error}.", "Give addresses or networks, like 127.0.0.1,10.0.0.0/8."
        ) from error


def _parsed(name: str, raw: str, kind: type) -> Any:
    if kind is bool:
        if raw.lower() not in SWITCH:
            raise SettingsError(f"{name} is {raw!r}.", "Give on or off.")
        return SWITCH[raw.lower()]
    if kind is int:
        if not raw.isdecimal():
            raise SettingsError(f"{name} is {raw!r}.", "Give a whole number.")
        return int(raw)
    return Path(raw).expanduser() if issubclass(kind, Path) else raw
