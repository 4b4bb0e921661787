"""The nouns of a reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kb.answers import Outcome
from kb.article import Article, Phrases, Supplement
from kb.messages import Message
from kb.search import View
from kb.solutions import Solution


@dataclass(frozen=True, slots=True)
class Approved:
    """The texts of an edition that drafts are made from."""

    supplements: Mapping[str, Supplement]
    phrases: Mapping[str, Phrases]
    solutions: tuple[Solution, ...] = ()
    """For the agent's eyes only."""


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a reply to one message is chosen by."""

    message: Message
    values: Mapping[str, str]
    """Of variables."""
    view: View
    approved: Approved
    now: datetime
    """At the store."""
    public_url: str
    limit: int = 3
    tone: str | None = None
    """What the agent wishes; None: by the situation."""
    agent_lang: str | None = None

    @property
    def phrases(self) -> Phrases:
        return self.approved.phrases.get(self.message.lang, Phrases())

    @property
    def threshold(self) -> float:
        """How sure an answer must be for the draft, 0 to 1."""
        return self.view.corpus.store.reply_threshold(self.message.lang)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a suggestion comes from."""

    article_id: str
    title: str
    url: str
    quote: str
    edition: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An article, in short."""

    article_id: str
    title: str
    description: str
    url: str

    @classmethod
    def of(cls, article: Article, description: str = "") -> Reading:
        return cls(article.id, article.title, description or article.description, article.url)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One approved text that may answer one question."""

    suggestion_id: str
    article_id: str
    title: str
    url: str
    text: str
    html: str
    tone: str
    """Of `text`; `neutral` when it was written for every message."""
    tones: tuple[str, ...]
    """In which the article's text exists."""
    confidence: float
    sources: tuple[Source, ...]
    unfilled: tuple[str, ...]
    internal_notes: tuple[str, ...]
    translations: dict[str, str]
    """Language to article id of its siblings."""
    agent_reading: Reading | None
    """The same in the agent's language; None when there is none, or no language was named."""
    missing_translation: bool
    """It does not exist in the customer's language: for the agent to read, not to send."""
    solutions: tuple[Solution, ...]
    """What may be offered, as far as the message tells."""


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """A question and what may answer it, best first."""

    text: str
    outcome: Outcome
    """`answer`: the first suggestion goes into the draft."""
    suggestions: tuple[Suggestion, ...]
    nearest: tuple[Reading, ...] = ()
    """When nothing is sure enough: where to look."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One reply to the whole message."""

    text: str
    html: str
    unfilled: tuple[str, ...]
    sendable: bool
    """Every question has an answer and every variable a value."""
    suggestions: tuple[str, ...] = ()
    """Ids of those whose texts it is made of."""
    to_check: tuple[str, ...] = ()
    """Ids of those in it that are likely right, not surely: somebody should compare them first."""
    opening: str = ""
    closing: str = ""
    """The phrases around the answers; set without any answer too, for an agent who chooses a text by hand."""


NO_DRAFT = Draft("", "", (), sendable=False)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A text and its tone."""

    text: str
    tone: str
    tones: tuple[str, ...] = field(default=())
