"""
The nouns of the house: store, category, contact, article, section, passage, reply.

Frozen dataclasses of the standard library only, so that every room can hold them. The indexer makes them from
Markdown, an edition keeps them, search and replies read them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath


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


# What a category may be drawn as; the drawings are in api/static/icons.svg.
CATEGORY_ICONS = ("account", "delivery", "gift", "orders", "payment", "products", "returns", "service", "warranty")


@dataclass(frozen=True, slots=True)
class Category:
    """A folder of articles, in the order of `store.yaml`."""

    slug: str
    title: dict[str, str] = field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()
    icon: str = ""
    """One of `CATEGORY_ICONS`; empty: the one that is called like the category, if any."""

    def title_in(self, lang: str) -> str:
        """Return the title in `lang`, else in any language, else the slug."""
        return self.title.get(lang) or next(iter(self.title.values()), self.slug)


# Content types of images, and how their files end.
IMAGE_TYPES = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/avif": "avif",
    "image/svg+xml": "svg",
}


@dataclass(frozen=True, slots=True)
class Image:
    """An image that an article or the theme shows; its bytes lie beside the texts of its half."""

    path: str
    """Below articles/, without a slash in front: `images/box.png`."""
    hash: str
    """The first 16 hex digits of the SHA-256 of its bytes."""
    type: str
    """One of `IMAGE_TYPES`, by content."""
    width: int = 0
    """In CSS pixels; 0 when the image does not say."""
    height: int = 0

    @property
    def file(self) -> str:
        """How its file is called within a half."""
        return f"{self.hash}.{IMAGE_TYPES[self.type]}"

    @property
    def name(self) -> str:
        """How its file is called in addresses: readable, and the same for every way to write the path."""
        stem = re.sub(r"[^a-z0-9]+", "-", PurePosixPath(self.path).stem.lower()).strip("-")
        return f"{stem or 'image'}.{IMAGE_TYPES[self.type]}"

    def url(self, audience: Audience = Audience.CUSTOMER) -> str:
        """Return the address for readers of an article with this audience."""
        prefix = "/agent/media/" if audience is Audience.AGENT else "/media/"
        return f"{prefix}{self.hash}/{self.name}"


@dataclass(frozen=True, slots=True)
class Weights:
    """Of a logistic model of features, by their names (kb/confidence.py)."""

    bias: float
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How likely an answer is in this store, learned from its golden questions by `kb eval`; holds with vectors."""

    model: str
    """The embedding model it was made with; it fits no other."""
    first_is_right: Weights
    answerable: Weights
    handoff_below: float
    """The chance that any article answers, below which a question is handed off."""
    questions: int = 0
    """How many it was learned from."""


# Unless store.yaml says otherwise: what is shown to customers as the answer goes into drafts too.
REPLY_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Store:
    """What `store.yaml` says of the shop."""

    name: str
    languages: tuple[str, ...]
    default_language: str
    url: str = ""
    timezone: str = "UTC"
    theme: dict[str, str] = field(default_factory=dict)
    """`accent`, `logo`, `favicon` (paths of images), `radius`, `font`: those that are set, checked."""
    links: dict[str, str] = field(default_factory=dict)
    """Name to address; `shop`, `imprint`, `privacy` and `terms` have a translated title of their own."""
    link_titles: dict[str, dict[str, str]] = field(default_factory=dict)
    """Name of a link to language to title, for those that bring their own."""
    edit_url: str = ""
    """Holds `{path}`; empty: articles cannot be edited from their page."""
    categories: tuple[Category, ...] = ()
    contacts: tuple[Contact, ...] = ()
    """For questions of no category."""
    synonyms: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Language to groups of words that mean the same in this shop."""
    quality: dict[str, float] = field(default_factory=dict)
    """What `kb eval` demands of the golden questions: names of `kb.evaluation.DEMANDS` to shares, 0 to 1."""
    calibration: Calibration | None = None
    """From `calibration.yaml`."""
    reply_thresholds: dict[str, float] = field(default_factory=dict)
    """How sure an answer must be to be put into a draft: language, or `default`, to a chance, 0 to 1."""

    def category(self, slug: str) -> Category | None:
        return next((category for category in self.categories if category.slug == slug), None)

    def calibration_for(self, model: str) -> Calibration | None:
        """Return the calibration if it was made with this embedding model."""
        return self.calibration if self.calibration and self.calibration.model == model else None

    def reply_threshold(self, lang: str) -> float:
        """Return how sure an answer in `lang` must be to be put into a draft, 0 to 1."""
        return self.reply_thresholds.get(lang, self.reply_thresholds.get("default", REPLY_FROM))

    def link_title(self, name: str, lang: str) -> str:
        """Return the store's own title of a link in `lang`, else in its default language, else any; empty for none."""
        titles = self.link_titles.get(name, {})
        return titles.get(lang) or titles.get(self.default_language) or next(iter(titles.values()), "")

    def edit_link(self, article_id: str) -> str:
        """Return where an article's file is edited; empty when the store does not say."""
        return self.edit_url.replace("{path}", f"{article_id}.md")

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
    phrasings: tuple[str, ...] = ()
    """How customers put it; searched like questions, shown nowhere."""

    @property
    def lang(self) -> str:
        return self.id.split("/")[0]

    @property
    def category(self) -> str:
        return self.id.split("/")[1]

    @property
    def wordings(self) -> tuple[str, ...]:
        """
        How it is asked for, the title first, each once.

        The description too: what customers tell of themselves is often the answer's other half.
        """
        return tuple(dict.fromkeys(filter(None, (self.title, self.description, *self.questions, *self.phrasings))))

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
