"""`/{lang}/search?q=`: the answer, a choice, or people; and what else was found."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from api.access import Access
from api.locale import catalogue, language_name
from api.pages.contacts import ContactView, contact_link, contact_views
from api.pages.frame import Frame, frame
from api.pages.home import require_store_language
from api.pages.render import html, page
from api.rate_limits import Limit
from api.recording import SearchAsked, record_customers_search
from api.services import GivenServices, Services
from kb.answers import Reason
from kb.errors import InvalidQuestion
from kb.query import MAX_QUESTION_CHARS, Question
from kb.search import Handoff, Hit, SearchResult

# Where nothing answers, a long list of what does not answer only hides the people who can.
HITS_BESIDE_HANDOFF = 3
# What is listed is what the subjects beside it count.
HITS = 8


@dataclass(frozen=True, slots=True)
class HitView:
    """One line of the list."""

    title: str
    url: str
    snippet: Markup
    """Escaped, with `<mark>` as its only tag."""
    category: str
    lang: str
    language: str
    """Name of the article's language when it is not the page's, else empty."""


@dataclass(frozen=True, slots=True)
class Facet:
    """A subject that the list can be limited to."""

    title: str
    url: str
    count: int
    """How many of the articles found are of it."""
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Given to search.html."""

    frame: Frame
    question: str
    problem: str
    """Why the question could not be read; empty when it could."""
    outcome: str
    """`answer`, `clarify`, `handoff`, or empty when nothing was asked."""
    answer: str
    answer_hit: HitView | None
    choices: tuple[HitView, ...]
    facets: tuple[Facet, ...]
    """All first; empty beside a handoff."""
    hits: tuple[HitView, ...]
    contacts: tuple[ContactView, ...]
    mode: str
    contact_link: str = ""
    """Carries the question along to whoever will answer it."""
    asked_for_human: bool = False
    """Who asks for people is not told that there is no answer."""


@page("/{lang:str}/search", access=Access.PUBLIC, limit=Limit.SEARCH)
async def search_page(
    request: Request[Any, Any, Any],
    lang: FromPath[str],
    services: GivenServices,
    q: FromQuery[str] = "",
    category: FromQuery[str] = "",
) -> Response[str]:
    require_store_language(services, lang)
    try:
        question = Question.parse(q, lang)
    except InvalidQuestion as error:
        return html(
            "search.html", _unread(services, lang, q, error if q.strip() else None), status=400 if q.strip() else 200
        )
    result = await services.knowledge.search.find(question, limit=HITS)
    services.metrics.searched(Access.PUBLIC, result)
    query_id = uuid.uuid4().hex
    if request.method == "GET":  # a link checker that asks for the headers has no question
        record_customers_search(services, request, SearchAsked(query_id), result)
    shown = _traced(_page(services, lang, result, category), result.handoff, query_id)
    # Its links hold the id of this search: a crawler that followed them would never come to an end.
    return html("search.html", shown, headers={"X-Robots-Tag": "noindex, nofollow"})


def _traced(page: SearchPage, handoff: Handoff | None, query_id: str) -> SearchPage:
    """Return the page with the id of the search in its links: what is said of an article is known of the search."""
    about = (handoff.category if handoff else None) or ""
    return replace(
        page,
        answer_hit=_traced_hit(page.answer_hit, query_id) if page.answer_hit else None,
        choices=tuple(_traced_hit(choice, query_id) for choice in page.choices),
        hits=tuple(_traced_hit(hit, query_id) for hit in page.hits),
        contact_link=contact_link(page.frame.lang, q=page.question, category=about, query_id=query_id),
    )


def _traced_hit(hit: HitView, query_id: str) -> HitView:
    path, mark, anchor = hit.url.partition("#")
    return replace(hit, url=f"{path}?query_id={query_id}{mark}{anchor}")


def _page(services: Services, lang: str, result: SearchResult, chosen: str) -> SearchPage:
    handoff = result.handoff
    below = _below(result)
    if handoff or chosen not in {hit.article.category for hit in below}:
        chosen = ""
    listed = [hit for hit in below if chosen in ("", hit.article.category)]
    return SearchPage(
        frame=_frame(services, lang, result.question.text),
        question=result.question.text,
        problem="",
        outcome=result.outcome or "",
        answer=result.answer.text if result.answer else "",
        answer_hit=_hit(services, lang, result.answer.hit) if result.answer else None,
        choices=tuple(_hit(services, lang, hit) for hit in result.clarify),
        facets=() if handoff else _facets(services, lang, result.question.text, below, chosen),
        hits=tuple(_hit(services, lang, hit) for hit in listed),
        contacts=contact_views(handoff.contacts, handoff.at, result.question.text) if handoff else (),
        mode=result.mode,
        asked_for_human=handoff is not None and handoff.reason is Reason.ASKED_FOR_HUMAN,
    )


def _below(result: SearchResult) -> list[Hit]:
    """Return what is listed below the outcome: what that does not show already."""
    if result.handoff:
        # Who asks for a person has decided.
        wants_human = result.handoff.reason is Reason.ASKED_FOR_HUMAN
        return [] if wants_human else list(result.hits[:HITS_BESIDE_HANDOFF])
    above = {hit.article.topic for hit in result.clarify}
    if result.answer:
        above.add(result.answer.hit.article.topic)
    return [hit for hit in result.hits if hit.article.topic not in above]


def _facets(services: Services, lang: str, question: str, hits: list[Hit], chosen: str) -> tuple[Facet, ...]:
    """Count what is listed, by subject."""
    counts = Counter(hit.article.category for hit in hits)
    address, asked = f"/{lang}/search?", {"q": question}
    everything = Facet(catalogue(lang).gettext("All"), address + urlencode(asked), len(hits), is_chosen=not chosen)
    subjects = (
        Facet(_title(services, slug, lang), address + urlencode(asked | {"category": slug}), count, slug == chosen)
        for slug, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    )
    return (everything, *subjects)


def _title(services: Services, category: str, lang: str) -> str:
    found = services.store.category(category)
    return found.title_in(lang) if found else category


def _unread(services: Services, lang: str, asked: str, error: InvalidQuestion | None) -> SearchPage:
    strings = catalogue(lang)
    problem = strings.gettext("Please ask in one sentence with at least one word.") if error else ""
    page_frame = _frame(services, lang, asked[:MAX_QUESTION_CHARS])
    return SearchPage(page_frame, asked[:MAX_QUESTION_CHARS], problem, "", "", None, (), (), (), (), "")


def _frame(services: Services, lang: str, asked: str) -> Frame:
    title = catalogue(lang).gettext("Search")
    query = f"?{urlencode({'q': asked})}" if asked else ""
    others = {code: f"/{code}/search{query}" for code in services.store.languages}
    return frame(services, lang, f"{asked} – {title}" if asked else title, query=asked, translations=others)


def _hit(services: Services, lang: str, hit: Hit) -> HitView:
    return HitView(
        title=hit.article.title,
        url=hit.url,
        snippet=Markup(hit.snippet),  # noqa: S704  escaped word by word in kb.excerpts
        category=_title(services, hit.article.category, lang),
        lang=hit.article.lang,
        language="" if hit.article.lang == lang else language_name(hit.article.lang, lang),
    )
