"""
YAML from people → plain values with line numbers. Only importer of yaml.

PyYAML's safe loader is not safe enough for files that anyone may send as a pull request: 306 bytes of aliases unfold to
387 million nodes, `no` becomes False, and the second of two equal keys wins in silence. So aliases, anchors and tags
are refused, size and depth are limited, equal keys are an error, and only true, false, null, numbers and dates are
not text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

MAX_BYTES = 16 * 1024
MAX_DEPTH = 6


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class YamlProblem(ValueError):
    """What is wrong, and in which line of the text (from 1)."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class YamlText:
    """
    A mapping, and the line (from 1) on which each of its keys stands; nested keys as `outer.inner`, items of a list as
    `outer[0]`.
    """

    values: dict[str, Any]
    lines: dict[str, int]

    def line(self, key: str) -> int:
        return self.lines.get(key, 1)


class _Loader(yaml.CSafeLoader):
    """SafeLoader with the value types of YAML 1.2's core schema, and dates."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  PyYAML keeps its resolvers on the class


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]{0,17})$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]{1,17}\.[0-9]{1,17}$"), list("-+0123456789")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:timestamp", re.compile(r"^\d{4}-\d{2}-\d{2}$"), list("0123456789"))


@dataclass(frozen=True, slots=True)
class YamlItems:
    """A list, and the line (from 1) on which each of its items stands."""

    values: list[Any]
    lines: list[int]


def parse_yaml(text: str, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> YamlText:
    """Return the mapping in `text`, empty for nothing. Raises YamlProblem."""
    values, lines = _parsed(text, max_bytes, max_depth)
    if not isinstance(values, dict | None):
        raise YamlProblem(1, "It is no list of `key: value` lines.")
    return YamlText({str(key): value for key, value in (values or {}).items()}, lines)


def parse_yaml_list(text: str, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> YamlItems:
    """Return the list in `text`, empty for nothing. Raises YamlProblem."""
    values, lines = _parsed(text, max_bytes, max_depth)
    if not isinstance(values, list | None):
        raise YamlProblem(1, "It is no list of lines that begin with a hyphen.")
    return YamlItems(values or [], [lines[f"[{number}]"] for number in range(len(values or []))])


def _parsed(text: str, max_bytes: int, max_depth: int) -> tuple[Any, dict[str, int]]:
    """Return what `text` holds, and the lines of its keys and items."""
    if len(text.encode("utf-8", "replace")) > max_bytes:
        raise YamlProblem(1, f"It is longer than {max_bytes} bytes.")
    lines: dict[str, int] = {}
    try:
        _refuse_tricks(text, max_depth)
        root = yaml.compose(text, Loader=_Loader)
        if root is None:
            return None, {}
        _refuse_equal_keys(root, "", lines)
        return _Loader("").construct_document(root), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlProblem(
            mark.line + 1 if mark else 1, f"It is no valid YAML: {error.problem or error.context}."
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, YamlProblem):
            raise
        raise YamlProblem(1, f"It is no valid YAML: {error}.") from error


def _refuse_tricks(text: str, max_depth: int) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlProblem(line, "Anchors (&) and aliases (*) are not allowed; write the value out, or quote it.")
        if _CONTROL.search(getattr(event, "value", "")):
            raise YamlProblem(line, "Control characters are not allowed.")
        if tag := getattr(event, "tag", None):
            raise YamlProblem(line, f"The tag {tag!r} is not allowed; write plain values.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > max_depth:
            raise YamlProblem(line, f"It is nested deeper than {max_depth} levels.")


def _refuse_equal_keys(node: yaml.Node, path: str, lines: dict[str, int]) -> None:
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines.setdefault(f"{path}[{number}]", item.start_mark.line + 1)
            _refuse_equal_keys(item, f"{path}[{number}]", lines)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise YamlProblem(line, "A key is no plain word.")
        if key.value in seen:
            raise YamlProblem(line, f"The key {key.value!r} stands there twice.")
        seen.add(key.value)
        full = f"{path}.{key.value}" if path else str(key.value)
        lines.setdefault(full, line)
        _refuse_equal_keys(value, full, lines)
