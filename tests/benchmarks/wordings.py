"""
Public sets whose articles bring questions, as a store's do: some of the set's own questions become other wordings of
their articles, and are not asked.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kb.corpus import Corpus
from kb.embedding.base import Embedder
from tests.benchmarks.sets import LabelledQuestion, LabelledSet, half_of

WORDINGS = 3
# A set with fewer questions to learn from per article has none to spare.
ENOUGH_PER_ARTICLE = 2
SUFFIX = " with wordings"


def base_of(name: str) -> str:
    """Return the name of the set that a set was made from."""
    return name.removesuffix(SUFFIX)


def both(sets: Iterable[LabelledSet], embedder: Embedder) -> Iterator[LabelledSet]:
    """Yield each set, and once more with wordings where it has enough."""
    for labelled in sets:
        yield labelled
        if len(_spare(labelled)) >= ENOUGH_PER_ARTICLE * len(labelled.corpus.articles):
            yield with_wordings(labelled, embedder)


def with_wordings(labelled: LabelledSet, embedder: Embedder) -> LabelledSet:
    """Return the set with up to `WORDINGS` questions of its tune split in each article."""
    taken: dict[str, list[LabelledQuestion]] = defaultdict(list)
    spare = _spare(labelled)
    random.Random(1).shuffle(spare)  # noqa: S311
    for each in spare:
        own = taken[next(iter(each.relevant))]
        if len(own) < WORDINGS:
            own.append(each)
    articles = tuple(
        replace(article, questions=tuple(each.question.text for each in taken[article.id]))
        for article in labelled.corpus.articles
    )
    half = half_of(articles, labelled.corpus.store, labelled.cache, embedder)
    used = {id(each) for own in taken.values() for each in own}
    questions = [each for each in labelled.questions if id(each) not in used]
    return LabelledSet(labelled.name + SUFFIX, Corpus(labelled.corpus.store, [half]), questions, half, labelled.cache)


def _spare(labelled: LabelledSet) -> list[LabelledQuestion]:
    """Return the questions of the tune split that one article answers, in their own language."""
    tune = (each for each in labelled.questions if each.split == "tune" and len(each.relevant) == 1)
    return [each for each in tune if next(iter(each.relevant)).startswith(f"{each.question.asked_lang}/")]
