"""
Questions asked badly, ours beside a stock Meilisearch: nDCG@10.

    python -m tests.benchmarks.variants SETS… [--golden DIR] [--cache DIR] [--most N]

At most `--most` (200) answerable test questions a set, asked as they are, with one typing error, without accents, and
cut to their two most telling words (see `typos`). Each wording gets its own vector, and the language is found anew.
Without accents only questions that have some are asked. With `--golden` also across languages: the sample store with
each topic in one language only, asked in the other three (see `store_sets`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from kb.embedding.base import Embedder
from kb.embedding.models import embedder_for
from kb.query import Question
from kb.words import stems
from tests.benchmarks.asking import found_by, loaded, parser, ranked_by, signals_of
from tests.benchmarks.engines import HALF, MORE, RunningEngine, StockIndex, Way, running_engine, service_words
from tests.benchmarks.metrics import Found, interval, mean_ndcg
from tests.benchmarks.sets import LabelledSet, question_vectors
from tests.benchmarks.store_sets import sampled
from tests.benchmarks.typos import most_telling, with_typo, without_accents

Wording = Callable[[Question], str]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--most", type=int, default=200)
    chosen, embedder = options.parse_args(), embedder_for()
    print("| set | wording | questions | stock 0.5 | stock 0.7 | ours | ours − stock 0.5, 95 % |")
    print("|---|---|---|---|---|---|---|")
    with running_engine() as engine:
        for each in loaded(chosen, embedder):
            labelled = sampled(each, chosen.most)
            index = StockIndex(engine, labelled)
            for name, wording in _wordings(labelled).items():
                worded = _worded(labelled, wording, embedder)
                if worded.questions:
                    print(_line(engine, index, name, worded), flush=True)


def _wordings(labelled: LabelledSet) -> Mapping[str, Wording]:
    rarity = {lang: _rarity(labelled, lang) for lang in {each.question.lang for each in labelled.questions}}
    return {
        "as asked": lambda question: question.text,
        "one typing error": lambda question: with_typo(question.text, question.lang),
        "without accents": _without_accents,
        "two words": lambda question: most_telling(question.text, question.lang, rarity[question.lang]),
    }


def _without_accents(question: Question) -> str:
    """Return nothing for a question that has none, or Russian, where only ё is left out."""
    typed = without_accents(question.text, question.lang)
    return "" if typed == question.text.casefold() or question.lang == "ru" else typed


def _rarity(labelled: LabelledSet, lang: str) -> dict[str, float]:
    """Return how rare each stem of the articles in `lang` is among them."""
    documents = [set(stems(f"{a.title} {a.text}", lang)) for a in labelled.corpus.articles if a.lang == lang]
    found_in = Counter(stem for document in documents for stem in document)
    return {stem: float(np.log1p(len(documents) / count)) for stem, count in found_in.items()}


def _worded(labelled: LabelledSet, wording: Wording, embedder: Embedder) -> LabelledSet:
    """Return the set with its questions so worded, without those of which nothing is left."""
    pairs = [(each, wording(each.question)) for each in labelled.questions]
    kept = [(each, Question.parse(text, each.question.asked_lang)) for each, text in pairs if text]
    vectors = question_vectors([question.text for _, question in kept], labelled.cache, embedder)
    worded = [replace(each, question=question, vector=vectors[question.text]) for each, question in kept]
    return replace(labelled, questions=worded)


def _line(engine: RunningEngine, index: StockIndex, wording: str, worded: LabelledSet) -> str:
    half, more = _stock(index, worded, HALF), _stock(index, worded, MORE)
    words = service_words(engine, worded, worded.questions)
    ours = [
        found_by(worded, asked, ranked_by(worded.corpus, asked.question, signals_of(worded, asked, word)))
        for asked, word in zip(worded.questions, words, strict=True)
    ]
    _, low, high = interval([found.ndcg for found in ours], [found.ndcg for found in half])
    figures = " | ".join(f"{mean_ndcg(found):.3f}".removeprefix("0") for found in (half, more, ours))
    return f"| {worded.name} | {wording} | {len(ours)} | {figures} | {low:+.3f} … {high:+.3f} |"


def _stock(index: StockIndex, worded: LabelledSet, way: Way) -> list[Found]:
    every = zip(index.hits(worded.questions, way), worded.questions, strict=True)
    return [Found(hits, asked.relevant, asked.question.asked_lang) for hits, asked in every]


if __name__ == "__main__":
    main()
