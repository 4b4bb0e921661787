"""
Make `kb/centres.json`: the mean vector of each language, of questions and of passages.

Run `python -m indexer.centres` after the sample store has changed much, then commit the file. Titles and other
questions stand for what customers ask. Other stores share these means until they have enough texts of their own
(`kb/centring.py`).
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import msgspec
import numpy as np

from indexer import markdown
from indexer.library import scan
from indexer.passages import cut
from indexer.plan import plan_vectors
from kb.article import Article, Audience
from kb.centring import Centres
from kb.edition import Texts
from kb.embedding.base import Embedder, FloatMatrix
from kb.embedding.models import embedder_for
from kb.settings import Settings

# Six digits are more than the 4-bit model has; fewer bytes in the package.
DIGITS = 5


def main() -> None:
    settings = Settings.from_environment(os.environ)
    embedder = embedder_for(settings.embedding_model)
    library = scan(settings.articles)
    drafts = [draft for draft in library.drafts if draft.front.audience is Audience.CUSTOMER]
    articles = [markdown.finish(draft, set())[0] for draft in drafts]
    centres = Centres(embedder.name, _query_means(articles, embedder), _passage_means(articles, embedder))
    Path("kb/centres.json").write_bytes(msgspec.json.encode(centres) + b"\n")


def _query_means(articles: list[Article], embedder: Embedder) -> dict[str, list[float]]:
    asked = defaultdict(list)
    for article in articles:
        for text in (article.title, *article.questions):
            asked[article.lang].append(embedder.embed_query(text))
    return {lang: _mean(np.stack(vectors)) for lang, vectors in sorted(asked.items())}


def _passage_means(articles: list[Article], embedder: Embedder) -> dict[str, list[float]]:
    means = {}
    for lang in sorted({article.lang for article in articles}):
        own = [article for article in articles if article.lang == lang]
        texts = Texts(tuple(own), tuple(passage for article in own for passage in cut(article)))
        sources = plan_vectors(texts, embedder.name, {article.id: article for article in own}).sources
        rows = [text for source in sources if not source.are_questions for text in source.texts]
        means[lang] = _mean(embedder.embed_passages(rows))
    return means


def _mean(vectors: FloatMatrix) -> list[float]:
    return [round(float(value), DIGITS) for value in vectors.mean(axis=0)]


if __name__ == "__main__":
    main()
