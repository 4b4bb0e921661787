"""`/` and `/{lang}/`: search in the middle, what there is below it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from litestar import Request, Response
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from api.access import Access
from api.locale import catalogue
from api.pages.caching import revalidated
from api.pages.contacts import ContactView, reachable_views
from api.pages.frame import Frame, frame, shown
from api.pages.render import html, page
from api.pages.untranslated import Elsewhere, elsewhere
from api.services import GivenServices, Services
from kb.article import CATEGORY_ICONS, Article, Category

POPULAR = 8
OTHER_ICON = "question"


@dataclass(frozen=True, slots=True)
class CategoryCard:
    """A category on the front page."""

    title: str
    url: str
    icon: str
    count: int


@dataclass(frozen=True, slots=True)
class HomePage:
    """Given to home.html."""

    frame: Frame
    categories: tuple[CategoryCard, ...]
    popular: tuple[Article, ...]
    contacts: tuple[ContactView, ...]
    elsewhere: tuple[Elsewhere, ...]
    """Where the article can be read that this language does not have."""


@page("/", access=Access.PUBLIC)
async def root(request: Request[Any, Any, Any], services: GivenServices) -> Redirect:
    """Lead to the language that the browser asks for."""
    lang = services.preferred_language(request.headers.get("accept-language", ""))
    return Redirect(f"/{lang}/", status_code=302, headers={"Vary": "Accept-Language", "Cache-Control": "no-cache"})


@page("/{lang:str}", access=Access.PUBLIC)
async def home(
    request: Request[Any, Any, Any], lang: FromPath[str], services: GivenServices, missing: FromQuery[str] = ""
) -> Response[str]:
    require_store_language(services, lang)
    return revalidated(request, html("home.html", _page(services, lang, missing)))


def require_store_language(services: Services, lang: str) -> None:
    """Raises NotFoundException for a language the store has no pages in; `/api/…` ends here too."""
    if lang not in services.store.languages:
        raise NotFoundException


def category_icon(category: Category) -> str:
    """Return what a category is drawn as."""
    return category.icon or (category.slug if category.slug in CATEGORY_ICONS else OTHER_ICON)


def _page(services: Services, lang: str, missing: str) -> HomePage:
    store = services.store
    filled = [(category, _articles(services, lang, category)) for category in shown(services, lang)]
    return HomePage(
        frame=frame(
            services,
            lang,
            store.name,
            description=_description(store.name, lang, [category.title_in(lang) for category, _ in filled]),
            path=f"/{lang}/",
            translations={code: f"/{code}/" for code in store.languages},
        ),
        categories=tuple(_card(category, lang, len(articles)) for category, articles in filled),
        popular=tuple(popular([articles for _, articles in filled])),
        contacts=reachable_views(services, None, lang),
        elsewhere=elsewhere(services, lang, missing) if missing else (),
    )


def _articles(services: Services, lang: str, category: Category) -> list[Article]:
    knowledge = services.knowledge
    return knowledge.live().public.corpus.in_category(lang, category.slug, knowledge.today())


def popular(by_category: list[list[Article]]) -> list[Article]:
    """Return what the store puts first: the first article of each category, then the second of each, and so on."""
    in_turn = chain.from_iterable(zip_longest(*by_category))
    return [article for article in in_turn if article][:POPULAR]


def _card(category: Category, lang: str, count: int) -> CategoryCard:
    return CategoryCard(category.title_in(lang), f"/{lang}/{category.slug}/", category_icon(category), count)


def _description(store: str, lang: str, subjects: list[str]) -> str:
    said = catalogue(lang).gettext("%(store)s: answers to frequent questions") % {"store": store}
    return f"{said}. {', '.join(subjects)}." if subjects else f"{said}."
