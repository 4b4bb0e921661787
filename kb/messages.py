"""
A customer's message → what is asked in it: without greeting, signature and quoted thread, question by question. Pure.

The parts stand in `kb/reading/`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kb.errors import InvalidQuestion
from kb.language import detect, rules
from kb.query import normalised
from kb.reading.entities import Entity, EntityKind, find_entities, goods_value
from kb.reading.letter import own_lines, sentences_of, taken_apart
from kb.reading.requests import Asked, read_requests, whole
from kb.reading.situations import THANKS, only_thanks, situation_of
from kb.solutions import Money

MAX_MESSAGE_CHARS = 20_000
# A whole message tells its language far better than a question of two words.
LANGUAGE_SURE_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was read."""

    text: str
    """As it was pasted."""
    lang: str
    situation: str
    """One of `kb.reading.situations.SITUATIONS`, or `neutral`; by the word lists of the language."""
    questions: tuple[Asked, ...]
    """Empty for a message that only thanks."""
    told: tuple[Asked, ...]
    """Sentences that ask nothing and tell of a trouble; see `Requests.told`."""
    context: str
    """See `Requests.context`."""
    entities: tuple[Entity, ...]
    goods_value: Money | None = None
    """What the goods cost that it is about, where that is certain."""
    left_out: int = 0
    """How many further questions were not read."""

    def named(self, kind: EntityKind) -> str:
        """Return the one entity of a kind, empty when there is none or more than one."""
        texts = [each.text for each in self.entities if each.kind is kind]
        return texts[0] if len(texts) == 1 else ""

    @property
    def variables(self) -> dict[str, str]:
        """What a reply may say of the customer."""
        return {"order.number": self.named(EntityKind.ORDER_NUMBER), "customer.name": self.named(EntityKind.NAME)}


def read_message(text: str, lang: str | None, default_lang: str) -> Message:
    """Return what is asked in a message. Raises InvalidQuestion when it is empty or too long."""
    if len(text) > MAX_MESSAGE_CHARS:
        raise InvalidQuestion(
            f"The message has {len(text)} characters, more than {MAX_MESSAGE_CHARS}.", "Paste only the part that asks."
        )
    if not any(char.isalnum() for char in normalised(text)):
        raise InvalidQuestion("The message is empty.", "Paste what the customer wrote.")
    lines = own_lines(text)
    spoken = lang or detect(" ".join(lines), default_lang, LANGUAGE_SURE_ENOUGH)
    found = rules(spoken)
    letter = taken_apart(lines, found)
    said = sentences_of(letter.body)
    situation = situation_of(said, found)
    requests = read_requests(letter.body, found, spoken)
    questions = requests.questions
    if not questions and not (requests.told or situation == THANKS):
        questions = (whole(letter.body, found),)
    if situation == THANKS and (questions or requests.told):
        situation = situation_of([each for each in said if not only_thanks(each, found)], found)
    if len(questions) + len(requests.told) == 1:
        questions = tuple(replace(each, situation=situation) for each in questions)
    return Message(
        text=text,
        lang=spoken,
        situation=situation,
        questions=questions,
        told=requests.told,
        context=requests.context,
        entities=find_entities("\n".join(letter.body), letter.signature, found),
        goods_value=goods_value(said, found),
        left_out=requests.left_out,
    )


__all__ = ["MAX_MESSAGE_CHARS", "Asked", "Message", "read_message"]
