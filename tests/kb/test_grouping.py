"""Questions of one meaning stand together, and what is asked most comes first."""

from __future__ import annotations

import numpy as np
import pytest

from kb.embedding.base import Embedder
from kb.grouping import group
from kb.insights import gaps
from kb.records.insights import Wording

A, NEAR_A, B = [1.0, 0.0, 0.0], [0.8, 0.6, 0.0], [0.0, 0.0, 1.0]


def test_near_rows_are_one_group() -> None:
    """Each row is in exactly one group."""
    assert group(np.array([A, B, NEAR_A], dtype=np.float32), alike=0.5) == [[0, 2], [1]]


def test_far_rows_stay_alone() -> None:
    """Better two groups of one meaning than one group of two."""
    assert group(np.array([A, NEAR_A], dtype=np.float32), alike=0.9) == [[0], [1]]


def test_no_rows_are_no_groups() -> None:
    """A new store has nothing to compare."""
    assert group(np.zeros((0, 3), dtype=np.float32)) == []


def test_without_vectors_each_wording_stands_alone() -> None:
    """What is asked is told also where the model is missing."""
    wordings = [Wording("gift wrap", "en", 1), Wording("student discount", "en", 5)]

    assert [gap.wordings[0].text for gap in gaps(wordings, None)] == ["student discount", "gift wrap"]


@pytest.mark.slow
def test_one_meaning_in_four_languages_is_one_gap(embedder: Embedder) -> None:
    """With the real model: two subjects the store has nothing on, asked in every language, on any page."""
    students = [("student discount", "en"), ("есть скидка студентам", "ru"), ("sconto studenti", "it")]
    drones = [("do you deliver by drone", "en"), ("consegna con drone", "it"), ("drónnal kiszállítjátok", "it")]
    wordings = [Wording(text, lang, 2) for text, lang in students] + [Wording(text, lang, 1) for text, lang in drones]
    found = gaps(wordings, [embedder.embed_query(each.text) for each in wordings], embedder.name)

    assert [(gap.count, {each.text for each in gap.wordings}) for gap in found] == [
        (6, {text for text, _ in students}),
        (3, {text for text, _ in drones}),
    ]
    assert found[0].langs == ("en", "ru", "it")
