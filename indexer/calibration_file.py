"""`articles/calibration.yaml`, as `kb eval --calibrate` writes it and the store's editors commit it ↔ Calibration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from indexer.problems import Problem, warning
from indexer.yaml_text import YamlText, parse_yaml, read_yaml
from kb.article import Calibration, Weights
from kb.confidence import NAMES

NAME = "calibration.yaml"
MAX_CALIBRATION_BYTES = 16 * 1024
# Beyond this the chances would all be the same: no store's questions say that.
MOST = 100.0
_AGAIN = "Make it anew with `kb eval --calibrate`, or delete it; until then chances are as every store's are."
_MODELS = ("first_is_right", "answerable")
_KNOWN = ("model", *_MODELS, "handoff_below", "questions", "calibration_error")
_HEAD = """\
# How likely an answer is in this store, as its golden questions told (see docs/articles.md of faq-kb).
# Made by `kb eval --calibrate`; commit it. Deleted, chances are as every store's are.
"""


def read_calibration(root: Path) -> tuple[Calibration | None, list[Problem]]:
    """Return the calibration, None when there is none or it cannot be used, and what is wrong with the file."""
    shown = str(root / NAME)
    yaml, problems = _read(root)
    if yaml is None:
        return None, problems
    model, questions = yaml.values.get("model"), yaml.values.get("questions")
    found = {key: _weights(yaml.values.get(key)) for key in _MODELS}
    below = yaml.values.get("handoff_below")
    is_good = {
        "model": _is_name(model),
        **{key: bool(found[key]) for key in _MODELS},
        "handoff_below": _is_share(below),
    }
    wrong = [key for key, good in is_good.items() if not good]
    if wrong:
        message = f"It is passed over: {wrong[0]} is missing, or not what this version of the program writes."
        return None, [warning(shown, yaml.line(wrong[0]), "calibration", message, _AGAIN)]
    unknown = [
        warning(shown, yaml.line(key), "calibration", f"The key {key!r} is not known and has no effect.")
        for key in yaml.values
        if key not in _KNOWN
    ]
    first, answerable = (found[key] or Weights(0.0, {}) for key in _MODELS)
    count = questions if isinstance(questions, int) else 0
    return Calibration(str(model), first, answerable, float(below or 0), count), unknown


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
        f"first_is_right: {_told(calibration.first_is_right)}\n"
        f"answerable: {_told(calibration.answerable)}\n"
        f"handoff_below: {calibration.handoff_below:.4f}\n"
        f"questions: {calibration.questions}\n"
        f"# Of the questions that it was not made from:\n"
        f"calibration_error: {{before: {before}, after: {after}}}\n",
        encoding="utf-8",
    )
    return path


def _read(root: Path) -> tuple[YamlText | None, list[Problem]]:
    path = root / NAME
    return read_yaml(path, str(path), parse_yaml, "calibration", max_bytes=MAX_CALIBRATION_BYTES, hint=_AGAIN)


def _weights(value: Any) -> Weights | None:
    """Return the weights of exactly the features that there are; None of anything else."""
    if not isinstance(value, dict) or value.keys() != {"bias", *NAMES} or not all(map(_is_number, value.values())):
        return None
    return Weights(float(value["bias"]), {name: float(value[name]) for name in NAMES})


def _told(weights: Weights) -> str:
    values = {"bias": weights.bias, **weights.weights}
    return "{" + ", ".join(f"{name}: {value:.4f}" for name, value in values.items()) + "}"


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_share(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -MOST <= value <= MOST


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
