"""What goes into which half."""

from __future__ import annotations

from pathlib import Path

import msgspec

from indexer.content import content_of
from indexer.plan import content_digest
from tests.indexer.samples import library, page

ROW = "- {id: small, problem: returns/case, offer: refund, approver: agent, note: {en: Ask nobody.}}"


def test_solutions_are_internal(tmp_path: Path) -> None:
    """Agents have the rows, and nothing public changes with them."""
    files = {"en/returns/case.md": page("Yes.")}
    without = content_of(tmp_path, library(tmp_path / "a", files))
    with_rows = content_of(tmp_path, library(tmp_path / "b", {**files, "solutions.yaml": ROW}))

    assert [row.id for row in with_rows.internal.solutions] == ["small"]
    assert with_rows.public == without.public
    assert b"Ask nobody." not in msgspec.json.encode(with_rows.public)
    assert content_digest(*with_rows.halves) != content_digest(*without.halves)
