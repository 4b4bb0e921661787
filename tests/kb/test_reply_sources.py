"""What stands beside a draft for the agent: suggestions with sources, notes, a reading, solutions."""

from __future__ import annotations

import pytest

from kb.article import Supplement
from tests.kb.replying import (
    DAMAGED,
    DEAR,
    MONEY,
    OLD,
    REFUND,
    RULE,
    VOZVRAT,
    suggest,
)


def test_note_is_for_the_agent_only() -> None:
    """A note inside a customer article is shown beside the suggestion, never in a text for the customer."""
    result = suggest(MONEY, supplement=Supplement(REFUND.id, notes=("Ask the manager above fifty.",)))

    suggestion = result.questions[0].suggestions[0]
    assert suggestion.internal_notes[0] == "Ask the manager above fifty."
    assert "manager" not in suggestion.text + result.draft.text


def test_internal_article_is_a_note_and_a_source_only() -> None:
    """An internal article is never suggested: its gist is a note, its address an agent's."""
    result = suggest(f"{MONEY} Is there a refund limit?")

    suggestions = [each for group in result.questions for each in group.suggestions]
    sources = [source for each in suggestions for source in each.sources]
    assert RULE.id not in [each.article_id for each in suggestions]
    assert "/agent/articles/en/staff/refund-limit" in [source.url for source in sources]
    assert "Refund limit Above it ask." in [note for each in suggestions for note in each.internal_notes]
    assert not [note for group in result.questions for each in group.suggestions[1:] for note in each.internal_notes]
    assert "fifty" not in result.draft.text
    assert not [each for each in suggestions if "fifty" in each.text]


def test_suggestions_are_limited_and_first_is_surest() -> None:
    """As many as asked for, each with a chance, together no more than certain."""
    chances = [each.confidence for each in suggest(MONEY, limit=2).questions[0].suggestions]

    assert len(chances) == 2
    assert chances == sorted(chances, reverse=True)
    assert 0 <= sum(chances) <= 1


def test_every_suggestion_has_its_source() -> None:
    """The source names article, address, sentence and edition; ids are not repeated."""
    result = suggest(MONEY)

    suggestions = result.questions[0].suggestions
    source = suggestions[0].sources[0]
    assert (source.article_id, source.title, source.url) == (REFUND.id, REFUND.title, REFUND.url)
    assert (source.quote, source.edition) == ("A refund reaches your card within ten days.", result.edition)
    assert len({each.suggestion_id for each in suggestions}) == len(suggestions)


def test_agent_reads_the_article_in_the_own_language() -> None:
    """Its sibling in short, or plainly nothing; a text in another language than the customer's says so."""
    read = suggest(MONEY, agent_lang="ru").questions[0].suggestions[0]
    missing = suggest(MONEY, agent_lang="hu").questions[0].suggestions[0]
    foreign = suggest("Чем можно платить? Картой, переводом или наличными?", "en").questions[0].suggestions[0]

    assert read.agent_reading is not None
    assert (read.agent_reading.article_id, read.agent_reading.title) == (VOZVRAT.id, VOZVRAT.title)
    assert read.agent_reading.description == "Деньги вернутся на карту за десять дней."
    assert (missing.agent_reading, missing.translations) == (None, {"ru": VOZVRAT.id})
    assert (read.missing_translation, foreign.missing_translation) == (False, True)


def test_solutions_stand_beside_the_suggestion_only() -> None:
    """Those that hold today, and none of their words in a text for the customer."""
    result = suggest(MONEY, solutions=(DAMAGED, DEAR, OLD))

    assert [row.id for row in result.questions[0].suggestions[0].solutions] == ["small", "dear"]
    assert "Ask nobody." not in result.draft.text + result.draft.html
    assert {row.id for s in result.questions[0].suggestions[1:] for row in s.solutions} == set()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param("The phone cost 80 €.", ["small"], id="below"),
        pytest.param("The phone cost 200 €.", ["small", "dear"], id="above"),
        pytest.param("You took 80 €.", ["small", "dear"], id="perhaps another sum"),
        pytest.param("The phone cost 80 €, shipping 5 €.", ["small", "dear"], id="two sums"),
    ],
)
def test_price_in_the_message_narrows_the_solutions(told: str, expected: list[str]) -> None:
    """Only where it is certain that the sum is the goods' price."""
    result = suggest(f"{told} {MONEY}", solutions=(DAMAGED, DEAR))

    assert [row.id for row in result.questions[0].suggestions[0].solutions] == expected
