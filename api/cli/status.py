"""`kb status`: what is live, and who runs it."""

from __future__ import annotations

import click

from kb.edition import EditionShelf
from kb.engine.ownership import current_owner
from kb.errors import RecordsUnavailable
from kb.records.summary import alarms, stored
from kb.settings import Settings


@click.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Tell which edition is live, what is recorded, and which process runs on this data."""
    shelf = EditionShelf(settings.data)
    live = shelf.live_id()
    if live is None:
        click.echo("Nothing has been published yet: run `kb index`.")
    else:
        edition = shelf.load(live)
        commit = f", commit {edition.info.commit}" if edition.info.commit else ""
        click.echo(f"Edition {live} (customers see {edition.public.id}), published {edition.info.published_at}{commit}")
        public, internal = edition.public.texts, edition.internal.texts
        click.echo(f"  {len(public.articles)} articles for customers, {len(internal.articles)} for agents only")
    _tell_records(settings)
    owner = current_owner(settings.data)
    if owner is None:
        click.echo(f"No process runs on {settings.data}/.")
    else:
        where = f" at {owner.service_url}" if owner.service_url else ""
        click.echo(f"`kb {owner.command}` runs{where} (process {owner.pid}).")


def _tell_records(settings: Settings) -> None:
    try:
        found = stored(settings)
        click.echo(f"{found.searches} searches and {found.ratings} ratings by customers are stored.")
    except RecordsUnavailable as error:
        click.echo(f"Records: {error}")
    for alarm in alarms(settings):
        click.echo(f"Records cannot be written {alarm}")
