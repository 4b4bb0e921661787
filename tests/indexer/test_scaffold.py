"""A new store's repository: ready to publish, nothing to mend, and everything that a store must decide marked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml

from indexer.checks import check
from indexer.golden import golden_of
from indexer.library import SITUATIONS, scan
from indexer.scaffold import Wishes, files, local_timezone, starter_languages, write
from kb.article import Audience
from kb.errors import InitRefused
from kb.language import detect
from kb.variables import blanks

FOUR = "ru,it,hu,en"


def shop(folder: Path, languages: str = FOUR, **wishes: str) -> Path:
    write(folder, files(Wishes.checked(wishes.get("name", "A Shop"), languages, wishes.get("url", ""))))
    return folder


def test_only_what_is_to_be_filled_in_is_left_to_do(tmp_path: Path) -> None:
    """A beginner whose first `kb check` shows errors of ours thinks that the service is broken."""
    library = scan(shop(tmp_path, url="https://help.example.org") / "articles")

    assert {problem.code for problem in check(library)} == {"fill-in"}
    assert len(library.drafts) == 16


def test_every_article_can_be_filled_in_answered_with_and_noted(tmp_path: Path) -> None:
    """The articles show an editor what there is: places to fill in, a reply, a note for agents."""
    for draft in scan(shop(tmp_path) / "articles").drafts:
        kinds = Counter(container.name for container in draft.internal)

        assert draft.front.audience is Audience.CUSTOMER
        assert blanks(draft.body), draft.id
        assert kinds["reply"] >= 1, draft.id
        assert kinds["agent"] == 1, draft.id


@pytest.mark.parametrize("lang", starter_languages())
def test_article_is_written_in_its_language(tmp_path: Path, lang: str) -> None:
    """A text that was left in another language is found by nobody who looks for it."""
    drafts = scan(shop(tmp_path, lang) / "articles").drafts

    assert [detect(draft.body, "") for draft in drafts] == [lang] * 4
    assert {detect(" ".join(draft.front.questions), "") for draft in drafts} == {lang}


@pytest.mark.parametrize("lang", starter_languages())
def test_phrases_fit_every_situation(tmp_path: Path, lang: str) -> None:
    """A draft without an opening for an angry customer begins with the cheerful one."""
    phrases = scan(shop(tmp_path, lang) / "articles").phrases[lang]

    assert set(phrases.openings) == set(phrases.closings) == set(SITUATIONS)


@pytest.mark.parametrize("lang", [*starter_languages(), "de"])
def test_golden_questions_ask_for_articles_that_are_there(tmp_path: Path, lang: str) -> None:
    """A question whose topic does not exist can never find it."""
    folder = shop(tmp_path, lang) / "articles"
    library = scan(folder)
    golden = golden_of(folder, library)

    assert golden.problems == ()
    assert {each.topic for each in golden.questions} == {draft.id.split("/", 1)[1] for draft in library.drafts} | {None}


def test_further_language_is_english_and_says_so(tmp_path: Path) -> None:
    """Untranslated text may not pass for translated: each file says that it waits, and `kb check` repeats it."""
    folder = shop(tmp_path, "it,de") / "articles"
    problems = check(scan(folder))
    told = {problem.path.removeprefix(f"{folder}/") for problem in problems if problem.code == "fill-in"}

    for path in (*folder.glob("de/*/*.md"), folder / "phrases/de.yaml", folder / "golden/de.yaml"):
        assert "# To be translated: this text is English." in "".join(path.read_text().splitlines()[:2])
    assert {problem.code for problem in problems} == {"fill-in"}
    assert {f"de/{path.parent.name}/{path.name}" for path in folder.glob("de/*/*.md")} | {"phrases/de.yaml"} <= told
    assert all(draft.front.title.startswith("[[") for draft in scan(folder).drafts if draft.id.startswith("de/"))


@pytest.mark.parametrize("name", ['Il "Negozio" & Co: €', "#1 {shop}", "Лавка", "$name \\ 'x'"])
def test_name_is_kept_as_it_was_typed(tmp_path: Path, name: str) -> None:
    """A name with quotes or a colon must not break the file that it is written into."""
    store = scan(shop(tmp_path, name=name) / "articles").store

    assert store
    assert store.name == name
    assert (tmp_path / "README.md").read_text().startswith(f"# {name}\n")


def test_store_is_as_wished(tmp_path: Path) -> None:
    """The first language is the default one, and each category has a title in each."""
    store = scan(shop(tmp_path, "hu,en", url="https://help.example.org/") / "articles").store

    assert store
    assert (store.languages, store.default_language) == (("hu", "en"), "hu")
    assert store.url == "https://help.example.org"
    assert [set(category.title) for category in store.categories] == [{"hu", "en"}] * 4
    assert store.timezone == local_timezone()


@pytest.mark.parametrize(
    ("name", "languages", "url", "told"),
    [
        pytest.param("  ", "en", "", "name", id="no name"),
        pytest.param("a\x00b", "en", "", "name", id="control character"),
        pytest.param("x" * 81, "en", "", "name", id="long name"),
        pytest.param("Shop", "en,русский", "", "русский", id="no code"),
        pytest.param("Shop", "../etc", "", "etc", id="path for a language"),
        pytest.param("Shop", " , ", "", "empty list", id="no language"),
        pytest.param("Shop", "en", "help.example.org", "help.example.org", id="no address"),
        pytest.param("Shop", "en", "javascript:alert(1)", "javascript", id="other scheme"),
    ],
)
def test_impossible_wish_is_refused_by_name(name: str, languages: str, url: str, told: str) -> None:
    """The message repeats what was typed, the hint shows how to type it."""
    with pytest.raises(InitRefused, match=re.compile(told, re.IGNORECASE)) as refusal:
        Wishes.checked(name, languages, url)

    assert refusal.value.hint


def test_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    """Nobody's articles are written over."""
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(InitRefused, match="not empty"):
        shop(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_new_repository_may_be_filled(tmp_path: Path) -> None:
    """Who cloned an empty repository from a git host has a .git there, and nothing else."""
    (tmp_path / ".git").mkdir()

    assert (shop(tmp_path) / "articles/store.yaml").exists()


def test_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    """A mistyped path gives a sentence, not a trace."""
    (tmp_path / "shop").write_text("")

    with pytest.raises(InitRefused, match="cannot be written"):
        shop(tmp_path / "shop")


def test_git_repository_is_made_only_when_asked(tmp_path: Path) -> None:
    """A folder inside somebody's repository must not become one of its own by itself."""
    shop(tmp_path / "plain")
    write(tmp_path / "asked", files(Wishes.checked("Shop", "en")), git=True)

    assert not (tmp_path / "plain/.git").exists()
    assert (tmp_path / "asked/.git/HEAD").read_text() == "ref: refs/heads/main\n"


def test_workflow_checks_pull_requests(tmp_path: Path) -> None:
    """A workflow that does not parse is passed over by the git host without a word."""
    text = (shop(tmp_path) / ".github/workflows/check.yml").read_text()
    workflow = yaml.load(text, yaml.BaseLoader)  # noqa: S506  it makes text of everything, also of the key `on`
    steps = workflow["jobs"]["check"]["steps"]

    assert "pull_request" in workflow["on"]
    assert "kb check --format github" in [step.get("run") for step in steps]
    assert workflow["permissions"] == {"contents": "read"}


def test_workflow_asks_golden_questions_when_there_are_any(tmp_path: Path) -> None:
    """Model and engine are heavy: a job of its own, which a store without golden questions does not pay for."""
    text = (shop(tmp_path) / ".github/workflows/check.yml").read_text()
    jobs = yaml.load(text, yaml.BaseLoader)["jobs"]  # noqa: S506  as above
    golden = jobs["golden"]

    assert [step["run"] for step in golden["steps"][-2:]] == ["kb index", "kb eval"]
    assert (golden["needs"], golden["if"]) == ("check", "needs.check.outputs.golden == 'true'")
    assert jobs["check"]["outputs"] == {"golden": "${{ steps.golden.outputs.found }}"}
    assert "golden" in [step.get("id") for step in jobs["check"]["steps"]]


@pytest.mark.parametrize("golden", [True, False])
def test_workflow_finds_golden_questions(tmp_path: Path, golden: bool) -> None:
    """The step that looks for them ends well either way, and says what it has seen."""
    text = (shop(tmp_path) / ".github/workflows/check.yml").read_text()
    steps = yaml.load(text, yaml.BaseLoader)["jobs"]["check"]["steps"]  # noqa: S506  as above
    script = next(step["run"] for step in steps if step.get("id") == "golden")
    if not golden:
        shutil.rmtree(tmp_path / "articles/golden")
    told = tmp_path / "told"
    told.touch()
    command = ["/bin/bash", "-e", "-c", script]
    subprocess.run(command, cwd=tmp_path, env={**os.environ, "GITHUB_OUTPUT": str(told)}, check=True)

    assert told.read_text() == ("found=true\n" if golden else "")


def test_data_and_passwords_stay_out_of_git(tmp_path: Path) -> None:
    """The records and the keys of a store must not be pushed by a hasty `git add .`."""
    ignored = (shop(tmp_path) / ".gitignore").read_text().splitlines()

    assert {"/data/", "/.env"} <= set(ignored)


@pytest.mark.parametrize(("named", "found"), [("Europe/Budapest", "Europe/Budapest"), (":Europe/Rome", "Europe/Rome")])
def test_time_zone_of_the_machine_is_taken(monkeypatch: pytest.MonkeyPatch, named: str, found: str) -> None:
    """Opening hours are meant where the store is."""
    monkeypatch.setenv("TZ", named)

    assert local_timezone() == found
