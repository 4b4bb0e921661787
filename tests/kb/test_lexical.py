"""Words of an edition: stems for what is said, n-grams for how it is spelt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kb.article import Section
from kb.lexical import LexicalIndex
from kb.ngrams import folded
from kb.words import foreign_language, stem, stems, stop_words, telling_words, words
from tests.kb.fakes import an_article

REFUND = an_article("en/returns/refund", "When do I get my money back?", "A refund reaches your card in ten days.")
PARCEL = an_article("en/delivery/parcel", "Where is my parcel?", "The tracking link shows the parcel.")
VOZVRAT = an_article("ru/returns/refund", "Когда вернут деньги?", "Деньги вернутся на карту за десять дней.")
HUTO = an_article("hu/warranty/fridge", "Elromlott a hűtőszekrényem", "A javítás két hét.")


def _index(synonyms: dict[str, list[list[str]]] | None = None) -> LexicalIndex:
    return LexicalIndex([REFUND, PARCEL, VOZVRAT, HUTO], synonyms or {})


def test_words_are_folded() -> None:
    """Case is no difference, and ё is typed as е."""
    assert words("Ещё РАЗ: order-no. 5!") == ["еще", "раз", "order", "no", "5"]


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("en", "refunds", "refund"),
        ("ru", "деньгами", "деньги"),
        ("it", "rimborsi", "rimborso"),
        ("hu", "csomagok", "csomag"),
    ],
)
def test_forms_of_a_word_share_a_stem(lang: str, one: str, other: str) -> None:
    """Each language has its own stemmer."""
    assert stem(one, lang) == stem(other, lang)


def test_language_without_rules_keeps_its_words() -> None:
    """No rules: no stems, no stop words, nothing lost."""
    assert stems("Die Pakete und das Geld", "de") == ["die", "pakete", "und", "das", "geld"]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        pytest.param("en", "Where is the parcel", ["parcel"], id="stop words go"),
        pytest.param("en", "what is it", ["what", "is", "it"], id="unless there is nothing else"),
        pytest.param("en", "without the box", ["without", "box"], id="a kept word tells: en"),
        pytest.param("ru", "вернуть без коробки", ["вернуть", "без", "коробки"], id="a kept word tells: ru"),
        pytest.param("it", "senza la scatola", ["senza", "scatola"], id="a kept word tells: it"),
        pytest.param("en", "…", [], id="no words"),
    ],
)
def test_telling_words(lang: str, text: str, expected: list[str]) -> None:
    """What is left of a question tells articles apart; it is empty for a text without words only."""
    assert expected == telling_words(text, lang)


def test_stop_words_are_as_words_are() -> None:
    """The list is folded like the text it is compared with."""
    assert not [word for word in stop_words("ru") if "ё" in word or word != word.casefold()]


def test_accents_make_no_spelling() -> None:
    """Hungarian typed without accents looks the same to the n-grams."""
    assert folded("HŰTŐSZEKRÉNY, ёлка") == "hutoszekreny, елка"


def test_bm25_finds_other_forms_in_one_language() -> None:
    """The article with the word's stem scores; articles of other languages have none."""
    scores = _index().bm25("refunds to cards", "en")

    assert scores[0] > 0
    assert scores[1:].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("text", "lang"),
    [("zebra", "en"), ("refund", "ru"), ("refund", "de"), ("…", "en")],
    ids=["unknown word", "other language", "language without articles", "no words"],
)
def test_bm25_of_nothing_known_is_zero(text: str, lang: str) -> None:
    """A question that shares no word with any article of its language scores nothing."""
    assert not _index().bm25(text, lang).any()


def test_title_counts_more_than_text() -> None:
    """Of two articles with the same words, the one about it is first."""
    index = LexicalIndex([an_article("en/a/a", "warranty", "parcel"), an_article("en/a/b", "parcel", "warranty")], {})

    scores = index.bm25("warranty", "en")

    assert scores[0] > scores[1] > 0


def test_questions_keywords_and_description_are_found() -> None:
    """Everything an editor writes to be found is found."""
    article = an_article("en/a/a", "x", questions=("zebra",), keywords=("llama",), description="okapi")
    index = LexicalIndex([article, an_article("en/a/b", "y")], {})

    assert all(index.bm25(word, "en")[0] > 0 for word in ("zebra", "llama", "okapi"))


def test_synonyms_are_added_after_the_question() -> None:
    """A question holds its own stems first, then those of every group it touches, none twice."""
    index = _index({"en": [["reimbursement", "refund"], ["shipment", "parcel", "package"]]})

    assert index.expanded("reimbursement", "en") == [stem("reimbursement", "en"), "refund"]
    assert index.bm25("reimbursement", "en")[0] > 0
    assert index.expanded("refund, reimbursement", "en") == ["refund", stem("reimbursement", "en")]
    assert index.expanded("zebra", "en") == ["zebra"]


def test_synonym_phrase_needs_all_its_words() -> None:
    """Half a phrase means something else."""
    index = _index({"en": [["washing machine", "washer"]]})

    assert "washer" in index.expanded("my washing machine", "en")
    assert "washer" not in index.expanded("my sewing machine", "en")


def test_synonyms_hold_in_their_language_only() -> None:
    """A group of one language says nothing in another."""
    assert _index({"ru": [["zebra", "refund"]]}).expanded("zebra", "en") == ["zebra"]


def test_spelling_of_a_title_is_a_perfect_match() -> None:
    """The title itself, in any case and without accents, has cosine 1; no text has more."""
    assert _index().ngrams("where is MY parcel?")[1] == pytest.approx(1, abs=1e-5)
    assert _index().ngrams("Elromlott a hutoszekrenyem")[3] == pytest.approx(1, abs=1e-5)
    assert _index().ngrams("Where is my parcel? Where is my parcel?").max() <= 1.00001


def test_spelling_forgives_a_typing_error() -> None:
    """A wrong letter leaves the article first by far."""
    scores = _index().ngrams("where is my pracel")

    assert int(np.argmax(scores)) == 1
    assert scores[1] > 2 * np.delete(scores, 1).max()


def test_headings_and_questions_are_spelling_too() -> None:
    """An article is as near as the nearest of its title, questions and headings."""
    article = an_article("en/a/a", "x", questions=("lost zebra",), sections=(Section("o", "hungry okapi", 2, "text"),))

    index = LexicalIndex([article], {})

    assert index.ngrams("lost zebra")[0] == pytest.approx(1, abs=1e-5)
    assert index.ngrams("hungry okapi")[0] == pytest.approx(1, abs=1e-5)


def test_unknown_spelling_counts_against_a_match() -> None:
    """A question with one known syllable in a strange word is no match."""
    known = _index().ngrams("parcel")[1]

    assert _index().ngrams("parcel xqzwvk jjyyxx wqkzz")[1] < known / 2
    assert not _index().ngrams("xqzwvk").any()


def test_coverage_is_a_share_weighted_by_rarity() -> None:
    """All words held is 1, none is 0, and a rare word held weighs more than a common one."""
    titles = ["parcel zebra", "parcel llama", "okapi"]
    index = LexicalIndex([an_article(f"en/a/{place}", title) for place, title in enumerate(titles)], {})

    assert index.coverage("parcel zebra", "en", 0) == pytest.approx(1)
    assert index.coverage("giraffe", "en", 0) == 0
    assert index.coverage("parcel okapi", "en", 0) < 0.5 < index.coverage("parcel okapi", "en", 2)
    assert index.coverage("parcel", "ru", 0) == 0


def test_coverage_in_an_article_of_another_language_is_zero() -> None:
    """Words are compared within a language only."""
    assert _index().coverage("refund", "en", 2) == 0


def test_distinct_is_what_few_others_hold() -> None:
    """What four articles hold tells none of them apart; a word of one, two or three of them does."""
    titles = ["parcel zebra", "parcel llama", "parcel okapi", "parcel"]
    english = [an_article(f"en/a/{place}", title) for place, title in enumerate(titles)]
    index = LexicalIndex([*english, an_article("ru/a/0", "zebra")], {})

    assert index.distinct("zebra", "en").tolist() == [1, 0, 0, 0, 0]
    assert index.distinct("parcel", "en").tolist() == [0, 0, 0, 0, 0]
    told = index.distinct("zebra parcel", "en")
    assert told[0] > 0.5
    assert not told[1:].any()


def test_mistyped_word_is_as_distinct_as_the_one_that_is_meant() -> None:
    """Else a slip would take a question's one telling word away."""
    titles = ["parcel zebra", "parcel llama"]
    index = LexicalIndex([an_article(f"en/a/{place}", title) for place, title in enumerate(titles)], {})

    assert index.distinct("zbera", "en").tolist() == index.distinct("zebra", "en").tolist() == [1, 0]


@pytest.mark.parametrize("title", ["", "!!!", "😀"], ids=["empty", "signs", "emoji"])
def test_article_without_words_does_no_harm(title: str) -> None:
    """An article of signs only is indexed and not found."""
    index = LexicalIndex([an_article("en/a/a", title), PARCEL], {})

    assert index.bm25("parcel", "en")[0] == 0
    assert index.bm25("parcel", "en")[1] > 0
    assert index.ngrams("parcel").shape == (2,)


def test_word_that_no_article_holds_is_looked_for_by_its_other_names() -> None:
    """A customer's "reimbursement" is the store's "refund"; where an article says it so, that alone counts."""
    index = _index()

    assert index.bm25("reimbursement", "en")[0] > 0
    assert LexicalIndex([REFUND, an_article("en/a/b", "Reimbursement")], {}).bm25("reimbursement", "en")[0] == 0


@pytest.mark.parametrize(
    ("text", "lang"), [("visszakapom a pénzt", "hu"), ("rimborso", "it"), ("возврат денег", "ru"), ("refund", "en")]
)
def test_concepts_are_found_in_every_language(text: str, lang: str) -> None:
    """Both refund articles speak of what the question does, in whichever language; the fridge does not."""
    index = LexicalIndex([REFUND, VOZVRAT, HUTO], {})
    scores = index.concepts(text, lang)

    assert min(scores[:2]) > scores[2] == 0
    assert index.concept_coverage(text, lang, 0) > index.concept_coverage(text, lang, 2) == 0


def test_index_of_no_articles_answers_with_nothing() -> None:
    """A view may be empty."""
    index = LexicalIndex([], {"en": [["a", "b"]]})

    assert index.bm25("parcel", "en").shape == index.ngrams("parcel").shape == (0,)
    assert index.coverage("parcel", "en", 0) == 0
    assert index.distinct("parcel", "en").shape == index.concepts("parcel", "en").shape == (0,)


def test_phrasings_are_found_by_their_words_and_their_spelling() -> None:
    """What customers call it counts like what the shop calls it."""
    plain = an_article("en/a/plain", "Refund")
    put = replace(an_article("en/a/put", "Return"), phrasings=("the kettle is no good",))
    index = LexicalIndex([plain, put], {})

    assert index.bm25("kettle", "en")[1] > index.bm25("kettle", "en")[0] == 0
    assert index.ngrams("ketle no good")[1] > 0.4 > index.ngrams("ketle no good")[0]


def test_word_that_no_article_holds_counts_as_what_it_may_mean() -> None:
    """Typed without accents, or with a slip; a word that is held means itself, whatever it is near to."""
    index = _index()

    assert index.bm25("javitas", "hu")[3] == index.bm25("javítás", "hu")[3] > 0
    assert index.bm25("parcle", "en")[1] == index.bm25("parcel", "en")[1] > 0
    assert index.expanded("parcel", "en") == ["parcel"]
    assert index.expanded("parcle", "it") == [stem("parcle", "it")]


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        pytest.param("rjulf ltymub", "ru", "когда деньги", id="meant in Russian"),
        pytest.param("ltym", "ru", "день", id="unfinished"),
        pytest.param("rjulf parcel", "ru", "rjulf parcel", id="one word is held as it is"),
        pytest.param("rjulf gbyudby", "ru", "rjulf gbyudby", id="one word is held neither way"),
        pytest.param("rjulf", "hu", "rjulf", id="a language in Latin letters"),
        pytest.param("когда", "ru", "когда", id="as it should be"),
    ],
)
def test_wrong_keyboard_is_noticed_where_nothing_else_fits(text: str, lang: str, expected: str) -> None:
    """Only what no article holds in any language, and Russian articles hold whole."""
    assert _index().on_keyboard(text, lang) == expected


@pytest.mark.parametrize(
    ("text", "taken_for", "expected"),
    [
        pytest.param("Guten Tag, wann bekomme ich mein Geld zurück? Ich warte seit Mai.", "hu", "de", id="German"),
        pytest.param("Bonjour, quand vais-je recevoir mon remboursement pour ma commande ?", "en", "fr", id="French"),
        pytest.param("Hello, when do I get my money back for the order?", "en", "", id="English"),
        pytest.param("Посудомойка приехала с вмятиной на дверце, упаковка порвана.", "ru", "", id="like Bulgarian"),
        pytest.param("Refund A-48213", "en", "", id="too short to say"),
    ],
)
def test_language_without_rules_is_noticed(text: str, taken_for: str, expected: str) -> None:
    """Which the detector, knowing four languages, takes for one of them."""
    assert foreign_language(text, taken_for) == expected
