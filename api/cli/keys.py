"""`kb keys`: who may use the agents' side."""

from __future__ import annotations

import json

import click

from kb.records.database import Database
from kb.records.keys import KeyStore
from kb.records.tables import agents
from kb.settings import Settings


def key_store(settings: Settings) -> KeyStore:
    """Return the keys; their database is opened with the first use. Raises SettingsError."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return KeyStore(Database(settings.records_url, agents))


@click.group()
def keys() -> None:
    """Make, list and revoke keys for agents."""


@keys.command()
@click.option("--role", default="agent", show_default=True, help="agent, or editor.")
@click.option("--name", required=True, help="Who or what will use it.")
@click.option("--days", type=int, help="How long it is valid; missing: without end.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def create(settings: Settings, role: str, name: str, days: int | None, as_json: bool) -> None:
    """Make a key and show it, this once."""
    info, secret = key_store(settings).create(role, name, days)
    if as_json:
        click.echo(json.dumps({"id": info.id, "key": secret, "role": info.role.value}))
        return
    click.echo(secret)
    click.echo(f"Key {info.id} for {info.name} ({info.role}). It is shown this once: keep it safe.", err=True)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_keys(settings: Settings, as_json: bool) -> None:
    """List the keys, without their secrets."""
    found = key_store(settings).list()
    if as_json:
        rows = [{"id": k.id, "name": k.name, "role": k.role, "revoked": k.revoked_at is not None} for k in found]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for key in found:
        until = f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "without end"
        state = "revoked" if key.revoked_at else until
        click.echo(f"{key.id}  {key.role:7}  {key.created_at:%Y-%m-%d}  {state:17}  {key.name}")
    if not found:
        click.echo("There are no keys. `kb keys create --name NAME` makes one.")


@keys.command()
@click.argument("key_id")
@click.pass_obj
def revoke(settings: Settings, key_id: str) -> None:
    """End a key at once."""
    key_store(settings).revoke(key_id)
    click.echo(f"Key {key_id} is revoked.")
