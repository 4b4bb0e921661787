"""`kb insights`: what is asked and not answered, what does not help, and what agents make of suggestions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import click

from api.cli.progress import Shown
from indexer.progress import Progress, Silent
from kb.centring import are_known
from kb.embedding.base import FloatVector
from kb.embedding.models import embedder_for
from kb.errors import EmbeddingUnavailable
from kb.insights import Gap, gaps
from kb.records.insights import Acceptance, Findings, Rating, SearchFigures, Wording, findings
from kb.records.records import utc_now
from kb.settings import Settings

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Insights:
    """What is told."""

    days: int
    lang: str | None
    found: Findings
    unanswered: tuple[Gap, ...]
    is_grouped: bool
    """False when there is no model, or one of the store's own: then each wording stands alone."""


@click.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3650), help="How far back to look.")
@click.option("--lang", help="One language only.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_obj
def insights(settings: Settings, days: int, lang: str | None, as_json: bool) -> None:
    """Tell which questions have no answer, which articles do not help, and how often replies are sent as they are."""
    found = findings(settings, utc_now() - timedelta(days=days), lang)
    progress: Progress = Silent() if as_json else Shown()
    unanswered, is_grouped = _grouped(settings, found.unanswered, progress)
    told = Insights(days, lang, found, unanswered, is_grouped)
    click.echo(json.dumps(insights_as_dict(told), ensure_ascii=False, indent=1) if as_json else "\n".join(_lines(told)))


def _grouped(settings: Settings, wordings: Sequence[Wording], progress: Progress) -> tuple[tuple[Gap, ...], bool]:
    if not wordings:
        return (), True
    vectors: list[FloatVector] = []
    try:
        embedder = embedder_for(settings.embedding_model)
        if not are_known(embedder.name):
            progress.say("Questions are compared with the bundled model only: they are listed one by one.")
            return gaps(wordings, None), False
        with progress.steps("comparing the questions", len(wordings)) as done:
            for each in wordings:
                vectors.append(embedder.embed_query(each.text))
                done(1)
        return gaps(wordings, vectors, embedder.name), True
    except EmbeddingUnavailable as error:
        progress.say(f"{error} Questions are listed one by one.")
        return gaps(wordings, None), False


def insights_as_dict(told: Insights) -> dict[str, Any]:
    """Return what `--json` prints."""
    found = told.found
    return {
        "days": told.days,
        "lang": told.lang,
        "searches": [asdict(each) for each in found.searches],
        "typed_and_never_sent": found.typed,
        "unanswered_grouped": told.is_grouped,
        "unanswered": [
            {"count": gap.count, "langs": gap.langs, "wordings": [asdict(each) for each in gap.wordings]}
            for gap in told.unanswered
        ],
        "without_hits": [asdict(each) for each in found.without_hits],
        "low_rated": [asdict(each) for each in found.low_rated],
        "acceptance": {
            "articles": [{**asdict(each), "share": each.share} for each in found.by_article],
            "languages": [{**asdict(each), "share": each.share} for each in found.by_language],
        },
    }


def _lines(told: Insights) -> list[str]:
    found = told.found
    lines = [f"The last {told.days} days{f', {told.lang}' if told.lang else ''}"]
    lines += _part("Searches", [_search_line(each) for each in found.searches])
    lines += [f"  {found.typed} were typed and never sent"] if found.typed else []
    lines += _part("Asked without an answer", [line for gap in told.unanswered[:SHOWN] for line in _gap_lines(gap)])
    lines += _more(told.unanswered)
    lines += _part("Found nothing at all", [_wording(each) for each in found.without_hits[:SHOWN]])
    lines += _more(found.without_hits)
    lines += _part("Articles that did not help", [x for each in found.low_rated[:SHOWN] for x in _rating_lines(each)])
    lines += _more(found.low_rated)
    lines += _part("Suggested replies, by language", [_acceptance_line(each) for each in found.by_language])
    lines += _part("Suggested replies, by article", [_acceptance_line(each) for each in found.by_article[:SHOWN]])
    return lines + _more(found.by_article)


def _part(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines or ["nothing was recorded"])]


def _more(all_of_it: Sequence[object]) -> list[str]:
    left = len(all_of_it) - SHOWN
    return [f"  … and {left} more: --json lists them all"] if left > 0 else []


def _search_line(each: SearchFigures) -> str:
    return (
        f"{each.lang}: {each.searches} sent, {_share(each.answered, each.searches)} answered, "
        f"{_share(each.unanswered, each.searches)} without an answer, {each.without_hits} without a hit"
    )


def _gap_lines(gap: Gap) -> list[str]:
    first, *others = gap.wordings
    alike = [f"      {_wording(each)}" for each in others[:4]]
    alike += [f"      … {len(others) - 4} more wordings"] if len(others) > 4 else []
    return [f"{gap.count:4} × {first.text}  [{', '.join(gap.langs)}]", *alike]


def _wording(each: Wording) -> str:
    return f"{each.text}  [{each.lang}] {each.count} ×"


def _rating_lines(each: Rating) -> list[str]:
    reasons = ", ".join(f"{name} {count}" for name, count in each.reasons.items())
    told = f"{each.article_id}: {each.unhelpful} of {each.helpful + each.unhelpful} said no"
    return [told + (f" ({reasons})" if reasons else ""), *(f"    “{comment}”" for comment in each.comments)]


def _acceptance_line(each: Acceptance) -> str:
    changed = f", {each.changed:.0%} of the words changed" if each.changed is not None else ""
    return (
        f"{each.name}: {_share(each.accepted, each.accepted + each.edited + each.rejected)} sent as they are "
        f"({each.accepted} accepted, {each.edited} edited{changed}, {each.rejected} rejected, of {each.suggested})"
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"
