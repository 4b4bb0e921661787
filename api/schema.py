"""`/schema`: what the JSON interface takes and gives, the same on every surface."""

from __future__ import annotations

from functools import cache
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.serialization import encode_json
from litestar.types import ControllerRouterHandler

from api.access import Access

VERSION = "0.1.0"
MEDIA_TYPE = "application/vnd.oai.openapi+json"


@get(["/schema", "/schema/openapi.json"], include_in_schema=False, access=Access.PUBLIC)
async def schema(request: Request[Any, Any, Any]) -> Response[bytes]:
    return Response(request.app.state.schema, media_type=MEDIA_TYPE)


@cache
def described(handlers: tuple[ControllerRouterHandler, ...]) -> bytes:
    """Return the OpenAPI document of all `handlers`, whether this process serves them or not."""
    # An application that answers nothing: the document is made of routes, and each surface has only its own.
    whole = Litestar(
        route_handlers=handlers,
        dependencies={"services": Provide(_nothing, sync_to_thread=False)},
        openapi_config=OpenAPIConfig(title="faq-kb", version=VERSION, path="/-"),
        logging_config=None,
    )
    return encode_json(whole.openapi_schema.to_schema())


def _nothing() -> None:
    """Stands where an application has its parts."""
