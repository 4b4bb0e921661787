"""The policy of the sample store, read from the tables of docs/sample-store.md."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tests.service import ROOT
from tests.store.quantities import Quantity, quantities

LANGUAGES = ("hu", "it", "ru", "en")
POLICY = ROOT / "docs/sample-store.md"


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: a name, and the numbers each language's articles may tell of it."""

    name: str
    told: dict[str, frozenset[Quantity]]


@cache
def facts() -> tuple[Fact, ...]:
    """Return every row of every table, those under "In examples" too."""
    return tuple(facts_in(POLICY.read_text(encoding="utf-8")))


def facts_in(markdown: str) -> list[Fact]:
    """Return the rows of its tables: four columns by language, or one that is for all."""
    found = []
    for line in markdown.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or set(line) <= set("|- "):
            continue
        name, *columns = cells
        if len(columns) == 1:
            columns *= len(LANGUAGES)
        told = {
            lang: quantities(cell, lang) | quantities(cell, "en") for lang, cell in zip(LANGUAGES, columns, strict=True)
        }
        found.append(Fact(name, told))
    return found


@cache
def known(lang: str) -> frozenset[Quantity]:
    """Return everything that an article in `lang` may tell."""
    return frozenset(quantity for fact in facts() for quantity in fact.told[lang])
