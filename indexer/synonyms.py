"""The store's synonyms as the engine takes them; our own index stems them itself (kb/lexical.py)."""

from __future__ import annotations

from kb.article import Store
from kb.words import telling_words


def engine_synonyms(store: Store) -> dict[str, list[str]]:
    """
    Return each word or phrase of a group with the others of it.

    Languages share the index, and a word rarely means another thing in two. A phrase stands there as it is written, for
    questions that are still being typed, and as whole questions are sent: without stop words, ё as е.
    """
    synonyms: dict[str, list[str]] = {}
    for lang, groups in store.synonyms.items():
        for group in groups:
            for phrase in group:
                for asked in (phrase, " ".join(telling_words(phrase, lang))):
                    known = synonyms.setdefault(asked, [])
                    known += [each for each in group if each not in (phrase, asked) and each not in known]
    return {asked: known for asked, known in synonyms.items() if known}
