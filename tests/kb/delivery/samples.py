"""A message to deliver."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kb.records.contacts import Waiting
from tests.kb.records.samples import NOON

_WAITING = Waiting(
    reference="K7QF-2M9X",
    at=NOON,
    lang="hu",
    category="returns",
    query_id="1" * 32,
    article_id="hu/returns/refund-time",
    message="Hol a pénzem?\n\nKöszönöm 🙏",
    name="Kiss Ágnes",
    email="agnes@example.org",
    attempts=1,
)


def waiting(**changes: Any) -> Waiting:
    return replace(_WAITING, **changes)
