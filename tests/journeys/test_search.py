"""A customer asks the sample store, through HTTP, with the real model and engine."""

from __future__ import annotations

import pytest

from kb.embedding.base import FloatVector
from kb.embedding.models import BundledEmbedder
from kb.engine.access import EngineAccess
from kb.errors import EmbeddingUnavailable
from tests.service import RunningService, Store

pytestmark = pytest.mark.slow


class GoneModel(BundledEmbedder):
    """The bundled model by name, whose file has gone."""

    def embed_query(self, text: str) -> FloatVector:
        raise EmbeddingUnavailable(f"The model is gone: {text}")


REFUND = {
    "ru": "когда вернут деньги за возврат",
    "it": "quando mi rimborsate",
    "hu": "mikor kapom vissza a pénzem",
    "en": "when will I get my money back",
}


@pytest.mark.parametrize(("lang", "question"), REFUND.items(), ids=list(REFUND))
def test_question_finds_its_article_in_its_language(sample_service: RunningService, lang: str, question: str) -> None:
    """The road as a whole: a customer's words lead to the right article, which answers."""
    found = sample_service.search(question, lang)

    assert found["hits"][0]["article_id"] == f"{lang}/returns/refund-time"
    assert (found["outcome"], found["mode"]) == ("answer", "hybrid")
    assert found["answer"]["url"].startswith(f"/{lang}/returns/refund-time")
    assert found["confidence"] >= 0.5


@pytest.mark.parametrize("question", ["which laptop should I buy for video editing", "asdf qwer zxcv"])
def test_question_without_answer_is_handed_on(sample_service: RunningService, question: str) -> None:
    """What the store cannot answer leads to people, not to a guess."""
    found = sample_service.search(question)

    assert found["outcome"] == "handoff"
    assert found["handoff"]["reason"] == "no_answer"
    assert found["handoff"]["contacts"]
    assert found["answer"] is None


def test_asking_for_a_person_is_handed_on(sample_service: RunningService) -> None:
    """Who wants a person gets one, with the hours in which somebody is there."""
    found = sample_service.search("хочу поговорить с оператором", "ru")

    assert found["handoff"]["reason"] == "asked_for_human"
    contacts = found["handoff"]["contacts"]
    assert all({"channel", "value"} <= each.keys() for each in contacts)
    assert any({"hours", "open_now"} <= each.keys() for each in contacts)


def test_answer_stands_in_the_article_word_for_word(sample: tuple[Store, RunningService]) -> None:
    """An answer is taken from the article, never written."""
    _, service = sample
    answer = service.search(REFUND["en"])["answer"]
    article = service.services.knowledge.live().public.corpus.article(answer["article_id"])

    assert article is not None
    assert all(line in article.text for line in answer["text"].split("\n"))


def test_hits_are_one_per_topic_in_the_asked_language(sample_service: RunningService) -> None:
    """Translations are one topic; the reader's language is shown where there is one."""
    hits = sample_service.search("доставка", "it")["hits"]
    topics = [hit["article_id"].split("/", 1)[1] for hit in hits]

    assert len(set(topics)) == len(topics)
    assert {hit["lang"] for hit in hits} == {"it"}


def test_category_limits_the_hits(sample_service: RunningService) -> None:
    """A category is a filter, and an unknown one matches nothing."""
    found = sample_service.search("how long", category="warranty")

    assert {hit["category"] for hit in found["hits"]} == {"warranty"}
    assert sample_service.search("how long", category="nope")["hits"] == []
    assert sample_service.search("how long", category='x" OR lang = "ru')["hits"] == []


def test_typing_finds_by_prefix_without_an_outcome(sample_service: RunningService) -> None:
    """While a word is unfinished, its beginning finds, and nothing is decided."""
    found = sample_service.search("refu", typing="true")

    assert "en/returns/refund-time" in [hit["article_id"] for hit in found["hits"][:3]]
    assert [found[key] for key in ("outcome", "confidence", "answer", "clarify", "handoff")] == [None] * 5


def test_misspelt_question_finds_its_article(sample_service: RunningService) -> None:
    """Typing errors are forgiven."""
    assert sample_service.search("скока стоит даставка", "ru")["hits"][0]["article_id"] == "ru/delivery/delivery-cost"


def test_same_question_gives_the_same_answer(sample_service: RunningService) -> None:
    """Nothing in the ranking depends on chance."""
    first, second = (sample_service.search("warranty on a phone") for _ in range(2))
    for found in (first, second):
        del found["query_id"], found["took_ms"]

    assert first == second


@pytest.mark.parametrize(
    "query",
    [
        {"q": ""},
        {"q": " \u200b "},
        {"q": "x" * 513},
        {"q": "refund", "limit": 0},
        {"q": "refund", "limit": 51},
        {"q": "refund", "limit": "many"},
        {"q": "refund", "lang": "xx"},
        {"q": "refund", "lang": 'en" OR "1'},
    ],
    ids=["empty", "invisible", "long", "limit 0", "limit 51", "limit no number", "lang unknown", "lang injected"],
)
def test_bad_parameter_is_a_problem_that_says_how_to_mend_it(
    sample_service: RunningService, query: dict[str, str | int]
) -> None:
    """Wrong use is told in the standard shape, with a code that stays."""
    refused = sample_service.get("/api/v1/search", headers=None, **query)

    assert refused.status == 400
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] in {"invalid_question", "invalid_request", "unknown_language"}


def test_language_is_taken_from_the_browser(sample_service: RunningService) -> None:
    """Without `lang`, Accept-Language decides."""
    found = sample_service.get("/api/v1/search", q="rimborso", headers={"Accept-Language": "de, it-IT;q=0.9"}).json()

    assert found["lang"] == "it"


def test_strange_characters_change_nothing(sample_service: RunningService) -> None:
    """Characters that nobody sees are not part of the question."""
    plain, strange = (sample_service.search(q)["hits"] for q in ("refund time", "ref\u00adund\u200b \u202etime"))

    assert plain == strange


@pytest.mark.parametrize("name", ["%00", "a%00b.css", "x" * 300, "..%2f..%2fpyproject.toml", "%2e%2e/app.py"])
def test_strange_file_name_is_not_found(sample_service: RunningService, name: str) -> None:
    """A name that cannot be a file is a page that does not exist, never an error of ours."""
    assert sample_service.get(f"/static/{name}").status == 404


def test_caches_are_told_what_an_answer_depends_on(sample_service: RunningService) -> None:
    """A shared cache must not give one reader's language to another, nor keep an answer past a publish."""
    headers = sample_service.get("/api/v1/search", q="pay").headers

    assert (headers["cache-control"], headers["vary"]) == ("no-cache", "Accept-Language")


def test_without_vectors_plain_questions_are_answered(sample: tuple[Store, RunningService]) -> None:
    """With the model gone, words alone still answer, and the mode says so."""
    store, _ = sample
    with store.engine_beside() as access, store.serve(access, embedder=GoneModel()) as service:
        found = service.search("сколько стоит доставка", "ru")
        page = service.get("/ru/search", q="сколько стоит доставка").text

    assert (found["mode"], found["outcome"]) == ("keyword", "answer")
    assert found["hits"][0]["article_id"] == "ru/delivery/delivery-cost"
    assert "Поиск сейчас ограничен" in page


def test_without_the_engine_questions_are_answered(sample: tuple[Store, RunningService]) -> None:
    """With Meilisearch gone, the edition itself answers, and the mode says so."""
    store, _ = sample
    nowhere = EngineAccess("http://127.0.0.1:9", "kb_", "none", "none", "none")
    with store.serve(nowhere) as service:
        found = service.search("when will I get my money back")
        typed = service.search("refund", typing="true")
        article = service.get("/en/returns/refund-time").status

    assert (found["mode"], found["outcome"]) == ("fallback", "answer")
    assert found["hits"][0]["article_id"] == "en/returns/refund-time"
    assert (typed["mode"], article) == ("fallback", 200)
    assert "en/returns/refund-time" in [hit["article_id"] for hit in typed["hits"]]
