"""`kb settings`: what is set, secrets covered."""

from __future__ import annotations

import click

from kb.settings import Settings


@click.command("settings")
@click.pass_obj
def settings(settings: Settings) -> None:
    """Show every setting as it is now."""
    for name, value in settings.shown().items():
        click.echo(f"{name}={value}")
