"""`/media/{hash}/{name}`: images that customers may see; `/agent/media/…`: those that only agents' articles show."""

from __future__ import annotations

from litestar import Response
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from api.access import Access
from api.pages.render import page
from api.services import GivenServices
from kb.edition import Half
from kb.errors import EditionDamaged

# An address holds the hash of what it shows, so a browser never needs to ask again.
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
# An SVG that is opened by itself is a page of its own: it may run nothing, load nothing, and is of no origin.
SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'"}


@page("/media/{digest:str}/{name:str}", access=Access.PUBLIC, sync_to_thread=True)
def media(digest: FromPath[str], name: FromPath[str], services: GivenServices) -> Response[bytes]:
    return _image(services.knowledge.live().half, digest, name, FOR_EVER)


@page("/agent/media/{digest:str}/{name:str}", access=Access.AGENT, sync_to_thread=True)
def agent_media(digest: FromPath[str], name: FromPath[str], services: GivenServices) -> Response[bytes]:
    return _image(services.knowledge.desk().half, digest, name, {})


def _image(half: Half, digest: str, name: str, caching: dict[str, str]) -> Response[bytes]:
    """Return an image that the half itself lists; nothing of the address becomes part of a path."""
    found = next((image for image in half.texts.images if image.hash == digest and image.name == name), None)
    if found is None:
        raise NotFoundException
    path = half.image_path(found)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EditionDamaged(f"{path} cannot be read.", "Run `kb index --rebuild`.") from error
    return Response(content, media_type=found.type, headers={**caching, **SANDBOX})
