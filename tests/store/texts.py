"""The articles of the sample store as their editors wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from indexer.library import Library, scan
from indexer.markdown import Draft
from kb.article import Audience
from tests.service import SAMPLE


@cache
def library() -> Library:
    """Return everything that stands in articles/."""
    return scan(SAMPLE)


@dataclass(frozen=True, slots=True)
class Text:
    """One article in one language, taken apart."""

    draft: Draft

    @property
    def lang(self) -> str:
        return self.draft.id.split("/")[0]

    @property
    def topic(self) -> str:
        return self.draft.id.split("/", 1)[1]

    @property
    def is_for_customers(self) -> bool:
        return self.draft.front.audience is Audience.CUSTOMER

    @property
    def replies(self) -> list[str]:
        return self._containers("reply")

    @property
    def notes(self) -> list[str]:
        return self._containers("agent")

    @property
    def told(self) -> str:
        """What the customer reads, on the page or in a reply."""
        return "\n".join([self.draft.front.title, self.draft.front.description, self.draft.body, *self.replies])

    @property
    def whole(self) -> str:
        return "\n".join([self.told, *self.draft.front.questions, *self.draft.front.keywords, *self.notes])

    def _containers(self, name: str) -> list[str]:
        return ["\n".join(each.lines) for each in self.draft.internal if each.name == name]


@cache
def texts() -> tuple[Text, ...]:
    return tuple(Text(draft) for draft in library().drafts)


def customer_texts() -> list[Text]:
    return [text for text in texts() if text.is_for_customers]


def by_topic() -> dict[str, dict[str, Text]]:
    """Return topic → language → text, customers' articles and agents' ones."""
    found: dict[str, dict[str, Text]] = {}
    for text in texts():
        found.setdefault(text.topic, {})[text.lang] = text
    return found
