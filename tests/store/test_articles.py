"""The sample store lacks nothing: every topic in every language, in the form that readers and agents expect."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from indexer.checks import check
from indexer.markdown.plain import plain_text
from tests.store.policy import LANGUAGES
from tests.store.texts import Text, by_topic, customer_texts, library, texts

TOPICS = 48
AGENTS_TOPICS = 12
BODY_WORDS = range(120, 251)
REPLY_WORDS = range(40, 91)
QUESTIONS = range(4, 7)
PHRASINGS = 10
CUSTOMER_TEXTS = customer_texts()


def _id(text: Text) -> str:
    return text.draft.id


def _words(text: str) -> int:
    return len(re.findall(r"\w[\w’'.,:@/-]*", text))


def test_check_is_clean() -> None:
    """The example that stores copy has not a single warning."""
    assert [str(problem) for problem in check(library())] == []


def test_every_topic_stands_in_every_language() -> None:
    """A customer finds the same articles in each of the four languages."""
    missing = {topic: set(LANGUAGES) - found.keys() for topic, found in by_topic().items()}
    customers = {text.topic for text in CUSTOMER_TEXTS}

    assert {topic: languages for topic, languages in missing.items() if languages} == {}
    assert len(customers) == TOPICS
    assert len(by_topic()) - len(customers) == AGENTS_TOPICS


def test_an_article_has_one_audience_in_all_languages() -> None:
    """What is internal in one language is internal in the others."""
    mixed = [
        topic for topic, found in by_topic().items() if len({text.is_for_customers for text in found.values()}) > 1
    ]

    assert mixed == []


@pytest.mark.parametrize("text", CUSTOMER_TEXTS, ids=_id)
def test_article_has_the_form_that_readers_expect(text: Text) -> None:
    """Short, with a description, other ways to ask, words to be found by, and somebody who looks after it."""
    front = text.draft.front

    assert _words(plain_text(text.draft.body)) in BODY_WORDS
    assert front.description
    assert len(front.questions) in QUESTIONS
    assert len(front.phrasings) >= PHRASINGS
    assert len(front.keywords) >= 5
    assert front.owner
    assert front.review_by
    assert 1 <= len({link.article_id for link in text.draft.links}) <= 6


@pytest.mark.parametrize("text", CUSTOMER_TEXTS, ids=_id)
def test_agents_have_a_reply_of_a_sensible_length(text: Text) -> None:
    """Ready to be sent: long enough to be complete, short enough to be read."""
    assert text.replies
    assert [length for reply in text.replies if (length := _words(plain_text(reply))) not in REPLY_WORDS] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_half_of_the_articles_have_a_note_for_agents(lang: str) -> None:
    """What to check and who approves stands where the agent reads anyway."""
    of_language = [text for text in CUSTOMER_TEXTS if text.lang == lang]

    assert sum(bool(text.notes) for text in of_language) >= len(of_language) / 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_articles_share_a_sentence(lang: str) -> None:
    """A sentence that stands twice is a rule that will be changed in one place only. Contact lines may be alike."""
    places = defaultdict(set)
    for text in texts():
        if text.lang == lang:
            for part in [text.draft.body, *text.replies, *text.notes]:
                for sentence in _sentences(plain_text(part)):
                    places[sentence].add(text.draft.id)

    assert {sentence: sorted(ids) for sentence, ids in places.items() if len(ids) > 1} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_question_is_asked_twice(lang: str) -> None:
    """One way to ask leads to one article."""
    asked = Counter(
        question.casefold().strip("?¿!. ")
        for text in texts()
        if text.lang == lang
        for question in [text.draft.front.title, *text.draft.front.questions, *text.draft.front.phrasings]
    )

    assert [question for question, times in asked.items() if times > 1] == []


def _sentences(text: str) -> set[str]:
    """Return the sentences of five words and more that name no contact."""
    found = re.split(r"(?<=[.!?…])\s+|\n", text)
    return {each.strip() for each in found if _words(each) >= 5 and not re.search(r"@|\+\d", each)}
