"""Settings: read from the environment once, refused early, shown without secrets."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from kb.errors import SettingsError
from kb.settings import SECRET_FIELDS, Settings


def test_empty_environment_gives_the_defaults() -> None:
    """Nothing needs to be set, and a variable set to nothing is not set."""
    assert Settings.from_environment({}) == Settings()
    assert Settings.from_environment({"KB_PORT": "", "KB_HOST": "  "}) == Settings()


def test_variables_are_read_by_kind() -> None:
    """Numbers become numbers, directories become paths, white space around is ignored."""
    settings = Settings.from_environment(
        {
            "KB_PORT": " 9000 ",
            "KB_DATA": "/srv/kb",
            "KB_PUBLIC_URL": "https://help.example.org",
            "KB_KEEP_EDITIONS": "3",
        }
    )

    assert settings.port == 9000
    assert settings.data == Path("/srv/kb")
    assert settings.public_url == "https://help.example.org"
    assert settings.keep_editions == 3


def test_home_directory_is_expanded() -> None:
    """`~` means what it means in a shell."""
    assert Settings.from_environment({"KB_ARTICLES": "~/kb"}).articles == Path("~/kb").expanduser()


def test_variables_of_others_are_ignored() -> None:
    """Only names with the prefix count."""
    assert Settings.from_environment({"PORT": "1", "DATA": "/x", "KB_NO_SUCH_THING": "1"}) == Settings()


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        pytest.param({"KB_PORT": "eighty"}, "KB_PORT", id="no number"),
        pytest.param({"KB_PORT": "-1"}, "KB_PORT", id="negative number"),
        pytest.param({"KB_PORT": "0"}, "KB_PORT", id="port too small"),
        pytest.param({"KB_PORT": "65536"}, "KB_PORT", id="port too large"),
        pytest.param({"KB_ENGINE_DEADLINE_MS": "0.5"}, "KB_ENGINE_DEADLINE_MS", id="no whole number"),
        pytest.param({"KB_MEILI_URL": "localhost:7700", "KB_MEILI_KEY": "k"}, "KB_MEILI_URL", id="no scheme"),
        pytest.param({"KB_MEILI_URL": "file:///etc/passwd", "KB_MEILI_KEY": "k"}, "KB_MEILI_URL", id="other scheme"),
        pytest.param({"KB_MEILI_URL": "http://127.0.0.1:7700"}, "KB_MEILI_KEY", id="engine without key"),
        pytest.param({"KB_RECORDS": "maybe"}, "KB_RECORDS", id="neither on nor off"),
        pytest.param({"KB_RETENTION_DAYS": "-1"}, "KB_RETENTION_DAYS", id="negative days"),
        pytest.param({"KB_MEILI_PREFIX": "kb/../"}, "KB_MEILI_PREFIX", id="unsafe prefix"),
        pytest.param({"KB_MEILI_PREFIX": "kb *"}, "KB_MEILI_PREFIX", id="wildcard in prefix"),
        pytest.param({"KB_SURFACE": "agents"}, "KB_SURFACE", id="no surface"),
        pytest.param({"KB_RATE_SEARCH": "300"}, "KB_RATE_SEARCH", id="rate without time"),
        pytest.param({"KB_RATE_AGENT": "0/minute"}, "KB_RATE_AGENT", id="rate of none"),
        pytest.param({"KB_RATE_FEEDBACK": "20/fortnight"}, "KB_RATE_FEEDBACK", id="rate in an unknown time"),
        pytest.param({"KB_RATE_SIGN_IN": "20/minute; 5/second"}, "KB_RATE_SIGN_IN", id="two rates"),
        pytest.param({"KB_RATE_CONTACT": "often"}, "KB_RATE_CONTACT", id="rate in words"),
        pytest.param({"KB_CONTACT_WEBHOOK_URL": "desk.example.org"}, "KB_CONTACT_WEBHOOK_URL", id="webhook, no scheme"),
        pytest.param({"KB_CONTACT_WEBHOOK_URL": "file:///etc/passwd"}, "KB_CONTACT_WEBHOOK_URL", id="webhook, a file"),
        pytest.param({"KB_CONTACT_WEBHOOK_URL": "https://x.org:a/"}, "KB_CONTACT_WEBHOOK_URL", id="webhook, bad port"),
        pytest.param(
            {"KB_CONTACT_WEBHOOK_URL": "https://x.org", "KB_CONTACT_WEBHOOK_SECRET": "short"},
            "KB_CONTACT_WEBHOOK_SECRET",
            id="webhook, secret too short",
        ),
        pytest.param(
            {
                "KB_CONTACT_WEBHOOK_URL": "https://x.org",
                "KB_CONTACT_WEBHOOK_SECRET": "0123456789abcdef",
                "KB_CONTACT_EMAIL_TO": "help@example.org",
            },
            "KB_CONTACT_EMAIL_TO",
            id="two ways to deliver",
        ),
        pytest.param({"KB_CONTACT_EMAIL_TO": "a@b.org, c@d.org"}, "KB_CONTACT_EMAIL_TO", id="two addresses"),
        pytest.param({"KB_SMTP_URL": "mail.example.org"}, "KB_SMTP_URL", id="mail server without scheme"),
        pytest.param({"KB_CONTACT_RETENTION_DAYS": "month"}, "KB_CONTACT_RETENTION_DAYS", id="no number of days"),
        pytest.param({"KB_METRICS_FROM": "prometheus"}, "KB_METRICS_FROM", id="name instead of a network"),
        pytest.param({"KB_ACCESS_LOG": "yes"}, "KB_ACCESS_LOG", id="neither on nor off"),
        pytest.param({"KB_ENGINE_INSTALL": "yes"}, "KB_ENGINE_INSTALL", id="neither on nor off"),
    ],
)
def test_unusable_value_is_refused_by_name(environment: dict[str, str], named: str) -> None:
    """The message names the variable, and the hint says what it should hold."""
    with pytest.raises(SettingsError) as refusal:
        Settings.from_environment(environment)

    assert named in refusal.value.message
    assert refusal.value.hint


def test_engine_with_key_and_largest_port_are_accepted() -> None:
    """Values at the edge of what is allowed are allowed."""
    settings = Settings.from_environment(
        {"KB_MEILI_URL": "https://meili:7700", "KB_MEILI_KEY": "k", "KB_MEILI_PREFIX": "shop-1_", "KB_PORT": "65535"}
    )

    assert settings.meili_url == "https://meili:7700"
    assert settings.port == 65535


def test_secrets_are_never_shown() -> None:
    """Everything that can be set is shown under its variable's name, but no secret's value."""
    settings = Settings(meili_key="s3cret-a", meili_search_key="s3cret-b", database_url="postgresql://u:s3cret-c@db/kb")

    shown = settings.shown()

    assert shown.keys() == {f"KB_{each.name.upper()}" for each in fields(Settings)}
    assert not [value for value in shown.values() if "s3cret" in value]
    assert shown["KB_PORT"] == "8000"


def test_messages_are_taken_when_they_can_be_delivered() -> None:
    """A form whose messages nobody gets is worse than none."""
    secret = "0123456789abcdef"
    by_webhook = Settings(contact_webhook_url="https://desk.example.org/in", contact_webhook_secret=secret)

    assert by_webhook.checked().takes_messages
    assert Settings(contact_email_to="help@example.org").checked().takes_messages
    assert not Settings().checked().takes_messages


def test_refused_mail_server_does_not_show_its_password() -> None:
    """What is refused is printed, also where others read it."""
    with pytest.raises(SettingsError) as refusal:
        Settings(smtp_url="http://user:s3cret@mail.example.org").checked()

    assert "s3cret" not in str(refusal.value)


def test_secret_that_is_not_set_is_shown_as_empty() -> None:
    """Who looks for a mistake must see that there is none."""
    assert {Settings().shown()[f"KB_{name.upper()}"] for name in SECRET_FIELDS} == {""}


def test_every_setting_that_sounds_secret_is_covered() -> None:
    """A key, secret, password or token that is added later must be on the list."""
    names = {each.name for each in fields(Settings)}
    sounding = {name for name in names if any(word in name for word in ("_key", "secret", "password", "token"))}

    assert sounding <= SECRET_FIELDS
    assert names >= SECRET_FIELDS


def test_records_are_kept_beside_the_data_unless_named(tmp_path: Path) -> None:
    """Without an address the records are a SQLite file in the data directory."""
    assert Settings(data=tmp_path).records_url == f"sqlite:///{tmp_path.resolve()}/records.sqlite"
    assert Settings(database_url="postgresql://db/kb").records_url == "postgresql://db/kb"


@pytest.mark.parametrize(("written", "read"), [("on", True), ("True", True), ("off", False), ("FALSE", False)])
def test_switch_is_read_and_shown_as_on_or_off(written: str, read: bool) -> None:
    """What `kb settings` shows can be set again as it stands there."""
    settings = Settings.from_environment({"KB_ACCESS_LOG": written})

    assert settings.access_log is read
    assert Settings.from_environment(settings.shown() | {"KB_ARTICLES": "articles"}).access_log is read


def test_nobody_may_read_metrics_that_are_off() -> None:
    """A variable set to nothing is not set, so switching off needs a word."""
    assert Settings.from_environment({"KB_METRICS_FROM": "off"}).metrics_networks == ()
    assert Settings.from_environment({"KB_METRICS_FROM": ""}).metrics_networks == Settings().metrics_networks


def test_what_customers_do_is_a_file_of_its_own_unless_named(tmp_path: Path) -> None:
    """The process for customers must not open the agents' records, and by default has no reason to."""
    assert Settings(data=tmp_path).searches_url == f"sqlite:///{tmp_path.resolve()}/searches.sqlite"
    assert Settings(database_url="postgresql://db/kb").searches_url == "postgresql://db/kb"
