"""articles/ on disk: what counts as an article, what is passed over, and what could lead out of the folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.library import errors, scan
from indexer.problems import Severity
from indexer.store_file import RESERVED_SLUGS
from kb.article import Phrases
from tests.indexer.samples import STORE, ids, library, page, warnings, write

OK = "en/returns/ok"
ARTICLE = page("Text.")


def test_articles_are_found_in_the_order_of_their_ids(tmp_path: Path) -> None:
    """Every language's folders are read, those that there are; an id is language, category and file name."""
    found = library(
        tmp_path,
        {
            "store.yaml": "languages: [ru, en, hu]",
            "ru/returns/b.md": ARTICLE,
            "en/returns/b.md": ARTICLE,
            "en/returns/a-2.md": ARTICLE,
            f"en/payment/{'z' * 80}.md": ARTICLE,
        },
    )

    assert ids(found) == [f"en/payment/{'z' * 80}", "en/returns/a-2", "en/returns/b", "ru/returns/b"]
    assert errors(list(found.problems)) == []


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "en/README.md",
        "en/returns/README.md",
        "en/returns/readme.md",
        "en/_drafts/x.md",
        "en/returns/_x.md",
        "en/returns/.x.md",
        "en/.git/x.md",
        "en/returns/notes.txt",
        "en/returns/x.md~",
        "de/returns/x.md",
        "golden/returns/x.md",
        "images/returns/x.md",
    ],
)
def test_what_is_no_article_is_passed_over(tmp_path: Path, name: str) -> None:
    """Notes to editors, hidden files and folders of no language say nothing and are not read."""
    found = library(tmp_path, {f"{OK}.md": ARTICLE, name: b"\xff no text at all"})

    assert ids(found) == [OK]
    assert errors(found.all_problems()) == []


@pytest.mark.parametrize(
    "place",
    [
        "en/returns/Refund.md",
        "en/returns/refund time.md",
        "en/returns/возврат.md",
        "en/returns/refund_time.md",
        "en/returns/a.b.md",
        "en/returns/a%2fb.md",
        "en/returns/a'b.md",
        "en/returns/a\\b.md",
        f"en/returns/{'x' * 81}.md",
        "en/Returns/refund.md",
        "en/re turns/refund.md",
        "en/ret\nurns/refund.md",
        f"en/{'x' * 81}/refund.md",
    ],
)
def test_name_that_cannot_be_an_address_is_an_error(tmp_path: Path, place: str) -> None:
    """Small letters, digits and hyphens, at most eighty: anything else is named, and not read."""
    found = library(tmp_path, {f"{OK}.md": ARTICLE, place: ARTICLE})

    assert ids(found) == [OK]
    assert [problem.code for problem in errors(list(found.problems))] == ["path"]


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
@pytest.mark.parametrize("place", ["en/returns/{}.md", "en/{}/x.md"])
def test_address_of_the_service_is_an_error(tmp_path: Path, slug: str, place: str) -> None:
    """An article must not stand where search, media or the agents' console answer."""
    found = library(tmp_path, {f"{OK}.md": ARTICLE, place.format(slug): ARTICLE})

    assert ids(found) == [OK]
    assert [problem.code for problem in errors(list(found.problems))] == ["path"]


def _link_to_file(root: Path) -> None:
    outside = root.parent / "outside.md"
    outside.write_bytes(ARTICLE)
    (root / "en/returns/x.md").symlink_to(outside)


def _link_to_folder(root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "x.md").write_bytes(ARTICLE)
    (root / "en/payment").symlink_to(outside)


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(_link_to_file, id="link to a file outside"),
        pytest.param(_link_to_folder, id="link to a folder outside"),
        pytest.param(lambda root: (root / "en/returns/x.md").symlink_to("ok.md"), id="link to another article"),
        pytest.param(lambda root: (root / "en/returns/x.md").symlink_to("x.md"), id="link to itself"),
        pytest.param(lambda root: (root / "en/returns/x.md").symlink_to("/dev/zero"), id="link to a device"),
        pytest.param(lambda root: (root / "en/returns/x.md").symlink_to("nowhere"), id="link to nothing"),
        pytest.param(lambda root: os.mkfifo(root / "en/returns/x.md"), id="pipe that nobody writes to"),
        pytest.param(lambda root: (root / "en/returns/x.md").mkdir(), id="folder"),
        pytest.param(lambda root: (root / "en/x.md").write_bytes(ARTICLE), id="file outside a category"),
    ],
)
def test_what_is_no_regular_file_is_an_error_and_never_opened(tmp_path: Path, place: Callable[[Path], None]) -> None:
    """Links could lead out of the folder, pipes and devices could hang or never end: they are named, and not read."""
    root = write(tmp_path / "articles", {f"{OK}.md": ARTICLE})
    place(root)
    found = scan(root)

    assert ids(found) == [OK]
    assert [problem.code for problem in errors(list(found.problems))] == ["path"]


def test_folder_inside_a_category_is_warned_about(tmp_path: Path) -> None:
    """Its articles have no address; the others are published."""
    found = library(tmp_path, {f"{OK}.md": ARTICLE, "en/returns/deeper/x.md": ARTICLE})

    assert ids(found) == [OK]
    assert "path" in warnings(found.problems)


@pytest.mark.parametrize(
    ("name", "front"),
    [
        pytest.param("en/returns/other.md", f"aliases: [/{OK}]", id="alias is another's address"),
        pytest.param("en/returns/other.md", f"aliases: [/{OK}/]", id="with a slash"),
        pytest.param("en/returns/other.md", "aliases: [/en/old]", id="alias is another's alias"),
        pytest.param("en/returns/ok.MD", "weight: 1", id="names that differ in their ending"),
    ],
)
def test_two_articles_of_one_address_are_an_error(tmp_path: Path, name: str, front: str) -> None:
    """The second one is refused, with the path of the first in the message."""
    first = page("Text.", "title: T\naudience: customer\naliases: [/en/old]")
    second = page("Text.", f"title: T\naudience: customer\n{front}")
    found = library(tmp_path, {f"{OK}.md": first, name: second})
    collisions = [problem for problem in errors(list(found.problems)) if problem.code == "collision"]

    assert len(collisions) == 1
    told = str(collisions[0])
    assert f"{tmp_path}/{OK}.md" in told
    assert f"{tmp_path}/{name}" in told


@pytest.mark.parametrize(("name", "line"), [("en/returns/a.md", 6), ("en/returns/z.md", 6)])
def test_collision_is_told_at_the_alias(tmp_path: Path, name: str, line: int) -> None:
    """On the alias's own line, whichever of the two files is read first: the other article did nothing wrong."""
    front = f"title: T\naudience: customer\naliases:\n  - /en/old\n  - /{OK}"
    found = library(tmp_path, {f"{OK}.md": ARTICLE, name: page("Text.", front)})
    told = [(problem.path, problem.line) for problem in found.problems if problem.code == "collision"]

    assert told == [(f"{tmp_path}/{name}", line)]


def test_collision_of_an_alias_with_another_name_is_told_there(tmp_path: Path) -> None:
    """Hugo's and Jekyll's name for aliases is understood, line by line, too."""
    front = f"title: T\naudience: customer\nredirect_from: [/en/old,\n  /{OK}]"
    found = library(tmp_path, {f"{OK}.md": ARTICLE, "en/returns/z.md": page("Text.", front)})

    assert [problem.line for problem in found.problems if problem.code == "collision"] == [5]


def test_alias_of_its_own_address_is_no_collision(tmp_path: Path) -> None:
    """An article that names itself as its old address harms nobody."""
    found = library(tmp_path, {f"{OK}.md": page("Text.", f"title: T\naudience: customer\naliases: [/{OK}]")})

    assert errors(list(found.problems)) == []


def test_broken_article_is_kept_with_its_problems(tmp_path: Path) -> None:
    """The scan goes on, and all that is wrong in all files is told at once, sorted by file."""
    found = library(tmp_path, {"en/returns/b.md": b"\xff\xfe", f"{OK}.md": ARTICLE, "en/returns/a.md": b""})
    told = [problem for problem in found.all_problems() if problem.severity is Severity.ERROR]

    assert ids(found) == ["en/returns/a", "en/returns/b", OK]
    assert [(Path(p.path).name, p.code) for p in told] == [("a.md", "front-matter"), ("b.md", "encoding")]


@pytest.mark.parametrize("store", [b"languages: en", b"\xff", b""])
def test_without_a_store_nothing_is_read(tmp_path: Path, store: bytes) -> None:
    """store.yaml says which folders are languages, so its error is the only thing to tell."""
    found = library(tmp_path, {"store.yaml": store, f"{OK}.md": b"\xff"})

    assert found.store is None
    assert found.drafts == ()
    assert [problem.code for problem in found.all_problems()] == ["store"]


def test_phrases_are_read_by_language(tmp_path: Path) -> None:
    """Openings and closings come by situation; a single text is a list of one, a blank one none."""
    text = (
        "openings:\n  neutral: Hello!\n  delay: ['Sorry, {{ customer.name | there }}.', '']\nclosings: {thanks: [Bye.]}"
    )
    found = library(tmp_path, {"phrases/en.yaml": "\ufeff" + text})

    assert found.problems == ()
    assert found.phrases == {
        "en": Phrases(
            {"neutral": ("Hello!",), "delay": ("Sorry, {{ customer.name | there }}.",)}, {"thanks": ("Bye.",)}
        )
    }


@pytest.mark.parametrize(
    ("text", "severity", "code"),
    [
        pytest.param(None, Severity.WARNING, "phrases", id="missing"),
        pytest.param("openings: {angry: [x]}\nclosings: {}", Severity.WARNING, "phrases", id="unknown situation"),
        pytest.param(
            "openings: {neutral: ['{{ x }}']}\nclosings: {}", Severity.WARNING, "variable", id="unknown variable"
        ),
        pytest.param("openings: {neutral: [x]}", Severity.ERROR, "phrases", id="no closings"),
        pytest.param("openings: [x]\nclosings: {}", Severity.ERROR, "phrases", id="openings as a list"),
        pytest.param("openings: {a: &a x}\nclosings: {}", Severity.ERROR, "phrases", id="anchor"),
        pytest.param(b"\xff\xfe", Severity.ERROR, "phrases", id="UTF-16"),
    ],
)
def test_what_is_wrong_with_phrases_is_told(
    tmp_path: Path, text: str | bytes | None, severity: Severity, code: str
) -> None:
    """Phrases go to customers word for word, so what cannot be read stops a publish; what is missing does not."""
    found = library(tmp_path, {} if text is None else {"phrases/en.yaml": text})

    assert [(severity, code)] == [(problem.severity, problem.code) for problem in found.problems]
    assert found.problems[0].path == f"{tmp_path}/phrases/en.yaml"


def test_phrases_behind_a_link_are_not_read(tmp_path: Path) -> None:
    """Phrases are files of the folder, too."""
    outside = tmp_path / "outside.yaml"
    outside.write_text("openings: {neutral: [x]}\nclosings: {}")
    root = write(tmp_path / "articles", {"store.yaml": STORE})
    (root / "phrases").mkdir()
    (root / "phrases/en.yaml").symlink_to(outside)
    found = scan(root)

    assert found.phrases == {"en": Phrases()}
    assert [problem.code for problem in errors(list(found.problems))] == ["phrases"]
