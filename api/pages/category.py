"""`/{lang}/{category}/`: everything on one subject, and the people for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from api.access import Access
from api.json_ld import category_data
from api.pages.caching import revalidated
from api.pages.contacts import ContactView, reachable_views
from api.pages.frame import Frame, frame, shown
from api.pages.home import category_icon, require_store_language
from api.pages.render import html, page
from api.pages.untranslated import Elsewhere, elsewhere
from api.services import GivenServices, Services
from kb.article import Article, Category


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """Given to category.html."""

    frame: Frame
    title: str
    icon: str
    articles: tuple[Article, ...]
    contacts: tuple[ContactView, ...]
    elsewhere: tuple[Elsewhere, ...]
    """Where the article can be read that this language does not have."""
    json_ld: Markup


@page("/{lang:str}/{category:str}", access=Access.PUBLIC)
async def category_page(
    request: Request[Any, Any, Any],
    lang: FromPath[str],
    category: FromPath[str],
    services: GivenServices,
    missing: FromQuery[str] = "",
) -> Response[str]:
    require_store_language(services, lang)
    found = next((each for each in shown(services, lang) if each.slug == category), None)
    if found is None:
        raise NotFoundException
    return revalidated(request, html("category.html", _page(services, lang, found, missing)))


def _page(services: Services, lang: str, category: Category, missing: str) -> CategoryPage:
    knowledge = services.knowledge
    title = category.title_in(lang)
    articles = knowledge.live().public.corpus.in_category(lang, category.slug, knowledge.today())
    others = [code for code in services.store.languages if category.slug in {c.slug for c in shown(services, code)}]
    return CategoryPage(
        frame=frame(
            services,
            lang,
            title,
            description=f"{title}: {' '.join(article.title for article in articles[:3])}",
            path=f"/{lang}/{category.slug}/",
            translations={code: f"/{code}/{category.slug}/" for code in others},
        ),
        title=title,
        icon=category_icon(category),
        articles=tuple(articles),
        contacts=reachable_views(services, category.slug, lang),
        elsewhere=elsewhere(services, lang, missing) if missing else (),
        json_ld=category_data(category, lang, knowledge.public_url),
    )
