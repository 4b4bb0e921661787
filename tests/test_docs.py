"""What the documentation says is so: commands exist, settings and error codes are described, strings are translated."""

from __future__ import annotations

import re
from dataclasses import fields
from io import BytesIO
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from api.cli import COMMANDS
from indexer.solutions import read_solutions
from kb import errors
from kb.settings import Settings
from kb.solutions import CHOICES, KEYS, Approver, Offer
from tests.service import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
LANGUAGES = sorted(path.stem for path in (ROOT / "api/locale").glob("*.po"))


def _strings() -> set[str]:
    found = extract_from_dir(
        ROOT / "api",
        method_map=[("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")],
        options_map={"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}},
    )
    return {str(message) for _, _, message, _, _ in found}


def _catalogue(lang: str) -> Catalog:
    return read_po(BytesIO((ROOT / f"api/locale/{lang}.po").read_bytes()), locale=lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_string_is_translated(lang: str) -> None:
    """A string that readers see stands in every catalogue, and no catalogue holds one that nobody uses."""
    translated = {str(message.id) for message in _catalogue(lang) if message.id and message.string}

    assert _strings() - translated == set()
    assert translated - _strings() == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_translations_keep_their_placeholders(lang: str) -> None:
    """A translation that lost `%(language)s` would fail when the page is shown."""
    broken = [
        message.id
        for message in _catalogue(lang)
        if message.id
        and set(re.findall(r"%\(\w+\)s", str(message.id))) != set(re.findall(r"%\(\w+\)s", str(message.string)))
    ]

    assert broken == []


def test_every_make_target_in_the_readme_exists() -> None:
    """Who copies a line of the README must not be told that there is no such target."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", README))

    assert named
    assert named - targets == set()


def test_every_kb_command_in_the_readme_exists() -> None:
    """The same for `kb …`."""
    named = set(re.findall(r"\bkb ([a-z]+)", README))

    assert named
    assert named - COMMANDS.keys() == set()


def test_every_file_the_readme_links_to_exists() -> None:
    """A README with dead links is the first thing a newcomer meets."""
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if not link.startswith("http")]

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_setting_is_documented() -> None:
    """docs/settings.md describes each KB_… variable."""
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    names = [f"KB_{each.name.upper()}" for each in fields(Settings)]

    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_error_code_is_documented() -> None:
    """docs/errors.md describes each code that a program may meet."""
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    family = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    codes = [each.code for each in family if issubclass(each, errors.KnowledgeBaseError)]

    assert [code for code in codes if f"`{code}`" not in text] == []


def test_every_condition_of_a_solution_is_documented() -> None:
    """docs/articles.md names each key, offer and approver that solutions.yaml may have."""
    text = (
        (ROOT / "docs/articles.md")
        .read_text(encoding="utf-8")
        .partition("**Solutions:**")[2]
        .partition("**Store:**")[0]
    )
    names = [*KEYS, *map(str, chain.from_iterable(CHOICES.values())), *Offer, *Approver]

    assert [name for name in names if not re.search(rf"\b{name}\b", text, re.IGNORECASE)] == []


def test_documented_solution_is_one(tmp_path: Path) -> None:
    """Who copies the example of docs/articles.md has a row that can be read."""
    text = (ROOT / "docs/articles.md").read_text(encoding="utf-8").partition("**Solutions:**")[2]
    example = text.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "solutions.yaml").write_text(example, encoding="utf-8")
    rows, problems = read_solutions(
        tmp_path / "solutions.yaml", "solutions.yaml", ("en", "hu"), {"returns/return-window"}
    )

    assert len(rows) == 1
    assert {problem.code for problem in problems} == {"solution-gap"}


@pytest.mark.parametrize("folder", ["kb/engine/npm", "tests/node"])
def test_package_lock_names_no_registry(folder: str) -> None:
    """The lock file pins by integrity, wherever it is installed from."""
    text = (ROOT / folder / "package-lock.json").read_text(encoding="utf-8")

    assert "resolved" not in text
    assert '"integrity": "sha512-' in text
