"""How the sample store becomes one that has begun to translate."""

from __future__ import annotations

from tests.benchmarks.store_sets import dealt
from tests.kb.fakes import an_article


def test_each_topic_stays_in_one_language_and_languages_take_turns() -> None:
    """A quarter of the topics each, whatever order the files came in."""
    articles = [an_article(f"{lang}/help/{topic}") for topic in "cab" for lang in ("en", "it")]

    assert sorted(article.id for article in dealt(articles, ("en", "it"))) == ["en/help/a", "en/help/c", "it/help/b"]
