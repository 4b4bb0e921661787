"""`POST /api/v1/feedback`: whether an article helped."""

from __future__ import annotations

import re
from typing import Annotated, Any

from litestar import Request, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api.access import Access
from api.rate_limits import Limit
from api.services import GivenServices, Services
from kb.article import Article
from kb.errors import InvalidRequest
from kb.records.entries import Rated, Reason
from kb.records.records import utc_now

MAX_COMMENT_CHARS = 1000
MAX_BODY_BYTES = 16 * 1024


class FeedbackIn(Struct):
    """A visitor's word on an article; the last one of a day counts."""

    article_id: str
    helpful: bool
    query_id: Annotated[str | None, Meta(description="Of the search that led here.")] = None
    reason: Reason | None = None
    comment: Annotated[str | None, Meta(description="Up to 1000 characters; personal data in it is masked.")] = None
    website: Annotated[str | None, Meta(description="Leave it out: who fills it in is a robot.")] = None


class AcceptedOut(Struct):
    """It was heard."""

    accepted: bool = True


@post(
    "/api/v1/feedback",
    operation_id="feedback",
    summary="Say whether an article helped",
    status_code=202,
    access=Access.PUBLIC,
    limit=Limit.FEEDBACK,
    request_max_body_size=MAX_BODY_BYTES,
)
async def feedback(request: Request[Any, Any, Any], data: JSONBody[FeedbackIn], services: GivenServices) -> AcceptedOut:
    rate(services, request, data)
    return AcceptedOut()


def rate(services: Services, request: Request[Any, Any, Any], data: FeedbackIn) -> None:
    """Record a visitor's word; a robot's is dropped. Raises InvalidRequest, EditionMissing."""
    if data.website:
        return
    if data.comment is not None and len(data.comment) > MAX_COMMENT_CHARS:
        raise InvalidRequest(
            f"comment has {len(data.comment)} characters, more than {MAX_COMMENT_CHARS}.", "Shorten it."
        )
    require_query_id(data.query_id)
    article = public_article(services, data.article_id)
    customers = services.records.customers
    if customers:
        customers.rated(
            Rated(
                at=utc_now(),
                query_id=data.query_id,
                article_id=article.id,
                lang=article.lang,
                helpful=data.helpful,
                reason=data.reason,
                comment=data.comment,
                visitor=services.visitors.of(request.scope),
                edition=services.knowledge.live().public.edition,
            )
        )


def require_query_id(query_id: str | None) -> None:
    """Raises InvalidRequest for what is no id of a search; none at all is fine."""
    if query_id is not None and not re.fullmatch(r"[0-9a-f]{32}", query_id):
        raise InvalidRequest("query_id is none of ours.", "Send the query_id of a search, or leave it out.")


def public_article(services: Services, article_id: str) -> Article:
    """Return an article that customers can read. Raises InvalidRequest, EditionMissing."""
    # In the public half only: what is for agents is as unknown here as what does not exist.
    article = services.knowledge.live().public.corpus.article(article_id)
    if article is None or not article.is_valid_on(services.knowledge.today()):
        raise InvalidRequest(
            "There is no such article.", "Send the article_id of a search, or of an article's address."
        )
    return article
