"""Files that an editor, or an attacker, may commit: none hangs, escapes the folder, or gets a wrong thing shown."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from indexer.history import last_changes
from indexer.library import scan
from indexer.markdown import finish, read
from tests.indexer.samples import FRONT, ID, STORE, article, draft, errors, ids, page, write
from tests.indexer.test_history import Repository
from tests.indexer.test_store_file import read as read_store_text

OK = "en/returns/ok"


def test_explicit_anchor_is_the_sections_anchor() -> None:
    """A hit leads to the anchor that stands in the page."""
    found = article("## How long? {#time}\n\nTen days.\n\n## How long?\n\nThree.")

    assert 'id="time"' in found.html
    assert [section.anchor for section in found.sections] == ["time", "how-long"]


@pytest.mark.parametrize(
    ("before", "repeated", "after"),
    [
        pytest.param("## a", " " * 10_000, "b", id="heading with many spaces"),
        pytest.param("", "## a\n" * 400, "", id="many equal headings"),
    ],
)
def test_time_to_read_a_body_grows_with_its_length(before: str, repeated: str, after: str) -> None:
    """Nobody can stop the publishing by sending an article: six times as much takes far less than six times six."""

    def seconds(times: int) -> float:
        start = time.process_time()
        finish(draft(before + times * repeated + after), {ID})
        return time.process_time() - start

    once, six_times = (min(seconds(times) for _ in range(3)) for times in (1, 6))

    assert six_times < 18 * max(once, 0.001)


@pytest.mark.parametrize(
    "written",
    [
        "secret-limits",
        "./secret-limits",
        "../returns/secret-limits#who",
        "/en/returns/./secret-limits",
        "/en//returns/secret-limits",
        "/en/payment/../returns/secret-limits",
        "secret-limits.MD",
        "/agent/articles/en/returns/secret-limits",
    ],
)
def test_link_to_what_customers_cannot_read_is_plain_text(written: str) -> None:
    """However the address is written, the name of an internal article does not show."""
    assert article(f"see [there]({written})").html.strip() == "<p>see there</p>"


def test_headings_of_a_note_are_kept() -> None:
    """Agents read the whole note."""
    _, internal = finish(draft("A\n\n:::agent\n## Approval\n\nAsk Anna.\n:::"), {ID})
    assert internal is not None

    assert internal.notes == ("Approval\nAsk Anna.",)


def test_folder_of_a_language_behind_a_link_is_not_read(tmp_path: Path) -> None:
    """The rule for links holds for every folder."""
    outside = write(tmp_path / "outside", {"returns/ok.md": page("Text.")})
    root = write(tmp_path / "articles", {})
    (root / "en").symlink_to(outside)
    found = scan(root)

    assert ids(found) == []
    assert "path" in errors(found.problems)


def test_folder_of_a_language_that_links_to_itself_is_an_error(tmp_path: Path) -> None:
    """A scan never raises for what is in the folder."""
    root = write(tmp_path / "articles", {})
    (root / "en").symlink_to("en")

    assert "path" in errors(scan(root).problems)


def test_folder_of_phrases_behind_a_link_is_not_read(tmp_path: Path) -> None:
    """Phrases come from the repository."""
    outside = write(tmp_path / "outside", {"en.yaml": "openings: {neutral: [OUTSIDE]}\nclosings: {}"})
    root = write(tmp_path / "articles", {})
    (root / "phrases").symlink_to(outside)

    assert "OUTSIDE" not in repr(scan(root).phrases)


@pytest.mark.parametrize("place", ["en/returns\n/x.md", "en/returns/x\n.md", "en/returns/x\ny.md"])
def test_line_break_in_a_name_is_an_error(tmp_path: Path, place: str) -> None:
    """It cannot be part of an address, and is told."""
    found = scan(write(tmp_path, {f"{OK}.md": page("Text."), place: page("Text.")}))

    assert ids(found) == [OK]
    assert errors(found.problems) == ["path"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pipe", "/dev/zero", "link outside"])
def test_store_that_is_no_regular_file_is_an_error(tmp_path: Path, kind: str) -> None:
    """store.yaml is read as carefully as the articles: no hanging, no filling of the memory, no following."""
    (tmp_path / "outside.yaml").write_text(STORE)
    path = write(tmp_path / "articles", {}) / "store.yaml"
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("../outside.yaml" if kind == "link outside" else kind)
    code = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
from pathlib import Path
from indexer.store_file import read_store
assert read_store(Path({str(path)!r}), "s")[0] is None
"""
    done = subprocess.run([sys.executable, "-c", code], timeout=20, check=False, capture_output=True)

    assert done.returncode == 0


@pytest.mark.parametrize(
    "line",
    [
        "contacts: [{channel: phone, value: '1', hours: '9:00-18:00'}]",
        "contacts: [{channel: phone, value: '1', hours: [a]}]",
        "contacts: [{channel: phone, value: '1', languages: 5}]",
    ],
)
def test_contact_with_wrong_details_is_no_crash(tmp_path: Path, line: str) -> None:
    """A mistake in a contact is told on its line."""
    store, problems = read_store_text(tmp_path, f"languages: [en]\n{line}")

    assert store is not None
    assert [problem.line for problem in problems] == [2]


@pytest.mark.parametrize(
    "line",
    [
        "links: {shop: 'javascript:alert(1)'}",
        "edit_url: 'javascript:alert(1)'",
        'url: "https://a.example\\n"',
        'theme: {accent: "#0b6e4f\\n"}',
        "synonyms: {en: [fridge, refrigerator]}",
        "contacts: [{channel: phone, value: '1', languages: en}]",
    ],
)
def test_detail_that_means_something_else_is_warned_about(tmp_path: Path, line: str) -> None:
    """What would run, break a line or be taken letter by letter is passed over and told."""
    store, problems = read_store_text(tmp_path, f"languages: [en]\n{line}")

    assert [problem.line for problem in problems] == [2]
    assert "javascript" not in repr(store)


@pytest.mark.parametrize("text", ['languages: ["en\\n"]', "languages: [en]\ncategories: {search: {}}"])
def test_store_with_unusable_addresses_is_an_error(tmp_path: Path, text: str) -> None:
    """A language or category that cannot be part of an address, or is one of the service, stops the publish."""
    assert read_store_text(tmp_path, text)[0] is None


@pytest.mark.parametrize("title", ['"a\\0b"', '"a\\e[2Jb"'])
def test_control_characters_do_not_come_in_by_yaml(title: str) -> None:
    """What is refused in the file must not slip in by an escape."""
    found = draft("Text.", FRONT.replace("title: T", f"title: {title}"))

    assert errors(found.problems) or found.front.title in ("ab", "a b")


def test_validity_without_a_date_is_an_error() -> None:
    """An offer that should end must not be shown for ever."""
    assert errors(draft("Text.", FRONT + "\nvalid_until: {day: 2020-01-01}").problems) == ["dates"]


def test_shallow_clone_knows_no_days(tmp_path: Path) -> None:
    """Where history is cut off, the oldest commit seems to have made everything: no day is better than a wrong one."""
    repository = Repository(tmp_path / "store")
    repository.commit(page("Text."), "2026-01-05")
    repository.commit(page("Text.\n\n:::agent\nNote.\n:::"), "2026-02-05")
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(tmp_path / "clone"))
    found = read(ID, "p.md", page("Text."))

    assert last_changes(repository.root, [read("en/returns/a", "p", page("Text."))])[1] == {
        "en/returns/a": date(2026, 1, 5)
    }
    assert last_changes(tmp_path / "clone/articles", [read("en/returns/a", "p", page("Text."))])[1] == {}
    assert found
