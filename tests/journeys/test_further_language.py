"""A fifth language by its folder and its catalogue alone: shown, found, and in English where words are missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.scaffold import Wishes, files, write
from kb.embedding.base import Embedder
from tests.service import RunningService, Store

pytestmark = pytest.mark.slow

CATALOGUE = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "Search"
msgstr "Suchen"

msgid "Subjects"
msgstr "<b>Themen</b>"
"""


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[RunningService]:
    """A store as `kb init` makes it, with one German article and a catalogue of two strings."""
    store = Store(tmp_path_factory.mktemp("german"), embedder)
    write(store.folder, files(Wishes.checked("Laden", "de,en")))
    store.article(
        "de/returns/how-to-return",
        "Wie schicke ich etwas zurück?",
        "Melde die Rücksendung innerhalb von 14 Tagen an und schick das Paket zurück.",
        description="Innerhalb von 14 Tagen.",
        questions=["Ich möchte etwas zurückgeben"],
    )
    store.write("locale/de.po", CATALOGUE)
    with store.engine() as access, store.serve_published(access) as service:
        yield service


def test_pages_are_shown_in_it(german: RunningService) -> None:
    """A translated string is in the language, a missing one in English, and no markup of a catalogue in the page."""
    page = german.get("/de/").text

    assert '<html lang="de"' in page
    assert ">Suchen</button>" in page
    assert 'aria-label="Subjects"' in page
    assert "Themen" not in page
    assert ">Deutsch</a>" in page
    assert ">Search</button>" in german.get("/en/").text


def test_question_finds_its_article(german: RunningService) -> None:
    """Search works without word lists of the language: by vectors and by the words as they are."""
    found = german.search("Wie kann ich ein Paket zurückschicken?", "de")

    assert found["mode"] == "hybrid"
    assert found["hits"][0]["article_id"] == "de/returns/how-to-return"
    assert found["hits"][0]["title"] == "Wie schicke ich etwas zurück?"


def test_draft_of_a_starter_article_is_not_ready_to_send(german: RunningService) -> None:
    """A customer must not get `[[3 to 5]]` days from an agent who trusted the draft."""
    body = {"message": "Hello, when will my order arrive?", "lang": "en"}
    reply = german.post("/api/v1/agent/replies", body, german.agent_key()).json()

    assert "[[3 to 5]]" in reply["draft"]["unfilled"]
    assert reply["draft"]["sendable"] is False


def test_catalogue_can_be_added_while_the_service_runs(german: RunningService) -> None:
    """Correcting a word on the page needs no restart."""
    path = german.services.settings.articles / "locale/de.po"
    before = path.read_text()
    path.write_text(before.replace("Suchen", "Finden"))
    try:
        assert ">Finden</button>" in german.get("/de/").text
    finally:
        path.write_text(before)
