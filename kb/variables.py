"""
`{{ customer.name | there }}`: variables in approved texts.

A strict substitution and never a template engine: articles are data, and a customer's own words come back in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

KNOWN = frozenset(
    [
        "customer.name",
        "order.number",
        "order.date",
        "agent.name",
        "store.name",
        "tracking.number",
        "refund.amount",
        "product.name",
    ]
)
MAX_VALUE_CHARS = 200

_VARIABLE = re.compile(r"\{\{\s*(?P<name>[a-z][a-z_.]{0,60}?)\s*(?:\|\s*(?P<fallback>[^{}|\n]{0,200}?)\s*)?\}\}")
# Anything in double braces: what is no variable must not slip out to a customer unnoticed either.
_BRACES = re.compile(r"\{\{[^{}\n]{0,300}\}\}")
# `[[3 to 5]]`: what a starter article leaves to the store. `[[text]](address)` is a link.
_BLANK = re.compile(r"\[\[[^\[\]]{1,400}\]\](?!\()")


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its variables put in."""

    text: str
    unfilled: tuple[str, ...]
    """Names (or raw braces, or blanks) that still stand in the text: with any left it must not be sent."""


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """
    Return `text` with known variables replaced by their value, else their fallback, else left standing.

    Values are put in once and not read again, so braces in a customer's name stay braces.
    """
    unfilled: list[str] = []

    def value_of(match: re.Match[str]) -> str:
        variable = _VARIABLE.fullmatch(match[0])
        if not variable or variable["name"] not in KNOWN:
            unfilled.append(variable["name"] if variable else match[0])
            return match[0]
        value = _one_line(values.get(variable["name"], "")) or variable["fallback"]
        if value:
            return value
        unfilled.append(variable["name"])
        return match[0]

    filled = _BRACES.sub(value_of, text)
    if "{{" in _BRACES.sub("", text):  # broken over lines, nested or never closed
        unfilled.append("{{")
    unfilled += blanks(text)
    return Filled(filled, tuple(dict.fromkeys(unfilled)))


def unknown_variables(text: str) -> list[str]:
    """Return what stands in double braces and is no variable we know."""
    unknown = []
    for match in _BRACES.finditer(text):
        variable = _VARIABLE.fullmatch(match[0])
        if not variable or variable["name"] not in KNOWN:
            unknown.append(variable["name"] if variable else match[0])
    return [*unknown, "{{"] if "{{" in _BRACES.sub("", text) else unknown


def blanks(text: str) -> list[str]:
    """Return the places, `[[…]]`, that the store has still to fill in."""
    return list(dict.fromkeys(_BLANK.findall(text)))


def _one_line(value: str) -> str:
    return " ".join(value.split())[:MAX_VALUE_CHARS]


@dataclass(frozen=True, slots=True)
class Restored:
    """A filled text with its variables standing in it again."""

    text: str
    values: dict[str, str]
    """What had been put in for them; what only stood in for a missing value is left out."""


def restored(text: str, approved: Iterable[str]) -> Restored:
    """
    Return `text` with each of the `approved` texts that was filled into it as it was before.

    So that an agent's page can fill it again while a name is being typed. An approved text is found by what stands
    between its variables, from the beginning of a line to the end of one.
    """
    values: dict[str, str] = {}
    for template in dict.fromkeys(approved):
        found = list(_VARIABLE.finditer(template))
        if not found:
            continue
        text = re.sub(_shape(template, found), partial(_unfilled, template, found, values), text)
    return Restored(text, values)


def _shape(template: str, found: Sequence[re.Match[str]]) -> str:
    edges = [0, *(edge for match in found for edge in match.span()), len(template)]
    literals = [re.escape(template[start:end]) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return "(?m)^" + r"([^\n]{1,200}?)".join(literals) + "$"


def _unfilled(template: str, found: Sequence[re.Match[str]], values: dict[str, str], match: re.Match[str]) -> str:
    for variable, value in zip(found, match.groups(), strict=True):
        if value not in (variable["fallback"], variable[0]):
            values.setdefault(variable["name"], value)
    return template


def names_in(text: str) -> list[str]:
    """Return the variables we know that stand in a text, in their order."""
    found = (match["name"] for match in _VARIABLE.finditer(text))
    return [name for name in dict.fromkeys(found) if name in KNOWN]
