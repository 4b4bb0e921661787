"""`kb check`: what an editor must hear, before anything is published. Needs neither model nor engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import click

from api.locale import check_catalogues
from indexer.calibration_file import check_model
from indexer.checks import check as check_library
from indexer.golden import golden_of
from indexer.library import Library, scan
from indexer.problems import Problem, Severity
from kb.article import Store
from kb.embedding.models import embedder_for
from kb.settings import Settings


@click.command()
@click.option("--format", "shape", type=click.Choice(["text", "json", "github"]), default="text", show_default=True)
@click.pass_obj
def check(settings: Settings, shape: str) -> None:
    """Look the articles through: front matter, containers, links, anchors, translations, golden questions."""
    library = scan(settings.articles)
    problems = check_library(library)
    if library.store:
        problems = sorted([*problems, *_beside_articles(settings, library, library.store)])
    shown = {"text": _text, "json": _json, "github": _github}[shape](problems, len(library.drafts))
    click.echo(shown)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise SystemExit(1)


def _beside_articles(settings: Settings, library: Library, store: Store) -> list[Problem]:
    """What no publish depends on, or what depends on this machine's settings."""
    return [
        *check_catalogues(settings.articles, store.languages),
        *golden_of(settings.articles, library).problems,
        *check_model(settings.articles, store.calibration, embedder_for(settings.embedding_model).name),
    ]


def _text(problems: Sequence[Problem], articles: int) -> str:
    broken = sum(problem.severity is Severity.ERROR for problem in problems)
    told = [f"{'error' if p.severity is Severity.ERROR else 'warning'}: {p}" for p in problems]
    warnings = len(problems) - broken
    return "\n".join([*told, f"{articles} articles: {broken} errors, {warnings} warnings"])


def _json(problems: Sequence[Problem], articles: int) -> str:
    return json.dumps({"articles": articles, "problems": [asdict(p) for p in problems]}, ensure_ascii=False, indent=1)


def _github(problems: Sequence[Problem], articles: int) -> str:  # noqa: ARG001  one shape for all three
    """Workflow commands: they become annotations on a pull request."""
    return "\n".join(_annotation(problem) for problem in problems)


def _annotation(problem: Problem) -> str:
    told = _escaped(f"{problem.message} {problem.hint}".strip())
    return f"::{problem.severity} file={_escaped(problem.path)},line={problem.line},title={problem.code}::{told}"


def _escaped(text: str) -> str:
    for char, escape in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        text = text.replace(char, escape)
    return text
