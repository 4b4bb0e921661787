"""
`articles/solutions.yaml` → Solutions: what agents may offer. docs/articles.md shows its shape.

A row that cannot be read with certainty is passed over whole: half its conditions would promise too much. Nothing here
stops a publish.
"""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from indexer.problems import Problem, fill_in, warning
from indexer.solution_checks import Placed, check_rows
from indexer.store_file import SLUG
from indexer.yaml_text import YamlList, parse_yaml_list, read_yaml
from kb.solutions import CHOICES, KEYS, PRICES, Approver, Offer, Prices, Solution, Span, When
from kb.variables import blanks

MAX_BYTES = 256 * 1024
MAX_ROWS = 300
CODE = "solution"
_KNOWN = tuple(Solution.__dataclass_fields__)
_TOPIC = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_MONEY = "Write a number by currency: {HUF: 3000, EUR: 8}."

Named = TypeVar("Named", bound=StrEnum)


class _FaultyRow(ValueError):
    """The first thing that makes a row unusable."""

    def __init__(self, key: str, message: str, hint: str = "See docs/articles.md.") -> None:
        super().__init__(message)
        self.key = key
        self.message = message
        self.hint = f"{hint} The row is passed over."


def read_solutions(
    path: Path, shown: str, languages: tuple[str, ...], topics: Set[str]
) -> tuple[tuple[Solution, ...], list[Problem]]:
    """Return the rows that can be used, and what is wrong with the file; `topics` are those of customers' articles."""
    yaml, problems = read_yaml(path, shown, parse_yaml_list, CODE, max_bytes=MAX_BYTES, max_depth=8)
    return _Reader(yaml, shown, languages, topics).read() if yaml is not None else ((), problems)


class _Reader:
    def __init__(self, yaml: YamlList, shown: str, languages: tuple[str, ...], topics: Set[str]) -> None:
        self._yaml = yaml
        self._shown = shown
        self._languages = languages
        self._topics = topics
        self._problems: list[Problem] = []

    def read(self) -> tuple[tuple[Solution, ...], list[Problem]]:
        if len(self._yaml.items) > MAX_ROWS:
            hint = f"Join rows; those after the first {MAX_ROWS} are passed over."
            self._warn(f"[{MAX_ROWS}]", f"There are {len(self._yaml.items)} rows.", hint)
        placed: list[Placed] = []
        # Of a problem with a row that cannot be read, nobody can tell what is missing.
        unclear: set[str] = set()
        for number, item in enumerate(self._yaml.items[:MAX_ROWS]):
            key = f"[{number}]"
            try:
                solution = _row(item, {each.row.id for each in placed})
            except _FaultyRow as fault:
                self._warn(f"{key}.{fault.key}".rstrip("."), fault.message, fault.hint)
                unclear.add(str(item.get("problem")) if isinstance(item, dict) else "")
            else:
                placed.append(Placed(solution, self._yaml.line(key)))
                self._look_through(key, item, solution)
        self._currencies(placed)
        self._problems += check_rows(self._shown, placed, unclear)
        return tuple(each.row for each in placed), self._problems

    def _look_through(self, key: str, item: dict[Any, Any], solution: Solution) -> None:
        """Tell of what does not make the row unusable."""
        for name in sorted(str(name) for name in item if name not in _KNOWN):
            hint = f"Known are: {', '.join(_KNOWN)}."
            self._warn(f"{key}.{name}", f"The key {name!r} is not known and has no effect.", hint)
        if solution.problem not in self._topics:
            hint = "Name the folder and file of a customers' article: returns/refund-time."
            self._warn(f"{key}.problem", f"There is no customers' article {solution.problem!r}.", hint)
        if missing := [lang for lang in self._languages if lang not in solution.note]:
            hint = "Write one or two sentences for the agent."
            self._warn(f"{key}.note", f"The note of {solution.id!r} is missing in: {', '.join(missing)}.", hint)
        for lang in sorted(solution.note.keys() - set(self._languages)):
            hint = f"It has: {', '.join(self._languages)}."
            self._warn(f"{key}.note.{lang}", f"{lang!r} is no language of this store.", hint)
        if found := blanks("\n".join(solution.note.values())):
            self._problems.append(fill_in(self._shown, self._yaml.line(f"{key}.note"), found))

    def _currencies(self, placed: list[Placed]) -> None:
        """A sum that is missing in one of the file's currencies is a sum without a limit there."""
        rows = [each.row for each in placed]
        known = {currency for row in rows for sums in _sums(row) for currency in sums}
        for each in placed:
            anywhere = [sums for sums in _sums(each.row) if sums and not each.row.when.country]
            if missing := sorted({currency for sums in anywhere for currency in known - sums.keys()}):
                hint = "Add them, or say in which `country` the row applies."
                message = f"{each.row.id!r} names no sum in: {', '.join(missing)}."
                self._problems.append(warning(self._shown, each.line, CODE, message, hint))

    def _warn(self, key: str, message: str, hint: str) -> None:
        self._problems.append(warning(self._shown, self._yaml.line(key), CODE, message, hint))


def _row(item: Any, taken: Set[str]) -> Solution:
    """Return what an item of the list says. Raises _FaultyRow."""
    if not isinstance(item, dict):
        raise _FaultyRow("", "A row is no list of `key: value` lines.")
    identity, problem = item.get("id"), item.get("problem")
    if not isinstance(identity, str) or not SLUG.fullmatch(identity):
        raise _FaultyRow("id", _wrong("id", identity), "Write a short name of a-z, 0-9 and hyphens.")
    if identity in taken:
        raise _FaultyRow("id", f"There is an earlier row {identity!r}.", "Give it another id.")
    if not isinstance(problem, str) or not _TOPIC.fullmatch(problem):
        raise _FaultyRow("problem", _wrong("problem", problem), "Write the topic: delivery/delivery-delayed.")
    valid_from, valid_until = _day(item, "valid_from"), _day(item, "valid_until")
    if valid_from and valid_until and valid_until < valid_from:
        raise _FaultyRow("valid_until", f"It ends on {valid_until}, before it begins.")
    return Solution(
        id=identity,
        problem=problem,
        when=_when(item.get("when")),
        offer=_one_of(Offer, "offer", item.get("offer")),
        approver=_one_of(Approver, "approver", item.get("approver")),
        limit=_amounts("limit", item.get("limit")),
        note=_note(item.get("note")),
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _one_of(kind: type[Named], key: str, value: Any) -> Named:
    if value not in list(kind):
        known = f"Known are: {', '.join(kind)}."
        raise _FaultyRow(key, _wrong(key, value), known)
    return kind(value)


def _wrong(key: str, value: Any) -> str:
    return f"The {key} is missing." if value is None else f"The {key} cannot be {value!r}."


def _when(value: Any) -> When:
    if value is not None and not isinstance(value, dict):
        raise _FaultyRow("when", f"The conditions {value!r} are none.")
    return When(**{str(key): _condition(str(key), each) for key, each in (value or {}).items()})


def _condition(key: str, value: Any) -> Any:
    if key not in KEYS:
        known = f"Known are: {', '.join(KEYS)}."
        raise _FaultyRow(f"when.{key}", f"The condition {key!r} is not known.", known)
    if key in CHOICES:
        return _choice(key, value)
    return _prices(key, value) if key in PRICES else _span(key, value)


def _choice(key: str, value: Any) -> tuple[str | bool, ...]:
    chosen = value if isinstance(value, list) else [value]
    known = CHOICES[key]
    wrong = [each for each in chosen if not _is_answer(each, known)]
    if wrong or not chosen:
        hint = f"Known are: {', '.join(map(_as_written, known))}." if known else "Write a word of a-z, 0-9 and _."
        told = _as_written(wrong[0]) if wrong else "nothing"
        raise _FaultyRow(f"when.{key}", f"{key} cannot be {told!r}.", hint)
    return tuple(dict.fromkeys(chosen))


def _is_answer(value: Any, known: tuple[str | bool, ...]) -> bool:
    # 1 is True to Python.
    if known:
        return any(type(value) is type(each) and value == each for each in known)
    return isinstance(value, str) and bool(_WORD.fullmatch(value))


def _as_written(value: Any) -> str:
    """Return a value as it is written in the file."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _span(key: str, value: Any) -> Span:
    ends = _ends(key, value, ("from", "to"), "{from: 31, to: 45}")
    if not all(type(each) is int and each >= 0 for each in ends.values()):
        raise _FaultyRow(f"when.{key}", f"{key} has an end that is no whole number.")
    span = Span(ends.get("from", 0), ends.get("to"))
    if span.last is not None and span.last < span.first:
        raise _FaultyRow(f"when.{key}", f"{key} ends at {span.last}, before it begins.")
    return span


def _prices(key: str, value: Any) -> Prices:
    ends = _ends(key, value, ("over", "to"), "{over: {HUF: 5000, EUR: 15}}")
    prices = Prices(**{end: _amounts(f"when.{key}.{end}", each) for end, each in ends.items()})
    if any(prices.to.get(currency, over + 1) <= over for currency, over in prices.over.items()):
        raise _FaultyRow(f"when.{key}", f"{key} ends before it begins.")
    return prices


def _ends(key: str, value: Any, names: tuple[str, str], example: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not value or value.keys() - set(names):
        hint = f"Write {' and '.join(names)}, or one of them: {example}."
        raise _FaultyRow(f"when.{key}", f"{key} cannot be {value!r}.", hint)
    return value


def _amounts(key: str, value: Any) -> dict[str, float]:
    if value is None and key == "limit":
        return {}
    if not isinstance(value, dict) or not value:
        raise _FaultyRow(key, f"{value!r} is no sum.", _MONEY)
    for currency, amount in value.items():
        if not _CURRENCY.fullmatch(str(currency)) or type(amount) not in (int, float) or amount <= 0:
            raise _FaultyRow(key, f"{currency}: {amount!r} is no sum.", _MONEY)
    return {str(currency): float(amount) for currency, amount in value.items()}


def _note(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _FaultyRow("note", "The note has no languages.", "Write {en: …, ru: …}.")
    texts = {str(lang): str(text or "").strip() for lang, text in value.items()}
    return {lang: text for lang, text in texts.items() if text}


def _day(item: dict[Any, Any], key: str) -> date | None:
    day = item.get(key)
    if day is not None and not isinstance(day, date):
        raise _FaultyRow(key, f"{key} is {day!r}, no day.", "Write it as 2026-12-01.")
    return day


def _sums(row: Solution) -> list[dict[str, float]]:
    return [row.limit, row.when.goods_value.over, row.when.goods_value.to]
