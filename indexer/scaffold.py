"""
A store's own repository, from the texts in `starter/`: articles to begin with, store.yaml, phrases, a workflow.

The articles are in Russian, Italian, Hungarian and English; a further language gets the English ones, marked to be
translated. What a store has to decide stands in [[double brackets]], which `kb check` lists.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from zoneinfo import available_timezones

from indexer.store_file import LANG, URL
from kb.errors import InitRefused

MAX_NAME_CHARS = 80
PATTERN_LANGUAGE = "en"
ARTICLES = ("delivery/delivery-times", "payment/payment-methods", "returns/how-to-return", "warranty/warranty-claim")
# Their names in a store, and here, where a dot in front would hide them from the packaging.
AS_THEY_ARE = {".gitignore": "gitignore", ".env.example": "env.example", ".github/workflows/check.yml": "check.yml"}
TO_TRANSLATE = "# To be translated: this text is English."
_FRONT_TEXT = re.compile(r"^(title|description): (.+)$", re.MULTILINE)
_PHRASE = re.compile(r"(?<=- \|-\n)((?:      .*\n|\n)+)")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a new store is to be like; `Wishes.checked` makes one of what a person typed."""

    name: str
    languages: tuple[str, ...]
    url: str = ""

    @classmethod
    def checked(cls, name: str, languages: str, url: str = "") -> Wishes:
        """`languages` are codes with commas between them. Raises InitRefused naming what is wrong."""
        name = " ".join(name.split())
        if not any(char.isalnum() for char in name) or not name.isprintable() or len(name) > MAX_NAME_CHARS:
            raise InitRefused(f"The name is {name!r}.", f"Give one of 1 to {MAX_NAME_CHARS} characters with --name.")
        codes = tuple(dict.fromkeys(code.strip().lower() for code in languages.split(",") if code.strip()))
        wrong = [code for code in codes if not LANG.fullmatch(code)]
        if wrong or not codes:
            said = repr(wrong[0]) if wrong else "An empty list"
            raise InitRefused(f"{said} is no language code.", "Give codes with commas between them, like ru,it,hu,en.")
        url = url.strip().rstrip("/")
        if url and not URL.fullmatch(url):
            raise InitRefused(f"The address is {url!r}.", "Give one like https://help.example.org.")
        return cls(name, codes, url)


def starter_languages() -> tuple[str, ...]:
    """Return the languages in which the starter articles are written."""
    return tuple(sorted(entry.name for entry in _starter().iterdir() if LANG.fullmatch(entry.name)))


def files(wishes: Wishes) -> dict[str, str]:
    """Return the files of a new store: path → text."""
    made = {
        "README.md": Template(_text("readme.md")).substitute(
            title=wishes.name, question=_golden_question(wishes.languages[0])
        ),
        "articles/store.yaml": _store(wishes),
        "articles/images/.gitkeep": "",
        **{path: _text(name) for path, name in AS_THEY_ARE.items()},
    }
    for lang in wishes.languages:
        made.update(_of_language(lang))
    return made


def write(folder: Path, made: Mapping[str, str], *, git: bool = False) -> None:
    """
    Write a new store into `folder`, and make it a git repository when asked.

    Raises InitRefused when the folder holds anything but .git, when it cannot be written, or when git is missing.
    """
    if git and shutil.which("git") is None:
        raise InitRefused("git is not installed.", "Install it, or leave --git away.")
    try:
        if folder.exists() and {entry.name for entry in folder.iterdir()} - {".git"}:
            raise InitRefused(f"{folder} is not empty.", "Give a new folder, or one with nothing but .git in it.")
        for path, text in made.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InitRefused(f"{folder} cannot be written: {error.strerror}.", "Give another folder.") from error
    if git and not (folder / ".git").exists():
        subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(folder)], check=True)  # noqa: S607


def _of_language(lang: str) -> Iterator[tuple[str, str]]:
    is_known = lang in starter_languages()
    source = lang if is_known else PATTERN_LANGUAGE
    for topic in ARTICLES:
        text = _text(f"{source}/{topic}.md")
        yield f"articles/{lang}/{topic}.md", text if is_known else _marked(text)
    phrases, golden = _text(f"{source}/phrases.yaml"), _text(f"{source}/golden.yaml")
    if not is_known:
        phrases, golden = f"{TO_TRANSLATE}\n{_PHRASE.sub(_in_brackets, phrases)}", f"{TO_TRANSLATE}\n{golden}"
    yield f"articles/phrases/{lang}.yaml", phrases
    yield f"articles/golden/{lang}.yaml", golden


def _marked(article: str) -> str:
    """Return an English article as one to be translated: its title and description are blanks."""
    front, body = article.removeprefix("---\n").split("\n---\n", 1)
    note = f"{TO_TRANSLATE} Then take the brackets around title and description away."
    return f"---\n{note}\n{_FRONT_TEXT.sub(_as_blank, front)}\n---\n{body}"


def _as_blank(match: re.Match[str]) -> str:
    return f"{match[1]}: {json.dumps(_blank(match[2]), ensure_ascii=False)}"


def _blank(text: str) -> str:
    """Return a text as a blank; blanks within it would end it early."""
    return f"[[{text.replace('[[', '').replace(']]', '')}]]"


def _in_brackets(match: re.Match[str]) -> str:
    text = match[1].rstrip("\n")
    return f"      {_blank(text.strip())}\n"


def _store(wishes: Wishes) -> str:
    titles = tomllib.loads(_text("titles.toml"))
    return Template(_text("store.yaml")).substitute(
        name=_quoted(wishes.name),
        url=_quoted(wishes.url or "[[https://help.example.org]]"),
        timezone=local_timezone(),
        languages=", ".join(wishes.languages),
        default=wishes.languages[0],
        **{category: _titles(each, wishes.languages) for category, each in titles.items()},
    )


def _titles(known: Mapping[str, str], languages: tuple[str, ...]) -> str:
    return ", ".join(f"{lang}: {_quoted(known.get(lang) or _blank(known[PATTERN_LANGUAGE]))}" for lang in languages)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # which YAML reads as it is


def _golden_question(lang: str) -> str:
    source = lang if lang in starter_languages() else PATTERN_LANGUAGE
    found = re.search(r'question: "([^"]+)"', _text(f"{source}/golden.yaml"))
    return found[1] if found else ""


def local_timezone() -> str:
    """Return the name of this machine's time zone, UTC when it has none."""
    named = os.environ.get("TZ", "").lstrip(":")
    linked = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
    return next((name for name in (named, linked) if name in available_timezones()), "UTC")


def _text(name: str) -> str:
    return _starter().joinpath(*name.split("/")).read_text(encoding="utf-8")


def _starter() -> Traversable:
    return resources.files("indexer") / "starter"
