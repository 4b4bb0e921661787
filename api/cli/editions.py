"""`kb editions` and `kb rollback`: what was published before, and going back to it."""

from __future__ import annotations

import json

import click

from api.cli.progress import Shown
from indexer.plan import content_digest
from indexer.rollback import rollback as roll_back
from kb.edition import EditionShelf
from kb.engine.ownership import INDEX, open_engine
from kb.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def editions(settings: Settings, as_json: bool) -> None:
    """List the published states that are kept, newest first."""
    shelf = EditionShelf(settings.data)
    live, withdrawn = shelf.live_id(), shelf.withdrawn()
    rows = []
    for each in reversed(shelf.ids()):
        edition = shelf.load(each)
        is_withdrawn = content_digest(edition.public.texts, edition.internal.texts) == withdrawn
        rows.append(
            {
                "id": each,
                "public_id": edition.public.id,
                "published_at": edition.info.published_at,
                "commit": edition.info.commit,
                "articles": len(edition.public.texts.articles),
                "agent_articles": len(edition.internal.texts.articles),
                "state": "live" if each == live else "withdrawn" if is_withdrawn else "",
            }
        )
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        click.echo(
            f"{row['id']}  {row['published_at']}  {row['commit'] or 'no commit':12.12}  "
            f"{row['articles']:4} articles, {row['agent_articles']:3} for agents  {row['state']}".rstrip()
        )
    if not rows:
        click.echo("Nothing has been published yet: run `kb index`.")


@click.command()
@click.argument("edition", required=False)
@click.option("--force", is_flag=True, help="Bring back also what was deleted or has become internal since.")
@click.pass_obj
def rollback(settings: Settings, edition: str | None, force: bool) -> None:
    """Go back to EDITION (the beginning of its id), or to the one before; the files stay as they are."""
    progress = Shown()
    with open_engine(settings, INDEX, say=progress.say) as access:
        done = roll_back(settings, access, edition, force=force, progress=progress)
    for article_id in done.left_out:
        click.echo(f"  left out {article_id}: it was deleted, or is internal now (--force brings it back)")
    click.echo(f"Edition {done.edition} is live, with the texts of {done.source}.")
    click.echo("It stays until the articles change, or somebody runs `kb index`: mend the files meanwhile.", err=True)
