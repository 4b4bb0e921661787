"""Openings and closings of the sample store: enough to choose from, and none that says more than anybody knows."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from indexer.library import SITUATIONS
from kb.variables import fill
from tests.store.policy import LANGUAGES
from tests.store.texts import library

ENOUGH = 4
# Words of one channel, and of what an agent may or may not have done: a phrase goes before and after any answer.
_TOO_MUCH = {
    "en": r"e-?mail|letter|\bcalled?\b|parcel|order\b|checked|looked into|as soon as|promise|guarantee|\bI\b",
    "ru": r"письм|письмо|почт|звон|посылк|заказ|проверили|выяснили|как только|обеща|гарант",
    "it": r"e-?mail|lettera|telefon|pacco|ordine|controllato|verificato|appena|promett|garanti",
    "hu": r"e-?mail|lev[eé]l|telefon|csomag|rendelés|utánanéz|ellenőriz|amint|ígér|garan",
}


def _banks(lang: str) -> dict[str, dict[str, tuple[str, ...]]]:
    phrases = library().phrases[lang]
    return {"opening": phrases.openings, "closing": phrases.closings}


def _texts(lang: str) -> list[str]:
    return [text for bank in _banks(lang).values() for texts in bank.values() for text in texts]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_situation_has_phrases_to_choose_from(lang: str) -> None:
    """Who writes twice is not greeted twice in the same words."""
    few = {
        (part, situation)
        for part, bank in _banks(lang).items()
        for situation in SITUATIONS
        if len(bank.get(situation, ())) < ENOUGH
    }

    assert few == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_stands_in_two_phrases(lang: str) -> None:
    """Phrases to choose from are really different ones; greetings and signatures are alike."""
    middles = [text.split("\n\n")[1 if part == "opening" else 0] for part, text in _parts(lang)]
    sentences = Counter(sentence for middle in middles for sentence in re.split(r"(?<=[.!?])\s+", middle))

    assert [sentence for sentence, times in sentences.items() if times > 1 and len(sentence.split()) > 3] == []


def _parts(lang: str) -> list[tuple[str, str]]:
    return [(part, text) for part, bank in _banks(lang).items() for texts in bank.values() for text in texts]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_phrases_can_be_sent_with_nothing_filled_in(lang: str) -> None:
    """Every variable has a fallback; an opening greets by name, a closing is signed."""
    assert {name for text in _texts(lang) for name in fill(text, {}).unfilled} == set()
    assert all("{{ customer.name |" in text for part, text in _parts(lang) if part == "opening")
    assert all("{{ agent.name |" in text for part, text in _parts(lang) if part == "closing")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_phrases_fit_any_channel_and_any_question(lang: str) -> None:
    """A chat is no letter, not everything late is a parcel, and nobody has checked anything yet."""
    found = [match[0] for text in _texts(lang) for match in [re.search(_TOO_MUCH[lang], text, re.IGNORECASE)] if match]

    assert found == []
