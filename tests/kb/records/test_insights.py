"""What the records say to editors: counted by what happened, worst first, and never more than was stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from kb.records.database import open_database
from kb.records.entries import Decided, Entry, Kind, Reason, Verdict
from kb.records.insights import Findings, Wording, findings
from kb.records.tables import agents, customers
from kb.records.writing import write_agents, write_customers
from kb.settings import Settings
from tests.kb.records.samples import NOON, rated, searched, suggested

YESTERDAY = NOON - timedelta(days=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


def told(
    settings: Settings, *by_customers: Entry, by_agents: Sequence[Entry] = (), lang: str | None = None
) -> Findings:
    """Record entries, and return what is found since yesterday."""
    for url, tables, write, entries in (
        (settings.searches_url, customers, write_customers, by_customers),
        (settings.records_url, agents, write_agents, by_agents),
    ):
        database = open_database(url, tables)
        with database.begin() as connection:
            write(connection, entries)
        database.dispose()
    return findings(settings, YESTERDAY, lang)


def decided(number: int, verdict: Verdict, article_id: str = "en/a/b", **texts: str) -> list[Entry]:
    key = f"{number:032x}"
    final, before = texts.get("final"), texts.get("before")
    return [
        suggested(suggestion_id=key, article_id=article_id, lang=article_id[:2]),
        Decided(key, NOON, verdict, final, before),
    ]


def test_nothing_recorded_is_nothing_found_and_nothing_made(settings: Settings) -> None:
    """A look must not make databases that the service would then find."""
    found = findings(settings, YESTERDAY)

    assert found == Findings((), 0, (), (), (), (), ())
    assert not list(settings.data.glob("*.sqlite*"))


def test_searches_are_counted_by_language_and_outcome(settings: Settings) -> None:
    """What was typed and never sent is no search; what is older than asked for is left out."""
    found = told(
        settings,
        searched(1),
        searched(2, outcome="handoff"),
        searched(3, outcome="handoff", hits=0),
        searched(4, lang="it", outcome="clarify"),
        searched(5, kind=Kind.TYPED, outcome=None),
        searched(6, at=YESTERDAY - timedelta(seconds=1)),
    )

    assert [(f.lang, f.searches, f.answered, f.unanswered, f.without_hits) for f in found.searches] == [
        ("en", 3, 1, 2, 1),
        ("it", 1, 0, 0, 0),
    ]
    assert found.typed == 1


def test_unanswered_questions_are_counted_however_they_are_capitalised(settings: Settings) -> None:
    """Customers' and agents' together, masked as they were stored."""
    found = told(
        settings,
        searched(1, text="Gift wrap?", outcome="handoff"),
        searched(2, text="gift  wrap", outcome="handoff"),
        searched(3, text="call me: anna@example.org", outcome="handoff"),
        searched(4, text="refund"),
        by_agents=[searched(5, text="GIFT WRAP", outcome="handoff")],
    )

    assert found.unanswered == (Wording("gift wrap", "en", 3), Wording("call me: [email]", "en", 1))


def test_one_language_is_told_alone(settings: Settings) -> None:
    """Who writes the Italian articles asks for Italian."""
    entries = [searched(1, outcome="handoff"), searched(2, lang="it", text="carta", outcome="handoff")]
    found = told(settings, *entries, rated(helpful=False), by_agents=decided(3, Verdict.REJECTED), lang="it")

    assert [each.lang for each in found.searches] == ["it"]
    assert [each.text for each in found.unanswered] == ["carta"]
    assert (found.low_rated, found.by_article) == ((), ())


def test_articles_that_did_not_help_come_worst_first(settings: Settings) -> None:
    """With why, and with what was written; an article that everybody found helpful is not on the list."""
    no = {"helpful": False, "reason": Reason.OUTDATED, "comment": "Call +36 30 123 4567"}
    found = told(
        settings,
        rated(article_id="en/a/good"),
        rated(article_id="en/a/mixed", visitor="b"),
        rated(article_id="en/a/mixed", visitor="c", helpful=False),
        rated(article_id="en/a/bad", visitor="d", **no),
        rated(article_id="en/a/bad", visitor="e", **no),
    )

    assert [(each.article_id, each.helpful, each.unhelpful) for each in found.low_rated] == [
        ("en/a/bad", 0, 2),
        ("en/a/mixed", 1, 1),
    ]
    assert found.low_rated[0].reasons == {"outdated": 2}
    assert found.low_rated[0].comments == ("Call [phone]",)


def test_acceptance_counts_what_agents_decided(settings: Settings) -> None:
    """Per article and per language; a suggestion that nobody touched lowers no share."""
    edited = {"before": "It takes ten days.", "final": "It takes two days, write to anna@example.org"}
    entries = [
        *decided(1, Verdict.ACCEPTED, "en/a/good"),
        *decided(2, Verdict.EDITED, "en/a/poor", **edited),
        *decided(3, Verdict.REJECTED, "en/a/poor"),
        *decided(4, Verdict.ACCEPTED, "it/a/good"),
        suggested(suggestion_id="9" * 32, article_id="en/a/good"),
        suggested(suggestion_id="8" * 32, article_id="en/a/untouched"),
    ]
    found = told(settings, by_agents=entries)
    poor, *others = found.by_article

    assert (poor.name, poor.share, poor.edited, poor.rejected) == ("en/a/poor", 0.0, 1, 1)
    assert poor.changed == pytest.approx(5 / 7)
    assert poor.sent == ("It takes two days, write to [email]",)
    assert [(each.name, each.share, each.suggested) for each in others] == [("en/a/good", 1, 2), ("it/a/good", 1, 1)]
    assert {each.name: each.share for each in found.by_language} == {"en": pytest.approx(1 / 3), "it": 1}
