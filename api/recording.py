"""What handlers hand over to the records, once their answer is made. None of it waits for a database, or can fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request

from api.services import Services
from kb.records.entries import Kind, Searched, Suggested
from kb.records.records import utc_now
from kb.replies import ReplyResult
from kb.search import SearchResult


@dataclass(frozen=True, slots=True)
class SearchAsked:
    """What a search was asked with, beside its question."""

    query_id: str
    category: str | None = None
    is_typing: bool = False


Record = Callable[[SearchAsked, SearchResult], None]


def record_customers_search(
    services: Services, request: Request[Any, Any, Any], asked: SearchAsked, result: SearchResult
) -> None:
    customers = services.records.customers
    if customers and customers.searches:
        customers.searches.add(_searched(services, asked, result), lambda: services.visitors.of(request.scope))


def record_agents_search(
    services: Services, request: Request[Any, Any, Any], asked: SearchAsked, result: SearchResult
) -> None:
    agents = services.records.agents
    if agents:
        agents.searches.add(_searched(services, asked, result), lambda: str(request.user.id))


def record_suggestions(services: Services, result: ReplyResult) -> None:
    agents = services.records.agents
    if agents:
        found = [(group.text, each) for group in result.questions for each in group.suggestions]
        at = utc_now()
        entries = [
            Suggested(
                suggestion_id=each.suggestion_id,
                message_id=result.message_id,
                at=at,
                lang=result.lang,
                question=question,
                article_id=each.article_id,
                confidence=each.confidence,
                edition=result.edition,
            )
            for question, each in found
        ]
        agents.suggested(entries, [each.text for _, each in found])


def _searched(services: Services, asked: SearchAsked, result: SearchResult) -> Searched:
    return Searched(
        query_id=asked.query_id,
        at=utc_now(),
        lang=result.question.asked_lang,
        text=result.question.text,
        kind=Kind.TYPED if asked.is_typing else Kind.FULL,
        category=_category(services, asked, result),
        mode=result.mode.value,
        outcome=result.outcome.value if result.outcome else None,
        confidence=result.confidence,
        top_article=result.hits[0].article.id if result.hits else None,
        hits=len(result.hits),
        edition=result.edition,
        took_ms=result.took_ms,
    )


def _category(services: Services, asked: SearchAsked, result: SearchResult) -> str | None:
    """Return the category asked for if there is one of that name: else it is any text, and may hold anything."""
    if asked.category is None:
        return None
    is_known = bool(result.hits) or services.store.category(asked.category) is not None
    return asked.category if is_known else None
