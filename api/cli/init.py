"""`kb init`: a store's own repository, ready to be filled in."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from api import locale
from indexer.scaffold import Wishes, files, starter_languages, write
from kb.errors import InitRefused


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", help="What the store is called; missing: made of the folder's name.")
@click.option(
    "--languages",
    default=",".join(("ru", "it", "hu", "en")),
    show_default=True,
    help="Codes, the first is the default language.",
)
@click.option("--url", default="", help="Where customers will find the pages, like https://help.example.org.")
@click.option("--git", is_flag=True, help="Make it a git repository.")
def init(folder: Path, name: str | None, languages: str, url: str, git: bool) -> None:
    """Make a store's own repository: articles to begin with, store.yaml, phrases, a workflow."""
    try:
        wishes = Wishes.checked(name if name is not None else _named_after(folder), languages, url)
        for lang in wishes.languages:
            locale.known_locale(lang)
    except InitRefused as error:
        raise click.UsageError(str(error)) from error
    made = files(wishes)
    further = [lang for lang in wishes.languages if lang not in locale.shipped_languages()]
    made |= {f"articles/locale/{lang}.po": locale.to_translate(lang) for lang in further}
    write(folder, made, git=git)
    click.echo("\n".join(_next_steps(folder, len(made), wishes)))


def _named_after(folder: Path) -> str:
    return folder.resolve().name.replace("-", " ").replace("_", " ").title()


def _next_steps(folder: Path, count: int, wishes: Wishes) -> list[str]:
    foreign = [lang for lang in wishes.languages if lang not in starter_languages()]
    lines = [f"{folder} holds a help centre of {count} files for {wishes.name}. Next:"]
    lines += [
        f"  cd {shlex.quote(str(folder))}",
        "  kb check       lists what is to be filled in: days, prices, addresses",
    ]
    if foreign:
        lines.append(f"  to translate: articles, phrases and locale of {', '.join(foreign)}, which are in English")
    return [
        *lines,
        "  kb serve       publishes it and shows it at http://127.0.0.1:8000/",
        "  README.md      tells the editors what stands where",
    ]
