"""What programs read of the sample store: valid HTML, sitemap, languages, structured data, Markdown, caches."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from api.locale import catalogue
from kb.article import Article
from tests.service import ROOT, Answered, RunningService

pytestmark = pytest.mark.slow

SITE = "https://help.example.org"
NODE = ROOT / "tests/node"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
QUESTIONS = ["refund time", "chi è il presidente", "...", '"><script>']
OTHERS = ["/ru/none/none", "/xx/", "/en/returns/?missing=returns/refund-time", "/hu/search"]
OTHERS += [f"/it/search?q={quote(question)}" for question in QUESTIONS]
DESCRIBED = re.compile(r'<meta (?:name|property)="((?:og:)?(?:description|title|type|site_name|locale))" content="[^"]')


@pytest.fixture(scope="module")
def pages(sample_service: RunningService) -> dict[str, Answered]:
    """Every page of the sample store that the sitemap lists, by address."""
    return {path: sample_service.get(path) for path in _listed(sample_service)}


@pytest.fixture(scope="module")
def articles(sample_service: RunningService) -> list[Article]:
    return list(sample_service.services.knowledge.live().public.corpus.articles)


def _listed(service: RunningService) -> dict[str, dict[str, str]]:
    """Return what the sitemap says: path to the addresses of all its languages."""
    root = _xml(service.get("/sitemap.xml"))
    found = {}
    for url in root.findall("s:url", NAMES):
        address = url.findtext("s:loc", "", NAMES)
        assert address.startswith(SITE)
        others = {link.attrib["hreflang"]: link.attrib["href"] for link in url.findall("x:link", NAMES)}
        found[address.removeprefix(SITE)] = others
    return found


def _xml(answer: Answered) -> ET.Element:
    return ET.fromstring(answer.text)  # noqa: S314  written by us


def _links(page: str, relation: str) -> list[dict[str, str]]:
    tags = re.findall(rf'<link rel="{relation}"([^>]*)>', page)
    return [dict(re.findall(r'([a-z]+)="([^"]*)"', tag)) for tag in tags]


def _data(page: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(re.findall(r'ld\+json">(.*?)</script>', page)[0])["@graph"]
    return found


def test_every_page_is_valid_html(pages: dict[str, Answered], sample_service: RunningService, tmp_path: Path) -> None:
    """html-validate finds nothing on any page of the store, nor on searches and errors; and would, if there were."""
    texts = {**{path: page.text for path, page in pages.items()}, **{p: sample_service.get(p).text for p in OTHERS}}
    for number, text in enumerate(texts.values()):
        (tmp_path / f"{number}.html").write_text(text, encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text("<!doctype html><html lang=en><title>x</title><p id=a><div id=a></div></p>", encoding="utf-8")
    command = ["node", str(NODE / "node_modules/html-validate/bin/html-validate.mjs"), "--formatter", "json"]
    command += ["--config", str(NODE / "htmlvalidate.json"), *map(str, sorted(tmp_path.glob("*.html")))]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    wrong = {
        list(texts)[int(Path(each["filePath"]).stem)]: [message["message"] for message in each["messages"]]
        for each in told
        if each["filePath"] != str(broken)
    }

    assert len(texts) > 200
    assert wrong == {}
    assert any(each["filePath"] == str(broken) for each in told)


def test_sitemap_lists_every_page_once(pages: dict[str, Answered], articles: list[Article]) -> None:
    """Front pages, subjects and all articles for customers, each of them there."""
    expected = {article.url for article in articles}
    expected |= {f"/{a.lang}/{a.category}/" for a in articles} | {f"/{a.lang}/" for a in articles}

    assert pages.keys() == expected
    assert {page.status for page in pages.values()} == {200}


def test_languages_of_a_page_name_each_other(sample_service: RunningService, pages: dict[str, Answered]) -> None:
    """Page and sitemap say the same; each version is named by all others, itself included, with one for the rest."""
    listed = _listed(sample_service)
    told = {
        path: {link["hreflang"]: link["href"] for link in _links(page.text, "alternate") if "hreflang" in link}
        for path, page in pages.items()
    }
    one_way = [
        (path, other)
        for path, others in told.items()
        for other in others.values()
        if told[other.removeprefix(SITE)] != others
    ]

    assert told == listed
    assert one_way == []
    assert {tuple(sorted(others)) for others in told.values()} == {("en", "hu", "it", "ru", "x-default")}


def test_every_page_says_what_it_is(pages: dict[str, Answered]) -> None:
    """Its one address, and what is shown when somebody passes it on: title, description, each of them once."""
    wrong = [
        path
        for path, page in pages.items()
        if [link["href"] for link in _links(page.text, "canonical")] != [SITE + path]
        or f'<meta property="og:url" content="{SITE}{path}">' not in page.text
        or set(Counter(DESCRIBED.findall(page.text)).values()) != {1}
        or len(DESCRIBED.findall(page.text)) != 6
    ]

    assert wrong == []


def test_every_page_speaks_its_language(pages: dict[str, Answered]) -> None:
    """The words around an article are in the article's language, and so is what is read out."""
    skips = {lang: catalogue(lang).gettext("Skip to the content") for lang in ("en", "ru", "it", "hu")}
    wrong = [
        path
        for path, page in pages.items()
        if f'<html lang="{path[1:3]}" dir="ltr">' not in page.text or f">{skips[path[1:3]]}</a>" not in page.text
    ]

    assert wrong == []


def test_structured_data_stands_on_the_page(pages: dict[str, Answered], articles: list[Article]) -> None:
    """Question, answer and the way there are what the reader sees, for every article."""
    wrong = []
    for article in articles:
        page = pages[article.url].text
        faq, trail = _data(page)
        (question,) = faq["mainEntity"]
        described = re.sub(r'<img[^>]* alt="([^"]*)"', r"\1<", page.partition("<body>")[2])
        shown = _plain(re.sub(r"<[^>]+>", "", described))
        # A row of a table is said as `cell (heading: cell, …)`: each part of it is in the table.
        parts = re.split(r"[\n(,:)]", question["acceptedAnswer"]["text"])
        crumbs = [(each["position"], each["name"], each["item"]) for each in trail["itemListElement"]]
        right = (
            question["name"] == article.title
            and all(_plain(part) in shown for part in parts)
            and [position for position, _, _ in crumbs] == [1, 2, 3]
            and all(name in html.unescape(page) for _, name, _ in crumbs)
            and crumbs[-1][2] == SITE + article.url
        )
        if not right:
            wrong.append(article.url)

    assert wrong == []


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def _plain(text: str) -> str:
    """Letters and figures only."""
    return re.sub(r"[\W_]+", "", html.unescape(text))


def test_every_article_is_there_as_markdown(
    sample_service: RunningService, pages: dict[str, Answered], articles: list[Article]
) -> None:
    """With all its words, nothing of what is for agents, named on its page and in llms.txt."""
    listed = re.findall(r"\]\((\S+)\)", sample_service.get("/llms.txt").text)
    wrong = []
    for article in articles:
        twin = sample_service.get(f"{article.url}.md")
        named = {"type": "text/markdown", "href": f"{article.url}.md"} in [
            {key: link.get(key) for key in ("type", "href")} for link in _links(pages[article.url].text, "alternate")
        ]
        whole = _words(article.text) <= _words(twin.text)
        if not (named and whole and twin.headers["content-type"] == "text/markdown; charset=utf-8"):
            wrong.append(article.url)
        if ":::" in twin.text or "{{" in twin.text:
            wrong.append(article.url)

    assert wrong == []
    assert set(listed) == {f"{SITE}{article.url}.md" for article in articles}


@pytest.mark.parametrize(
    "path",
    ["/en/", "/en/returns/", "/en/returns/refund-time", "/en/returns/refund-time.md", "/sitemap.xml", "/llms.txt"],
)
def test_page_that_is_known_is_not_sent_again(sample_service: RunningService, path: str) -> None:
    """304 for who has it, also behind a proxy that compresses; asked anew each time, for it may end at midnight."""
    first = sample_service.get(path)
    tag = first.headers["etag"]
    again = [sample_service.get(path, headers={"If-None-Match": sent}) for sent in (tag, f'"x", W/{tag}')]
    other = sample_service.get(path, headers={"If-None-Match": '"x"'})

    assert [(answer.status, answer.body, answer.headers["etag"]) for answer in again] == [(304, b"", tag)] * 2
    assert (other.status, other.body) == (200, first.body)
    assert (first.headers["cache-control"], first.headers["vary"]) == ("no-cache", "Accept-Encoding")


def test_files_that_never_change_are_kept(sample_service: RunningService, pages: dict[str, Answered]) -> None:
    """What a page asks for by its hash is kept for a year; without the hash, it is asked for again."""
    addresses = set(re.findall(r'"(/static/[^"#]+)', pages["/en/"].text))
    kept = {sample_service.get(address).headers["cache-control"] for address in addresses}

    assert len(addresses) >= 3
    assert kept == {"public, max-age=31536000, immutable"}
    assert sample_service.get("/static/kb.css").headers["cache-control"] == "no-cache"


def test_browser_learns_how_to_search(sample_service: RunningService) -> None:
    """The description that a page names leads to the search in its language."""
    (link,) = _links(sample_service.get("/hu/").text, "search")
    root = _xml(sample_service.get(link["href"]))
    url = next(each for each in root if each.tag.endswith("Url"))

    assert url.attrib["template"] == f"{SITE}/hu/search?q={{searchTerms}}"


def test_robots_are_shown_the_sitemap(sample_service: RunningService) -> None:
    """And kept from what costs a search."""
    text = sample_service.get("/robots.txt").text

    assert f"Sitemap: {SITE}/sitemap.xml" in text
    assert "Disallow: /*/search" in text
