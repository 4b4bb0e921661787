"""`kb status`: what is live, how the last publish ended, and who runs."""

from __future__ import annotations

import click

from indexer.outcome import read_outcome
from kb.edition import EditionShelf
from kb.engine.access_files import owner_access
from kb.engine.ownership import current_owner
from kb.errors import RecordsUnavailable
from kb.records.summary import alarms, stored, undelivered
from kb.settings import Settings


@click.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Tell which edition is live, how the last publish ended, and which process runs on this data."""
    for line in [*_live(settings), *_last_publish(settings), *_records(settings), *_owner(settings)]:
        click.echo(line)
    outcome = read_outcome(settings.data)
    if outcome and outcome.failed:
        raise SystemExit(1)


def _live(settings: Settings) -> list[str]:
    shelf = EditionShelf(settings.data)
    live = shelf.live_id()
    if live is None:
        return ["Nothing has been published yet: run `kb index`."]
    edition = shelf.load(live)
    commit = f", commit {edition.info.commit}" if edition.info.commit else ""
    public, internal = edition.public.texts, edition.internal.texts
    told = [
        f"Edition {live} (customers see {edition.public.id}), published {edition.info.published_at}{commit}",
        f"  {len(public.articles)} articles for customers, {len(internal.articles)} for agents only",
    ]
    if not edition.has_vectors:
        told.append("  its vectors are not computed yet: articles are found by their words")
    return told


def _last_publish(settings: Settings) -> list[str]:
    outcome = read_outcome(settings.data)
    if outcome is None or outcome.state == "published":
        return []
    if outcome.failed:
        return [f"The last publish, at {outcome.at}, failed:", outcome.message]
    if outcome.state == "withheld":
        return [outcome.message]
    return [f"Publishing: {outcome.message} ({outcome.at})"]


def _records(settings: Settings) -> list[str]:
    try:
        found = stored(settings)
        told = [f"{found.searches} searches and {found.ratings} ratings by customers are stored."]
        told += _undelivered(settings)
    except RecordsUnavailable as error:
        told = [f"Records: {error}"]
    return told + [f"Records cannot be written {alarm}" for alarm in alarms(settings)]


def _undelivered(settings: Settings) -> list[str]:
    """Raises RecordsUnavailable."""
    backlog = undelivered(settings)
    if backlog.oldest is None:
        return []
    why = f"; the last attempt failed: {backlog.problem}" if backlog.problem else ""
    nowhere = "" if settings.takes_messages else "; neither KB_CONTACT_WEBHOOK_URL nor KB_CONTACT_EMAIL_TO is set here"
    since = f"{backlog.oldest:%Y-%m-%d %H:%M} UTC"
    waiting = f"Messages of customers that wait to be delivered: {backlog.waiting}, the oldest since {since}"
    return [f"{waiting}{why}{nowhere}."]


def _owner(settings: Settings) -> list[str]:
    owner = current_owner(settings.data)
    if owner is None:
        return [f"No process runs on {settings.data}/."]
    where = f" at {owner.service_url}" if owner.service_url else ""
    engine = "the engine is there" if owner_access(settings.data) else "the engine is not there (yet)"
    return [f"`kb {owner.command}` runs{where} (process {owner.pid}); {engine}."]
