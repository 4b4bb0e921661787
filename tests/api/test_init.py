"""`kb init`, as it is typed: what it makes, says and refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import cli


def kb(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, prog_name="kb")


def test_new_store_passes_its_first_check(tmp_path: Path) -> None:
    """What the command says to do next works, and finds nothing but places to fill in."""
    made = kb("init", str(tmp_path / "my-shop"), "--url", "https://help.example.org")
    checked = kb("--articles", str(tmp_path / "my-shop/articles"), "check")

    assert made.exit_code == 0
    assert "for My Shop. Next:" in made.output
    assert f"cd {tmp_path}/my-shop" in made.output
    assert checked.exit_code == 0
    warned = [line for line in checked.output.splitlines() if line.startswith("warning")]
    assert warned
    assert not [line for line in warned if not line.endswith("[fill-in]")]


def test_further_language_brings_its_empty_catalogue(tmp_path: Path) -> None:
    """The words around the articles are to be translated as well, in a file that is already there."""
    made = kb("init", str(tmp_path / "shop"), "--languages", "en,de")
    checked = kb("--articles", str(tmp_path / "shop/articles"), "check")

    assert "to translate: articles, phrases and locale of de" in made.output
    assert [path.name for path in (tmp_path / "shop/articles/locale").iterdir()] == ["de.po"]
    assert "have no translation into 'de'" in checked.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--languages", "xx"], "'xx' is no language that is known", id="language that is none"),
        pytest.param(["--languages", "EN;RU"], "'en;ru' is no language code", id="no commas"),
        pytest.param(["--name", ""], "The name is ''", id="empty name"),
        pytest.param(["--url", "shop"], "The address is 'shop'", id="no address"),
    ],
)
def test_wrong_use_makes_nothing(tmp_path: Path, arguments: list[str], told: str) -> None:
    """Exit code 2, a sentence that names it, and no half-made folder."""
    result = kb("init", str(tmp_path / "shop"), *arguments)

    assert result.exit_code == 2
    assert told in result.output
    assert not (tmp_path / "shop").exists()


def test_folder_in_use_is_refused(tmp_path: Path) -> None:
    """Exit code 1: the command was right, the place is taken."""
    (tmp_path / "file").write_text("")

    result = kb("init", str(tmp_path))

    assert result.exit_code == 1
    assert "is not empty" in result.output


def test_catalogue_is_printed_for_a_pipe() -> None:
    """`kb catalogue de > articles/locale/de.po` gives a whole file, and a mistyped code none."""
    printed, refused = kb("catalogue", "de"), kb("catalogue", "xx")

    assert printed.output.startswith("# The words around the articles.")
    assert printed.output.endswith(' ""\n\n')
    assert refused.exit_code == 2
