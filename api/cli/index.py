"""`kb index`: publish what stands in articles/."""

from __future__ import annotations

import json
import time

import click

from api.cli.progress import Shown
from indexer.loading import tidy
from indexer.progress import Progress, Silent
from indexer.publish import one_at_a_time, publish
from indexer.summary import as_dict, lines
from kb.edition import EditionShelf
from kb.embedding.models import embedder_for
from kb.engine.access import EngineAccess
from kb.engine.ownership import INDEX, open_engine
from kb.readers import ReaderBoard
from kb.settings import Settings

# Services look for a new edition several times a second; one that has not moved after this long is stuck.
READERS_SECONDS = 60.0
POLL_SECONDS = 0.2
# Searches under way when the last service moved may still ask for documents of the old edition.
GRACE_SECONDS = 1.0


@click.command()
@click.option("--rebuild", is_flag=True, help="Compute every vector and load every document anew.")
@click.option("--keep-going", is_flag=True, help="Leave broken files out instead of publishing nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_obj
def index(settings: Settings, rebuild: bool, keep_going: bool, as_json: bool) -> None:
    """Publish the articles; what is live goes on answering until everything new is in place."""
    progress: Progress = Silent() if as_json else Shown()
    with open_engine(settings, INDEX, say=progress.say) as access:
        embedder = embedder_for(settings.embedding_model)
        report = publish(settings, access, embedder, rebuild=rebuild, keep_going=keep_going, progress=progress)
        if not report.was_live or report.loaded:
            _tidy(settings, access, progress)
    click.echo(json.dumps(as_dict(report), ensure_ascii=False, indent=1) if as_json else "\n".join(lines(report)))
    if any(problem.severity == "error" for problem in report.problems):
        raise SystemExit(1)


def _tidy(settings: Settings, access: EngineAccess, progress: Progress) -> None:
    board, shelf = ReaderBoard(settings.data), EditionShelf(settings.data)
    deadline = time.monotonic() + READERS_SECONDS
    while not board.all_on(shelf.live_id() or "") and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    time.sleep(GRACE_SECONDS)
    with one_at_a_time(settings, progress):
        tidy(settings, access, progress)
