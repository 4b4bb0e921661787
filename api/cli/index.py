"""`kb index`: publish what stands in articles/."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from api.cli.progress import Shown
from indexer.publish import Report, Silent, publish
from kb.embedding.sentence import SentenceEmbedder
from kb.engine.ownership import INDEX, open_engine
from kb.settings import Settings

LISTED = 10


@click.command()
@click.option("--rebuild", is_flag=True, help="Compute every vector and load every document anew.")
@click.option("--keep-going", is_flag=True, help="Leave broken files out instead of publishing nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_obj
def index(settings: Settings, rebuild: bool, keep_going: bool, as_json: bool) -> None:
    """Publish the articles; what is live goes on answering until everything new is in place."""
    progress = Silent() if as_json else Shown()
    with open_engine(settings, INDEX, say=progress.say) as access:
        embedder = SentenceEmbedder(settings.embedding_model)
        report = publish(settings, access, embedder, rebuild=rebuild, keep_going=keep_going, progress=progress)
    click.echo(json.dumps(as_dict(report), ensure_ascii=False, indent=1) if as_json else "\n".join(lines(report)))
    if any(problem.severity == "error" for problem in report.problems):
        raise SystemExit(1)


def lines(report: Report) -> list[str]:
    """Return what a person reads."""
    changes = report.changes
    broken = [problem for problem in report.problems if problem.severity == "error"]
    told = [*map(str, broken)]
    if broken:
        told.append(f"{len(broken)} error{'s' if len(broken) > 1 else ''}: these files were left out.")
    for what, ids in (("added", changes.added), ("changed", changes.changed), ("removed", changes.removed)):
        told += _listed(what, ids)
    told.append(
        f"{len(changes.added)} added, {len(changes.changed)} changed, {len(changes.removed)} removed, "
        f"{len(changes.kept)} kept; {report.embedded} texts embedded, {report.reused} known; "
        f"{report.loaded} documents loaded, {report.deleted} deleted"
    )
    told.append(_state(report))
    warnings = len(report.problems) - len(broken)
    if warnings:
        told.append(f"{warnings} warning{'s' if warnings > 1 else ''}: `kb check` lists them.")
    return told


def _listed(what: str, ids: Sequence[str]) -> list[str]:
    more = [f"  … and {len(ids) - LISTED} more"] if len(ids) > LISTED else []
    return [f"  {what} {each}" for each in ids[:LISTED]] + more


def _state(report: Report) -> str:
    if report.was_live:
        return f"Nothing has changed: edition {report.edition} is live ({report.seconds:.1f} s)."
    return f"Edition {report.edition} is live ({report.seconds:.1f} s)."


def as_dict(report: Report) -> dict[str, object]:
    """Return what a machine reads."""
    changes = report.changes
    return {
        "edition": report.edition,
        "was_live": report.was_live,
        "added": changes.added,
        "changed": changes.changed,
        "removed": changes.removed,
        "kept": len(changes.kept),
        "embedded": report.embedded,
        "reused": report.reused,
        "loaded": report.loaded,
        "deleted": report.deleted,
        "seconds": round(report.seconds, 2),
        "problems": [
            {
                "path": p.path,
                "line": p.line,
                "severity": p.severity,
                "code": p.code,
                "message": p.message,
                "hint": p.hint,
            }
            for p in report.problems
        ],
    }
