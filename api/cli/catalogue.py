"""`kb catalogue`: the strings around the articles, to be translated into a further language."""

from __future__ import annotations

import click

from api.locale import to_translate
from kb.errors import InitRefused


@click.command()
@click.argument("lang")
def catalogue(lang: str) -> None:
    """Print an empty catalogue of a language, for articles/locale/LANG.po."""
    try:
        click.echo(to_translate(lang.lower()), nl=False)
    except InitRefused as error:
        raise click.UsageError(str(error)) from error
