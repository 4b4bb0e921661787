"""A customer's word for a thing is not the store's: synonyms find the article, in the engine and in our own index."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from kb.engine.access import EngineAccess
from kb.engine.reader import EngineReader
from kb.knowledge_base import Live
from kb.words import telling_words
from tests.kb.fakes import WordEmbedder
from tests.service import PATIENT_MS, Store

pytestmark = pytest.mark.slow

STORE_YAML = """\
name: Test Store
languages: [en, ru, it, hu]
default_language: en
categories: {goods: {title: Goods}}
synonyms:
  en: [[fridge, refrigerator], [TV set, television], [washing machine, washer]]
  ru: [[посылка, отправление], [стиральная машина, стиралка], [счёт, квитанция]]
  it: [[cellulare, telefonino], [lavatrice, macchina da lavare]]
  hu: [[csomag, küldemény], [mosógép, automata mosó]]
"""
# What is asked, its language, and what the article calls it.
CASES = [
    ("fridge", "en", "refrigerator"),
    ("TV set", "en", "television"),
    ("washer", "en", "washing machine"),
    ("where is my washing machine", "en", "washer"),
    ("посылка", "ru", "отправление"),
    ("стиралка", "ru", "стиральная машина"),
    ("стиральная машина", "ru", "стиралка"),
    ("счет", "ru", "квитанция"),
    ("счёт", "ru", "квитанция"),
    ("cellulare", "it", "telefonino"),
    ("macchina da lavare", "it", "lavatrice"),
    ("la lavatrice", "it", "macchina da lavare"),
    ("csomag", "hu", "küldemény"),
    ("automata mosó", "hu", "mosógép"),
    ("mosógép", "hu", "automata mosó"),
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, EngineAccess]]:
    """A store with an article for each thing, named by one of its names only."""
    store = Store(tmp_path_factory.mktemp("synonyms"), WordEmbedder())
    store.write("store.yaml", STORE_YAML)
    for number, (_, lang, called) in enumerate(CASES):
        store.article(f"{lang}/goods/a{number}", f"X {called} y", "Text.")
    with store.engine() as access:
        report = store.publish(access)
        assert [problem.code for problem in report.problems if problem.code == "store"] == []
        with store.serve(access) as service:
            yield service.services.knowledge.live(), access


@pytest.mark.parametrize(("asked", "lang", "called"), CASES)
def test_engine_finds_an_article_by_a_synonym(
    published: tuple[Live, EngineAccess], asked: str, lang: str, called: str
) -> None:
    """The words that search sends of a question find the article that uses the other word."""
    live, access = published
    hits = asyncio.run(_words(access, " ".join(telling_words(asked, lang))))
    rows = {live.public.document_rows[hit] for hit in hits}

    assert f"X {called} y" in {live.public.corpus.articles[row].title for row in rows}


@pytest.mark.parametrize(("asked", "lang", "called"), CASES)
def test_own_index_finds_an_article_by_a_synonym(
    published: tuple[Live, EngineAccess], asked: str, lang: str, called: str
) -> None:
    """So does our index, which is all there is when the engine is gone."""
    corpus = published[0].public.corpus
    scores = corpus.lexical.bm25(asked, lang)
    found = {article.title for article, score in zip(corpus.articles, scores, strict=True) if score > 0}

    assert f"X {called} y" in found


async def _words(access: EngineAccess, query: str) -> list[str]:
    reader = EngineReader(lambda: access.public, PATIENT_MS)
    try:
        return [hit.document_id for hit in await reader.words(query, 20)]
    finally:
        await reader.close()
