"""Words that neither a dictionary nor the list of names and terms of the trade knows. Needs hunspell."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

DICTIONARIES = {"ru": "ru_RU", "it": "it_IT", "hu": "hu_HU", "en": "en_GB"}
LISTS = Path(__file__).parent / "words"
# What is no word: variables, addresses, link targets, code, tags of containers, anchors.
_NO_WORDS = re.compile(
    r"\{\{[^}|]*\|?|\}\}|\]\([^)]*\)|`[^`]*`|https?://\S+|\S+@\S+|^:::.*$|\{#[^}]*\}|\[![A-Z]+\]", re.MULTILINE
)
# Not the ending of a number (5%-os, 6-значный), which no dictionary has.
_WORD = re.compile(r"(?<![\w%-])[^\W\d_]+(?:[’'-][^\W\d_]+)*", re.UNICODE)


def misspelt(texts: list[str], lang: str) -> list[str]:
    """Return the words that are in neither, each once, in order."""
    words = {word for text in texts for word in words_of(text)} - terms(lang)
    unknown = _unknown_to_dictionary(words, DICTIONARIES[lang])
    # Names of cards and services are English everywhere; a hyphenated word is as good as its parts.
    return sorted(word for word in words & unknown if any(part in unknown for part in _parts(word, lang) - terms(lang)))


@cache
def terms(lang: str) -> frozenset[str]:
    """Return the names and terms of the trade that this language's articles may use, one per line of its list."""
    lines = (LISTS / f"{lang}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def words_of(text: str) -> set[str]:
    """Return the words of a piece of Markdown, with straight apostrophes."""
    return {word.replace("’", "'").removesuffix("'s") for word in _WORD.findall(_NO_WORDS.sub(" ", text))}


def _parts(word: str, lang: str) -> set[str]:
    return set(re.split("[-']", word)) if lang == "it" else set(word.split("-")) if "-" in word else {word}


def _unknown_to_dictionary(words: set[str], dictionary: str) -> set[str]:
    parts = {part for word in words for part in re.split("[-']", word) if part}
    command = ["hunspell", "-i", "utf-8", "-d", dictionary, "-l"]
    run = subprocess.run(
        command, input="\n".join(sorted(words | parts)), capture_output=True, text=True, check=True, timeout=60
    )
    return set(run.stdout.split())
