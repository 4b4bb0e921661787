"""What `kb search --explain` adds to the answer."""

from __future__ import annotations

from kb.explain import ExplainedHit, Explanation, Part, Word

_SIGNALS = {
    "bm25": "words (BM25)",
    "ngrams": "spelling (n-grams)",
    "distinct": "words few others hold",
    "engine": "Meilisearch",
    "cosine": "meaning (cosine)",
    "centred": "meaning, languages levelled",
}


def explanation_lines(explained: Explanation) -> list[str]:
    """Return the explanation as text: each hit's points, then the confidence's."""
    told = [f"asked in {explained.question.lang}"]
    for place, hit in enumerate(explained.hits, 1):
        told += [f"{place:2}. {hit.article_id}: {hit.score:.3f} points", *_hit_lines(hit)]
    if explained.confidence:
        sure = f"the first is right with {explained.chances.first_is_right:.1%}"
        answerable = f"any article answers it with {explained.chances.answerable:.1%}"
        told += ["", f"{sure} (points are log-odds), {answerable}", *map(_line, explained.confidence)]
    return told


def _hit_lines(hit: ExplainedHit) -> list[str]:
    told = []
    if hit.scored_by != hit.article_id:
        told.append(f"    scored by its translation {hit.scored_by}")
    if hit.words_of is None:
        counted = f"; it counts as if it had those of {hit.words_as}" if hit.words_as else ""
        told.append(f"    no article in the question's language, so its words are not known{counted}")
    elif hit.words_of != hit.scored_by:
        told.append(f"    words of {hit.words_of}, which is in the question's language")
    if hit.words_of is not None:
        told.append(f"    {_words(hit.words)}")
    return [*told, *map(_line, hit.parts)]


def _words(words: tuple[Word, ...]) -> str:
    held = [_word(each) for each in words if each.is_held]
    missing = [_word(each) for each in words if not each.is_held and each.is_asked]
    return f"holds: {', '.join(held) or 'nothing'}" + (f"; lacks: {', '.join(missing)}" if missing else "")


def _word(word: Word) -> str:
    return f"{word.stem} ({word.rarity:.1f}{'' if word.is_asked else ', synonym'})"


def _line(part: Part) -> str:
    return f"    {part.points:+7.3f}  {_SIGNALS.get(part.name, part.name)} {part.value:.3f}"
