"""Synonyms for the engine: every phrase leads to the others, in every shape in which a question reaches the engine."""

from __future__ import annotations

from indexer.synonyms import engine_synonyms
from tests.kb.fakes import a_store


def test_each_word_leads_to_the_others() -> None:
    """Whichever word of a group a customer uses, articles with the others are found."""
    told = engine_synonyms(a_store(synonyms={"en": (("hob", "cooker", "stove"),)}))

    assert told == {"hob": ["cooker", "stove"], "cooker": ["hob", "stove"], "stove": ["hob", "cooker"]}


def test_phrase_is_known_without_its_stop_words_too() -> None:
    """Search sends the telling words only: of "macchina da lavare" the engine gets "macchina lavare"."""
    told = engine_synonyms(a_store(synonyms={"it": (("lavatrice", "macchina da lavare"),)}))

    assert told == {
        "lavatrice": ["macchina da lavare"],
        "macchina da lavare": ["lavatrice"],
        "macchina lavare": ["lavatrice"],
    }


def test_yo_is_known_as_ye_too() -> None:
    """Russians type е for ё, and search sends it so; articles may have either."""
    told = engine_synonyms(a_store(synonyms={"ru": (("счёт", "квитанция"),)}))

    assert told == {"счёт": ["квитанция"], "счет": ["квитанция"], "квитанция": ["счёт"]}


def test_word_of_two_groups_leads_to_both_once() -> None:
    """Groups of one language or of two do not push each other out, and nothing is its own synonym."""
    groups = {"en": (("phone", "mobile"), ("phone", "the phone")), "hu": (("mobil", "phone"), ("phone", "mobile"))}
    told = engine_synonyms(a_store(synonyms=groups))

    assert told["phone"] == ["mobile", "the phone", "mobil"]
    assert told["the phone"] == ["phone"]
