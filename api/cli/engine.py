"""`kb engine`: the program of the managed Meilisearch."""

from __future__ import annotations

import click

from api.cli.progress import Shown
from kb.engine.binary import find_binary
from kb.engine.install import install
from kb.settings import Settings


@click.group()
def engine() -> None:
    """Get Meilisearch's program, or tell where it is."""


@engine.command("install")
def install_engine() -> None:
    """Get the program that comes with this version, through npm; nothing is done when it is there."""
    click.echo(install(Shown().say).path)


@engine.command()
@click.pass_obj
def path(settings: Settings) -> None:
    """Tell which program the managed server runs."""
    click.echo(find_binary(settings.meili_binary).path)
