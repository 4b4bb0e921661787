"""What a search found → suggestions for an agent: the text for the customer, and beside it all that is internal."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from kb.answers import Outcome, Reason
from kb.article import Article, Audience, Supplement
from kb.composing.markup import as_html
from kb.composing.parts import Case, QuestionGroup, Reading, Source, Suggestion
from kb.composing.tones import chosen_text, tone_for
from kb.excerpts import answer_text
from kb.messages import Asked
from kb.search import Hit, SearchResult
from kb.solutions import Facts, applying
from kb.variables import fill

SOURCE_QUOTE_WORDS = 30
READING_WORDS = 30
MAX_NEAREST = 3


def group_of(case: Case, asked: Asked, result: SearchResult) -> QuestionGroup:
    """Return what may answer one question, best first."""
    public = [hit for hit in result.hits if hit.article.audience is Audience.CUSTOMER]
    internal = [hit for hit in result.hits[: case.limit] if hit.article.audience is Audience.AGENT]
    chances = _chances(result)
    suggestions = [
        _suggestion(case, asked, result, hit, chances[hit.article.id], [] if place else internal)
        for place, hit in enumerate(public[: case.limit])
    ]
    outcome = outcome_of(case, result) if public else Outcome.HANDOFF
    nearest = () if outcome is Outcome.ANSWER else tuple(Reading.of(hit.article) for hit in public[:MAX_NEAREST])
    return QuestionGroup(asked.text, outcome, tuple(suggestions), nearest)


def outcome_of(case: Case, result: SearchResult) -> Outcome:
    """
    Return the outcome for the customer's texts, by the store's own threshold.

    How sure the search is holds for its first hit. Is that an article for agents only, the customer's articles behind
    it are for the agent to choose from.
    """
    found = result.outcome or Outcome.HANDOFF
    wants_human = result.handoff is not None and result.handoff.reason is Reason.ASKED_FOR_HUMAN
    if not result.hits or wants_human:
        return Outcome.HANDOFF
    is_sure = (result.confidence or 0.0) >= case.threshold
    if is_sure and result.hits[0].article.audience is Audience.CUSTOMER:
        return Outcome.ANSWER
    return Outcome.CLARIFY if found is Outcome.ANSWER else found


def _suggestion(
    case: Case, asked: Asked, result: SearchResult, hit: Hit, chance: float, internal: Sequence[Hit]
) -> Suggestion:
    article = hit.article
    supplement = case.approved.supplements.get(article.id, Supplement(article.id))
    tone = case.tone or tone_for(asked.situation or case.message.situation)
    chosen = chosen_text(article, supplement, tone, _answer_from(result, hit))
    filled = fill(chosen.text, case.values)
    siblings = case.view.corpus.translations(article.topic, case.now.date())
    facts = Facts(goods_value=case.message.goods_value)
    return Suggestion(
        suggestion_id=uuid.uuid4().hex,
        article_id=article.id,
        title=article.title,
        url=hit.url,
        text=filled.text,
        html=as_html(filled.text),
        tone=chosen.tone,
        tones=chosen.tones,
        confidence=chance,
        sources=tuple(_source(each, case.view.edition) for each in (hit, *internal)),
        unfilled=filled.unfilled,
        internal_notes=(*supplement.notes, *(_note(each.article) for each in internal)),
        translations={lang: each.id for lang, each in siblings.items() if lang != article.lang},
        agent_reading=_reading(siblings.get(case.agent_lang or "")),
        missing_translation=article.lang != case.message.lang,
        solutions=applying(case.approved.solutions, article.topic, facts, case.now.date()),
    )


def _reading(article: Article | None) -> Reading | None:
    return Reading.of(article, article.description or answer_text(article.text, READING_WORDS)) if article else None


def _chances(result: SearchResult) -> dict[str, float]:
    """Return article id → chance: the confidence for the first hit, what that leaves for the others by their scores."""
    first = result.confidence or 0.0
    total = sum(hit.score for hit in result.hits[1:]) or 1.0
    chances = {hit.article.id: min(first, (1 - first) * hit.score / total) for hit in result.hits}
    return {**chances, **{hit.article.id: first for hit in result.hits[:1]}}


def _note(article: Article) -> str:
    return f"{article.title} {article.description}".strip()


def _answer_from(result: SearchResult, hit: Hit) -> str:
    """Return the sentences of the hit's article that answer the question; empty where no answer was sure enough."""
    return result.answer.text if result.answer and result.answer.hit.article.id == hit.article.id else ""


def _source(hit: Hit, edition: str) -> Source:
    section = next((s for s in hit.article.sections if s.anchor == hit.anchor), None)
    quote = answer_text(section.text, SOURCE_QUOTE_WORDS) if section else hit.article.description
    return Source(hit.article.id, hit.article.title, hit.url, quote, edition)
