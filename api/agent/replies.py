"""`POST /api/v1/agent/replies`: a customer's message in, suggestions and a draft out."""

from __future__ import annotations

from typing import Annotated

from litestar import post
from litestar.params import JSONBody
from msgspec import Meta, Struct, field

from api.access import Access
from api.agent.reply_shapes import ReplyOut, reply_out
from api.rate_limits import Limit
from api.recording import record_suggestions
from api.services import GivenServices, Services
from kb.errors import InvalidRequest
from kb.variables import KNOWN, MAX_VALUE_CHARS

MAX_SUGGESTIONS = 10
# 20,000 characters of a message, each up to six bytes when escaped, and its variables.
MAX_BODY_BYTES = 256 * 1024


class ReplyIn(Struct, forbid_unknown_fields=False):
    """A message and what is known of the customer."""

    message: Annotated[str, Meta(description="As the customer wrote it; greeting, signature and quotes may stay.")]
    lang: Annotated[str | None, Meta(description="The customer's; null: it is detected.")] = None
    variables: dict[str, str] = field(default_factory=dict)
    agent_lang: str | None = None
    limit: int = 3
    tone: Annotated[str | None, Meta(description="neutral, apology or thanks; null: by the situation.")] = None


@post(
    "/api/v1/agent/replies",
    operation_id="suggest_replies",
    summary="Suggest replies to a message",
    access=Access.AGENT,
    limit=Limit.AGENT,
    status_code=200,
    request_max_body_size=MAX_BODY_BYTES,
)
async def replies(data: JSONBody[ReplyIn], services: GivenServices) -> ReplyOut:
    check(services, data)
    result = await services.knowledge.replies.suggest(
        data.message, data.lang, data.variables, data.limit, agent_lang=data.agent_lang, tone=data.tone
    )
    record_suggestions(services, result)
    return reply_out(result, data.agent_lang)


def check(services: Services, data: ReplyIn) -> None:
    """Raises UnknownLanguage, InvalidRequest; message and tone are checked by who reads them."""
    for lang in (data.lang, data.agent_lang):
        if lang is not None:
            services.checked_language(lang)
    if not 1 <= data.limit <= MAX_SUGGESTIONS:
        raise InvalidRequest(f"limit is {data.limit}.", f"Give a number from 1 to {MAX_SUGGESTIONS}.")
    unknown = sorted(data.variables.keys() - KNOWN)
    if unknown:
        raise InvalidRequest(
            f"The variable {unknown[0][:60]!r} is not known.", f"Known are: {', '.join(sorted(KNOWN))}."
        )
    long = [name for name, value in data.variables.items() if len(value) > MAX_VALUE_CHARS]
    if long:
        raise InvalidRequest(f"{long[0]} has more than {MAX_VALUE_CHARS} characters.", "Shorten it.")
