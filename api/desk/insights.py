"""`/insights`: what `kb insights` tells, for editors: what is missing, does not help, or is rewritten by agents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar import Request, Response
from litestar.concurrency import sync_to_thread
from litestar.params import FromQuery

from api.access import Access
from api.desk.frame import DeskFrame, desk_frame, desk_page
from api.pages.render import page
from api.rate_limits import Limit
from api.services import GivenServices, Services
from kb.errors import EmbeddingUnavailable
from kb.insights import Gap, gaps
from kb.records.insights import Findings, Wording, findings
from kb.records.records import utc_now

PERIODS = (7, 30, 90)
# Each is embedded while the page is waited for, between the questions of customers; the next time it is remembered.
GROUPED_WORDINGS = 100
SHOWN = 20
# An editor would rather wait than see each wording alone.
PATIENCE = 4.0


@dataclass(frozen=True, slots=True)
class InsightsPage:
    """Given to agent_insights.html."""

    frame: DeskFrame
    days: int
    periods: tuple[int, ...]
    lang: str
    found: Findings
    gaps: tuple[Gap, ...]
    is_cut: bool
    """There are more questions than are shown."""
    shown: int = SHOWN


@page("/insights", access=Access.EDITOR, limit=Limit.AGENT)
async def insights_page(
    request: Request[Any, Any, Any], services: GivenServices, days: FromQuery[int] = 30, lang: FromQuery[str] = ""
) -> Response[str]:
    frame = desk_frame(services, request)
    period = days if days in PERIODS else 30
    chosen = lang if lang in dict(frame.searchable) else ""
    since = utc_now() - timedelta(days=period)
    found = await sync_to_thread(findings, services.settings, since, chosen or None)
    compared = await _grouped(services, found.unanswered[:GROUPED_WORDINGS])
    content = InsightsPage(
        frame=frame,
        days=period,
        periods=PERIODS,
        lang=chosen,
        found=found,
        gaps=compared[:SHOWN],
        is_cut=len(compared) > SHOWN or len(found.unanswered) > GROUPED_WORDINGS,
    )
    return desk_page("agent_insights.html", content, request)


async def _grouped(services: Services, wordings: tuple[Wording, ...]) -> tuple[Gap, ...]:
    """One by one through the thread that customers' questions go through: none of them waits for more than one."""
    of = services.knowledge.vectors.of
    try:
        vectors = [await of(each.text, PATIENCE) for each in wordings]
    except EmbeddingUnavailable:
        return gaps(wordings, None)
    return gaps(wordings, vectors, services.knowledge.vectors.model)
