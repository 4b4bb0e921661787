"""What search engines, browsers and language models ask a site for: sitemap, robots.txt, OpenSearch, llms.txt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from litestar import Request, Response
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from api.access import Access
from api.locale import catalogue, language_name
from api.pages.caching import revalidated
from api.pages.frame import alternates, shown
from api.pages.home import require_store_language
from api.pages.render import page
from api.services import GivenServices, Services
from kb.article import Article

SITEMAP = {
    "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "xmlns:xhtml": "http://www.w3.org/1999/xhtml",
}
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
# Results are made of what is in the articles anyway, and every question costs a search.
ROBOTS = "User-agent: *\nDisallow: /api/\nDisallow: /*/search$\nDisallow: /*/search?\n"
# The standard's limit for a name.
SHORT_NAME_CHARS = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in all its languages, as the sitemap lists it."""

    urls: Mapping[str, str]
    """Language to address."""
    changed: Mapping[str, date | None]


@page("/sitemap.xml", access=Access.PUBLIC)
async def sitemap(request: Request[Any, Any, Any], services: GivenServices) -> Response[str]:
    """List every page that customers may see today; addresses must be absolute, so there is none without a site."""
    site = _site(services)
    root = ET.Element("urlset", SITEMAP)
    for entry in _entries(services):
        others = alternates(site, services.store, entry.urls)
        for lang, url in entry.urls.items():
            listed = ET.SubElement(root, "url")
            ET.SubElement(listed, "loc").text = site + url
            if changed := entry.changed[lang]:
                ET.SubElement(listed, "lastmod").text = changed.isoformat()
            for other in others:
                ET.SubElement(listed, "xhtml:link", rel="alternate", hreflang=other.code, href=other.url)
    return _xml(request, root, "application/xml")


@page("/robots.txt", access=Access.PUBLIC)
async def robots(request: Request[Any, Any, Any], services: GivenServices) -> Response[str]:
    site = services.public_url
    text = ROBOTS + (f"\nSitemap: {site}/sitemap.xml\n" if site else "")
    return revalidated(request, Response(text, media_type="text/plain"))


@page("/{lang:str}/opensearch.xml", access=Access.PUBLIC)
async def opensearch(request: Request[Any, Any, Any], lang: FromPath[str], services: GivenServices) -> Response[str]:
    """Tell a browser how to search here from its address bar."""
    require_store_language(services, lang)
    site, name = _site(services), services.store.name
    root = ET.Element("OpenSearchDescription", xmlns=OPENSEARCH)
    ET.SubElement(root, "ShortName").text = name[:SHORT_NAME_CHARS].strip()
    ET.SubElement(root, "Description").text = _summary(lang, name)
    ET.SubElement(root, "Language").text = lang
    ET.SubElement(root, "InputEncoding").text = "UTF-8"
    ET.SubElement(root, "Url", type="text/html", template=f"{site}/{lang}/search?q={{searchTerms}}")
    return _xml(request, root, "application/opensearchdescription+xml")


@page("/llms.txt", access=Access.PUBLIC)
async def llms(request: Request[Any, Any, Any], services: GivenServices) -> Response[str]:
    """List the articles for language models, after llmstxt.org: each as Markdown, with what it answers."""
    store, site = services.store, services.public_url
    lines = [f"# {store.name}", "", f"> {_summary(store.default_language, store.name)}"]
    for lang in store.languages:
        for category in shown(services, lang):
            lines += ["", f"## {language_name(lang)}: {category.title_in(lang)}", ""]
            lines += [_line(article, site) for article in _in_category(services, lang, category.slug)]
    return revalidated(request, Response("\n".join(lines) + "\n", media_type="text/plain"))


def _site(services: Services) -> str:
    """Raises NotFoundException when the public address is not known."""
    if not services.public_url:
        raise NotFoundException
    return services.public_url


def _summary(lang: str, name: str) -> str:
    return catalogue(lang).gettext("%(store)s: answers to frequent questions") % {"store": name}


def _line(article: Article, site: str) -> str:
    title = article.title.replace("[", "\\[").replace("]", "\\]")
    link = f"- [{title}]({site}{article.url}.md)"
    return f"{link}: {article.description}" if article.description else link


def _in_category(services: Services, lang: str, category: str) -> list[Article]:
    knowledge = services.knowledge
    return knowledge.live().public.corpus.in_category(lang, category, knowledge.today())


def _entries(services: Services) -> Iterator[Entry]:
    """Front pages, categories, articles; each article once, with all its languages."""
    knowledge, langs = services.knowledge, services.store.languages
    articles = [a for a in knowledge.live().public.corpus.articles if a.is_valid_on(knowledge.today())]
    yield Entry(
        {lang: f"/{lang}/" for lang in langs},
        {lang: _latest(a for a in articles if a.lang == lang) for lang in langs},
    )
    categories = {lang: [category.slug for category in shown(services, lang)] for lang in langs}
    for slug in dict.fromkeys(slug for slugs in categories.values() for slug in slugs):
        there = [lang for lang in langs if slug in categories[lang]]
        yield Entry(
            {lang: f"/{lang}/{slug}/" for lang in there},
            {lang: _latest(a for a in articles if (a.lang, a.category) == (lang, slug)) for lang in there},
        )
    topics: dict[str, list[Article]] = {}
    for article in sorted(articles, key=lambda a: langs.index(a.lang)):
        topics.setdefault(article.topic, []).append(article)
    for _, versions in sorted(topics.items()):
        yield Entry({a.lang: a.url for a in versions}, {a.lang: _latest([a]) for a in versions})


def _latest(articles: Iterable[Article]) -> date | None:
    """Return the last day on which the text changed, or appeared because its time had come."""
    days = [day for article in articles for day in (article.updated, article.valid_from) if day]
    return max(days, default=None)


def _xml(request: Request[Any, Any, Any], root: ET.Element, media_type: str) -> Response[str]:
    ET.indent(root, " ")
    text = ET.tostring(root, encoding="unicode")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return revalidated(request, Response(f"{head}{text}\n", media_type=f"{media_type}; charset=utf-8"))
