"""Which numbers of an article are not the policy's, or not those its translations tell."""

from __future__ import annotations

from collections.abc import Mapping

from tests.store.policy import Fact, facts, known
from tests.store.quantities import Quantity, quantities

# Illustrations differ from country to country, and everybody's contact line is its own.
NOT_COMPARED = frozenset({"phone", "clock"})
# Where a country has another answer altogether: outside the national shops nobody pays on receipt.
APART = frozenset({("payment/cash-on-delivery", "en")})


def unknown(text: str, lang: str) -> frozenset[Quantity]:
    """Return what the policy does not hold for this language."""
    return quantities(text, lang) - known(lang)


def untold(by_language: Mapping[str, str]) -> list[str]:
    """
    Return what one language of a topic tells and another leaves out, one line each.

    A number may stand for several facts (30 days are a return window and a repair); it is enough that the other
    language tells one of them.
    """
    told = {lang: quantities(text, lang) for lang, text in by_language.items()}
    return [
        f"{lang} tells {each.value} {each.unit}, {other} does not ({', '.join(fact.name for fact in meant)})"
        for lang, numbers in sorted(told.items())
        for each in sorted(numbers)
        if each.unit not in NOT_COMPARED and (meant := [fact for fact in facts() if each in fact.told[lang]])
        for other in sorted(told)
        if not any(_is_told(fact, each, other, told[other]) for fact in meant)
    ]


def _is_told(fact: Fact, quantity: Quantity, lang: str, told: frozenset[Quantity]) -> bool:
    there = {each for each in fact.told[lang] if each.unit == quantity.unit}
    if quantity in there:
        return quantity in told
    return not there or bool(there & told)
