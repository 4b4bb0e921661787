"""`/{lang}/{category}/{slug}`: one answer, whole, as a page or with `.md` as Markdown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from litestar import Request, Response
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from markupsafe import Markup

from api.access import Access
from api.forms import known_query_id
from api.json_ld import article_data
from api.pages.caching import revalidated
from api.pages.contacts import ContactView, contact_link, reachable_views
from api.pages.frame import Frame, frame
from api.pages.home import require_store_language
from api.pages.markdown_twin import markdown_twin
from api.pages.render import html, page
from api.pages.untranslated import instead
from api.services import GivenServices, Services
from kb.article import Article, Category, Section
from kb.search import View

# Fewer sections than this are seen at a glance.
LONG_SECTIONS = 3
RELATED = 4
MARKDOWN = ".md"


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """Given to article.html."""

    frame: Frame
    article: Article
    body: Markup
    """Sanitised by the indexer, last of all steps."""
    short_answer: str
    """Empty when the text begins with it, as it should."""
    contents: tuple[Section, ...]
    """What a long article has below its title; empty for a short one."""
    related: tuple[Article, ...]
    category_title: str
    category_url: str
    contacts: tuple[ContactView, ...]
    updated: date | None
    json_ld: Markup
    query_id: str = ""
    """Of the search that led here; empty without one."""
    contact_link: str = ""


@page("/{lang:str}/{category:str}/{slug:str}", access=Access.PUBLIC)
async def article_page(
    request: Request[Any, Any, Any],
    lang: FromPath[str],
    category: FromPath[str],
    slug: FromPath[str],
    services: GivenServices,
    query_id: FromQuery[str] = "",
) -> Response[str] | Redirect:
    """Show an article; with `.md` behind its address, as Markdown."""
    require_store_language(services, lang)
    view = services.knowledge.live().public
    name = slug.removesuffix(MARKDOWN)
    article = _find(services, view, f"{lang}/{category}/{name}")
    if article is None:
        return _redirect(services, view, f"/{lang}/{category}/{name}", slug.removeprefix(name))
    if name != slug:
        return revalidated(request, _twin(article, services.public_url))
    shown = _after_search(_page(services, view, article), known_query_id(query_id) or "")
    return revalidated(request, html("article.html", shown))


def _find(services: Services, view: View, article_id: str) -> Article | None:
    article = view.corpus.article(article_id)
    return article if article and article.is_valid_on(services.knowledge.today()) else None


def _twin(article: Article, site: str) -> Response[str]:
    canonical = {"Link": f'<{site}{article.url}>; rel="canonical"'}
    return Response(markdown_twin(article, site), media_type="text/markdown", headers=canonical)


def _redirect(services: Services, view: View, path: str, ending: str) -> Redirect:
    """Lead from an old address to the article that claims it; in one step, for aliases never lead to aliases."""
    today = services.knowledge.today()
    for article in view.corpus.articles:
        if path in article.aliases and article.is_valid_on(today):
            return Redirect(article.url + ending, status_code=308)
    raise NotFoundException


def _page(services: Services, view: View, article: Article) -> ArticlePage:
    knowledge = services.knowledge
    today = knowledge.today()
    siblings = view.corpus.translations(article.topic, today)
    category = services.store.category(article.category) or Category(article.category)
    return ArticlePage(
        frame=frame(
            services,
            article.lang,
            article.title,
            description=article.description,
            path=article.url,
            translations={lang: sibling.url for lang, sibling in siblings.items()},
            instead=instead(services, article.topic, siblings),
        ),
        article=article,
        body=Markup(article.html),  # noqa: S704  cleaned when it was published
        short_answer="" if article.html.lstrip().startswith("<p>") else article.description,
        contents=_contents(article),
        related=tuple(view.corpus.alike(article, today, RELATED)),
        category_title=category.title_in(article.lang),
        category_url=f"/{article.lang}/{article.category}/",
        contacts=reachable_views(services, article.category, article.lang),
        updated=article.updated,
        json_ld=article_data(article, category, knowledge.public_url),
    )


def _contents(article: Article) -> tuple[Section, ...]:
    titled = [section for section in article.sections if section.anchor]
    top = min((section.level for section in titled), default=0)
    listed = tuple(section for section in titled if section.level == top)
    return listed if len(listed) >= LONG_SECTIONS else ()


def _after_search(page: ArticlePage, query_id: str) -> ArticlePage:
    article = page.article
    link = contact_link(article.lang, article=article.id, category=article.category, query_id=query_id)
    return replace(page, query_id=query_id, contact_link=link)
