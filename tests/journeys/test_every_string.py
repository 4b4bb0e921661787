"""Each word on a page is the store's or a catalogue's: shown in a language that only brackets every string."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from api import locale
from kb.embedding.base import Embedder
from kb.engine.access import EngineAccess
from tests.service import ROOT, RunningService, Store

pytestmark = pytest.mark.slow

STORE_YAML = """\
name: Laden
languages: [de, it]
default_language: de
timezone: Europe/Budapest
url: https://hilfe.beispiel.de
links: {shop: "https://beispiel.de", imprint: "https://beispiel.de/i"}
edit_url: https://git.beispiel.de/{path}
categories:
  rueckgabe:
    title: {de: Rückgabe, it: Rückgabe}
    contacts:
      - {channel: phone, value: "+36 1 555 0104", hours: {mon-fri: "9:00-18:00", sat: "9:00-12:00"}}
      - {channel: email, value: hilfe@beispiel.de}
      - {channel: chat, value: "https://beispiel.de/chat", hours: {sun: "9:00-10:00"}}
  lieferung: {title: {de: Lieferung}}
"""
MARKED = re.compile("⟦[^⟧]*⟧")
# What is read out or shown besides text.
SHOWN_ATTRIBUTES = {"aria-label", "placeholder", "title", "alt", "value"}
DESCRIBING = {"description", "og:title", "og:description"}
UNSEEN = {"script", "style", "time", "bdi"}
PAGES = [
    *("/de/", "/de/rueckgabe/", "/de/rueckgabe/wann", "/de/lieferung/kosten", "/de/search", "/de/search?q=..."),
    *("/it/rueckgabe/?missing=lieferung/kosten", "/it/lieferung/kosten", "/de/x/y", "/xx/"),
    *("/de/contact", "/de/contact?sent=K7QF-2M9X", "/de/feedback?article=de/rueckgabe/wann&helpful=no"),
]
QUESTIONS = {
    "answer": "wann bekomme ich mein geld zurück",
    "clarify": "lieferung geld",
    "handoff": "ich möchte mit einem menschen sprechen asdf",
}


class _Texts(HTMLParser):
    """Collects everything of a page that somebody sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._unseen += tag in UNSEEN
        # What a choice or a hidden field sends is read by nobody.
        is_sent = tag in {"option", "button"} or given.get("type") in {"hidden", "radio"}
        shown = SHOWN_ATTRIBUTES - {"value"} if is_sent else SHOWN_ATTRIBUTES
        self.found += [value or "" for name, value in attrs if name in shown]
        if tag == "meta" and (given.get("name") or given.get("property")) in DESCRIBING:
            self.found.append(given.get("content") or "")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(data)


def _marked() -> str:
    """Return a catalogue that puts every string between brackets."""
    pattern = read_po(BytesIO((ROOT / "api/locale/it.po").read_bytes()), locale="it")
    marked = Catalog(locale="de", fuzzy=False)
    for message in pattern:
        if isinstance(message.id, str):
            marked.add(message.id, f"⟦{message.id}⟧" if message.id else "")
        else:
            marked.add(message.id, tuple(f"⟦{form}⟧" for form in message.id))
    text = BytesIO()
    write_po(text, marked)
    return text.getvalue().decode()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Store:
    store = Store(tmp_path_factory.mktemp("marked"), embedder)
    store.settings = replace(store.settings, contact_email_to="hilfe@beispiel.de")
    store.write("store.yaml", STORE_YAML)
    for lang in ("de", "it"):
        store.write(f"locale/{lang}.po", _marked())
    text = "Wir zahlen das Geld in 3 Tagen zurück.\n\n## Karte\n\nKarte.\n\n## Bank\n\nBank.\n\n## Bar\n\nBar."
    asked = ["Wo bleibt mein Geld?"]
    store.article(
        "de/rueckgabe/wann", "Wann bekomme ich mein Geld zurück?", text, questions=asked, last_update="2026-11-01"
    )
    internal = ":::agent\nEilt.\n:::\n\n:::reply\nGern.\n:::"
    store.article("de/rueckgabe/wie", "Wie schicke ich etwas zurück?", f"Mit dem Etikett.\n\n{internal}")
    store.article("de/lieferung/kosten", "Was kostet die Lieferung?", "| Bote | 5 Euro |\n|---|---|\n| Post | 4 |")
    store.article("it/rueckgabe/wann", "Wann bekomme ich mein Geld zurück?", text)
    return store


@pytest.fixture(scope="module")
def service(store: Store) -> Iterator[RunningService]:
    with store.engine() as access, store.serve_published(access) as running:
        yield running
    locale.use(ROOT / "articles")


def _own_words(store: Store) -> set[str]:
    """Return what may stand outside the brackets: words of articles, titles, languages, and what was asked."""
    files = [path.read_text(encoding="utf-8") for path in store.settings.articles.rglob("*.md")]
    texts = [re.sub(r"(?m)^\w+:", "", text) for text in files]
    names = [locale.language_name(*pair) for pair in (("de",), ("it",), ("de", "it"), ("it", "de"))]
    # The agents' frame is offered in the languages that come with the program, and names the key that signed in.
    names += [*map(locale.language_name, ("en", "hu", "ru")), "test"]
    return _words(" ".join([*texts, *names, *QUESTIONS.values(), "Laden Rückgabe Lieferung de"]))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text.casefold()))


def _strange(page: str, known: set[str]) -> set[str]:
    reader = _Texts()
    reader.feed(page)
    shown = MARKED.sub(" ", " ".join(reader.found))
    return _words(re.sub(r"\b([0-9a-f]{8}|[0-9A-Z]{4}-[0-9A-Z]{4})\b", " ", shown)) - known


def test_every_word_comes_from_a_catalogue_or_the_store(service: RunningService, store: Store) -> None:
    """On every kind of page, for customers and agents, as text, label, placeholder and description."""
    known = _own_words(store)
    pages = {path: service.get(path).text for path in PAGES}
    pages |= {outcome: service.get("/de/search", q=question).text for outcome, question in QUESTIONS.items()}
    pages["agents"] = service.get("/agent/articles/de/rueckgabe/wie", headers=service.agent_key()).text
    strange = {path: _strange(page, known) for path, page in pages.items()}

    assert {path: words for path, words in strange.items() if words} == {}
    assert all(len(MARKED.findall(page)) > 5 for page in pages.values())
    assert [outcome for outcome in QUESTIONS if service.search(QUESTIONS[outcome], "de")["outcome"] != outcome] == []


def test_limited_search_is_told_from_the_catalogue(service: RunningService, store: Store) -> None:
    """Also what is shown only when something is broken."""
    nowhere = EngineAccess("http://127.0.0.1:9", "kb_", "none", "none", "none")
    with store.serve(nowhere) as alone:
        page = alone.get("/de/search", q="geld").text

    assert "⟦Search is limited at the moment" in page
    assert _strange(page, _own_words(store)) == set()


def test_word_outside_of_the_catalogues_would_be_seen() -> None:
    """The counterpart: plain text, a label and a description are told, what is marked or the store's is not."""
    page = '<title>⟦Help⟧ Laden</title><meta name="description" content="Answers"><p aria-label="Close">More</p>'

    assert _strange(page, {"laden"}) == {"answers", "close", "more"}
