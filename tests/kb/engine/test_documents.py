"""What the engine stores: documents named by their content, and settings that show little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kb.article import Article, Passage, PassageKind
from kb.engine.documents import EMBEDDER, document, index_settings, with_vector
from tests.kb.fakes import an_article

ARTICLE = an_article("ru/returns/refund", "Когда вернут деньги?", questions=("Где деньги?",), keywords=("возврат",))
LEAD = Passage(ARTICLE.id, PassageKind.TITLE, "", 0, ARTICLE.title, "Когда вернут деньги?")
BODY = Passage(ARTICLE.id, PassageKind.BODY, "сроки", 2, "Сроки", "Десять дней.")


def test_document_says_where_it_comes_from() -> None:
    """Language and category are fields of their own, for filters."""
    stored = document(BODY, ARTICLE, "key")

    assert stored | {"id": ""} == {
        "id": "",
        "article_id": "ru/returns/refund",
        "lang": "ru",
        "category": "returns",
        "kind": "body",
        "anchor": "сроки",
        "position": 2,
        "title": "Когда вернут деньги?",
        "questions": [],
        "keywords": [],
        "heading": "Сроки",
        "text": "Десять дней.",
        "vector_key": "key",
    }


def test_questions_and_keywords_are_stored_once_per_article() -> None:
    """Words that every passage had would count for none."""
    assert (document(LEAD, ARTICLE, "k")["questions"], document(BODY, ARTICLE, "k")["questions"]) == (
        ["Где деньги?"],
        [],
    )
    assert (document(LEAD, ARTICLE, "k")["keywords"], document(BODY, ARTICLE, "k")["keywords"]) == (["возврат"], [])


def test_phrasings_are_searched_like_questions() -> None:
    """They are nothing else, but for being shown nowhere."""
    article = replace(ARTICLE, phrasings=("деньги не пришли",))

    assert document(LEAD, article, "k")["questions"] == ["Где деньги?", "деньги не пришли"]


def test_same_content_has_the_same_id() -> None:
    """Publishing again loads nothing; the id is one that the engine accepts."""
    first, again = document(LEAD, ARTICLE, "k"), document(replace(LEAD), replace(ARTICLE), "k")

    assert first == again
    assert len(str(first["id"])) == 32
    assert str(first["id"]).isalnum()


@pytest.mark.parametrize(
    ("passage", "article", "key"),
    [
        pytest.param(replace(LEAD, text="Другое"), ARTICLE, "k", id="text"),
        pytest.param(replace(LEAD, heading="Другое"), ARTICLE, "k", id="heading"),
        pytest.param(replace(LEAD, anchor="другое"), ARTICLE, "k", id="anchor"),
        pytest.param(replace(LEAD, kind=PassageKind.BODY), ARTICLE, "k", id="kind"),
        pytest.param(replace(LEAD, article_id="it/returns/refund"), ARTICLE, "k", id="language"),
        pytest.param(LEAD, replace(ARTICLE, title="Другое"), "k", id="title"),
        pytest.param(LEAD, replace(ARTICLE, questions=()), "k", id="questions"),
        pytest.param(LEAD, replace(ARTICLE, keywords=()), "k", id="keywords"),
        pytest.param(LEAD, ARTICLE, "other", id="vector"),
    ],
)
def test_changed_content_is_a_new_document(passage: Passage, article: Article, key: str) -> None:
    """Whatever is stored is in the id, so that two editions can lie in the engine side by side."""
    assert document(passage, article, key)["id"] != document(LEAD, ARTICLE, "k")["id"]


def test_change_that_is_not_stored_keeps_the_document() -> None:
    """The rendered page is no part of what the engine holds."""
    assert document(LEAD, replace(ARTICLE, html="<p>x</p>", weight=5), "k") == document(LEAD, ARTICLE, "k")


def test_vector_goes_beside_the_fields() -> None:
    """The vector is added under our embedder's name, in plain rounded numbers, and the document stays as it was."""
    stored = document(LEAD, ARTICLE, "k")

    loaded = with_vector(stored, np.array([0.1, -0.25], dtype=np.float32))

    assert loaded["_vectors"] == {EMBEDDER: [0.1, -0.25]}
    assert all(type(value) is float for value in loaded["_vectors"][EMBEDDER])
    assert {key: value for key, value in loaded.items() if key != "_vectors"} == stored
    assert "_vectors" not in stored


def test_engine_shows_nothing_but_where_a_hit_is() -> None:
    """No text leaves the engine, whoever holds a search key; it computes no vectors itself."""
    settings = index_settings(384, {"fridge": ["refrigerator"]})

    assert set(settings["displayedAttributes"]) == {"id", "article_id"}
    assert settings["embedders"] == {EMBEDDER: {"source": "userProvided", "dimensions": 384}}
    assert settings["synonyms"] == {"fridge": ["refrigerator"]}


def test_every_field_that_is_searched_or_filtered_is_stored() -> None:
    """A setting for a field that no document has would do nothing, in silence."""
    settings = index_settings(384, {})
    named = {*settings["searchableAttributes"], *settings["filterableAttributes"], *settings["displayedAttributes"]}

    assert named <= document(LEAD, ARTICLE, "k").keys()
