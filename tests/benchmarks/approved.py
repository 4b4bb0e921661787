"""Whether a draft says only what somebody approved: judged apart from the code that makes drafts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.excerpts import sentences
from kb.knowledge_base import KnowledgeBase
from kb.replies import ReplyResult

_VARIABLE = re.compile(r"\{\{[^{}]*\}\}")
# Shorter lines of internal texts ("Check first.") may stand in a customers' text by chance.
LEAK_WORDS = 5
LONGEST_VALUE = 200
# Stands for a variable while a text is cut into sentences.
_ANY = "Xx"


def invented(knowledge: KnowledgeBase, reply: ReplyResult) -> list[str]:
    """Return the sentences of a draft that stand in no phrase, reply block or customers' article of its language."""
    approved = {each for text in _approved(knowledge, reply.lang) for each in _said(_VARIABLE.sub(_ANY, text))}
    patterns = [re.compile(f".{{0,{LONGEST_VALUE}}}".join(map(re.escape, each.split(_ANY)))) for each in approved]
    address = f"{knowledge.public_url}/"
    lines = [line for line in reply.draft.text.split("\n") if not line.startswith(address)]
    return [each for each in _said("\n".join(lines)) if not any(p.fullmatch(each) for p in patterns)]


def leaked(knowledge: KnowledgeBase, reply: ReplyResult) -> list[str]:
    """Return the sentences of internal texts that stand in a draft or a suggested text."""
    texts = [reply.draft.text, *(each.text for group in reply.questions for each in group.suggestions)]
    shown = [" ".join(text.split()) for text in texts]
    return [sentence for sentence in _internal(knowledge) if any(sentence in text for text in shown)]


def _approved(knowledge: KnowledgeBase, lang: str) -> Iterator[str]:
    desk = knowledge.desk()
    phrases = desk.approved.phrases.get(lang)
    for bank in (phrases.openings, phrases.closings) if phrases else ():
        yield from (text for texts in bank.values() for text in texts)
    for supplement in desk.approved.supplements.values():
        yield from (block.text for block in supplement.replies if supplement.article_id.startswith(f"{lang}/"))
    for article in knowledge.live().half.texts.articles:
        if article.lang == lang:
            yield "\n".join((article.title, article.description, article.text))


def _internal(knowledge: KnowledgeBase) -> set[str]:
    desk = knowledge.desk()
    notes = [note for each in desk.approved.supplements.values() for note in each.notes]
    notes += [article.text for article in desk.half.texts.articles]
    notes += [note for row in desk.approved.solutions for note in row.note.values()]
    found = {" ".join(sentence.split()) for note in notes for sentence in sentences(note)}
    public = " ".join(" ".join(each.text.split()) for each in knowledge.live().half.texts.articles)
    return {each for each in found if len(each.split()) >= LEAK_WORDS and each not in public}


def _said(text: str) -> list[str]:
    return [" ".join(sentence.split()) for sentence in sentences(text)]
