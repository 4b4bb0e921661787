"""`articles/calibration.yaml`, as `kb eval --calibrate` writes it and the store's editors commit it ↔ Calibration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from indexer.problems import Problem, warning
from indexer.yaml_text import YamlText, parse_yaml, read_yaml
from kb.article import Calibration

NAME = "calibration.yaml"
MAX_CALIBRATION_BYTES = 16 * 1024
# Beyond these the chances would all be the same, or turned round: no store's questions say that.
SLOPES = (0.05, 20.0)
SHIFTS = (-10.0, 10.0)
_AGAIN = "Make it anew with `kb eval --calibrate`, or delete it; until then chances are as they are estimated."
_KNOWN = ("model", "with_vectors", "questions", "calibration_error")
_HEAD = """\
# How this store's chances of an answer are corrected: the golden questions told it (see docs/articles.md of faq-kb).
# Made by `kb eval --calibrate`; commit it. Deleted, chances are as they are estimated.
"""


def read_calibration(root: Path) -> tuple[Calibration | None, list[Problem]]:
    """Return the calibration, None when there is none or it cannot be used, and what is wrong with the file."""
    shown = str(root / NAME)
    yaml, problems = _read(root)
    if yaml is None:
        return None, problems
    problems += [
        warning(shown, yaml.line(key), "calibration", f"The key {key!r} is not known and has no effect.")
        for key in yaml.values
        if key not in _KNOWN
    ]
    model, shape = yaml.values.get("model"), yaml.values.get("with_vectors")
    slope, shift = (shape.get(name) if isinstance(shape, dict) else None for name in ("slope", "shift"))
    for key, value, is_good in (
        ("model", model, isinstance(model, str) and bool(model)),
        ("with_vectors.slope", slope, _is_within(slope, SLOPES)),
        ("with_vectors.shift", shift, _is_within(shift, SHIFTS)),
    ):
        if not is_good:
            message = f"It is passed over: {key} is {value!r}."
            return None, [*problems, warning(shown, yaml.line(key), "calibration", message, _AGAIN)]
    questions = yaml.values.get("questions")
    count = questions if isinstance(questions, int) else 0
    return Calibration(str(model), float(slope or 0), float(shift or 0), count), problems


def check_model(root: Path, calibration: Calibration | None, model: str) -> list[Problem]:
    """Return the warning that a calibration was made with another embedding model than the one in use."""
    if calibration is None or calibration.model == model:
        return []
    yaml, _ = _read(root)
    message = f"It was made with the model {calibration.model!r}, and is not applied with {model!r}."
    return [warning(str(root / NAME), yaml.line("model") if yaml else 1, "calibration", message, _AGAIN)]


def write_calibration(root: Path, calibration: Calibration, errors: tuple[float | None, float | None]) -> Path:
    """Write the file anew; `errors` are the calibration errors before and after. Raises OSError."""
    path = root / NAME
    before, after = (f"{error or 0:.3f}" for error in errors)
    path.write_text(
        f"{_HEAD}model: {_quoted(calibration.model)}\n"
        f"with_vectors: {{slope: {calibration.slope:.3f}, shift: {calibration.shift:.3f}}}\n"
        f"questions: {calibration.questions}\n"
        f"# Of the questions that it was not made from:\n"
        f"calibration_error: {{before: {before}, after: {after}}}\n",
        encoding="utf-8",
    )
    return path


def _read(root: Path) -> tuple[YamlText | None, list[Problem]]:
    path = root / NAME
    return read_yaml(path, str(path), parse_yaml, "calibration", max_bytes=MAX_CALIBRATION_BYTES, hint=_AGAIN)


def _is_within(value: Any, bounds: tuple[float, float]) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and bounds[0] <= value <= bounds[1]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
