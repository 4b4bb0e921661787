"""
`:::` containers: which lines belong to whom, decided before anything is rendered, and failing closed.

A customer article may hold text for agents only, so a container that is not certainly understood must stop the publish:
a typing error in `:::agent` would otherwise print the note for everyone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

CALLOUTS = ("note", "tip", "warning")
INTERNAL = ("agent", "reply")
KNOWN = (*CALLOUTS, *INTERNAL)

_OPENING = re.compile(r"^(?P<colons>:{3,}) ?(?P<name>[a-z]+)(?: *\{(?P<attributes>[^{}]*)\}| +(?P<title>[^{}:]+))?$")
_CLOSING = re.compile(r"^:{3,}$")
_ATTRIBUTE = re.compile(r'^(?P<key>[a-z]+)=(?P<quote>"?)(?P<value>[a-z_]+)(?P=quote)$')
# What may stand before a colon fence when it is inside a list or a quote.
_PREFIX = re.compile(r"^[\s>*+\-]*(?:\d{1,9}[.)]\s*)?[\s>]*")
# Colons of other scripts and signs that look like one, and that NFKC leaves as they are.
_LIKE_COLONS = str.maketrans(dict.fromkeys("ː˸։׃፡᛫⁚∶ꓽ꞉܃܄", ":"))
_LEFT_OVER = re.compile(rf":{{3,}}|:{{2}}\s*(?:{'|'.join(INTERNAL)})|:\s:\s:", re.IGNORECASE)
_NEARLY = re.compile(rf"^:{{1,2}} ?(?:{'|'.join(INTERNAL)})\b", re.IGNORECASE)


@dataclass(slots=True)
class Container:
    """One container and the lines between its fences."""

    name: str
    line: int
    """Of the opening fence, from 1."""
    colons: int
    attributes: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Split:
    """A body taken apart."""

    public: list[str] = field(default_factory=list)
    """Without agents' containers; callouts are still in it, and are well formed."""
    public_numbers: list[int] = field(default_factory=list, compare=False)
    """Per line of `public`: its number in the body, from 1."""
    internal: list[Container] = field(default_factory=list)
    errors: list[tuple[int, str, str]] = field(default_factory=list)
    """(line from 1, what, how to mend it)"""


def split_containers(lines: list[str], is_code: Callable[[int], bool]) -> Split:
    """Take the lines of a body apart; `is_code(i)` says whether line i (from 0) stands in a code block."""
    split, stack = Split(), list[Container]()
    for number, line in enumerate(lines):
        colons = _colons(line)
        if is_code(number):
            _owner_lines(stack, split).append(line)
        elif colons is None:
            _keep(line, stack, split)
        elif error := _misplaced(line):
            split.errors.append((number + 1, *error))
        elif _CLOSING.match(line.rstrip()):
            _close(number + 1, line.rstrip(), stack, split)
        else:
            _open(number + 1, line.rstrip(), stack, split)
        split.public_numbers += [number + 1] * (len(split.public) - len(split.public_numbers))
    for left_open in stack:
        split.errors.append(
            (
                left_open.line,
                f"The container :::{left_open.name} is not closed.",
                "Put ::: on a line of its own after it.",
            )
        )
    return split


def looks_like_a_fence(text: str) -> bool:
    """Whether a text that would be printed holds what is left of a fence nobody recognised, anywhere in it."""
    return bool(_LEFT_OVER.search(_visible(text).translate(_LIKE_COLONS)))


def is_internal_fence(line: str) -> bool:
    """Whether a line of code would open an internal container if it were no code."""
    bare = _colons(line)
    return bare is not None and bool(re.match(rf":+ ?(?:{'|'.join(INTERNAL)})\b", bare, re.IGNORECASE))


def _visible(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in ("Cf", "Mn", "Cc"))


def _colons(line: str) -> str | None:
    """Return the line as it looks to a reader if it begins like a container, else None."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", line) if unicodedata.category(c) != "Cf")
    bare = _PREFIX.sub("", visible, count=1)
    return bare if bare.startswith(":::") or _NEARLY.match(bare) else None


def _misplaced(line: str) -> tuple[str, str] | None:
    if line.startswith(":::"):
        return None
    if _NEARLY.match(line):
        return f"{line.strip()!r} looks like a container with a colon missing.", "Begin it with three colons."
    return (
        f"The container {line.strip()!r} does not stand at the beginning of its line.",
        "Containers may not be inside lists or quotes; use plain colons, without spaces before them.",
    )


def _open(number: int, line: str, stack: list[Container], split: Split) -> None:
    match = _OPENING.match(line)
    if not match or match["name"] not in KNOWN:
        known = ", ".join(KNOWN)
        split.errors.append((number, f"{line!r} is no known container.", f"Known are: {known}, in lower case."))
        return
    new = Container(match["name"], number, len(match["colons"]))
    if error := _wrong_attributes(match, new) or _wrong_nesting(new, stack):
        split.errors.append((number, *error))
    stack.append(new)
    if new.name in CALLOUTS:
        _keep(line, stack[:-1], split)


def _wrong_attributes(match: re.Match[str], new: Container) -> tuple[str, str] | None:
    if match["title"] and new.name in INTERNAL:
        return f":::{new.name} takes no title.", "Put the text below it."
    for each in (match["attributes"] or "").split():
        attribute = _ATTRIBUTE.match(each)
        if not attribute or (new.name, attribute["key"]) != ("reply", "tone"):
            return f"{each!r} is no attribute of :::{new.name}.", "Only :::reply {tone=apology} has one."
        new.attributes[attribute["key"]] = attribute["value"]
    return None


def _wrong_nesting(new: Container, stack: list[Container]) -> tuple[str, str] | None:
    if not stack:
        return None
    outer = stack[-1]
    if new.colons >= outer.colons:
        fence = ":" * (new.colons + 1)
        return (
            f":::{new.name} stands inside :::{outer.name}, whose fence is not longer.",
            f"Write {fence}{outer.name} … {fence} around it, or close the outer one first.",
        )
    if new.name in INTERNAL and any(each.name in INTERNAL for each in stack):
        return f":::{new.name} stands inside :::{outer.name}.", "Close the outer one first."
    return None


def _close(number: int, line: str, stack: list[Container], split: Split) -> None:
    if not stack or len(line) != stack[-1].colons:
        split.errors.append((number, f"{line!r} closes nothing.", "Give both fences the same number of colons."))
        return
    closed = stack.pop()
    if closed.name in CALLOUTS:
        _keep(line, stack, split)
    else:
        split.internal.append(closed)
        if not any(text.strip() for text in closed.lines):
            split.errors.append((closed.line, f":::{closed.name} is empty.", "Write its text, or delete it."))


def _keep(line: str, stack: list[Container], split: Split) -> None:
    lines = _owner_lines(stack, split)
    # Where a container was taken out, the blank lines around it must not tell that it was there.
    if line.strip() or (lines and lines[-1].strip()):
        lines.append(line)


def _owner_lines(stack: list[Container], split: Split) -> list[str]:
    owner = next((each for each in reversed(stack) if each.name in INTERNAL), None)
    return owner.lines if owner else split.public
