"""What a publish has to do: which articles changed, and which texts need a vector."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from indexer.passages import cut
from indexer.plan import (
    WHOLE_ARTICLE_CHARS,
    Changes,
    VectorPlan,
    VectorSource,
    compare,
    missing,
    plan_vectors,
    vector_key,
)
from kb.article import Article, Audience, Passage, PassageKind, Reply, Section, Supplement
from kb.edition import Edition, EditionInfo, Half, Texts

A = Article(
    id="en/returns/a",
    title="When?",
    description="",
    questions=("How long?",),
    keywords=(),
    audience=Audience.CUSTOMER,
    sections=(Section("", "", 1, "Ten days."), Section("card", "By card", 2, "Three.")),
    html="<p>Ten days.</p>",
    hash="1",
)
B = replace(A, id="en/returns/b", title="Where?")
NOTHING = Texts()
NOTE = Supplement(A.id, (Reply("Hello."),), ("Note.",))


def edition(public: Texts, internal: Texts = NOTHING) -> Edition:
    nothing = np.zeros((0, 1), dtype=np.float32)
    halves = [Half("", "model", texts, nothing, ()) for texts in (public, internal)]
    return Edition(EditionInfo("e", "", ""), halves[0], halves[1])


def test_first_publish_adds_everything() -> None:
    """Without a live edition all is new, of both halves."""
    agents = replace(B, audience=Audience.AGENT)

    assert compare(None, Texts((A,)), Texts((agents,))) == Changes((A.id, B.id), (), (), ())


def test_same_articles_are_kept() -> None:
    """Publishing the same again changes nothing."""
    live = edition(Texts((A, B)), Texts(supplements=(NOTE,)))

    assert compare(live, Texts((B, A)), Texts(supplements=(NOTE,))) == Changes((), (), (), (A.id, B.id))


def test_added_changed_and_removed_are_told_apart() -> None:
    """Every article is in one list, each list in the order of the ids."""
    c, d = replace(A, id="en/returns/c"), replace(A, id="en/returns/d")
    live = edition(Texts((A, B, d)))
    changed = replace(B, sections=())

    assert compare(live, Texts((A, changed, c)), Texts()) == Changes((c.id,), (B.id,), (d.id,), (A.id,))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(replace(A, title="Why?"), id="title"),
        pytest.param(replace(A, html=""), id="html"),
        pytest.param(replace(A, weight=1), id="weight"),
        pytest.param(replace(A, aliases=("/x",)), id="alias"),
        pytest.param(replace(A, valid_until=date(2026, 1, 1)), id="validity"),
        pytest.param(replace(A, keywords=("k",)), id="keyword"),
    ],
)
def test_any_field_changes_an_article(changed: Article) -> None:
    """What a reader may notice is a change, be it only its place in a list."""
    assert compare(edition(Texts((A,))), Texts((changed,)), Texts()).changed == (A.id,)


def test_date_of_a_commit_changes_nothing() -> None:
    """Committing a text gives it a date; the text is the same."""
    dated = replace(A, updated=date(2026, 1, 1))

    assert compare(edition(Texts((A,))), Texts((dated,)), Texts()).kept == (A.id,)


@pytest.mark.parametrize(
    "supplement",
    [
        None,
        replace(NOTE, notes=("Other.",)),
        replace(NOTE, replies=()),
        replace(NOTE, replies=(Reply("Hello.", "anger"),)),
    ],
)
def test_note_or_reply_changes_its_article(supplement: Supplement | None) -> None:
    """For agents the article is another one, so the report names it."""
    after = Texts(supplements=(supplement,) if supplement else ())

    assert compare(edition(Texts((A,)), Texts(supplements=(NOTE,))), Texts((A,)), after).changed == (A.id,)


def test_article_that_becomes_internal_is_a_change() -> None:
    """Its id stays, its readers do not."""
    hidden = replace(A, audience=Audience.AGENT)

    assert compare(edition(Texts((A,))), Texts(), Texts((hidden,))).changed == (A.id,)


def test_rows_are_articles_then_passages_then_how_it_is_asked() -> None:
    """A row for each whole article, for each passage under the path of its headings, for each article's questions."""
    plan = plan_vectors(Texts((A,), tuple(cut(A))), "model", {A.id: A})

    assert plan.sources == (
        VectorSource(("When?\nTen days.\nBy card\nThree.",)),
        VectorSource(("When?\nHow long?",)),
        VectorSource(("When?\nTen days.",)),
        VectorSource(("When?\nBy card\nThree.",)),
        VectorSource(("When?", "How long?"), are_questions=True),
    )
    assert plan.keys == tuple(vector_key(source, "model") for source in plan.sources)


def test_description_is_asked_with_and_nothing_twice() -> None:
    """What a customer tells is often the short answer's other half."""
    article = replace(A, description="Ten days.", questions=("When?", "How long?"))

    assert plan_vectors(Texts((article,)), "model", {}).sources[-1].texts == ("When?", "Ten days.", "How long?")


def test_note_stands_under_its_articles_title() -> None:
    """The internal half has passages of articles that it does not hold."""
    note = Passage(A.id, PassageKind.NOTE, "", 0, A.title, "Note.")

    assert plan_vectors(Texts(passages=(note,)), "model", {A.id: A}).sources == (VectorSource(("When?\nNote.",)),)


def test_long_article_is_cut_before_it_is_embedded() -> None:
    """More than the model reads would only be paid for."""
    long = replace(A, sections=(Section("", "", 1, "x" * 2 * WHOLE_ARTICLE_CHARS),))

    assert plan_vectors(Texts((long,)), "model", {}).sources[0].chars == WHOLE_ARTICLE_CHARS


def test_key_depends_on_text_and_model() -> None:
    """A vector of another model or text is never taken for this one's, and the same text's always is."""
    a, b, m = (VectorSource((text,)) for text in "abm")
    asked = replace(a, are_questions=True)

    assert vector_key(a, "m") == vector_key(VectorSource(("a",)), "m")
    assert len({vector_key(a, "m"), vector_key(b, "m"), vector_key(a, "n"), vector_key(m, "a")}) == 4
    assert vector_key(asked, "m") != vector_key(a, "m")


def test_only_unknown_texts_are_embedded_and_each_once() -> None:
    """Texts of both halves that are equal, or known from older editions, cost nothing."""
    known = {"k1": np.zeros(1, dtype=np.float32)}
    one, two, three, four = (VectorSource((text,)) for text in ("one", "two", "three", "four"))
    plans = [VectorPlan(("k1", "k2", "k3"), (one, two, three)), VectorPlan(("k2", "k4"), (two, four))]

    assert missing(plans, known) == {"k2": two, "k3": three, "k4": four}
    assert missing(plans, dict.fromkeys(["k1", "k2", "k3", "k4"], known["k1"])) == {}
