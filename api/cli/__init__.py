"""
The `kb` command line: each command is a module of its own. Exit codes: 0 good, 1 a problem was found, 2 wrong use.

Only importer of click, rich and uvicorn. The heavy parts (model, engine clients) are imported by the commands that
need them, so that `kb --help` and `kb check` answer at once.
"""

from __future__ import annotations

import importlib
import os
from dataclasses import replace
from pathlib import Path

import click

from kb.errors import KnowledgeBaseError, SettingsError
from kb.settings import Settings

COMMANDS = {
    "serve": "api.cli.serve",
    "index": "api.cli.index",
    "check": "api.cli.check",
    "search": "api.cli.search",
    "reply": "api.cli.reply",
    "eval": "api.cli.eval",
    "insights": "api.cli.insights",
    "keys": "api.cli.keys",
    "messages": "api.cli.messages",
    "editions": "api.cli.editions",
    "rollback": "api.cli.editions",
    "status": "api.cli.status",
    "settings": "api.cli.settings",
    "init": "api.cli.init",
    "engine": "api.cli.engine",
    "catalogue": "api.cli.catalogue",
}


class LazyCommands(click.Group):
    """Imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        module = COMMANDS.get(cmd_name)
        found: click.Command | None = getattr(importlib.import_module(module), cmd_name) if module else None
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, _summary(self.get_command(ctx, name))) for name in COMMANDS]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KnowledgeBaseError as error:
            click.echo(str(error), err=True)
            raise SystemExit(1) from error


def _summary(command: click.Command | None) -> str:
    return command.get_short_help_str(90) if command else ""


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--articles", type=click.Path(path_type=Path), help="Folder of the articles (KB_ARTICLES).")
@click.option("--data", type=click.Path(path_type=Path), help="Folder for everything that is made from them (KB_DATA).")
@click.version_option(package_name="faq-kb", prog_name="kb")
@click.pass_context
def cli(ctx: click.Context, articles: Path | None, data: Path | None) -> None:
    """
    A knowledge base with FAQ search for online stores: Markdown in git, answers for customers, replies for agents.
    """
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    ctx.obj = replace(settings, articles=articles or settings.articles, data=data or settings.data)


def main() -> None:
    """Entry point of the `kb` script."""
    cli(prog_name="kb")
