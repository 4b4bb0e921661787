"""Which edition each process answers from: what one of them still reads is not deleted."""

from __future__ import annotations

import os
import time
from pathlib import Path

from kb.readers import ALIVE_SECONDS, ReaderBoard


def test_nobody_there_is_nobody_to_wait_for(tmp_path: Path) -> None:
    """`kb index` without a service does not wait."""
    assert ReaderBoard(tmp_path).all_on("new")


def test_one_on_the_old_edition_is_waited_for(tmp_path: Path) -> None:
    """Its searches may still ask for the old documents."""
    first, second = ReaderBoard(tmp_path), ReaderBoard(tmp_path)
    first.report("new")
    second.report("old")
    one_is_late = first.all_on("new")
    second.report("new")

    assert not one_is_late
    assert first.all_on("new")


def test_who_left_or_died_is_not_waited_for(tmp_path: Path) -> None:
    """A process that was killed cannot say goodbye."""
    left, died, asks = ReaderBoard(tmp_path), ReaderBoard(tmp_path), ReaderBoard(tmp_path)
    left.report("old")
    died.report("old")
    left.leave()
    long_ago = time.time() - ALIVE_SECONDS - 1
    for path in (tmp_path / "readers").iterdir():
        os.utime(path, (long_ago, long_ago))

    assert asks.all_on("new")
    assert list((tmp_path / "readers").iterdir()) == []


def test_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    """A process for customers may have no right to write there."""
    (tmp_path / "readers").write_text("a file, no folder", encoding="ascii")
    board = ReaderBoard(tmp_path)
    board.report("new")
    board.leave()
