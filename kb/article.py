"""
The nouns of the house: store, category, contact, article, section, passage, reply.

Frozen dataclasses of the standard library only, so that every room can hold them. The indexer makes them from
Markdown, an edition keeps them, search and replies read them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Audience(StrEnum):
    """Who may read an article. Anything unknown is `AGENT`: forgetting the line must not publish a text."""

    CUSTOMER = "customer"
    AGENT = "agent"


class PassageKind(StrEnum):
    """What part of an article a passage was cut from."""

    TITLE = "title"
    """Title and the other ways to ask: one per article."""
    BODY = "body"
    """A piece of a section."""
    NOTE = "note"
    """An agent's note inside a customer article; only in the internal half."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to a human."""

    channel: str
    """`phone`, `email`, `chat`, or a messenger's name."""
    value: str
    hours: dict[str, str] = field(default_factory=dict)
    """Days (`mon-fri`, `sat`) to local opening times (`9:00-18:00`)."""
    languages: tuple[str, ...] = ()
    """Empty: every language."""


@dataclass(frozen=True, slots=True)
class Category:
    """A folder of articles, in the order of `store.yaml`."""

    slug: str
    title: dict[str, str] = field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()

    def title_in(self, lang: str) -> str:
        """Return the title in `lang`, else in any language, else the slug."""
        return self.title.get(lang) or next(iter(self.title.values()), self.slug)


@dataclass(frozen=True, slots=True)
class Store:
    """What `store.yaml` says of the shop."""

    name: str
    languages: tuple[str, ...]
    default_language: str
    url: str = ""
    timezone: str = "UTC"
    theme: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    edit_url: str = ""
    categories: tuple[Category, ...] = ()
    contacts: tuple[Contact, ...] = ()
    """For questions of no category."""
    synonyms: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Language to groups of words that mean the same in this shop."""

    def category(self, slug: str) -> Category | None:
        return next((category for category in self.categories if category.slug == slug), None)

    def contacts_for(self, category: str | None, lang: str) -> tuple[Contact, ...]:
        """Return the category's contacts that speak `lang`, else all of the category's, else the store's own."""
        found = self.category(category) if category else None
        contacts = found.contacts if found and found.contacts else self.contacts
        return tuple(c for c in contacts if not c.languages or lang in c.languages) or contacts


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text below it; the text before the first heading has an empty anchor and title."""

    anchor: str
    title: str
    level: int
    text: str
    """Plain text, without Markdown."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An approved text for a customer, from a `:::reply` block, variables still in it."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One article as its readers may see it: in the public half nothing of it is internal."""

    id: str
    """`<lang>/<category>/<slug>`."""
    title: str
    description: str
    questions: tuple[str, ...]
    keywords: tuple[str, ...]
    audience: Audience
    sections: tuple[Section, ...]
    html: str
    """Sanitised; the page prints it as it is."""
    hash: str
    """Of the public text: what a translation says it was made from."""
    weight: int = 0
    aliases: tuple[str, ...] = ()
    updated: date | None = None
    """The day of the commit that last changed this text; None when not committed yet or without git."""
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def lang(self) -> str:
        return self.id.split("/")[0]

    @property
    def category(self) -> str:
        return self.id.split("/")[1]

    @property
    def topic(self) -> str:
        """`<category>/<slug>`: what all translations of this article share."""
        return self.id.split("/", 1)[1]

    @property
    def url(self) -> str:
        prefix = "/agent/articles/" if self.audience is Audience.AGENT else "/"
        return prefix + self.id

    @property
    def text(self) -> str:
        """The whole article as plain text, headings included."""
        return "\n".join(part for s in self.sections for part in (s.title, s.text) if part)

    def is_valid_on(self, day: date) -> bool:
        """Whether the article is shown on `day`; both ends are included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True, slots=True)
class Supplement:
    """What only agents see of a customer article."""

    article_id: str
    replies: tuple[Reply, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """The piece that is indexed."""

    article_id: str
    kind: PassageKind
    anchor: str
    """Of the section it comes from; empty for the top of the article."""
    position: int
    """Place within the article, from 0."""
    heading: str
    text: str

    @property
    def lang(self) -> str:
        return self.article_id.split("/")[0]

    @property
    def category(self) -> str:
        return self.article_id.split("/")[1]

    @property
    def topic(self) -> str:
        return self.article_id.split("/", 1)[1]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Approved openings and closings of one language: situation to texts."""

    openings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    closings: dict[str, tuple[str, ...]] = field(default_factory=dict)
