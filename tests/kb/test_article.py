"""The nouns of the house: what an article, a store and their parts say of themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kb.article import (
    Audience,
    Calibration,
    Category,
    Contact,
    Image,
    Passage,
    PassageKind,
    Section,
    Store,
    Weights,
)
from tests.kb.fakes import a_store, an_article

PHONE = Contact("phone", "+36 1 555 0101", languages=("hu", "en"))
CHAT = Contact("chat", "https://example.org/chat")
EMAIL = Contact("email", "help@example.org")
POLSKA = Contact("email", "pomoc@example.org", languages=("pl",))


@pytest.mark.parametrize(
    ("category", "lang", "expected"),
    [
        pytest.param("returns", "hu", (PHONE, CHAT), id="the category's, in a language they speak"),
        pytest.param("returns", "ru", (CHAT,), id="who does not speak it is left out"),
        pytest.param("polish", "ru", (POLSKA,), id="better the wrong language than nobody"),
        pytest.param("payment", "ru", (EMAIL,), id="category without contacts"),
        pytest.param("unknown", "ru", (EMAIL,), id="no such category"),
        pytest.param(None, "ru", (EMAIL,), id="no category"),
    ],
)
def test_contacts_fit_category_and_language(category: str | None, lang: str, expected: tuple[Contact, ...]) -> None:
    """There is always somebody to ask: the nearest in subject, then in language."""
    store = a_store(
        categories=(
            Category("returns", contacts=(PHONE, CHAT)),
            Category("polish", contacts=(POLSKA,)),
            Category("payment"),
        ),
        contacts=(EMAIL,),
    )

    assert expected == store.contacts_for(category, lang)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param({"hu": "Fizetés", "en": "Payment"}, "Fizetés", id="asked language"),
        pytest.param({"ru": "Оплата"}, "Оплата", id="any other"),
        pytest.param({}, "payment", id="slug"),
    ],
)
def test_category_always_has_a_title(title: dict[str, str], expected: str) -> None:
    """A title in another language, or the slug, is better than none."""
    assert expected == Category("payment", title).title_in("hu")


def test_id_tells_language_category_and_topic() -> None:
    """Translations share their topic, and differ in language."""
    article = an_article("ru/returns/refund-time")
    passage = Passage("ru/returns/refund-time", PassageKind.BODY, "", 1, "", "")

    assert (article.lang, article.category, article.topic) == ("ru", "returns", "returns/refund-time")
    assert (passage.lang, passage.category, passage.topic) == ("ru", "returns", "returns/refund-time")


def test_internal_article_has_no_public_address() -> None:
    """A link to an internal article leads to where only agents can read."""
    assert an_article("en/returns/a").url == "/en/returns/a"
    assert an_article("en/returns/a", audience=Audience.AGENT).url == "/agent/articles/en/returns/a"


def test_text_holds_headings_and_no_blank_lines() -> None:
    """The plain text of an article is its headings and their texts, in order."""
    sections = (Section("", "", 0, "Lead."), Section("cards", "Cards", 2, "Ten days."), Section("end", "End", 2, ""))

    assert an_article("en/a/b", sections=sections).text == "Lead.\nCards\nTen days.\nEnd"


FIRST, LAST = date(2026, 12, 1), date(2027, 1, 15)


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "day", "expected"),
    [
        pytest.param(FIRST, LAST, date(2026, 11, 30), False, id="the day before"),
        pytest.param(FIRST, LAST, FIRST, True, id="the first day"),
        pytest.param(FIRST, LAST, LAST, True, id="the last day"),
        pytest.param(FIRST, LAST, date(2027, 1, 16), False, id="the day after"),
        pytest.param(FIRST, None, date(2099, 1, 1), True, id="without end"),
        pytest.param(None, LAST, date(2000, 1, 1), True, id="without beginning"),
        pytest.param(None, None, FIRST, True, id="always"),
    ],
)
def test_both_days_of_validity_are_included(
    valid_from: date | None, valid_until: date | None, day: date, expected: bool
) -> None:
    """An article is shown from its first to its last day."""
    assert expected is an_article("en/a/b", valid_from=valid_from, valid_until=valid_until).is_valid_on(day)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("images/box.png", "box.jpg"),
        ("images/My Box (2).JPEG", "my-box-2.jpg"),
        ("images/../x/коробка.png", "image.jpg"),
        ("box", "box.jpg"),
    ],
)
def test_image_has_an_address_of_plain_letters(path: str, name: str) -> None:
    """Whatever the file is called, its address needs no escapes and ends as its content wants."""
    image = Image(path, "0123456789abcdef", "image/jpeg")

    assert image.url() == f"/media/0123456789abcdef/{name}"
    assert image.url(Audience.AGENT) == f"/agent/media/0123456789abcdef/{name}"
    assert image.file == "0123456789abcdef.jpg"


STORE = Store(
    "Shop", ("it", "en"), "en", link_titles={"blog": {"en": "Our blog", "hu": "Blogunk"}, "jobs": {"hu": "Állás"}}
)


@pytest.mark.parametrize(
    ("name", "lang", "title"),
    [("blog", "hu", "Blogunk"), ("blog", "it", "Our blog"), ("jobs", "it", "Állás"), ("shop", "en", "")],
)
def test_link_is_called_as_its_readers_understand_best(name: str, lang: str, title: str) -> None:
    """The reader's language, else the store's, else any; a link without titles has none."""
    assert title == STORE.link_title(name, lang)


def test_edit_link_names_the_file() -> None:
    """Where it is edited is told of every article, or of none."""
    store = Store("Shop", ("en",), "en", edit_url="https://git.example.org/edit/main/articles/{path}?plain")

    assert store.edit_link("en/a/b") == "https://git.example.org/edit/main/articles/en/a/b.md?plain"
    assert STORE.edit_link("en/a/b") == ""


@pytest.mark.parametrize(("model", "applies"), [("words", True), ("new-model", False), ("", False)])
def test_calibration_is_for_the_model_it_was_made_with(model: str, applies: bool) -> None:
    """Another model's chances lie elsewhere, and an edition without vectors has no model."""
    store = replace(a_store(), calibration=Calibration("words", Weights(0.1, {}), Weights(0.2, {}), 0.5))

    assert (store.calibration_for(model) == store.calibration) == applies
    assert a_store().calibration_for(model) is None
