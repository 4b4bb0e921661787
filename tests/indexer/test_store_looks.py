"""Looks, links and synonyms in store.yaml: each mistake costs what it is about, and is told on its own line."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.store_file import read_store
from kb.article import Store
from tests.indexer.pictures import SVG
from tests.indexer.samples import warnings, write


def read(tmp_path: Path, text: str) -> tuple[Store, list[tuple[int, str]]]:
    """Return the store of a file that begins with its languages, and line and text of what is told."""
    files: dict[str, str | bytes] = {"store.yaml": f"languages: [en, ru]\n{text}", "images/logo.svg": SVG}
    store, problems = read_store(write(tmp_path, {**files, "images/text.png": "no"}) / "store.yaml", "store.yaml")
    assert store is not None
    assert warnings(problems) == ["store"] * len(problems)
    assert all(problem.hint for problem in problems)
    return store, [(problem.line, problem.message) for problem in problems]


@pytest.mark.parametrize(
    ("line", "theme"),
    [
        ('accent: "#0B6e4f"', {"accent": "#0B6e4f"}),
        ("logo: images/logo.svg", {"logo": "images/logo.svg"}),
        ("favicon: /images/../images/logo.svg", {"favicon": "images/logo.svg"}),
        ("radius: 0", {"radius": "0px"}),
        ("radius: 12px", {"radius": "12px"}),
        ("font: Georgia, Times New Roman, serif", {"font": "Georgia, Times New Roman, serif"}),
    ],
)
def test_theme_is_read(tmp_path: Path, line: str, theme: dict[str, str]) -> None:
    """Each value arrives in the form that pages use."""
    store, told = read(tmp_path, f"theme:\n  {line}")

    assert (store.theme, told) == (theme, [])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("accent: green", "colour 'green'", id="name of a colour"),
        pytest.param('accent: "#0b6"', "colour '#0b6'", id="short colour"),
        pytest.param("accent: 123456", "colour 123456", id="colour without its sign"),
        pytest.param("accent:", "accent has no value", id="colour that a # made a comment"),
        pytest.param("logo: images/none.svg", "no image 'images/none.svg'", id="missing logo"),
        pytest.param("logo: ../logo.svg", "not in articles/", id="logo from outside"),
        pytest.param("logo: https://example.org/logo.svg", "not in articles/", id="logo of another site"),
        pytest.param("logo: images/text.png", "no image that can be shown", id="logo that is text"),
        pytest.param("logo: [a]", "no image", id="logo as a list"),
        pytest.param("favicon: favicon.ico", "no image 'favicon.ico'", id="missing icon"),
        pytest.param("radius: 33", "radius 33", id="radius too large"),
        pytest.param("radius: 1em", "radius '1em'", id="radius in other units"),
        pytest.param("radius: true", "radius True", id="radius as a flag"),
        pytest.param("font: 'a; } body { display: none'", "font 'a; }", id="style sheet as a font"),
        pytest.param("font: 'url(https://example.org/f.woff)'", "font 'url(", id="font from elsewhere"),
        pytest.param("colour: red", "key 'colour'", id="unknown key"),
    ],
)
def test_wrong_value_of_the_theme_is_passed_over(tmp_path: Path, line: str, expected: str) -> None:
    """The pages look as without it, nothing of it reaches their style sheet, and the line is told."""
    store, told = read(tmp_path, f"theme:\n  {line}\nurl: https://help.example.org")

    assert store.theme == {}
    assert [at for at, _ in told] == [3]
    assert expected in told[0][1]


LINKS = """\
links:
  shop: https://example.org
  mail: mailto:help@example.org
  terms: /terms
  blog:
    url: https://example.org/blog
    title: {en: Our blog, ru: Наш блог}
  jobs: {url: https://example.org/jobs, title: Jobs}
"""


def test_links_are_read_with_their_titles(tmp_path: Path) -> None:
    """A link is an address, or an address with a title per language or for all."""
    store, told = read(tmp_path, LINKS)

    assert told == []
    assert set(store.links) == {"shop", "mail", "terms", "blog", "jobs"}
    assert store.links["blog"] == "https://example.org/blog"
    assert store.link_titles == {
        "blog": {"en": "Our blog", "ru": "Наш блог"},
        "jobs": {"en": "Jobs", "ru": "Jobs"},
    }


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "'JAVASCRIPT:alert(1)'",
        "data:text/html,x",
        "//example.org",
        "'/\\example.org'",
        "ftp://example.org",
        "example.org",
        "'https://example.org/a b'",
        "''",
        "1",
        "[https://example.org]",
        "{url: javascript:alert(1)}",
        "{title: Blog}",
    ],
)
def test_link_that_leads_nowhere_good_is_left_out(tmp_path: Path, link: str) -> None:
    """Every page shows these links, so they may be addresses only."""
    store, told = read(tmp_path, f"links:\n  shop: https://example.org\n  blog: {link}")

    assert store.links == {"shop": "https://example.org"}
    assert [line for line, _ in told] == [4]


@pytest.mark.parametrize(
    ("title", "line"), [("{en: [a]}", 5), ("[a]", 5), ("{en: ''}", 5), ("Blog\n    colour: red", 6)]
)
def test_link_with_a_wrong_title_stays(tmp_path: Path, title: str, line: int) -> None:
    """Its address is good; it is called by its name."""
    store, told = read(tmp_path, f"links:\n  blog:\n    url: /blog\n    title: {title}")

    assert store.links == {"blog": "/blog"}
    assert [at for at, _ in told] == [line]


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.org/edit/main",
        "/edit/{path}",
        "mailto:{path}",
        "javascript:{path}",
        "git.example.org/{path}",
        "https://git.example.org/a b/{path}",
    ],
)
def test_edit_address_must_be_one_that_names_the_file(tmp_path: Path, url: str) -> None:
    """An agent's page would lead every article to the same place, or nowhere."""
    store, told = read(tmp_path, f"edit_url: '{url}'")

    assert store.edit_url == ""
    assert [line for line, _ in told] == [2]


def test_synonyms_are_read(tmp_path: Path) -> None:
    """Groups of words or phrases, each word once, numbers too."""
    store, told = read(tmp_path, "synonyms:\n  en: [[TV  set, television, television], [5, five]]\n  ru: []")

    assert told == []
    assert store.synonyms == {"en": (("TV set", "television"), ("5", "five")), "ru": ()}


@pytest.mark.parametrize(
    ("groups", "line"),
    [
        pytest.param("  de: [[a, b]]", 3, id="no language of the store"),
        pytest.param("  ru: [посылка, отправление]", 3, id="words without a group"),
        pytest.param("  ru: посылка", 3, id="a word"),
        pytest.param("  ru: {посылка: отправление}", 3, id="a mapping"),
        pytest.param("  ru:\n    - [a, b]\n    - [c]", 5, id="a group of one"),
        pytest.param("  ru:\n    - [a, b]\n    - c, d", 5, id="a group that is text"),
        pytest.param("  ru:\n    - [a, b]\n    - [c, c]", 5, id="a word with itself"),
        pytest.param("  ru:\n    - [a, b]\n    - [c, '']", 5, id="a word with nothing"),
        pytest.param("  ru:\n    - [a, b]\n    - [c, '!']", 5, id="a word with a sign"),
        pytest.param("  ru:\n    - [a, b]\n    - [c, d, [e]]", 5, id="a group in a group"),
        pytest.param("  ru:\n    - [a, b]\n    - [c, {d: e}]", 5, id="a mapping in a group"),
        pytest.param("  ru:\n    - [a, b]\n    -", 5, id="nothing"),
    ],
)
def test_wrong_synonyms_cost_their_group(tmp_path: Path, groups: str, line: int) -> None:
    """The other groups stay, and the line of the wrong one is told."""
    store, told = read(tmp_path, f"synonyms:\n{groups}\n  en: [[fridge, refrigerator]]")

    assert [at for at, _ in told] == [line]
    assert store.synonyms["en"] == (("fridge", "refrigerator"),)
    assert store.synonyms.get("ru", ()) in ((), (("a", "b"),))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("categories:\n  returns:\n    title: R\n    colour: red", 5),
        ("contacts:\n  - {channel: phone, value: '1'}\n  - channel: email\n    value: a@example.org\n    hour: x", 6),
    ],
)
def test_unknown_keys_are_told_where_they_stand(tmp_path: Path, text: str, line: int) -> None:
    """A misspelt key would have no effect, and nobody would know why."""
    _, told = read(tmp_path, text)

    assert [at for at, _ in told] == [line]
    assert "is not known" in told[0][1]
