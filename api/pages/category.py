"""`/{lang}/{category}/`: everything on one subject, and the people for it."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import Response
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from api.access import Access
from api.pages.contacts import ContactView, contact_views
from api.pages.frame import Frame, frame, shown
from api.pages.home import require_store_language
from api.pages.render import html, page
from api.services import GivenServices, Services
from kb.article import Article, Category


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """Given to category.html."""

    frame: Frame
    title: str
    articles: tuple[Article, ...]
    contacts: tuple[ContactView, ...]


@page("/{lang:str}/{category:str}", access=Access.PUBLIC)
async def category_page(lang: FromPath[str], category: FromPath[str], services: GivenServices) -> Response[str]:
    require_store_language(services, lang)
    found = next((each for each in shown(services, lang) if each.slug == category), None)
    if found is None:
        raise NotFoundException
    return html("category.html", _page(services, lang, found))


def _page(services: Services, lang: str, category: Category) -> CategoryPage:
    knowledge = services.knowledge
    title = category.title_in(lang)
    others = [code for code in services.store.languages if category.slug in {c.slug for c in shown(services, code)}]
    return CategoryPage(
        frame=frame(
            services,
            lang,
            title,
            description=title,
            path=f"/{lang}/{category.slug}/",
            translations={code: f"/{code}/{category.slug}/" for code in others},
        ),
        title=title,
        articles=tuple(knowledge.live().public.corpus.in_category(lang, category.slug, knowledge.today())),
        contacts=contact_views(services.store.contacts_for(category.slug, lang), knowledge.local_now()),
    )
