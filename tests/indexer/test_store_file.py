"""store.yaml: what the shop says of itself; a mistake costs what it is about, or the publish, and never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.problems import Problem
from indexer.store_file import MAX_STORE_BYTES, read_store
from kb.article import Category, Contact, Store
from tests.indexer.samples import SVG, errors, warnings, write

FULL = """\
name: Techno Market
url: https://help.example.org/
timezone: Europe/Budapest
languages: [hu, en, hu]
default_language: en
theme: {accent: "#0b6e4f", logo: images/logo.svg, radius: 4, font: "Georgia, serif"}
links: {shop: https://example.org, blog: {url: /blog, title: {hu: Blogunk}}}
edit_url: https://git.example.org/edit/{path}
categories:
  returns:
    title: {hu: Visszaküldés, en: Returns}
    contacts:
      - {channel: phone, value: "+36 1 555 0101", hours: {mon-fri: "9:00-18:00"}, languages: [hu]}
  payment: {title: Payment, icon: gift}
  warranty:
contacts: {channel: email, value: help@example.org}
synonyms: {en: [[fridge, refrigerator], [parcel, package]]}
quality: {first: 0.9, among_three: 0.97, refused: 1, wrongly_refused: 0.05}
replies: {threshold: {hu: 0.6, default: 0.4}}
"""


def read(tmp_path: Path, text: str | bytes) -> tuple[Store | None, list[Problem]]:
    path = write(tmp_path, {"images/logo.svg": SVG}) / "store.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_store(path, "articles/store.yaml")


def test_everything_is_read(tmp_path: Path) -> None:
    """Every key of the contract arrives, languages once each and categories in the order of the file."""
    store, problems = read(tmp_path, FULL)

    assert problems == []
    assert store == Store(
        name="Techno Market",
        languages=("hu", "en"),
        default_language="en",
        url="https://help.example.org",
        timezone="Europe/Budapest",
        theme={"accent": "#0b6e4f", "logo": "images/logo.svg", "radius": "4px", "font": "Georgia, serif"},
        links={"shop": "https://example.org", "blog": "/blog"},
        link_titles={"blog": {"hu": "Blogunk"}},
        edit_url="https://git.example.org/edit/{path}",
        categories=(
            Category(
                "returns",
                {"hu": "Visszaküldés", "en": "Returns"},
                (Contact("phone", "+36 1 555 0101", {"mon-fri": "9:00-18:00"}, ("hu",)),),
            ),
            Category("payment", {"hu": "Payment", "en": "Payment"}, icon="gift"),
            Category("warranty"),
        ),
        contacts=(Contact("email", "help@example.org"),),
        synonyms={"en": (("fridge", "refrigerator"), ("parcel", "package"))},
        quality={"first": 0.9, "among_three": 0.97, "refused": 1.0, "wrongly_refused": 0.05},
        reply_thresholds={"hu": 0.6, "default": 0.4},
    )
    assert (store.reply_threshold("hu"), store.reply_threshold("en")) == (0.6, 0.4)


def test_languages_are_enough(tmp_path: Path) -> None:
    """A store of one line works; the first language is the default."""
    store, problems = read(tmp_path, b"\xef\xbb\xbflanguages: [no, pt-br]\r\n")

    assert problems == []
    assert store == Store("Help", ("no", "pt-br"), "no")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("", 1, id="empty"),
        pytest.param("name: Shop", 1, id="no languages"),
        pytest.param("name: Shop\nlanguages: en", 2, id="languages no list"),
        pytest.param("languages: []", 1, id="no language in the list"),
        pytest.param("languages: [EN]", 1, id="language in capitals"),
        pytest.param("languages: [../../etc]", 1, id="path as a language"),
        pytest.param("languages: [english]", 1, id="word as a language"),
        pytest.param("languages: [1]", 1, id="number as a language"),
        pytest.param("languages: [en]\ndefault_language: de", 2, id="default that is none of them"),
        pytest.param("languages: [en]\ntimezone: Mars/Olympus", 2, id="unknown time zone"),
        pytest.param("languages: [en]\ntimezone: ../../../etc/passwd", 2, id="path as a time zone"),
        pytest.param("languages: [en]\ntimezone: Europe", 2, id="folder of time zones"),
        pytest.param('languages: [en]\ntimezone: "a\\0"', 2, id="NUL in a time zone"),
        pytest.param("languages: [en]\ncategories: [returns]", 2, id="categories as a list"),
        pytest.param("languages: [en]\ncategories:\n  a: {}\n  returns: [x]", 4, id="category as a list"),
        pytest.param("languages: [en]\ncategories:\n  Über uns: {}", 3, id="category that is no folder"),
        pytest.param("languages: [en]\ncategories: {../x: {}}", 2, id="path as a category"),
        pytest.param("languages: [en]\nlanguages: [ru]", 2, id="key twice"),
        pytest.param("languages: &a [en]\n", 1, id="anchor"),
        pytest.param("languages: !!python/tuple [en]", 1, id="python"),
        pytest.param("languages: [en]\n  name: x", 2, id="no YAML"),
        pytest.param("- en", 1, id="list"),
        pytest.param(b"languages: [en]\nname: \xe9", 1, id="Latin-1"),
        pytest.param("languages: [en]\n#" + "x" * MAX_STORE_BYTES, 1, id="too large"),
    ],
)
def test_store_that_cannot_be_used_is_an_error(tmp_path: Path, text: str | bytes, line: int) -> None:
    """Without languages, addresses and a time zone nothing can be published; the line is told."""
    store, problems = read(tmp_path, text)

    assert store is None
    assert [("articles/store.yaml", line, "store")] == [(p.path, p.line, p.code) for p in problems]
    assert errors(problems) == ["store"]
    assert problems[0].hint


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        pytest.param("languges: [ru]", "languages", ("en",), id="unknown key"),
        pytest.param("url: javascript:alert(1)", "url", "", id="script as the address"),
        pytest.param('url: "https://a.example/\\" onload=\\"x"', "url", "", id="quote in the address"),
        pytest.param('theme: {accent: "red;} body{display:none"}', "theme", {}, id="style sheet as a colour"),
        pytest.param("theme: dark", "theme", {}, id="theme no mapping"),
        pytest.param("links: [a]", "links", {}, id="links no mapping"),
        pytest.param("contacts: [{channel: phone}]", "contacts", (), id="contact without a value"),
        pytest.param("contacts: call us", "contacts", (), id="contact no mapping"),
        pytest.param(
            'contacts: [{channel: phone, value: "1", hours: {monday: "9-18"}}]',
            "contacts",
            (Contact("phone", "1"),),
            id="hours that cannot be read",
        ),
        pytest.param(
            "categories: {a: {icon: banana}}", "categories", (Category("a"),), id="icon that nobody has drawn"
        ),
        pytest.param("categories: {a: {icon: [gift]}}", "categories", (Category("a"),), id="icon no name"),
        pytest.param("synonyms: [[a, b]]", "synonyms", {}, id="synonyms of no language"),
        pytest.param("synonyms: {en: }", "synonyms", {}, id="synonyms without a list"),
        pytest.param("quality: 0.9", "quality", {}, id="demand for nothing in particular"),
        pytest.param("quality: {best: 0.9}", "quality", {}, id="unknown demand"),
        pytest.param("quality: {first: 90}", "quality", {}, id="demand in percent"),
        pytest.param("quality: {first: .9}", "quality", {}, id="number that YAML reads as text"),
        pytest.param("quality: {first: true}", "quality", {}, id="demand that is no number"),
        pytest.param("replies: 0.6", "reply_thresholds", {}, id="threshold of nothing"),
        pytest.param("replies: {limit: 3}", "reply_thresholds", {}, id="unknown key of replies"),
        pytest.param("replies: {threshold: 0.6}", "reply_thresholds", {}, id="threshold of no language"),
        pytest.param("replies: {threshold: {en: 60}}", "reply_thresholds", {}, id="threshold in percent"),
        pytest.param("replies: {threshold: {xx: 0.1}}", "reply_thresholds", {}, id="threshold of another language"),
        pytest.param("calibration: {slope: 1.0}", "calibration", None, id="calibration in the wrong file"),
    ],
)
def test_what_the_store_can_do_without_is_warned_about(tmp_path: Path, line: str, field: str, expected: object) -> None:
    """A mistake in a detail costs the detail; its line is told."""
    store, problems = read(tmp_path, f"languages: [en]\n{line}")

    assert warnings(problems) == ["store"]
    assert [problem.line for problem in problems] == [2]
    assert errors(problems) == []
    assert expected == getattr(store, field)


def test_missing_file_says_what_to_write(tmp_path: Path) -> None:
    """A new store learns from the message what it needs."""
    store, problems = read_store(tmp_path / "store.yaml", "articles/store.yaml")

    assert store is None
    assert errors(problems) == ["store"]
    assert "languages" in problems[0].hint


def test_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    """What cannot be opened as a file is told as a problem."""
    (tmp_path / "store.yaml").mkdir()

    assert read_store(tmp_path / "store.yaml", "s.yaml")[0] is None
