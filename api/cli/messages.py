"""`kb messages`: what customers wrote and nobody has taken yet; and how to forget a message."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from kb.records.contacts import ContactStore
from kb.records.database import Database
from kb.records.records import utc_now
from kb.records.tables import customers
from kb.settings import Settings


def message_store(settings: Settings) -> ContactStore:
    """Return the messages; their database is opened with the first use. Raises SettingsError."""
    return ContactStore(Database(settings.searches_url, customers, lasting=True), utc_now)


@click.group()
def messages() -> None:
    """List messages that wait to be delivered, or erase one."""


@messages.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_messages(settings: Settings, as_json: bool) -> None:
    """List what waits, oldest first, without what it says."""
    waiting = message_store(settings).undelivered()
    if as_json:
        click.echo(
            json.dumps([asdict(each) for each in waiting], default=lambda moment: f"{moment:%Y-%m-%dT%H:%M:%SZ}")
        )
        return
    for each in waiting:
        click.echo(f"{each.reference}  {each.at:%Y-%m-%d %H:%M}  tried {each.attempts} times  {each.problem}".rstrip())
    if not waiting:
        click.echo("Every message has been delivered.")


@messages.command()
@click.argument("reference")
@click.pass_obj
def erase(settings: Settings, reference: str) -> None:
    """Delete a message by its reference, delivered or not. What was delivered is deleted where it was delivered to."""
    if not message_store(settings).erase(reference):
        raise click.ClickException(f"There is no message {reference!r}.")
    click.echo(f"Message {reference.strip().upper()} is erased here.")
