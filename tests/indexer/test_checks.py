"""What an editor hears about the articles together: all warnings, each on its line, and no false alarms."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.checks import check
from indexer.problems import Problem, Severity
from tests.indexer.samples import FRONT, draft, library, page

STORE = "url: https://help.example.org\nlanguages: [en, ru]\ncategories: {returns: {title: R}}\n"
PHRASES = "openings: {neutral: [Hello]}\nclosings: {neutral: [Bye]}"
NOTE = ":::agent\nOne.\n\nTwo.\n:::"
SORRY = ":::reply {tone=apology}\nb\n:::"
GOOD = page("Text.\n\n## How long\n\nTen days.")
AGENT = FRONT.replace("customer", "agent")


def found(tmp_path: Path, files: dict[str, str | bytes]) -> list[Problem]:
    """Return what is told about `files`, in a store that is otherwise without fault."""
    base: dict[str, str | bytes] = {"store.yaml": STORE, "phrases/en.yaml": PHRASES, "phrases/ru.yaml": PHRASES}
    return check(library(tmp_path, {**base, **files}))


def both(name: str, content: str | bytes) -> dict[str, str | bytes]:
    """Return an article in both languages of the store."""
    return {f"en/returns/{name}.md": content, f"ru/returns/{name}.md": content}


def told(problems: list[Problem]) -> list[tuple[str, int, str]]:
    return [(Path(p.path).parts[-3] + "/" + Path(p.path).name, p.line, p.code) for p in problems]


def test_good_articles_are_left_in_peace(tmp_path: Path) -> None:
    """Articles without fault, that link to each other and are translated, give nothing to say."""
    links = page("See [it](a.md#how-long), [the page](/en/returns/a) and [below](#here).\n\n## Here\n", FRONT)

    assert found(tmp_path, {**both("a", GOOD), **both("b", links)}) == []


@pytest.mark.parametrize(
    ("front", "body", "body_line", "code"),
    [
        pytest.param(FRONT, "a\n\n[x](missing.md)", 3, "broken-link", id="link to nothing"),
        pytest.param(FRONT, "[x](/en/payment/a)", 1, "broken-link", id="page that is not there"),
        pytest.param(FRONT, "[x](b.md) [y](b.md)", 1, "broken-link", id="the same twice on a line"),
        pytest.param(FRONT, "a\n\n[x](a.md#who)", 3, "broken-anchor", id="section that is not there"),
        pytest.param(FRONT, "[x](#nowhere)", 1, "broken-anchor", id="section of its own"),
        pytest.param(FRONT, "[x](internal.md)", 1, "internal-link", id="link to an agents' article"),
        pytest.param(AGENT, "[x](missing.md)", 1, "broken-link", id="in an agents' article"),
        pytest.param(FRONT.replace("description: D.\n", ""), "a", 0, "no-description", id="no description"),
        pytest.param(FRONT.replace("[Q?]", "[]"), "a", 0, "no-questions", id="no questions"),
        pytest.param(FRONT, "\n\n", 1, "empty", id="no text"),
        pytest.param(FRONT, ":::agent\nNote.\n:::", 1, "empty", id="only a note"),
        pytest.param(FRONT, "a\n\n:::reply\nDear {{ name }}\n:::", 3, "variable", id="unknown variable"),
        pytest.param(FRONT + "\ntranslated_from: {lang: de, hash: x}", "a", -1, "translated-from", id="no language"),
        pytest.param(
            FRONT + "\ntranslated_from: {lang: ru, hash: x}", "a", -1, "translated-from", id="made from nothing"
        ),
        pytest.param(
            FRONT + "\ntranslated_from: {lang: en, hash: x}", "a", -1, "translated-from", id="made from itself"
        ),
        pytest.param(
            FRONT, "a\n\n[x](https://help.example.org/en/returns/internal)", 3, "internal-link", id="own address"
        ),
        pytest.param(
            FRONT, "a\n\n[x](https://help.example.org/en/none/none)", 3, "broken-link", id="own address, nothing"
        ),
        pytest.param(FRONT, "a\nb\n[x](missing.md)", 3, "broken-link", id="in a later line of a paragraph"),
        pytest.param(FRONT, "\n\n[x](missing.md)", 3, "broken-link", id="below blank lines"),
        pytest.param(FRONT, f"{NOTE}\n\n[x](missing.md)", 7, "broken-link", id="below a note"),
        pytest.param(FRONT, f"a\n\n{NOTE}\n\n{NOTE}\n\n# B", 15, "heading", id="heading below two notes"),
        pytest.param(FRONT, ":::tip\na\n\n[x](missing.md)\n:::", 4, "broken-link", id="in a callout"),
        pytest.param(FRONT, f"{NOTE}\n\n| a |\n|---|\n| b |\n| [x](no.md) |", 10, "broken-link", id="in a table"),
        pytest.param(FRONT, "a\n\n:::reply {tone=angry}\nb\n:::", 3, "tone", id="unknown tone"),
        pytest.param(FRONT, "a\n\n:::reply\nb\n:::\n:::reply\nc\n:::", 6, "tone", id="second reply without a tone"),
        pytest.param(FRONT, f"a\n{SORRY}\n{SORRY}", 5, "tone", id="second reply of a tone"),
    ],
)
def test_fault_is_told_on_its_line(tmp_path: Path, front: str, body: str, body_line: int, code: str) -> None:
    """
    Each is a warning with a hint, told once, and never stops a publish; 0 stands for the file as a whole, -1 for the
    last line of the front matter.
    """
    # Only an article in its own language can be missing as the source of a translation.
    translation = {} if code == "translated-from" else {"ru/returns/x.md": GOOD}
    others = {**both("a", GOOD), **both("internal", page("Text.", AGENT)), **translation}
    problems = found(tmp_path, {**others, "en/returns/x.md": page(body, front)})
    problems = [each for each in problems if each.code != "no-translation" or code == each.code]
    line = body_line + len(front.splitlines()) + 2 if body_line else 1

    assert told(problems) == [("en/x.md", line, code)]
    assert problems[0].severity is Severity.WARNING
    assert problems[0].hint


def test_agents_may_be_led_to_internal_articles(tmp_path: Path) -> None:
    """A link from one internal article to another is no fault."""
    files = {**both("a", page("Text.", AGENT)), **both("b", page("[x](a.md)", AGENT))}

    assert found(tmp_path, files) == []


def test_replies_of_different_tones_are_no_fault(tmp_path: Path) -> None:
    """The first is for every message, the others for messages that call for their tone."""
    body = f"a\n\n:::reply\nb\n:::\n{SORRY}\n:::reply {{tone=thanks}}\nc\n:::"

    assert found(tmp_path, both("a", page(body))) == []


def test_translation_names_the_sources_there_are(tmp_path: Path) -> None:
    """Who named the wrong language finds the right one in the hint."""
    wrong = page("Текст.", FRONT + "\ntranslated_from: {lang: ru, hash: x}")
    problems = found(tmp_path, {"en/returns/a.md": GOOD, "ru/returns/a.md": wrong})

    assert told(problems) == [("ru/a.md", 6, "translated-from")]
    assert "Name one of en" in problems[0].hint


def test_known_variables_are_no_fault(tmp_path: Path) -> None:
    """Nor are braces outside of replies, which nobody fills."""
    body = "Write {{ name }}.\n\n:::reply\n{{ customer.name | there }}, {{ order.number }}\n:::"

    assert found(tmp_path, both("a", page(body))) == []


def test_missing_anchor_names_those_there_are(tmp_path: Path) -> None:
    """Who misspelt an anchor finds the right one in the message."""
    problems = found(tmp_path, {**both("a", GOOD), **both("b", page("[x](/en/returns/a#how-lnog)"))})

    assert "how-long" in problems[0].hint


def test_missing_translation_is_told_once_per_topic(tmp_path: Path) -> None:
    """The warning stands at the article there is, and names the languages there are not."""
    problems = found(tmp_path, {"ru/returns/a.md": GOOD})

    assert told(problems) == [("ru/a.md", 1, "no-translation")]
    assert problems[0].message.endswith("in: en.")


def test_stale_translation_is_told_until_its_hash_is_renewed(tmp_path: Path) -> None:
    """A translation names the text it was made from; the warning gives the hash to write when it was looked through."""
    current = draft("Text.\n\n## How long\n\nTen days.").public_hash
    old = page("Текст.", FRONT + "\ntranslated_from: {lang: en, hash: 0123456789abcdef}")
    renewed = page("Текст.", FRONT + f"\ntranslated_from: {{lang: en, hash: '{current}'}}")
    problems = found(tmp_path, {"en/returns/a.md": GOOD, "ru/returns/a.md": old})

    assert told(problems) == [("ru/a.md", 6, "stale-translation")]
    assert current in problems[0].hint
    assert found(tmp_path, {"ru/returns/a.md": renewed}) == []


def test_note_does_not_make_translations_stale(tmp_path: Path) -> None:
    """What is told about translations depends on public text only."""
    noted = page("Text.\n\n## How long\n\nTen days.\n\n:::agent\nNote.\n:::")
    hash_before = draft("Text.\n\n## How long\n\nTen days.").public_hash
    translation = page("Текст.", FRONT + f"\ntranslated_from: {{lang: en, hash: '{hash_before}'}}")

    assert found(tmp_path, {"en/returns/a.md": noted, "ru/returns/a.md": translation}) == []


def test_unlisted_category_is_told_once(tmp_path: Path) -> None:
    """A folder that store.yaml does not list is allowed, and its writer hears of it once."""
    files = {f"{lang}/extras/{name}.md": GOOD for lang in ("en", "ru") for name in ("a", "b")}
    problems = found(tmp_path, {**files})

    assert [problem.code for problem in problems] == ["category"]
    assert "'extras'" in problems[0].message


def test_problems_of_files_come_too_in_the_order_of_the_files(tmp_path: Path) -> None:
    """One list holds errors of single files and warnings about all of them, by path and line."""
    problems = found(tmp_path, {**both("b", b"\xff"), **both("a", page("[x](no.md)\n\n:::agent\nx"))})

    assert problems == sorted(set(problems))
    assert {"encoding", "container", "broken-link"} == {problem.code for problem in problems}


def test_without_a_store_only_its_error_is_told(tmp_path: Path) -> None:
    """Which languages there should be is not known, so nothing is missing."""
    assert [problem.code for problem in found(tmp_path, {"store.yaml": "", **both("a", GOOD)})] == ["store"]


@pytest.mark.parametrize(
    ("front", "body"),
    [
        pytest.param(FRONT, "It takes [[3 to 5]] days.", id="text"),
        pytest.param(FRONT.replace("title: T", "title: In [[3]] days?"), "a", id="title"),
        pytest.param(FRONT.replace("description: D.", "description: In [[3]] days."), "a", id="description"),
        pytest.param(FRONT, "a\n\n:::agent\nUp to [[100 €]].\n:::", id="note"),
        pytest.param(FRONT, "a\n\n:::reply\nIn [[3]] days.\n:::", id="reply"),
    ],
)
def test_place_to_fill_in_is_told(tmp_path: Path, front: str, body: str) -> None:
    """A store that goes live with `[[3 to 5]] days` on its pages has not looked through what it was given."""
    problems = found(tmp_path, both("a", page(body, front)))

    assert [problem.code for problem in problems] == ["fill-in", "fill-in"]


def test_places_of_the_store_and_its_phrases_are_told_on_their_lines(tmp_path: Path) -> None:
    """The telephone number of nobody is worse on the contact page than in an article."""
    store = STORE.replace("https://help.example.org", '"[[https://help.example.org]]"')
    store += 'contacts:\n  - {channel: phone, value: "[[+36]]"}\n'
    phrases = PHRASES.replace("Hello", '"[[Hello]]"')

    problems = found(tmp_path, {"store.yaml": store, "phrases/en.yaml": phrases})

    assert [(Path(p.path).name, p.line, p.code) for p in problems] == [
        ("en.yaml", 1, "fill-in"),
        ("store.yaml", 1, "fill-in"),
        ("store.yaml", 5, "fill-in"),
    ]


def test_link_with_brackets_and_synonyms_are_no_places_to_fill_in(tmp_path: Path) -> None:
    """`[[1]](a.md)` is a link whose text has brackets, `[[a, b]]` in store.yaml a list of lists."""
    store = STORE + "synonyms: {en: [[fridge, refrigerator]]}\n"

    assert found(tmp_path, {"store.yaml": store, **both("a", page("[[1]](a.md)", FRONT))}) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("", ["no-url"], id="none"),
        pytest.param('url: "[[https://help.example.org]]"\n', ["fill-in"], id="still to be filled in"),
        pytest.param("url: https://help.example.org\n", [], id="there"),
    ],
)
def test_store_without_an_address_is_told_once(tmp_path: Path, line: str, expected: list[str]) -> None:
    """Links in replies would be relative; what is to be filled in is told as that."""
    store = STORE.replace("url: https://help.example.org\n", line)

    problems = found(tmp_path, {"store.yaml": store, **both("a", GOOD)})

    assert [(each.code, each.severity) for each in problems] == [(code, Severity.WARNING) for code in expected]
    assert all(each.hint for each in problems)
