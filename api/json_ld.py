"""Structured data for search engines, safe inside a `<script>` element."""

from __future__ import annotations

from typing import Any

import msgspec
from markupsafe import Markup

from api.locale import catalogue
from kb.article import Article, Category
from kb.excerpts import answer_text

ANSWER_WORDS = 120


def article_data(article: Article, category: Category, site: str) -> Markup:
    """Return the FAQPage of one article and the way to it; `site` is the public address, empty when not known."""
    trail = [*_trail(category, article.lang), (article.title, article.url)]
    return _script([faq_page(article), _breadcrumbs(trail, site)])


def category_data(category: Category, lang: str, site: str) -> Markup:
    """Return the way to a category."""
    return _script([_breadcrumbs(_trail(category, lang), site)])


def faq_page(article: Article) -> dict[str, Any]:
    """Return the FAQPage of one article: its title, and sentences that stand on the page, as the answer."""
    answer = answer_text(article.text, ANSWER_WORDS) or article.description or article.title
    return {
        "@type": "FAQPage",
        "inLanguage": article.lang,
        "mainEntity": [
            {
                "@type": "Question",
                "name": article.title,
                "acceptedAnswer": {"@type": "Answer", "text": answer},
            }
        ],
    }


def _trail(category: Category, lang: str) -> list[tuple[str, str]]:
    """The names are those of the links on the page."""
    return [
        (catalogue(lang).gettext("Help"), f"/{lang}/"),
        (category.title_in(lang), f"/{lang}/{category.slug}/"),
    ]


def _breadcrumbs(trail: list[tuple[str, str]], site: str) -> dict[str, Any]:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": site + url}
            for position, (name, url) in enumerate(trail, start=1)
        ],
    }


def _script(graph: list[dict[str, Any]]) -> Markup:
    text = msgspec.json.encode({"@context": "https://schema.org", "@graph": graph}).decode()
    # JSON knows these escapes, and without the characters no text can end the element it stands in.
    for char, escape in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(char, escape)
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704  escaped above
