"""
`/{lang}/feedback`: the buttons below an article, for browsers without JavaScript: thanks, and after a no: why not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from api.access import Access
from api.forms import TRAP, clean, form, known_query_id, read_form
from api.locale import catalogue
from api.pages.contacts import ContactView, contact_link, reachable_views
from api.pages.frame import Frame, frame
from api.pages.home import require_store_language
from api.pages.render import html, page
from api.rate_limits import Limit
from api.services import GivenServices, Services
from api.v1.feedback import MAX_COMMENT_CHARS, FeedbackIn, public_article, rate
from kb.article import Article
from kb.errors import InvalidRequest
from kb.records.entries import Reason

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """Given to feedback.html."""

    frame: Frame
    article: Article
    asks_why: bool
    contacts: tuple[ContactView, ...]
    """After a no."""
    contact_link: str
    query_id: str


@page("/{lang:str}/feedback", access=Access.PUBLIC)
async def feedback_page(
    lang: FromPath[str],
    services: GivenServices,
    article: FromQuery[str] = "",
    helpful: FromQuery[str] = YES,
    query_id: FromQuery[str] = "",
    told: FromQuery[str] = "",
) -> Response[str]:
    """Where the form leads to: nothing is recorded here."""
    require_store_language(services, lang)
    try:
        rated = public_article(services, article)
    except InvalidRequest as error:
        raise NotFoundException from error
    known = known_query_id(query_id) or ""
    no = helpful == NO
    shown = FeedbackPage(
        frame=frame(services, lang, catalogue(lang).gettext("Thank you")),
        article=rated,
        asks_why=no and not told,
        contacts=_contacts(services, rated) if no else (),
        contact_link=contact_link(lang, article=rated.id, category=rated.category, query_id=known),
        query_id=known,
    )
    return html("feedback.html", shown, headers={"X-Robots-Tag": "noindex"})


@form("/{lang:str}/feedback", access=Access.PUBLIC, limit=Limit.FEEDBACK)
async def give_feedback(request: Request[Any, Any, Any], lang: FromPath[str], services: GivenServices) -> Redirect:
    require_store_language(services, lang)
    fields = await read_form(request)
    given = _given(fields)
    rate(services, request, given)
    led = {"article": given.article_id, "helpful": YES if given.helpful else NO, "query_id": given.query_id or ""}
    if given.reason or given.comment:
        led["told"] = YES
    return Redirect(
        f"/{lang}/feedback?{urlencode({key: value for key, value in led.items() if value})}", status_code=303
    )


def _given(fields: dict[str, str]) -> FeedbackIn:
    """Raises InvalidRequest."""
    reason = fields.get("reason", "")
    if fields.get("helpful") not in {YES, NO} or reason not in {"", *Reason}:
        raise InvalidRequest("The form cannot be read.", "Send helpful (yes or no), and a reason of the page.")
    return FeedbackIn(
        article_id=fields.get("article_id", ""),
        helpful=fields["helpful"] == YES,
        query_id=known_query_id(fields.get("query_id", "")),
        reason=Reason(reason) if reason else None,
        comment=clean(fields.get("comment", ""))[:MAX_COMMENT_CHARS] or None,
        website=fields.get(TRAP) or None,
    )


def _contacts(services: Services, article: Article) -> tuple[ContactView, ...]:
    return reachable_views(services, article.category, article.lang)
