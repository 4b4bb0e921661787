"""The shapes of `/api/v1`: an allow-list, so that nothing internal gets out by being added to a class elsewhere."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from api.locale import catalogue
from api.pages.contacts import contact_views
from kb.search import Handoff, Hit, SearchResult


class HitOut(Struct):
    """One topic found."""

    article_id: str
    title: str
    snippet: Annotated[str, Meta(description="Safe HTML; <mark> is its only tag.")]
    url: str
    lang: str
    category: str
    score: Annotated[float, Meta(description="0 to 1; compares hits of one response only.")]


class AnswerOut(Struct):
    """Sentences of the article, word for word."""

    text: str
    article_id: str
    title: str
    url: str
    confidence: float


class OptionOut(Struct):
    """One of several subjects that may be meant."""

    label: str
    url: str
    category: str
    article_id: str


class ClarifyOut(Struct):
    """A question back."""

    question: str
    options: list[OptionOut]


class ContactOut(Struct):
    """A way to a human."""

    channel: str
    value: str
    hours: dict[str, str] | UnsetType = UNSET
    open_now: bool | UnsetType = UNSET


class HandoffOut(Struct):
    """Why, and to whom."""

    reason: str
    contacts: list[ContactOut]
    category: str | UnsetType = UNSET


class SearchOut(Struct):
    """What a question led to. While typing, outcome, confidence, answer, clarify and handoff are null."""

    query: str
    query_id: str
    lang: str
    mode: Annotated[str, Meta(description="hybrid, keyword (no vectors) or fallback (no engine).")]
    edition: str
    took_ms: float
    outcome: Annotated[str | None, Meta(description="answer, clarify or handoff.")]
    confidence: Annotated[float | None, Meta(description="0 to 1: the chance that the first hit answers the question.")]
    answer: AnswerOut | None
    clarify: ClarifyOut | None
    handoff: HandoffOut | None
    hits: list[HitOut]


def search_out(result: SearchResult, query_id: str) -> SearchOut:
    """Return a search as it is sent."""
    lang = result.question.asked_lang
    return SearchOut(
        query=result.question.text,
        query_id=query_id,
        lang=lang,
        mode=result.mode.value,
        edition=result.edition,
        took_ms=round(result.took_ms, 2),
        outcome=result.outcome.value if result.outcome else None,
        confidence=None if result.confidence is None else round(result.confidence, 4),
        answer=_answer(result),
        clarify=_clarify(result.clarify, lang) if result.clarify else None,
        handoff=handoff_out(result.handoff) if result.handoff else None,
        hits=[_hit(hit) for hit in result.hits],
    )


def _hit(hit: Hit) -> HitOut:
    article = hit.article
    return HitOut(article.id, article.title, hit.snippet, hit.url, article.lang, article.category, round(hit.score, 4))


def _answer(result: SearchResult) -> AnswerOut | None:
    answer = result.answer
    if answer is None:
        return None
    article = answer.hit.article
    return AnswerOut(answer.text, article.id, article.title, answer.hit.url, round(answer.confidence, 4))


def _clarify(hits: tuple[Hit, ...], lang: str) -> ClarifyOut:
    options = [OptionOut(hit.article.title, hit.url, hit.article.category, hit.article.id) for hit in hits]
    return ClarifyOut(catalogue(lang).gettext("Which of these do you mean?"), options)


def handoff_out(handoff: Handoff) -> HandoffOut:
    """Return a handoff as it is sent."""
    contacts = [
        ContactOut(view.channel, view.value, view.hours or UNSET, UNSET if view.open_now is None else view.open_now)
        for view in contact_views(handoff.contacts, handoff.at)
    ]
    return HandoffOut(handoff.reason.value, contacts, handoff.category or UNSET)
