"""A publish's report, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from indexer.problems import Severity
from indexer.publish import Report

LISTED = 10


def lines(report: Report) -> list[str]:
    """Return what a person reads."""
    changes = report.changes
    broken = [problem for problem in report.problems if problem.severity is Severity.ERROR]
    told = [*map(str, broken)]
    if broken:
        told.append(f"{len(broken)} error{'s' if len(broken) > 1 else ''}: these files were left out.")
    for what, ids in (("added", changes.added), ("changed", changes.changed), ("removed", changes.removed)):
        told += _listed(what, ids)
    told.append(
        f"{len(changes.added)} added, {len(changes.changed)} changed, {len(changes.removed)} removed, "
        f"{len(changes.kept)} kept; {report.embedded} texts embedded, {report.reused} known; "
        f"{report.loaded} documents loaded"
    )
    told.append(_state(report))
    warnings = len(report.problems) - len(broken)
    if warnings:
        told.append(f"{warnings} warning{'s' if warnings > 1 else ''}: `kb check` lists them.")
    return told


def as_dict(report: Report) -> dict[str, object]:
    """Return what a machine reads."""
    changes = report.changes
    return {
        "edition": report.edition,
        "was_live": report.was_live,
        "withheld": report.withheld,
        "added": changes.added,
        "changed": changes.changed,
        "removed": changes.removed,
        "kept": len(changes.kept),
        "embedded": report.embedded,
        "reused": report.reused,
        "loaded": report.loaded,
        "seconds": round(report.seconds, 2),
        "problems": [asdict(problem) for problem in report.problems],
    }


def _listed(what: str, ids: Sequence[str]) -> list[str]:
    more = [f"  … and {len(ids) - LISTED} more"] if len(ids) > LISTED else []
    return [f"  {what} {each}" for each in ids[:LISTED]] + more


def _state(report: Report) -> str:
    if report.withheld:
        return (
            f"What stands in the files was rolled back, and edition {report.edition} goes on answering: change the "
            "articles, or publish them all the same with `kb index`."
        )
    if report.was_live:
        return f"Nothing has changed: edition {report.edition} is live ({report.seconds:.1f} s)."
    return f"Edition {report.edition} is live ({report.seconds:.1f} s)."
