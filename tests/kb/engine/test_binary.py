"""Which Meilisearch program is run: the one that was named, or exactly the one that was examined."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from kb.engine.binary import PACKAGED, PACKAGED_SHA256, find_binary, home
from kb.errors import EngineUnavailable

ROOT = Path(__file__).parents[3]
ON_LINUX = pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"), reason="the packaged program is for Linux x86_64"
)


def _program(path: Path, says: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)
    return path


@ON_LINUX
def test_packaged_program_with_other_content_is_refused(tmp_path: Path) -> None:
    """What lies at the packaged place is not run, nor made runnable, unless its hash is the known one."""
    program = _program(tmp_path / PACKAGED, "touch was-run")
    program.chmod(0o644)

    with pytest.raises(EngineUnavailable, match="sha256") as refusal:
        find_binary("", tmp_path)

    assert PACKAGED_SHA256 not in refusal.value.message
    assert "kb engine install" in refusal.value.hint
    assert not (tmp_path / "was-run").exists()
    assert program.stat().st_mode & 0o111 == 0


@ON_LINUX
def test_program_on_the_path_or_in_the_working_folder_is_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that happens to be named meilisearch is not the one that was examined."""
    _program(tmp_path / "bin" / "meilisearch", f"touch {tmp_path / 'was-run'}")
    _program(tmp_path / PACKAGED, f"touch {tmp_path / 'was-run'}")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(EngineUnavailable, match="not installed"):
        find_binary("", tmp_path / "empty")

    assert not (tmp_path / "was-run").exists()


def test_program_of_a_checkout_lies_in_the_checkout() -> None:
    """Two checkouts with different versions must not take each other's program away."""
    assert home() == ROOT / "kb/engine/npm"


@pytest.mark.parametrize(
    ("says", "version"),
    [
        pytest.param("echo meilisearch 1.21.0", "1.21.0", id="as it does"),
        pytest.param("true", "unknown", id="nothing"),
    ],
)
def test_named_program_is_asked_for_its_version(tmp_path: Path, says: str, version: str) -> None:
    """Another version than the data's means a fresh database, so it must be known."""
    program = _program(tmp_path / "my meilisearch", says)

    found = find_binary(str(program))

    assert (found.path, found.version) == (program, version)


@pytest.mark.parametrize("kind", ["missing", "folder", "not executable", "failing", "no program"])
def test_named_program_that_cannot_be_run_is_refused(tmp_path: Path, kind: str) -> None:
    """The message names the path that was given, the hint what can be set instead."""
    path = tmp_path / "meilisearch"
    if kind == "folder":
        path.mkdir()
    elif kind == "failing":
        _program(path, "exit 3")
    elif kind == "not executable":
        _program(path, "true").chmod(0o644)
    elif kind == "no program":
        path.write_bytes(b"\x00\x01\x02")
        path.chmod(0o755)

    with pytest.raises(EngineUnavailable, match="KB_MEILI_BINARY") as refusal:
        find_binary(str(path))

    assert str(path) in refusal.value.message
    assert "KB_MEILI_URL" in refusal.value.hint
