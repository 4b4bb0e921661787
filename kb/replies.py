"""
The agent's journey: message → questions → for each the same search as a customer's, over internal texts too → one
draft.

Every sentence of a draft stands in the repository: a phrase, a `:::reply` block, or sentences of a customer article.
Internal texts go to `internal_notes` and `sources` only.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kb.answers import Outcome
from kb.article import Article, Audience, Phrases, Reply, Supplement
from kb.excerpts import answer_text
from kb.messages import NEUTRAL, Asked, Message, read_message
from kb.query import Question
from kb.search import Handoff, Hit, Mode, Search, SearchResult, View
from kb.variables import Filled, blanks, fill

# A situation to the tone of the reply block that suits it; the first block stands in where there is none.
TONES = {"delay": "apology", "damage": "apology", "anger": "apology", "follow_up": "apology", "thanks": "thanks"}
ARTICLE_SENTENCES_WORDS = 80
SOURCE_QUOTE_WORDS = 30
# "I sent the parcel back, and nothing has reached my card" is a little nearer to late parcels than to the refund that
# the next sentence asks for (score .52 and .47). What a question does not speak of had half the score of the first hit.
SPOKEN_OF_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Source:
    """Where a suggestion comes from."""

    article_id: str
    title: str
    url: str
    quote: str
    edition: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One approved text that may answer one question."""

    suggestion_id: str
    article_id: str
    text: str
    confidence: float
    sources: tuple[Source, ...]
    unfilled: tuple[str, ...]
    internal_notes: tuple[str, ...]
    translations: dict[str, str]
    """Language to article id of its siblings."""


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """A question and what may answer it, best first."""

    text: str
    outcome: Outcome
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """One reply to the whole message."""

    text: str
    unfilled: tuple[str, ...]
    sendable: bool
    """Every question has an answer and every variable a value."""


@dataclass(frozen=True, slots=True)
class ReplyResult:
    """What an agent gets for a message."""

    message_id: str
    lang: str
    situation: str
    mode: Mode
    edition: str
    questions: tuple[QuestionGroup, ...]
    draft: Draft
    handoff: Handoff | None
    """Set when a question has no answer here."""


@dataclass(frozen=True, slots=True)
class Approved:
    """The texts of an edition that drafts are made from."""

    supplements: Mapping[str, Supplement]
    phrases: Mapping[str, Phrases]


class Replies:
    """Suggests replies; works for agents only."""

    def __init__(
        self,
        search: Search,
        view: Callable[[], View],
        approved: Callable[[], Approved],
        today: Callable[[], date],
        public_url: Callable[[], str],
    ) -> None:
        self._search = search
        self._view = view
        self._approved = approved
        self._today = today
        self._public_url = public_url

    async def suggest(self, text: str, lang: str | None, variables: Mapping[str, str], limit: int = 3) -> ReplyResult:
        """Return suggestions and a draft. Raises InvalidQuestion, EditionMissing."""
        view, approved = self._view(), self._approved()
        message = read_message(text, lang, view.corpus.store.default_language)
        values = {"store.name": view.corpus.store.name, "order.number": message.order_number, **variables}
        found = [(asked, await self._find(asked, message)) for asked in message.questions]
        found += _unanswered(found, [(told, await self._find(told, message)) for told in message.told])
        groups = [
            self._group(asked, result, message, values, view, approved, limit) for asked, result in _distinct(found)
        ]
        handed_on = [result.handoff for _, result in found if result.handoff]
        return ReplyResult(
            message_id=uuid.uuid4().hex,
            lang=message.lang,
            situation=message.situation,
            mode=max((result.mode for _, result in found), key=list(Mode).index),
            edition=view.edition,
            questions=tuple(groups),
            draft=self._draft(groups, message, values, approved.phrases.get(message.lang, Phrases())),
            handoff=handed_on[0] if handed_on else None,
        )

    async def _find(self, asked: Asked, message: Message) -> SearchResult:
        """Return what the wording with the surest answer finds."""
        results = [await self._search.find(Question.parse(wording, message.lang)) for wording in asked.wordings]
        return max(results, key=lambda result: result.confidence or 0.0)

    def _group(
        self,
        asked: Asked,
        result: SearchResult,
        message: Message,
        values: Mapping[str, str],
        view: View,
        approved: Approved,
        limit: int,
    ) -> QuestionGroup:
        public = [hit for hit in result.hits if hit.article.audience is Audience.CUSTOMER][:limit]
        internal = [hit for hit in result.hits[:limit] if hit.article.audience is Audience.AGENT]
        chances = _chances(result)
        suggestions = [
            self._suggestion(
                hit,
                _answer_from(result, hit),
                chances[hit.article.id],
                internal if place == 0 else [],
                message,
                values,
                view,
                approved,
            )
            for place, hit in enumerate(public)
        ]
        return QuestionGroup(asked.text, _outcome(result), tuple(suggestions))

    def _suggestion(
        self,
        hit: Hit,
        answer: str,
        chance: float,
        internal: Sequence[Hit],
        message: Message,
        values: Mapping[str, str],
        view: View,
        approved: Approved,
    ) -> Suggestion:
        article = hit.article
        supplement = approved.supplements.get(article.id, Supplement(article.id))
        filled = fill(_approved_text(article, supplement, message.situation, answer), values)
        siblings = view.corpus.translations(article.topic, self._today())
        return Suggestion(
            suggestion_id=uuid.uuid4().hex,
            article_id=article.id,
            text=filled.text,
            confidence=chance,
            sources=tuple(_source(each, view.edition) for each in (hit, *internal)),
            unfilled=filled.unfilled,
            internal_notes=(*supplement.notes, *(_note(each.article) for each in internal)),
            translations={lang: each.id for lang, each in siblings.items() if lang != article.lang},
        )

    def _draft(
        self, groups: Sequence[QuestionGroup], message: Message, values: Mapping[str, str], phrases: Phrases
    ) -> Draft:
        answered = [
            group.suggestions[0]
            for group in groups
            if group.outcome is not Outcome.HANDOFF
            and group.suggestions
            # A text in another language than the customer's is for the agent to read, not to send.
            and group.suggestions[0].article_id.startswith(f"{message.lang}/")
        ]
        if not answered:
            return Draft("", (), sendable=False)
        opening = fill(_phrase(phrases.openings, message.situation), values)
        closing = fill(_phrase(phrases.closings, message.situation), values)
        parts = [opening.text, *(self._paragraph(each) for each in answered), closing.text]
        unfilled = _together(opening, closing, answered)
        complete = len(answered) == len(groups) and all(group.outcome is Outcome.ANSWER for group in groups)
        return Draft("\n\n".join(filter(None, parts)), unfilled, sendable=complete and not unfilled)

    def _paragraph(self, suggestion: Suggestion) -> str:
        # Without the section: an anchor in Cyrillic is cut off or turned into a line of percent signs by mail programs.
        source = suggestion.sources[0]
        # Nor where the store has no address yet: a path alone leads nowhere from a mail.
        link = f"\n{self._public_url()}/{source.article_id}" if _is_web_address(self._public_url()) else ""
        return f"{suggestion.text}\n\n{source.title}{link}" if link else suggestion.text


def _is_web_address(url: str) -> bool:
    """Whether it is one that can be followed; what is still to be filled in is none."""
    return url.startswith(("https://", "http://")) and not blanks(url)


def _distinct(found: Sequence[tuple[Asked, SearchResult]]) -> list[tuple[Asked, SearchResult]]:
    """Two sentences that are answered by the same article are one question, asked twice."""
    kept: dict[str, tuple[Asked, SearchResult]] = {}
    for asked, result in found:
        answered = result.outcome is Outcome.ANSWER and result.hits
        key = result.hits[0].article.topic if answered else asked.text
        kept.setdefault(key, (asked, result))
    return list(kept.values())


def _unanswered(
    found: Sequence[tuple[Asked, SearchResult]], told: Sequence[tuple[Asked, SearchResult]]
) -> list[tuple[Asked, SearchResult]]:
    """Return the troubles that no question of the message speaks of: a reply that passes them over must not be sent."""
    spoken_of = {hit.article.topic for _, result in found for hit in result.hits[:1]}
    return [each for each in told if not spoken_of & _nearest_topics(each[1].hits)]


def _nearest_topics(hits: Sequence[Hit]) -> set[str]:
    return {hit.article.topic for hit in hits if hit.score >= SPOKEN_OF_SHARE * hits[0].score}


def _outcome(result: SearchResult) -> Outcome:
    """
    Return the outcome for the customer's texts.

    How sure the search is holds for its first hit. Is that an article for agents only, the customer's articles behind
    it are for the agent to choose from.
    """
    outcome = result.outcome or Outcome.HANDOFF
    is_internal = bool(result.hits) and result.hits[0].article.audience is Audience.AGENT
    return Outcome.CLARIFY if is_internal and outcome is Outcome.ANSWER else outcome


def _chances(result: SearchResult) -> dict[str, float]:
    """Return article id → chance: the confidence for the first hit, what that leaves for the others by their scores."""
    first = result.confidence or 0.0
    total = sum(hit.score for hit in result.hits[1:]) or 1.0
    chances = {hit.article.id: min(first, (1 - first) * hit.score / total) for hit in result.hits}
    return {**chances, **{hit.article.id: first for hit in result.hits[:1]}}


def _note(article: Article) -> str:
    return f"{article.title} {article.description}".strip()


def _answer_from(result: SearchResult, hit: Hit) -> str:
    """Return the sentences of the hit's article that answer the question; empty where no answer was sure enough."""
    return result.answer.text if result.answer and result.answer.hit.article.id == hit.article.id else ""


def _approved_text(article: Article, supplement: Supplement, situation: str, answer: str) -> str:
    """Return the `:::reply` whose tone fits, else the first, else what of the article answers, else its beginning."""
    wanted = TONES.get(situation, "")
    fitting: list[Reply] = [reply for reply in supplement.replies if wanted and reply.tone == wanted]
    chosen = (fitting or list(supplement.replies))[:1]
    if chosen:
        return chosen[0].text
    return answer or answer_text(article.text, ARTICLE_SENTENCES_WORDS)


def _source(hit: Hit, edition: str) -> Source:
    section = next((s for s in hit.article.sections if s.anchor == hit.anchor), None)
    quote = answer_text(section.text, SOURCE_QUOTE_WORDS) if section else hit.article.description
    return Source(hit.article.id, hit.article.title, hit.url, quote, edition)


def _phrase(bank: Mapping[str, Sequence[str]], situation: str) -> str:
    texts = bank.get(situation) or bank.get(NEUTRAL) or ()
    return texts[0] if texts else ""


def _together(opening: Filled, closing: Filled, answered: Sequence[Suggestion]) -> tuple[str, ...]:
    names = [*opening.unfilled, *(name for each in answered for name in each.unfilled), *closing.unfilled]
    return tuple(dict.fromkeys(names))
