"""`/metrics`: the counters, and how the parts of the service are at this moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException

from api.access import Access
from api.clients import client_address
from api.metrics import MEDIA_TYPE, Metric, gauge
from api.services import GivenServices, Services

PATH = "/metrics"


@get(PATH, include_in_schema=False, access=Access.PUBLIC)
async def metrics(request: Request[Any, Any, Any], services: GivenServices) -> Response[bytes]:
    """For the networks that KB_METRICS_FROM names; to others there is nothing here."""
    settings = services.settings
    client = client_address(request.scope, settings.trusted_networks)
    if client is None or not any(client in network for network in settings.metrics_networks):
        raise NotFoundException
    text = services.metrics.text(partial(family, services) for family in FAMILIES)
    return Response(text, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def edition(services: Services) -> Iterable[Metric]:
    """The live edition by the id of its public half, which customers see too; and how old it is."""
    if not services.knowledge.has_live():
        return
    live = services.knowledge.live()
    yield gauge("kb_edition_info", "The live edition.", {(live.public.edition,): 1}, ("edition",))
    if not live.edition.info.published_at:
        return
    age = datetime.now(UTC) - datetime.fromisoformat(live.edition.info.published_at)
    yield gauge("kb_edition_age_seconds", "Since it was published.", {(): age.total_seconds()})


def ready(services: Services) -> Iterable[Metric]:
    yield gauge("kb_ready", "1 when there is an edition to answer from.", {(): float(services.knowledge.has_live())})


FAMILIES: tuple[Callable[[Services], Iterable[Metric]], ...] = (edition, ready)
"""One function per subject: add yours here."""
