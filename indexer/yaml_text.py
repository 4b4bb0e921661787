"""
YAML from people → plain values with line numbers. Only importer of yaml.

PyYAML's safe loader is not safe enough for files that anyone may send as a pull request: 306 bytes of aliases unfold to
387 million nodes, `no` becomes False, and the second of two equal keys wins in silence. So aliases, anchors and tags
are refused, size and depth are limited, equal keys are an error, and only true, false, null, numbers and dates are
not text.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from indexer.problems import Problem, Severity

T = TypeVar("T")

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


@dataclass(frozen=True, slots=True)
class YamlList:
    """A list, and the line (from 1) of each of its items as `[0]`, of their keys as `[0].key`."""

    items: list[Any]
    lines: dict[str, int]

    def line(self, key: str) -> int:
        """Return the line of a key, of what it stands in when there is none."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
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


def parse_yaml(text: str, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> YamlText:
    """Return the mapping in `text`, empty for nothing. Raises YamlProblem."""
    values, lines = _parse(text, max_bytes, max_depth, yaml.MappingNode, "It is no list of `key: value` lines.")
    return YamlText({str(key): value for key, value in (values or {}).items()}, lines)


def parse_yaml_list(text: str, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> YamlList:
    """Return the list in `text`, empty for nothing. Raises YamlProblem."""
    items, lines = _parse(text, max_bytes, max_depth, yaml.SequenceNode, "It is no list: its items begin with `- `.")
    return YamlList(items or [], lines)


def read_yaml(
    path: Path,
    shown: str,
    parse: Callable[[str, int, int], T],
    code: str,
    *,
    max_bytes: int,
    max_depth: int = MAX_DEPTH,
    hint: str = "",
    severity: Severity = Severity.WARNING,
) -> tuple[T | None, list[Problem]]:
    """
    Return what `parse` makes of a file, None without one or when it cannot be read, and what is wrong with it.

    `shown` is the path as it is told, `hint` how to mend such a file where there is more to say than what is wrong.
    """
    try:
        return parse(read_file(path, max_bytes + 1).decode("utf-8-sig"), max_bytes, max_depth), []
    except FileNotFoundError:
        return None, []
    except (OSError, UnicodeDecodeError) as error:
        line, message = 1, f"It cannot be read: {error}."
        hint = hint or "Save it as a file of its own, in UTF-8."
    except YamlProblem as error:
        line, message = error.line, f"It cannot be read. {error.message}" if hint else "It cannot be read."
        hint = hint or error.message
    return None, [Problem(shown, line, code, message, hint, severity)]


def read_file(path: Path, limit: int) -> bytes:
    """Return at most `limit` bytes of a regular file; OSError for a link, pipe or device, which are not waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("it is no regular file")
        return file.read(limit)


def _parse(
    text: str, max_bytes: int, max_depth: int, kind: type[yaml.Node], otherwise: str
) -> tuple[Any, dict[str, int]]:
    if len(text.encode("utf-8", "replace")) > max_bytes:
        raise YamlProblem(1, f"It is longer than {max_bytes} bytes.")
    lines: dict[str, int] = {}
    try:
        _refuse_tricks(text, max_depth)
        root = yaml.compose(text, Loader=_Loader)
        if root is None:
            return None, lines
        if not isinstance(root, kind):
            raise YamlProblem(1, otherwise)
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
