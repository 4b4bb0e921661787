"""`kb eval`: whether customers' questions find their answer, and what a change of the articles did to that."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.cli.eval_report import Calibrated, Report, calibrated_as_dict, calibrated_lines, report_as_dict, report_lines
from api.cli.opened import with_knowledge
from api.cli.progress import Shown
from indexer.calibration_file import write_calibration
from indexer.golden import Golden, golden_file, golden_of
from indexer.last_run import read_run, write_run
from indexer.library import Library, scan
from indexer.progress import Progress, Silent
from kb.calibration import MIN_QUESTIONS
from kb.errors import EvaluationRefused
from kb.evaluation import figures
from kb.golden import GoldenQuestion, ask, compare, halves, learned
from kb.knowledge_base import KnowledgeBase
from kb.search import Mode
from kb.settings import Settings


@click.command("eval")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--lang", help="The language of FILE, when its name does not say it.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--calibrate", is_flag=True, help="Learn from the questions how sure to be; writes calibration.yaml.")
@click.pass_obj
def eval(settings: Settings, file: Path | None, lang: str | None, as_json: bool, calibrate: bool) -> None:  # noqa: A001
    """
    Ask the golden questions, those in FILE or all, and tell what they found and what has changed since the last time.
    """
    progress: Progress = Silent() if as_json else Shown()
    library = scan(settings.articles)
    golden = _golden(settings, library, file, lang)
    if not as_json:
        for problem in golden.problems:
            progress.say(f"warning: {problem}")
    if not golden.questions:
        hint = (
            'Write articles/golden/en.yaml, with lines like - {question: "where is it", topic: delivery/track-order}.'
        )
        raise EvaluationRefused("There are no golden questions.", hint)
    if calibrate:
        done = _calibrated(settings, golden.questions, progress)
        click.echo(_json(calibrated_as_dict(done)) if as_json else "\n".join(calibrated_lines(done)))
        return
    report = _asked(settings, library, golden.questions, progress, is_part=file is not None)
    click.echo(_json(report_as_dict(report)) if as_json else "\n".join(report_lines(report)))
    if report.shortfalls:
        raise SystemExit(1)


def _golden(settings: Settings, library: Library, file: Path | None, lang: str | None) -> Golden:
    if file is None:
        return golden_of(settings.articles, library)
    languages = library.store.languages if library.store else ()
    found = lang or file.stem
    if found not in languages:
        raise click.UsageError(
            f"{found!r} is no language of this store. Say which one FILE is in with --lang: {', '.join(languages)}."
        )
    return golden_file(file, found, library)


def _asked(
    settings: Settings, library: Library, questions: tuple[GoldenQuestion, ...], progress: Progress, *, is_part: bool
) -> Report:
    async def work(knowledge: KnowledgeBase) -> Report:
        edition = knowledge.live().public.edition
        with progress.steps("asking the golden questions", len(questions)) as done:
            asked = await ask(knowledge.search, questions, done)
        before = read_run(settings.data)
        write_run(settings.data, edition, asked, before.asked if before and is_part else ())
        return Report(
            edition=edition,
            asked=asked,
            before=before,
            changed=compare(before.asked, asked) if before else [],
            quality=library.store.quality if library.store else {},
        )

    return with_knowledge(settings, "eval", work)


def _calibrated(settings: Settings, questions: tuple[GoldenQuestion, ...], progress: Progress) -> Calibrated:
    to_learn, to_test = halves(questions)
    if len(to_learn) < MIN_QUESTIONS:
        message = f"{len(to_learn)} questions are too few to learn from: every second one of each language is."
        raise EvaluationRefused(message, f"Write at least {2 * MIN_QUESTIONS} golden questions in all.")

    async def work(knowledge: KnowledgeBase) -> Calibrated:
        model = knowledge.live().public.corpus.model
        with progress.steps("asking the golden questions", len(to_learn) + 2 * len(to_test)) as done:
            learned_from = await ask(knowledge.search_with(None), to_learn, done)
            if any(each.mode is not Mode.HYBRID for each in learned_from):
                raise EvaluationRefused("Search works without its vectors or its engine.", "See `kb status`.")
            calibration = learned(learned_from, model)
            before = figures([each.judged for each in await ask(knowledge.search, to_test, done)])
            after = await ask(knowledge.search_with(calibration), to_test, done)
        return Calibrated(calibration, before, figures([each.judged for each in after]), settings.articles)

    done = with_knowledge(settings, "eval", work)
    write_calibration(
        settings.articles, done.calibration, (done.before.calibration_error, done.after.calibration_error)
    )
    return done


def _json(report: object) -> str:
    return json.dumps(report, ensure_ascii=False, indent=1)
