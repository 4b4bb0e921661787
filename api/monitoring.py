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
from indexer.outcome import read_outcome
from kb.breaker import Breaker

PATH = "/metrics"

Values = dict[tuple[str, ...], float]


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
    age = datetime.now(UTC) - datetime.fromisoformat(live.published_at)
    yield gauge("kb_edition_age_seconds", "Since it was published.", {(): age.total_seconds()})


def ready(services: Services) -> Iterable[Metric]:
    yield gauge("kb_ready", "1 when there is an edition to answer from.", {(): float(services.knowledge.has_live())})


def parts(services: Services) -> Iterable[Metric]:
    """Whether the engine and the model are asked at all: an open breaker is why `mode` is not hybrid."""
    knowledge = services.knowledge
    breakers: dict[tuple[str, ...], Breaker] = {
        ("engine",): knowledge.engine.breaker,
        ("model",): knowledge.vectors.breaker,
    }
    opened: Values = {part: float(breaker.is_open) for part, breaker in breakers.items()}
    times: Values = {part: float(breaker.times_opened) for part, breaker in breakers.items()}
    yield gauge("kb_part_down", "1 while a part has failed several times and is left alone.", opened, ("part",))
    yield gauge("kb_part_failures", "How often that began since the start.", times, ("part",))


def publishing(services: Services) -> Iterable[Metric]:
    """Whether the last publish failed; a process for customers does not look at what editors are told."""
    outcome = read_outcome(services.settings.data) if services.settings.surface != "public" else None
    if outcome:
        yield gauge("kb_publish_failed", "1 when the last publish failed.", {(): float(outcome.failed)})


def records(services: Services) -> Iterable[Metric]:
    """What waits to be written, and what was given up."""
    states = services.records.states()
    waiting: Values = {(name,): float(state.waiting) for name, state in states.items()}
    dropped: Values = {(name,): float(state.dropped) for name, state in states.items()}
    failing: Values = {(name,): float(state.failing_since is not None) for name, state in states.items()}
    yield gauge("kb_records_waiting", "Records that are not written yet.", waiting, ("database",))
    yield gauge("kb_records_dropped", "Records given up since the start.", dropped, ("database",))
    yield gauge("kb_records_failing", "1 while a database cannot be written.", failing, ("database",))


def messages(services: Services) -> Iterable[Metric]:
    """What customers wrote and nobody has taken yet, as far as this process knows."""
    if services.deliverer is None:
        return
    state = services.deliverer.state()
    oldest = state.backlog.oldest
    age = (datetime.now(UTC) - oldest.replace(tzinfo=UTC)).total_seconds() if oldest else 0.0
    yield gauge("kb_messages_waiting", "Messages of customers not delivered yet.", {(): float(state.backlog.waiting)})
    yield gauge("kb_messages_oldest_seconds", "How long the oldest of them has waited.", {(): age})
    yield gauge("kb_messages_delivered", "Delivered since the start.", {(): float(state.delivered)})
    yield gauge("kb_messages_failing", "1 while nothing can be delivered.", {(): float(bool(state.failing_since))})


FAMILIES: tuple[Callable[[Services], Iterable[Metric]], ...] = (edition, ready, parts, records, messages, publishing)
"""One function per subject: add yours here."""
