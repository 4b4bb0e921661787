"""How processes learn where the engine is: each only what it needs, and at once when it moves."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path

import pytest

from kb.engine import access_files
from kb.engine.access import EngineAccess
from kb.engine.access_files import AGENTS, PUBLIC, FollowedAccess, owner_access, remove_access, write_access

ACCESS = EngineAccess("http://127.0.0.1:7701", "kb_", "the-writer-key", "the-public-key", "the-agent-key")
MOVED = EngineAccess("http://127.0.0.1:7702", "kb_", "the-writer-key", "the-public-key", "the-agent-key")


@pytest.fixture(autouse=True)
def _look_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_files, "LOOK_SECONDS", 0.0)


def test_customers_file_holds_no_other_key(tmp_path: Path) -> None:
    """A process that customers reach opens this file: what is not in it cannot be stolen there."""
    write_access(tmp_path, ACCESS)
    text = (tmp_path / "access" / "public.json").read_text(encoding="ascii")

    assert "the-public-key" in text
    assert "the-writer-key" not in text
    assert "the-agent-key" not in text
    assert json.loads(text)["indexes"] == ["kb_public"]


def test_files_are_for_their_user_only(tmp_path: Path) -> None:
    """They hold keys."""
    write_access(tmp_path, ACCESS)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "access").iterdir()}

    assert modes == {0o600}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Owner, agents' side and customers' side each get their own."""
    write_access(tmp_path, ACCESS)

    assert owner_access(tmp_path) == ACCESS
    assert FollowedAccess(tmp_path, PUBLIC)() == ACCESS.public
    assert FollowedAccess(tmp_path, AGENTS)() == ACCESS.agents


def test_an_engine_that_moved_is_followed(tmp_path: Path) -> None:
    """Started again it may have another address; nobody restarts the others for that."""
    write_access(tmp_path, ACCESS)
    followed = FollowedAccess(tmp_path, PUBLIC)
    before = followed()
    time.sleep(0.01)
    write_access(tmp_path, MOVED)
    after = followed()
    remove_access(tmp_path)

    assert before == ACCESS.public
    assert after == MOVED.public
    assert followed() is None


def test_torn_file_is_no_engine(tmp_path: Path) -> None:
    """Half a file is as good as none: search goes on without."""
    write_access(tmp_path, ACCESS)
    (tmp_path / "access" / "public.json").write_bytes(b'{"url": "http')
    (tmp_path / "access" / "owner.json").write_bytes(b"\xff")

    assert FollowedAccess(tmp_path, PUBLIC)() is None
    assert owner_access(tmp_path) is None
