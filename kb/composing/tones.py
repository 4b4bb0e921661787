"""Which of an article's approved texts is taken: the one whose tone suits the situation, or the agent. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from kb.article import Article, Supplement
from kb.composing.parts import Chosen
from kb.errors import InvalidRequest
from kb.excerpts import answer_text

NEUTRAL_TONE = "neutral"
# A situation to the tone of the reply block that suits it; the first block stands in where there is none.
TONES = {"delay": "apology", "damage": "apology", "anger": "apology", "follow_up": "apology", "thanks": "thanks"}
ARTICLE_SENTENCES_WORDS = 80


def tone_for(situation: str) -> str:
    return TONES.get(situation, NEUTRAL_TONE)


def known_tones(supplements: Iterable[Supplement]) -> list[str]:
    """Return the tones that a reply of the store can have, in alphabetical order."""
    own = (block.tone for each in supplements for block in each.replies)
    return sorted({NEUTRAL_TONE, *TONES.values(), *own} - {""})


def check_tone(tone: str, supplements: Iterable[Supplement]) -> None:
    """Raises InvalidRequest when no reply of the store can have this tone."""
    known = known_tones(supplements)
    if tone not in known:
        raise InvalidRequest(f"The tone {tone[:40]!r} is not known.", f"Known are: {', '.join(known)}.")


def chosen_text(article: Article, supplement: Supplement, tone: str, answer: str) -> Chosen:
    """Return the `:::reply` in this tone, else the first, else what of the article answers, else its beginning."""
    blocks = {block.tone or NEUTRAL_TONE: block.text for block in reversed(supplement.replies)}
    if not blocks:
        return Chosen(answer or answer_text(article.text, ARTICLE_SENTENCES_WORDS), NEUTRAL_TONE, (NEUTRAL_TONE,))
    tones = tuple(reversed(blocks))
    first = supplement.replies[0].tone or NEUTRAL_TONE
    taken = tone if tone in blocks else first
    return Chosen(blocks[taken], taken, tones)
