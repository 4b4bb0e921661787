"""`GET /api/v1/editor/publishing`: what is live, and how the last publish ended."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.concurrency import sync_to_thread
from msgspec import Meta, Struct

from api.access import Access
from api.rate_limits import Limit
from api.services import GivenServices, Services
from indexer.outcome import read_outcome
from kb.edition import EditionShelf
from kb.errors import EditionMissing


class ProblemOut(Struct):
    """One thing to mend."""

    path: str
    line: int
    code: str
    severity: str
    message: str
    hint: str


class PublishingOut(Struct):
    """Where the editors' work stands."""

    edition: str
    public_edition: str
    commit: Annotated[str, Meta(description="Of the articles' repository; `+` at its end: with files not committed.")]
    published_at: str
    state: Annotated[str, Meta(description="published, publishing, or the code of what ended the last publish.")]
    at: str
    message: Annotated[str, Meta(description="What went wrong, with path and line, or how far it is.")]
    problems: list[ProblemOut]


@get(
    "/api/v1/editor/publishing",
    operation_id="publishing",
    summary="What is live, and how the last publish ended",
    access=Access.EDITOR,
    limit=Limit.AGENT,
)
async def publishing(services: GivenServices) -> PublishingOut:
    return await sync_to_thread(_publishing, services)


def _publishing(services: Services) -> PublishingOut:
    outcome = read_outcome(services.settings.data)
    if outcome is None:
        raise EditionMissing("Nothing has been published yet.", "Run `kb index`, or wait for the first publish to end.")
    live = services.knowledge.live() if services.knowledge.has_live() else None
    info = EditionShelf(services.settings.data).info(live.edition) if live else None
    return PublishingOut(
        edition=live.edition if live else "",
        public_edition=live.public.edition if live else "",
        commit=info.commit if info else "",
        published_at=info.published_at if info else "",
        state=outcome.state,
        at=outcome.at,
        message=outcome.message,
        problems=[ProblemOut(p.path, p.line, p.code, p.severity.value, p.message, p.hint) for p in outcome.problems],
    )
