"""`kb insights`, asked as on a terminal and as by a program."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from api.cli import cli, insights
from kb.centring import shipped, unit
from kb.embedding.base import FloatVector
from kb.errors import EmbeddingUnavailable
from kb.records.database import open_database
from kb.records.records import utc_now
from kb.records.tables import customers
from kb.records.writing import write_customers
from kb.settings import Settings
from tests.kb.fakes import WordEmbedder
from tests.kb.records.samples import rated, searched


class Subjects:
    """A model with the bundled one's name, to which a question is about gifts or is not."""

    name = shipped().model

    def embed_query(self, text: str) -> FloatVector:
        vector = np.array(shipped().queries["en"], dtype=np.float32)
        vector[0 if "gift" in text else 1] += 3
        return unit(vector)


ASKED = ["Do you gift wrap?", "gift wrap", "my mail is anna@example.org", "gift wrap"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder in which questions without an answer are recorded, and nothing was ever published."""
    database = open_database(Settings(data=tmp_path).searches_url, customers)
    entries = [searched(at, text=text, outcome="handoff", at=utc_now()) for at, text in enumerate(ASKED)]
    with database.begin() as connection:
        write_customers(connection, [*entries, rated(at=utc_now(), helpful=False, comment="Too long")])
    database.dispose()
    return tmp_path


def told(data: Path, *options: str) -> str:
    result = CliRunner().invoke(cli, ["--data", str(data), "insights", *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_questions_of_one_meaning_are_told_together(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they were worded, masked, and how often."""
    monkeypatch.setattr(insights, "embedder_for", lambda _: Subjects())
    answer: dict[str, Any] = json.loads(told(data, "--json"))

    assert answer["unanswered_grouped"]
    assert [(gap["count"], [each["text"] for each in gap["wordings"]]) for gap in answer["unanswered"]] == [
        (3, ["gift wrap", "do you gift wrap"]),
        (1, ["my mail is [email]"]),
    ]
    assert answer["searches"] == [
        {"lang": "en", "searches": 4, "answered": 0, "unanswered": 4, "without_hits": 0},
    ]
    assert answer["low_rated"][0]["comments"] == ["Too long"]


@pytest.mark.parametrize("embedder", [None, lambda _: WordEmbedder()], ids=["no model", "a model of the store's own"])
def test_without_the_bundled_model_questions_are_told_one_by_one(
    data: Path, monkeypatch: pytest.MonkeyPatch, embedder: Callable[[str], WordEmbedder] | None
) -> None:
    """What is asked is worth knowing where it cannot be compared; to the cosines of another model all is alike."""

    def unavailable(_: str) -> WordEmbedder:
        raise EmbeddingUnavailable("The model is missing.", "Get it.")

    monkeypatch.setattr(insights, "embedder_for", embedder or unavailable)
    answer: dict[str, Any] = json.loads(told(data, "--json", "--days", "7"))

    assert not answer["unanswered_grouped"]
    assert [gap["count"] for gap in answer["unanswered"]] == [2, 1, 1]


def test_nothing_recorded_is_said(tmp_path: Path) -> None:
    """A new store gets no empty page, and no database."""
    text = told(tmp_path, "--lang", "it")

    assert text.startswith("The last 30 days, it\n")
    assert text.count("nothing was recorded") == 6
    assert list(tmp_path.iterdir()) == []


def test_text_is_for_people(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The most frequent first, with its other wordings below it."""
    monkeypatch.setattr(insights, "embedder_for", lambda _: Subjects())
    lines = told(data).splitlines()
    first = next(at for at, line in enumerate(lines) if "gift wrap" in line)

    assert lines[first].strip() == "3 × gift wrap  [en]"
    assert lines[first + 1].strip() == "do you gift wrap  [en] 1 ×"
    assert "  en/returns/refund-time: 1 of 1 said no" in lines
