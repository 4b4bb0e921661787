"""The store's own catalogues: a further language without touching the package, and nothing in it can break a page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import locale
from api.locale import catalogue, check_catalogues, known_strings, shipped_languages, to_translate
from kb.errors import InitRefused

WITH_PLACEHOLDER = "in %(language)s"


@pytest.fixture
def articles(tmp_path: Path) -> Iterator[Path]:
    """The articles of a store whose catalogues are in use."""
    (tmp_path / "locale").mkdir()
    locale.use(tmp_path)
    yield tmp_path
    locale.use(Path("articles"))


def write(articles: Path, lang: str, strings: dict[str, str], *, header: bool = True) -> Path:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n' if header else ""
    path = articles / f"locale/{lang}.po"
    path.write_text(head + "".join(f'msgid "{original}"\nmsgstr "{text}"\n\n' for original, text in strings.items()))
    return path


def told(articles: Path, *languages: str) -> list[tuple[str, int, str]]:
    return [(Path(p.path).name, p.line, p.code) for p in check_catalogues(articles, languages)]


def test_further_language_is_read_beside_the_articles(articles: Path) -> None:
    """A German store needs no change of the package; what it has not translated stays in English."""
    write(articles, "de", {"Search": "Suchen", WITH_PLACEHOLDER: "auf %(language)s"})

    assert catalogue("de").gettext("Search") == "Suchen"
    assert catalogue("de").gettext(WITH_PLACEHOLDER) % {"language": "Englisch"} == "auf Englisch"
    assert catalogue("de").gettext("Answer") == "Answer"


def test_single_string_of_a_language_of_ours_can_be_said_otherwise(articles: Path) -> None:
    """A store that addresses its customers formally changes those strings, and keeps the others."""
    write(articles, "it", {"Search": "Trova"})

    assert catalogue("it").gettext("Search") == "Trova"
    assert catalogue("it").gettext("Answer") == "Risposta"
    assert told(articles, "it") == []


def test_changed_catalogue_is_read_again(articles: Path) -> None:
    """An editor who corrects a word must not have to restart the service."""
    write(articles, "de", {"Search": "Sucen"})
    before = catalogue("de").gettext("Search")
    path = write(articles, "de", {"Search": "Suchen"})
    os.utime(path, ns=(1, 1))

    assert (before, catalogue("de").gettext("Search")) == ("Sucen", "Suchen")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("auf Englisch", id="placeholder lost"),
        pytest.param("auf %(sprache)s", id="placeholder translated"),
        pytest.param("auf %(language)s, %(language)d", id="other kind of placeholder"),
        pytest.param("100 % auf %(language)s", id="per cent"),
        pytest.param("auf <b>%(language)s</b>", id="markup"),
        pytest.param("auf %(language)s' onclick='x &amp;", id="entity"),
        pytest.param('auf \\"%(language)s\\"', id="quote that ends an attribute"),
    ],
)
def test_translation_that_could_break_a_page_is_passed_over(articles: Path, text: str) -> None:
    """Every page of that language would fail, or carry an editor's HTML; English is shown, and the line is told."""
    good = {string: string if "%(" in string else "Wort" for string in known_strings()}
    write(articles, "de", good | {WITH_PLACEHOLDER: text})
    lines = (articles / "locale/de.po").read_text().splitlines()

    assert catalogue("de").gettext(WITH_PLACEHOLDER) == WITH_PLACEHOLDER
    assert told(articles, "de")[0] == ("de.po", lines.index(f'msgid "{WITH_PLACEHOLDER}"') + 1, "catalogue")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"msgid \xff\xfe", id="other encoding"),
        pytest.param(b"a plain text\n", id="no catalogue"),
        pytest.param(b'msgid "Search\nmsgstr "', id="quote not closed"),
        pytest.param(b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=nonsense\\n"\n', id="unknown charset"),
        pytest.param(b'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=x; plural=__import__;\\n"\n', id="bad plural"),
        pytest.param(b"", id="empty"),
    ],
)
def test_broken_catalogue_is_told_and_the_page_is_in_english(articles: Path, content: bytes) -> None:
    """A slip in one file must not take the pages of a language away."""
    (articles / "locale/de.po").write_bytes(content)

    assert catalogue("de").gettext("Search") == "Search"
    assert {code for _, _, code in told(articles, "de")} <= {"catalogue", "untranslated"}
    assert told(articles, "de")


def test_link_in_place_of_a_catalogue_is_not_followed(articles: Path, tmp_path: Path) -> None:
    """A pull request must not be able to read a file of the server."""
    (tmp_path / "secret").write_text('msgid "Search"\nmsgstr "secret"\n')
    (articles / "locale/de.po").symlink_to(tmp_path / "secret")

    assert catalogue("de").gettext("Search") == "Search"
    assert [code for _, _, code in told(articles, "de")] == ["catalogue"]


def test_language_without_a_catalogue_is_told(articles: Path) -> None:
    """English strings around German articles are nothing that a store should learn from a customer."""
    assert told(articles, "de", *shipped_languages()) == [("de.po", 1, "catalogue")]


def test_strings_without_translation_are_counted(articles: Path) -> None:
    """A half-filled catalogue is worse than none when nobody knows."""
    write(articles, "de", {"Search": "Suchen", "Answer": ""})

    assert told(articles, "de") == [("de.po", 1, "untranslated")]
    assert f"{len(known_strings()) - 1} of {len(known_strings())}" in check_catalogues(articles, ("de",))[0].message


def test_misspelt_original_and_name_of_file_are_told(articles: Path) -> None:
    """A translation of a string that no page says would never be seen."""
    write(articles, "it", {"Serch": "Trova"})
    write(articles, "deutsch", {"Search": "Suchen"})

    assert [(name, code) for name, _, code in told(articles, "it")] == [
        ("it.po", "catalogue"),
        ("deutsch.po", "catalogue"),
    ]


@pytest.mark.parametrize("lang", ["../../secret", "de/../it", "", "DE"])
def test_language_of_an_address_cannot_name_another_file(articles: Path, lang: str) -> None:
    """The code comes from the address of a page."""
    (articles.parent / "secret.po").write_text('msgid "Search"\nmsgstr "secret"\n')

    assert catalogue(lang).gettext("Search") == "Search"


@pytest.mark.parametrize("lang", ["de", "pl", "pt-br", "ja"])
def test_empty_catalogue_holds_every_string_and_can_be_filled_in(articles: Path, lang: str) -> None:
    """What `kb catalogue` prints is what `kb check` asks for, and shows English until it is filled in."""
    path = articles / f"locale/{lang}.po"
    path.write_text(to_translate(lang))
    empty = told(articles, lang)
    path.write_text(to_translate(lang).replace('msgid "Search"\nmsgstr ""', 'msgid "Search"\nmsgstr "ŹŽ"'))

    assert empty == [(path.name, 1, "untranslated")]
    assert f"{len(known_strings()) - 1} of" in check_catalogues(articles, (lang,))[0].message
    assert (catalogue(lang).gettext("Search"), catalogue(lang).gettext("Answer")) == ("ŹŽ", "Answer")


def test_empty_catalogue_of_no_language_is_refused() -> None:
    """A mistyped code would make a file that nobody reads."""
    with pytest.raises(InitRefused, match="xx"):
        to_translate("xx")
