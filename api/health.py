"""`/healthz` says that the process lives, `/readyz` that it can answer, and how well."""

from __future__ import annotations

from litestar import Response, get
from msgspec import Struct

from api.access import Access
from api.services import GivenServices
from kb.errors import EditionMissing


class Ready(Struct):
    """How well the service can answer."""

    status: str
    mode: str
    edition: str


@get("/healthz", operation_id="alive", summary="The process lives", access=Access.PUBLIC)
async def healthz() -> dict[str, str]:
    return {"status": "alive"}


@get("/readyz", operation_id="ready", summary="It can answer, and in which mode", access=Access.PUBLIC)
async def readyz(services: GivenServices) -> Response[Ready]:
    if not services.knowledge.has_live():
        raise EditionMissing("Nothing has been published yet.", "Run `kb index`, or wait for the first publish to end.")
    mode = await services.knowledge.mode()
    return Response(Ready("ready", mode.value, services.knowledge.live().public.edition))
