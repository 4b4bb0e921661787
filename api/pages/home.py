"""`/` and `/{lang}/`: search in the middle, what there is below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from api.access import Access
from api.locale import catalogue
from api.pages.frame import Frame, frame, shown
from api.pages.render import html, page
from api.services import GivenServices, Services
from kb.article import Article

ARTICLES_PER_CATEGORY = 5


@dataclass(frozen=True, slots=True)
class CategoryCard:
    """A category on the front page."""

    title: str
    url: str
    articles: tuple[Article, ...]
    """The first few, by weight."""
    count: int


@dataclass(frozen=True, slots=True)
class HomePage:
    """Given to home.html."""

    frame: Frame
    categories: tuple[CategoryCard, ...]


@page("/", access=Access.PUBLIC)
async def root(request: Request[Any, Any, Any], services: GivenServices) -> Redirect:
    """Lead to the language that the browser asks for."""
    lang = services.preferred_language(request.headers.get("accept-language", ""))
    return Redirect(f"/{lang}/", status_code=302, headers={"Vary": "Accept-Language", "Cache-Control": "no-cache"})


@page("/{lang:str}", access=Access.PUBLIC)
async def home(lang: FromPath[str], services: GivenServices) -> Response[str]:
    require_store_language(services, lang)
    cards = tuple(_card(services, lang, slug, title) for slug, title in _categories(services, lang))
    strings = catalogue(lang)
    page_frame = frame(
        services,
        lang,
        services.store.name,
        description=strings.gettext("Answers on delivery, payment, returns and warranty."),
        path=f"/{lang}/",
        translations={code: f"/{code}/" for code in services.store.languages},
    )
    return html("home.html", HomePage(page_frame, cards))


def require_store_language(services: Services, lang: str) -> None:
    """Raises NotFoundException for a language the store has no pages in; `/api/…` ends here too."""
    if lang not in services.store.languages:
        raise NotFoundException


def _categories(services: Services, lang: str) -> list[tuple[str, str]]:
    return [(category.slug, category.title_in(lang)) for category in shown(services, lang)]


def _card(services: Services, lang: str, slug: str, title: str) -> CategoryCard:
    corpus = services.knowledge.live().public.corpus
    articles = corpus.in_category(lang, slug, services.knowledge.today())
    return CategoryCard(title, f"/{lang}/{slug}/", tuple(articles[:ARTICLES_PER_CATEGORY]), len(articles))
