"""Answers → one reply to the whole message: opening, each answer with its link, closing. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb.answers import Outcome
from kb.composing.markup import Link, as_html, link_to
from kb.composing.parts import NO_DRAFT, Case, Draft, QuestionGroup, Suggestion
from kb.composing.tones import tone_for
from kb.reading.situations import NEUTRAL, THANKS
from kb.variables import Filled, fill

# Likely enough to be put into a draft is not sure: of the sample store's golden questions with a chance from .5 up to
# this, 64 of 100 had the right article first, of those above 95.
SURE = 0.7


def draft_of(case: Case, groups: Sequence[QuestionGroup]) -> Draft:
    """Return the draft; no more than its phrases when no question has an answer that can be sent."""
    answered = [group.suggestions[0] for group in groups if _can_be_sent(group)]
    situation = _met_as(case)
    opening = _phrase(case.phrases.openings, situation, case, "opening")
    closing = _phrase(case.phrases.closings, situation, case, "closing")
    if not answered and (groups or case.message.situation != THANKS):
        return replace(NO_DRAFT, opening=opening.text, closing=closing.text)
    parts: list[str | Link] = [opening.text, *_answers(case, answered), closing.text]
    said = [part for part in parts if part]
    if not said:
        return NO_DRAFT
    unfilled = _together(opening, closing, answered)
    complete = len(answered) == len(groups) and not case.message.left_out
    return Draft(
        text="\n\n".join(part if isinstance(part, str) else part.text for part in said),
        html="\n".join(as_html(part) if isinstance(part, str) else part.html for part in said),
        unfilled=unfilled,
        sendable=complete and not unfilled,
        suggestions=tuple(each.suggestion_id for each in answered),
        to_check=tuple(each.suggestion_id for each in answered if each.confidence < SURE),
        opening=opening.text,
        closing=closing.text,
    )


def _can_be_sent(group: QuestionGroup) -> bool:
    return group.outcome is Outcome.ANSWER and not group.suggestions[0].missing_translation


def _met_as(case: Case) -> str:
    """Return the situation whose phrases are taken; an agent who wishes another tone does not see the message so."""
    situation = case.message.situation
    if case.tone is None or case.tone == tone_for(situation):
        return situation
    return THANKS if case.tone == tone_for(THANKS) else NEUTRAL


def _answers(case: Case, answered: Sequence[Suggestion]) -> list[str | Link]:
    """Return the texts, each with the link to its article; what was said once is not said again."""
    parts: list[str | Link] = []
    for suggestion in answered:
        link = link_to(suggestion.article_id, suggestion.title, case.public_url)
        parts += [part for part in (suggestion.text, link) if part and part not in parts]
    return parts


def _phrase(bank: Mapping[str, Sequence[str]], situation: str, case: Case, place: str) -> Filled:
    """
    Return one phrase of the situation, filled: the same for the same message, others for others.

    One that lacks a value is taken only when all do.
    """
    texts = bank.get(situation) or bank.get(NEUTRAL) or ("",)
    filled = [fill(text, case.values) for text in texts]
    fitting = [each for each in filled if not each.unfilled] or filled
    digest = hashlib.sha256(f"{place}\n{case.message.text}".encode()).digest()
    return fitting[int.from_bytes(digest[:8], "big") % len(fitting)]


def _together(opening: Filled, closing: Filled, answered: Sequence[Suggestion]) -> tuple[str, ...]:
    names = [*opening.unfilled, *(name for each in answered for name in each.unfilled), *closing.unfilled]
    return tuple(dict.fromkeys(names))
