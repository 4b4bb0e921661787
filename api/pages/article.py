"""`/{lang}/{category}/{slug}`: one answer, whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from litestar import Response
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup

from api.access import Access
from api.json_ld import faq_page
from api.pages.contacts import ContactView, contact_views
from api.pages.frame import Frame, frame
from api.pages.home import require_store_language
from api.pages.render import html, page
from api.services import GivenServices, Services
from kb.article import Article
from kb.search import View


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """Given to article.html."""

    frame: Frame
    article: Article
    body: Markup
    """Sanitised by the indexer, last of all steps."""
    category_title: str
    category_url: str
    contacts: tuple[ContactView, ...]
    updated: date | None
    json_ld: Markup


@page("/{lang:str}/{category:str}/{slug:str}", access=Access.PUBLIC)
async def article_page(
    lang: FromPath[str], category: FromPath[str], slug: FromPath[str], services: GivenServices
) -> Response[str] | Redirect:
    require_store_language(services, lang)
    view = services.knowledge.live().public
    article = _find(services, view, f"{lang}/{category}/{slug}")
    if article is None:
        return _redirect(services, view, f"/{lang}/{category}/{slug}")
    return html("article.html", _page(services, view, article))


def _find(services: Services, view: View, article_id: str) -> Article | None:
    article = view.corpus.article(article_id)
    return article if article and article.is_valid_on(services.knowledge.today()) else None


def _redirect(services: Services, view: View, path: str) -> Redirect:
    """Lead from an old address to the article that claims it; in one step, for aliases never lead to aliases."""
    today = services.knowledge.today()
    for article in view.corpus.articles:
        if path in article.aliases and article.is_valid_on(today):
            return Redirect(article.url, status_code=308)
    raise NotFoundException


def _page(services: Services, view: View, article: Article) -> ArticlePage:
    knowledge = services.knowledge
    siblings = view.corpus.translations(article.topic, knowledge.today())
    category = services.store.category(article.category)
    return ArticlePage(
        frame=frame(
            services,
            article.lang,
            article.title,
            description=article.description,
            path=article.url,
            translations={lang: sibling.url for lang, sibling in siblings.items()},
        ),
        article=article,
        body=Markup(article.html),  # noqa: S704  cleaned when it was published
        category_title=category.title_in(article.lang) if category else article.category,
        category_url=f"/{article.lang}/{article.category}/",
        contacts=contact_views(services.store.contacts_for(article.category, article.lang), knowledge.local_now()),
        updated=article.updated,
        json_ld=faq_page(article),
    )
