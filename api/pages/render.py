"""Dataclass → HTML. Only importer of jinja2."""

from __future__ import annotations

import hashlib
import re
from functools import cache, lru_cache, partial
from gettext import NullTranslations
from importlib import resources
from typing import Any, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response, route
from markupsafe import Markup, escape

from api import locale

# As the sanitiser writes them: attributes in double quotes, in which a > may stand.
_TAG = re.compile(r"(<(?:[^>\"]|\"[^\"]*\")*>)")
_SPAN = re.compile(r"\d[\d.,:]*–\d+(?:[.,:]\d+)*")
# A page answers GET, and HEAD as monitors and link checkers ask it; the server leaves the body out.
page = partial(route, http_method=["GET", "HEAD"], include_in_schema=False)


class Page(Protocol):
    """What every template needs: its frame."""

    @property
    def frame(self) -> Any: ...


@lru_cache(maxsize=64)
def _environment(strings: NullTranslations) -> Environment:
    """
    Return the environment of a catalogue.

    Kept, because each compiles its templates anew, 50 ms a page; and no overlay, because overlays share their globals,
    where the strings are found.
    """
    environment = Environment(
        loader=PackageLoader("api", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.globals["static"] = static_url
    environment.filters["day"] = locale.day
    environment.filters["number"] = locale.number
    environment.filters["whole_spans"] = whole_spans
    environment.install_gettext_translations(strings, newstyle=True)  # type: ignore[attr-defined]
    return environment


def whole_spans(text: str | Markup) -> Markup:
    """Return text or HTML whose spans of numbers (`2–5`) are not broken after the dash, as browsers do."""
    parts = _TAG.split(str(escape(text)))
    return Markup("").join(  # the parts were escaped, or are HTML already
        Markup(part if _TAG.fullmatch(part) else _SPAN.sub(r'<span class="whole">\g<0></span>', part))  # noqa: S704
        for part in parts
    )


def render(template: str, content: Page) -> str:
    """Return the HTML of a page; its strings come from the catalogue of its language."""
    return _environment(locale.catalogue(content.frame.lang)).get_template(template).render(page=content)


def html(template: str, content: Page, status: int = 200, headers: dict[str, str] | None = None) -> Response[str]:
    return Response(render(template, content), status_code=status, media_type="text/html", headers=headers or {})


@cache
def static_url(name: str) -> str:
    """Return the address of a static file with the hash of its content: it may be cached for ever."""
    content = (resources.files("api") / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"
