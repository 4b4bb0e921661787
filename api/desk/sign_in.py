"""
`/agent/sign-in` and `/agent/sign-out`: a key opens a session, and no page for staff is shown without one.

Who asks for such a page without a session gets the form in its place, and the page once the key is given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.concurrency import sync_to_thread
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from api.access import Access, check_role, holder_of_key, session_token
from api.desk.cookies import ended_cookies, session_cookie
from api.desk.frame import DeskFrame, desk_frame
from api.pages.render import page, render
from api.services import GivenServices, Services
from kb.errors import Forbidden, InvalidRequest, NotSignedIn, TooManyRequests

CONSOLE = "/agent"
# Pages of ours for staff and nothing else: a form that leads anywhere would lead to a page that looks like this one.
_NEXT = re.compile(r"/(agent|insights)(/[a-z0-9-]+){0,4}/?(\?[^\s\\]{0,300})?")
MAX_FORM_BYTES = 8 * 1024

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Given to agent_sign_in.html."""

    frame: DeskFrame
    next: str
    problem: str
    """What was wrong with the key that was sent: the code of an error; empty when none was sent."""


@post(
    "/agent/sign-in",
    access=Access.PUBLIC,
    form=True,
    include_in_schema=False,
    request_max_body_size=MAX_FORM_BYTES,
)
async def sign_in(request: Request[Any, Any, Any], data: Form, services: GivenServices) -> Response[str] | Redirect:
    wanted = safe_next(data.get("next", ""))
    if not data.get("key", "").strip():
        return Response(_form(services, request, wanted, InvalidRequest.code), status_code=400, media_type="text/html")
    try:
        holder = await holder_of_key(request, data.get("key", "").strip())
        check_role(holder, Access.AGENT)
    except (NotSignedIn, Forbidden, TooManyRequests) as error:
        return _refused(services, request, wanted, error)
    # A session that the browser came with is not taken on: somebody else may have put it there.
    await _end(services, session_token(request))
    hours = services.settings.session_hours
    token = await sync_to_thread(services.sessions.open, holder, hours)
    return Redirect(wanted, status_code=303, cookies=[session_cookie(request, token, hours)])


@page("/agent/sign-in", access=Access.PUBLIC)
async def sign_in_again() -> Redirect:
    """Who asks anew for the address that a refused form left behind gets the form."""
    return Redirect(CONSOLE, status_code=303)


@post(
    "/agent/sign-out",
    access=Access.PUBLIC,
    form=True,
    include_in_schema=False,
    request_max_body_size=MAX_FORM_BYTES,
)
async def sign_out(request: Request[Any, Any, Any], services: GivenServices) -> Redirect:
    await _end(services, session_token(request))
    return Redirect(CONSOLE, status_code=303, cookies=ended_cookies())


def sign_in_page(request: Request[Any, Any, Any]) -> str:
    """Return the form that is shown in place of a page for staff."""
    services: Services = request.app.state.services
    query = request.url.query if request.method in {"GET", "HEAD"} else ""
    return _form(services, request, safe_next(request.url.path + (f"?{query}" if query else "")), "")


def safe_next(path: str) -> str:
    """Return where to go after signing in: a page of ours for staff, else the console."""
    return path if _NEXT.fullmatch(path) and "/sign-" not in path else CONSOLE


async def _end(services: Services, token: str) -> None:
    if token:
        await sync_to_thread(services.sessions.end, token)


def _refused(
    services: Services, request: Request[Any, Any, Any], wanted: str, error: NotSignedIn | Forbidden | TooManyRequests
) -> Response[str]:
    status = {NotSignedIn: 401, Forbidden: 403, TooManyRequests: 429}[type(error)]
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooManyRequests) else {}
    form = _form(services, request, wanted, error.code)
    return Response(form, status_code=status, media_type="text/html", headers=headers)


def _form(services: Services, request: Request[Any, Any, Any], wanted: str, problem: str) -> str:
    frame = desk_frame(services, request, path=CONSOLE)
    return render("agent_sign_in.html", SignInPage(frame, wanted, problem))
