"""Structured data for search engines, safe inside a `<script>` element."""

from __future__ import annotations

from typing import Any

import msgspec
from markupsafe import Markup

from kb.article import Article
from kb.excerpts import answer_text

ANSWER_WORDS = 120


def faq_page(article: Article) -> Markup:
    """Return the FAQPage of one article: its title, and sentences that stand on the page, as the answer."""
    answer = answer_text(article.text, ANSWER_WORDS) or article.description or article.title
    return _script(
        {
            "@context": "https://schema.org",
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
    )


def _script(data: dict[str, Any]) -> Markup:
    text = msgspec.json.encode(data).decode()
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
