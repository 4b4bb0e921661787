"""`POST /api/v1/agent/suggestions/{suggestion_id}/outcome`: what an agent did with a suggestion."""

from __future__ import annotations

import re
from typing import Annotated

from litestar import post
from litestar.concurrency import sync_to_thread
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from api.access import Access
from api.rate_limits import Limit
from api.services import GivenServices
from api.v1.feedback import AcceptedOut
from kb.errors import InvalidRequest, RecordsUnavailable
from kb.messages import MAX_MESSAGE_CHARS
from kb.records.entries import Decided, Verdict
from kb.records.records import utc_now

# As for messages: each character may take six bytes when escaped.
MAX_BODY_BYTES = 256 * 1024


class OutcomeIn(Struct):
    """What became of it; telling again replaces what was told before."""

    outcome: Verdict
    final_text: Annotated[str | None, Meta(description="What was sent, when it is not the suggestion itself.")] = None
    suggested_text: Annotated[
        str | None,
        Meta(
            description="The suggestion with its variables filled, as the agent began to change it; compared, not kept."
        ),
    ] = None


@post(
    "/api/v1/agent/suggestions/{suggestion_id:str}/outcome",
    operation_id="suggestion_outcome",
    summary="Say what became of a suggestion",
    access=Access.AGENT,
    limit=Limit.AGENT,
    status_code=202,
    request_max_body_size=MAX_BODY_BYTES,
)
async def outcome(suggestion_id: FromPath[str], data: JSONBody[OutcomeIn], services: GivenServices) -> AcceptedOut:
    agents = services.records.agents
    if agents is None:
        raise RecordsUnavailable("This process keeps no records of agents.", "Ask the one that suggests replies.")
    for name, text in (("final_text", data.final_text), ("suggested_text", data.suggested_text)):
        if text is not None and len(text) > MAX_MESSAGE_CHARS:
            raise InvalidRequest(f"{name} has {len(text)} characters, more than {MAX_MESSAGE_CHARS}.", "Shorten it.")
    is_ours = re.fullmatch(r"[0-9a-f]{32}", suggestion_id) is not None
    if not is_ours or not await sync_to_thread(agents.knows, suggestion_id):
        raise NotFoundException("There is no such suggestion.")
    # A name that was filled in is no change of the agent's: the page knows the text with it, we only without.
    suggested = data.suggested_text or agents.text_of(suggestion_id)
    agents.decided(Decided(suggestion_id, utc_now(), data.outcome, data.final_text, suggested))
    return AcceptedOut()
