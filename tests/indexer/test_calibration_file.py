"""calibration.yaml: what was written is read, and what cannot be used is told and left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.calibration_file import check_model, read_calibration, write_calibration
from indexer.content import content_of
from kb.article import Calibration, Weights
from kb.confidence import NAMES
from tests.indexer.samples import library, page, warnings


def _weights(bias: float, each: float) -> Weights:
    return Weights(bias, dict.fromkeys(NAMES, each))


def _told(bias: object, each: object) -> str:
    return (
        "{"
        + ", ".join(f"{name}: {value}" for name, value in {"bias": bias, **dict.fromkeys(NAMES, each)}.items())
        + "}"
    )


LEARNED = Calibration('a "model"/x', _weights(-1.25, 0.375), _weights(0.5, -0.125), 0.625, 240)
EXPECTED = Calibration("words", _weights(1.2, -0.3), _weights(0.0, 1.0), 0.5, 40)
MODELS = f"first_is_right: {_told(1.2, -0.3)}\nanswerable: {_told(0, 1)}\nhandoff_below: 0.5\n"
GOOD = f"model: words\n{MODELS}questions: 40\n"


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Names of models may hold anything; a person sees how it was made and what it brought."""
    path = write_calibration(tmp_path, LEARNED, (0.0821, 0.0316))

    assert read_calibration(tmp_path) == (LEARNED, [])
    assert "before: 0.082, after: 0.032" in path.read_text()
    assert path.read_text().startswith("#")


def test_store_without_one_is_fine(tmp_path: Path) -> None:
    """Without the file everything is as it was."""
    assert read_calibration(tmp_path) == (None, [])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("", 1, id="empty"),
        pytest.param("model: words\n", 1, id="no numbers"),
        pytest.param(MODELS, 1, id="no model"),
        pytest.param(GOOD.replace("gap: -0.3, ", ""), 2, id="a feature is missing"),
        pytest.param(GOOD.replace("gap:", "gaap:"), 2, id="a feature that there is not"),
        pytest.param(GOOD.replace("gap: 1", "gap: true"), 3, id="no number"),
        pytest.param(GOOD.replace("handoff_below: 0.5", "handoff_below: 5"), 4, id="no share"),
        pytest.param(GOOD.replace("bias: 1.2", "bias: 1000"), 2, id="always sure"),
        pytest.param("model: words\nfirst_is_right: [1.0, 0.0]\n", 2, id="list"),
        pytest.param("model: words\nwith_vectors: {slope: 1.0, shift: 0.0}\n", 1, id="of an older program"),
        pytest.param("- model\n", 1, id="no mapping"),
    ],
)
def test_file_that_cannot_be_used_is_passed_over(tmp_path: Path, text: str, line: int) -> None:
    """A wrong number would make every answer sure, or none: told at its line, and not applied."""
    (tmp_path / "calibration.yaml").write_text(text)
    found, problems = read_calibration(tmp_path)

    assert found is None
    assert warnings(problems) == ["calibration"]
    assert problems[0].line == line
    assert "kb eval --calibrate" in problems[0].hint


def test_link_is_not_followed(tmp_path: Path) -> None:
    """The store's files are its own."""
    (tmp_path / "elsewhere.yaml").write_text(GOOD)
    (tmp_path / "calibration.yaml").symlink_to(tmp_path / "elsewhere.yaml")

    assert read_calibration(tmp_path)[0] is None


def test_unknown_key_is_told(tmp_path: Path) -> None:
    """What has no effect should not look as if it had."""
    (tmp_path / "calibration.yaml").write_text(f"{GOOD}threshold: 0.4\n")
    found, problems = read_calibration(tmp_path)

    assert found == EXPECTED
    assert ["'threshold'" in problem.message for problem in problems] == [True]


def test_other_model_is_told_at_its_line(tmp_path: Path) -> None:
    """Chances of another model are on another scale: it is not applied, and an editor hears of it."""
    (tmp_path / "calibration.yaml").write_text(f"# made long ago\n{GOOD}")
    found, _ = read_calibration(tmp_path)
    problems = check_model(tmp_path, found, "new-model")

    assert [(problem.line, problem.code) for problem in problems] == [(2, "calibration")]
    assert "not applied with 'new-model'" in problems[0].message
    assert check_model(tmp_path, found, "words") == check_model(tmp_path, None, "words") == []


def test_calibration_is_published_with_the_store(tmp_path: Path) -> None:
    """Every node that publishes the same commit is as sure as the others."""
    found = library(tmp_path, {"en/returns/case.md": page("Yes."), "calibration.yaml": GOOD})
    store = content_of(tmp_path, found).public.store

    assert store
    assert store.calibration == EXPECTED
