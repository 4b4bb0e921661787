"""`/agent`: a customer's message in; questions, approved texts, notes and one reply out. Complete without a script."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.enums import RequestEncodingType
from litestar.params import Body

from api import locale
from api.access import Access
from api.agent.replies import MAX_BODY_BYTES
from api.agent.reply_shapes import reply_out
from api.desk.frame import DeskFrame, desk_frame, desk_page
from api.desk.reply_view import FILLED_BY_THE_STORE, USUAL, ReplyView, reply_view
from api.pages.render import page
from api.rate_limits import Limit
from api.recording import record_suggestions
from api.services import GivenServices, Services
from kb.composing.tones import known_tones
from kb.errors import InvalidQuestion
from kb.messages import MAX_MESSAGE_CHARS
from kb.variables import KNOWN, MAX_VALUE_CHARS
from kb.words import foreign_language

# Two of a kind beside the first: enough to choose from, and the page stays short.
SUGGESTIONS = 3
VARIABLE = "var."
"""Begins the names of the form's fields that hold variables."""
WAS = "was."
"""Begins those that hold what stood in them when the page was made."""

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@dataclass(frozen=True, slots=True)
class ConsolePage:
    """Given to agent_console.html."""

    frame: DeskFrame
    message: str
    message_lang: str
    """As chosen; empty to have it detected."""
    tone: str
    """As chosen; empty: by the message."""
    tones: tuple[str, ...]
    """That a reply of the store can have."""
    asked: str
    """Of the message that the fields are filled for: sent along without a script, where nothing else tells."""
    problem: str
    """Why the message could not be read: `empty`, `long`, or nothing."""
    result: ReplyView | None
    values: dict[str, str]
    wanted: tuple[str, ...]
    """The variables whose fields are shown at once; the others appear when a text with them is used."""
    variables: tuple[str, ...]
    max_chars: int = MAX_MESSAGE_CHARS
    max_value_chars: int = MAX_VALUE_CHARS


@page("/agent", access=Access.AGENT, limit=Limit.AGENT)
async def console(request: Request[Any, Any, Any], services: GivenServices) -> Response[str]:
    return desk_page("agent_console.html", _page(services, request, {}), request)


@post(
    "/agent",
    access=Access.AGENT,
    limit=Limit.AGENT,
    form=True,
    include_in_schema=False,
    status_code=200,
    # A character of four bytes is twelve in a form.
    request_max_body_size=2 * MAX_BODY_BYTES,
)
async def ask(request: Request[Any, Any, Any], data: Form, services: GivenServices) -> Response[str]:
    message = data.get("message", "")
    try:
        result = await _result(services, request, message, data)
    except InvalidQuestion:
        problem = "long" if len(message) > MAX_MESSAGE_CHARS else "empty"
        return desk_page("agent_console.html", _page(services, request, data, problem=problem), request, status=400)
    return desk_page("agent_console.html", _page(services, request, data, result), request)


async def _result(
    services: Services, request: Request[Any, Any, Any], message: str, data: Mapping[str, str]
) -> ReplyView:
    lang = data.get("message_lang") or None
    if lang:
        services.checked_language(lang)
    given = variables(data)
    reader = desk_frame(services, request).lang
    # A form ends its lines as it is sent: a customer's are counted and compared as they were pasted.
    result = await services.knowledge.replies.suggest(
        message.replace("\r\n", "\n"),
        lang,
        given,
        SUGGESTIONS,
        agent_lang=reader,
        tone=data.get("tone") or None,
    )
    record_suggestions(services, result)
    answer = msgspec.to_builtins(reply_out(result, reader))
    foreign = "" if lang else foreign_language(message, result.lang)
    name = locale.language_name(foreign, reader) if foreign else ""
    return reply_view(answer, services.knowledge.desk().approved, given, name)


def variables(data: Mapping[str, str]) -> dict[str, str]:
    """
    Return the variables that a form holds; what is no variable of ours is left out, a long value is cut.

    Those of the customer before do not get into the next one's reply.
    """
    found = {name.removeprefix(VARIABLE): value.strip() for name, value in data.items() if name.startswith(VARIABLE)}
    asked = data.get("asked")
    if asked and asked != message_mark(data.get("message", "")):
        found = {name: value for name, value in found.items() if name == "agent.name" or value != data.get(WAS + name)}
    return {name: value[:MAX_VALUE_CHARS] for name, value in found.items() if name in KNOWN and value}


def message_mark(message: str) -> str:
    """Return what tells one message from another."""
    return hashlib.sha256(" ".join(message.split()).encode()).hexdigest()[:16]


def _tones(services: Services) -> tuple[str, ...]:
    if not services.knowledge.has_live():
        return ()
    return tuple(known_tones(services.knowledge.desk().approved.supplements.values()))


def _page(
    services: Services,
    request: Request[Any, Any, Any],
    data: Mapping[str, str],
    result: ReplyView | None = None,
    problem: str = "",
) -> ConsolePage:
    wanted = result.wanted if result else USUAL
    message = data.get("message", "")
    return ConsolePage(
        frame=desk_frame(services, request),
        message=message[: MAX_MESSAGE_CHARS if problem else None],
        message_lang=data.get("message_lang", ""),
        tone=data.get("tone", ""),
        tones=_tones(services),
        asked=message_mark(message) if result else data.get("asked", ""),
        problem=problem,
        result=result,
        values=result.values if result else variables(data),
        wanted=wanted,
        variables=(*wanted, *sorted(KNOWN - {*wanted, FILLED_BY_THE_STORE})),
    )
