"""
The agent's journey: message → questions → for each the same search as a customer's, over internal texts too → one
draft.

Every sentence of a draft stands in the repository: a phrase, a `:::reply` block, or sentences of a customer article.
Internal texts go to `internal_notes`, `sources` and `solutions` only. The parts stand in `kb/composing/`.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kb.answers import Outcome, Reason
from kb.composing.drafts import draft_of
from kb.composing.parts import Approved, Case, Draft, QuestionGroup, Reading, Source, Suggestion
from kb.composing.suggestions import group_of, outcome_of
from kb.composing.tones import TONES, check_tone, tone_for
from kb.messages import Asked, Message, read_message
from kb.query import Question
from kb.reading.entities import Entity
from kb.search import Handoff, Hit, Mode, Search, SearchResult, View, Weighed

# "I sent the parcel back, and nothing has reached my card" is a little nearer to late parcels than to the refund that
# the next sentence asks for (score .52 and .47). What a question does not speak of had half the score of the first hit.
SPOKEN_OF_SHARE = 0.8

# Surer than this, a question needs no context. On the labelled messages .7 to .95 find the right article first for as
# many questions (within 1.5 of 100), and the lower takes fewer searches.
SURE_ALONE = 0.8

Found = Sequence[tuple[Asked, SearchResult]]


@dataclass(frozen=True, slots=True)
class ReplyResult:
    """What an agent gets for a message."""

    message_id: str
    lang: str
    situation: str
    tone: str
    mode: Mode
    edition: str
    entities: tuple[Entity, ...]
    questions: tuple[QuestionGroup, ...]
    left_out: int
    """How many further questions the message has; with any, the draft is no whole reply."""
    draft: Draft
    handoff: Handoff | None
    """Set when a question has no answer here."""


class Replies:
    """Suggests replies; works for agents only."""

    def __init__(
        self,
        search: Search,
        view: Callable[[], View],
        approved: Callable[[], Approved],
        now: Callable[[], datetime],
        public_url: Callable[[], str],
    ) -> None:
        """`now`: the time at the store."""
        self._search = search
        self._view = view
        self._approved = approved
        self._now = now
        self._public_url = public_url

    async def suggest(
        self,
        text: str,
        lang: str | None,
        variables: Mapping[str, str],
        limit: int = 3,
        *,
        agent_lang: str | None = None,
        tone: str | None = None,
    ) -> ReplyResult:
        """
        Return suggestions and a draft.

        `lang` is the customer's, None: it is detected. `tone` is what the agent wishes, None: by the situation. Raises
        InvalidQuestion, InvalidRequest (tone), EditionMissing.
        """
        view, approved = self._view(), self._approved()
        if tone is not None:
            check_tone(tone, approved.supplements.values())
        message = read_message(text, lang, view.corpus.store.default_language)
        values = {"store.name": view.corpus.store.name, **message.variables, **variables}
        case = Case(message, values, view, approved, self._now(), self._public_url(), limit, tone, agent_lang)
        found = await self._find_in_message(message)
        found += _unanswered(found, await self._find_alone(message.told, message.lang))
        return _result(case, sorted(found, key=lambda each: each[0].place))

    async def _find_in_message(self, message: Message) -> list[tuple[Asked, SearchResult]]:
        """Return what each question finds: alone, or where that is not sure, in its message."""
        questions = [Question.parse(each.searched, message.lang) for each in message.questions]
        weighed = list(await asyncio.gather(*map(self._search.weigh, questions)))
        if message.context and any(map(_is_unsure, weighed)):
            context = await self._search.weigh(Question.parse(message.context, message.lang))
            weighed = [self._in_message(alone, context, weighed) for alone in weighed]
        return [(each, self._search.result_of(known)) for each, known in zip(message.questions, weighed, strict=True)]

    async def _find_alone(self, told: Sequence[Asked], lang: str) -> list[tuple[Asked, SearchResult]]:
        """Return what each sentence finds by itself: in its message it would be about what is asked there."""
        results = await asyncio.gather(*(self._search.find(Question.parse(each.searched, lang)) for each in told))
        return list(zip(told, results, strict=True))

    def _in_message(self, alone: Weighed, context: Weighed, every: Sequence[Weighed]) -> Weighed:
        """Return a question weighed in its message, if alone it is unsure."""
        if not _is_unsure(alone):
            return alone
        both = self._search.within(alone, context)
        others = {each.first for each in every if each is not alone}
        if both.first in others:
            # The message is about another of its questions: no evidence of what this one asks.
            return replace(both, chances=alone.chances)
        return both


def _is_unsure(alone: Weighed) -> bool:
    return alone.chances.first_is_right < SURE_ALONE


def _result(case: Case, found: Found) -> ReplyResult:
    message = case.message
    groups = [group_of(case, asked, result) for asked, result in found]
    return ReplyResult(
        message_id=uuid.uuid4().hex,
        lang=message.lang,
        situation=message.situation,
        tone=case.tone or tone_for(message.situation),
        # Who only thanks asks nothing: nothing was searched, and nothing is missing.
        mode=max((result.mode for _, result in found), key=list(Mode).index, default=Mode.HYBRID),
        edition=case.view.edition,
        entities=message.entities,
        questions=tuple(groups),
        left_out=message.left_out,
        draft=draft_of(case, groups),
        handoff=_handoff(case, found),
    )


def _unanswered(found: Found, told: Found) -> Found:
    """Return the troubles that no question of the message speaks of: a reply that passes them over must not be sent."""
    spoken_of = {hit.article.topic for _, result in found for hit in result.hits[:1]}
    kept: list[tuple[Asked, SearchResult]] = []
    for asked, result in told:
        if not spoken_of & _nearest_topics(result.hits):
            kept.append((asked, result))
            spoken_of |= {hit.article.topic for hit in result.hits[:1]}
    return kept


def _nearest_topics(hits: Sequence[Hit]) -> set[str]:
    return {hit.article.topic for hit in hits if hit.score >= SPOKEN_OF_SHARE * hits[0].score}


def _handoff(case: Case, found: Found) -> Handoff | None:
    """Return the way to somebody who can answer the first question that has no sure answer here."""
    for _, result in found:
        if outcome_of(case, result) is not Outcome.ANSWER:
            return result.handoff or _handed_on(case, result)
    return None


def _handed_on(case: Case, result: SearchResult) -> Handoff:
    """The search was sure enough for a choice or for customers, and not for a draft."""
    category = result.hits[0].article.category if result.hits else None
    contacts = case.view.corpus.store.contacts_for(category, case.message.lang)
    return Handoff(Reason.NO_ANSWER, category, contacts, case.now)


__all__ = [
    "TONES",
    "Approved",
    "Draft",
    "QuestionGroup",
    "Reading",
    "Replies",
    "ReplyResult",
    "Source",
    "Suggestion",
]
