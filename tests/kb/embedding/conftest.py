"""Texts to embed."""

from __future__ import annotations

import pytest

from tests.service import SAMPLE


@pytest.fixture(scope="session")
def texts() -> list[str]:
    """Articles whole, and each of their paragraphs and lines."""
    found = []
    for path in sorted(SAMPLE.glob("*/*/*.md")):
        whole = path.read_text(encoding="utf-8")
        found += [whole, *whole.split("\n\n"), *whole.splitlines()]
    return list(dict.fromkeys(found))
