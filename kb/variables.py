"""
`{{ customer.name | there }}`: variables in approved texts.

A strict substitution and never a template engine: articles are data, and a customer's own words come back in them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

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
