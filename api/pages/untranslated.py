"""An article that the reader's language does not have: where it can be read, and what there is instead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from api.locale import language_name
from api.pages.frame import shown
from api.services import Services


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The article in another language."""

    title: str
    url: str
    lang: str
    language: str
    """As the reader calls it."""


def elsewhere(services: Services, lang: str, topic: str) -> tuple[Elsewhere, ...]:
    """Return where a topic that `lang` does not have can be read; nothing when it has it, or nobody has."""
    knowledge = services.knowledge
    found = knowledge.live().public.corpus.translations(topic, knowledge.today())
    if lang in found:
        return ()
    return tuple(
        Elsewhere(found[code].title, found[code].url, code, language_name(code, lang))
        for code in services.store.languages
        if code in found
    )


def instead(services: Services, topic: str, translated: Collection[str]) -> dict[str, str]:
    """Return for each other language the page that says that a topic is not there: its category, else home."""
    category = topic.split("/")[0]
    without = [lang for lang in services.store.languages if lang not in translated]
    return {lang: f"{_nearest(services, lang, category)}?missing={topic}" for lang in without}


def _nearest(services: Services, lang: str, category: str) -> str:
    is_there = any(each.slug == category for each in shown(services, lang))
    return f"/{lang}/{category}/" if is_there else f"/{lang}/"
