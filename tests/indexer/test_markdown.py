"""Markdown files: decoded, taken apart, rendered; what each field of an article holds. See cases/ for the HTML."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.markdown import MAX_FILE_BYTES, Link, finish, read
from kb.article import Article, Audience, Reply, Section, Supplement
from tests.indexer.samples import FRONT, ID, article, draft, errors, page, warnings

SECRET_ID = "en/returns/secret-limits"
AGENT_FRONT = FRONT.replace("customer", "agent")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbf" + page("One\n\nTwo\n"), id="byte order mark"),
        pytest.param(page("One\n\nTwo\n").replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(page("One\n\nTwo\n").replace(b"\n", b"\r"), id="CR"),
        pytest.param(page("One\n\nTwo"), id="no last line break"),
        pytest.param(page("\n\nOne\n\nTwo\n\n\n"), id="blank lines around"),
    ],
)
def test_ways_of_saving_a_file_make_no_difference(content: bytes) -> None:
    """Byte order mark, line ends and blank lines at the ends change neither article nor hash."""
    found = read(ID, "p.md", content)

    assert found.problems == ()
    assert finish(found, {ID}) == finish(draft("One\n\nTwo\n"), {ID})


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        pytest.param(page("Text\n").decode().encode("utf-16"), "encoding", 1, id="UTF-16"),
        pytest.param(page("Text\n").decode().encode("utf-16-be"), "encoding", 1, id="UTF-16 without a mark"),
        pytest.param(page("Text\nprix\xe9\n").decode().encode("latin-1"), "encoding", 8, id="Latin-1"),
        pytest.param(page("Text\n\0\n"), "encoding", 8, id="NUL"),
        pytest.param(page("Text\nX\n").replace(b"X", b"\xed\xa0\x80"), "encoding", 8, id="half a surrogate pair"),
        pytest.param(page("x" * MAX_FILE_BYTES), "size", 1, id="too large"),
        pytest.param(b"", "front-matter", 1, id="empty"),
        pytest.param(b"\xef\xbb\xbf" * 2 + page("Text"), "front-matter", 1, id="two byte order marks"),
        pytest.param(b"\xff\xfe\0\0\x80", "encoding", 1, id="noise"),
    ],
)
def test_file_that_is_no_text_is_an_error(content: bytes, code: str, line: int) -> None:
    """Such a file is named with its line, nothing of it is used, and for safety it is for agents."""
    found = read(ID, "p.md", content)

    assert [(code, line)] == [(problem.code, problem.line) for problem in found.problems]
    assert found.front.audience is Audience.AGENT
    assert found.front.title == ""


def test_article_holds_what_its_file_says() -> None:
    """Front matter becomes fields, the body sections and HTML; the day of the last change is asked of the caller."""
    front = FRONT + "\nkeywords: [k]\nweight: 3\naliases: [/en/old]\nvalid_from: 2026-01-01\nvalid_until: 2026-02-01"
    found, supplement = finish(draft("Text.", front), {ID}, date(2026, 1, 5))

    assert supplement is None
    assert found == Article(
        id=ID,
        title="T",
        description="D.",
        questions=("Q?",),
        keywords=("k",),
        audience=Audience.CUSTOMER,
        sections=(Section("", "", 1, "Text."),),
        html="<p>Text.</p>\n",
        hash=draft("Text.", front).public_hash,
        weight=3,
        aliases=("/en/old",),
        updated=date(2026, 1, 5),
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 2, 1),
    )


def test_date_in_the_front_matter_wins_over_git() -> None:
    """An editor who says when an article was last updated knows better than its history."""
    found, _ = finish(draft("Text.", FRONT + "\nlast_update: 2025-03-04"), {ID}, date(2026, 1, 5))

    assert found.updated == date(2025, 3, 4)


def test_sections_are_cut_at_headings() -> None:
    """Each heading opens a section with its anchor, title and level; text before the first has none."""
    found = article("Intro *now*.\n\n## How long?\n\nOne\ntwo.\n\n- a\n- `b`\n\n### Возврат: 10 дней\n\n## How long?\n")

    assert found.sections == (
        Section("", "", 1, "Intro now."),
        Section("how-long", "How long?", 2, "One two.\na\nb"),
        Section("возврат-10-дней", "Возврат: 10 дней", 3, ""),
        Section("how-long-1", "How long?", 2, ""),
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(
            "| a | b |\n|-|-|\n| Card | 3 days |\n| Cash | |", "Card: 3 days\nCash", id="table of two columns"
        ),
        pytest.param(
            "| By | Price | Time |\n|-|-|-|\n| Post | 5 € | 2 days |", "Post (Price: 5 €, Time: 2 days)", id="table"
        ),
        pytest.param("| a | b |\n|-|-|", "a: b", id="table without rows"),
        pytest.param("```\ncode  here\n```", "code here", id="code"),
        pytest.param("> [!NOTE]\n> Keep the box.", "Keep the box.", id="alert without its title"),
        pytest.param(":::tip Title\nKeep the box.\n:::", "Keep the box.", id="callout without its title"),
        pytest.param("![The label](/images/l.png) [here](/x)", "The label here", id="image and link"),
        pytest.param("a  \nb\\\nc &amp; d", "a b c & d", id="line breaks and entities"),
        pytest.param("<b>bold</b>", "<b>bold</b>", id="HTML is text"),
        pytest.param("- [ ] pack\n- [x] send", "pack\nsend", id="task list"),
    ],
)
def test_text_of_a_section_is_plain(body: str, text: str) -> None:
    """The index reads words, not Markdown; a table's row is told so that it is understood alone."""
    assert [text] == [section.text for section in article(body).sections]


def test_heading_of_the_first_level_is_warned_about() -> None:
    """The title is the page's first heading; the warning names the line in the file."""
    found = draft("Text\n\n# Big\n")

    assert [(problem.code, problem.line) for problem in found.problems] == [("heading", 9)]


def test_supplement_holds_replies_and_notes() -> None:
    """Replies keep their paragraphs, variables and tone; notes are plain text."""
    reply = ":::reply\nHello\n{{ customer.name | there }},\n\nbye.\n:::\n"
    body = f"{reply}\n:::agent\nAsk **Anna**.\n:::\n\n:::reply {{tone=anger}}\nOh.\n:::\n"

    assert finish(draft(body), {ID})[1] == Supplement(
        ID, (Reply("Hello {{ customer.name | there }},\n\nbye."), Reply("Oh.", "anger")), ("Ask Anna.",)
    )


@pytest.mark.parametrize(
    ("written", "target"),
    [
        pytest.param("refund-time.md", ("en/returns/refund-time", ""), id="file"),
        pytest.param("./refund-time.md#how-long", ("en/returns/refund-time", "how-long"), id="file and anchor"),
        pytest.param("../payment/cards.md", ("en/payment/cards", ""), id="file of another category"),
        pytest.param("../../hu/payment/cards.md", ("hu/payment/cards", ""), id="file of another language"),
        pytest.param("/en/payment/cards", ("en/payment/cards", ""), id="page"),
        pytest.param("/en/payment/cards/", ("en/payment/cards", ""), id="page with a slash"),
        pytest.param("/en/payment/cards.md?x=1", ("en/payment/cards", ""), id="page's source"),
        pytest.param("/en/payment/%63ards", ("en/payment/cards", ""), id="encoded letter"),
        pytest.param("#how-long", (ID, "how-long"), id="anchor of its own"),
        pytest.param("/en/payment/cards#%D1%8F", ("en/payment/cards", "я"), id="Cyrillic anchor"),
        pytest.param("../../../../en/payment/cards.md", ("en/payment/cards", ""), id="above the root"),
        pytest.param("https://example.org/en/payment/cards", None, id="another site"),
        pytest.param("//example.org/en/payment/cards", None, id="another site, same scheme"),
        pytest.param("/media/label.pdf", None, id="file to load"),
        pytest.param("mailto:help@example.org", None, id="mail"),
        pytest.param("<http://[>", None, id="no address at all"),
    ],
)
def test_links_between_articles_are_found(written: str, target: tuple[str, str] | None) -> None:
    """A link is understood whether it names a file or a page; its line is that of the file."""
    expected = (Link(*target, line=9),) if target else ()

    assert expected == draft(f"Text\n\nsee [there]({written})\n").links


@pytest.mark.parametrize(
    "written",
    [
        "secret-limits.md",
        "./secret-limits.md#who",
        "../returns/secret-limits.md",
        "/en/returns/secret-limits",
        "/en/returns/secret-limits/",
        "/en/returns/secret-limits.md",
        "/en/returns/secret%2Dlimits?a=b#c",
        "%73ecret-limits.md",
        "<secret-limits.md>",
        "secret-limits.md 'a title'",
    ],
)
@pytest.mark.parametrize("form", ["see [there]({})", "see [there][r]\n\n[r]: {}"], ids=["inline", "by reference"])
def test_link_to_what_customers_cannot_read_is_plain_text(written: str, form: str) -> None:
    """Whether the target is for agents or does not exist, a customer's page says the same: nothing."""
    found = article(form.format(written))

    assert found.html.strip() == "<p>see there</p>"
    assert found.sections[0].text == "see there"


def test_link_to_a_customers_article_is_a_page() -> None:
    """Files become addresses, so that the same link works in the editor and on the site."""
    found = article("[a](secret-limits.md#who) [b](#here)", public=[SECRET_ID])

    assert 'href="/en/returns/secret-limits#who"' in found.html
    assert 'href="/en/returns/case#here"' in found.html


def test_agents_article_links_wherever_it_likes() -> None:
    """Agents may follow a link to an internal article."""
    assert 'href="/en/returns/secret-limits"' in article("[a](secret-limits.md)", AGENT_FRONT).html


def test_hash_changes_with_every_public_text_and_only_with_it() -> None:
    """A translation is stale when its source's public text changed, not when a note or a date did."""
    base = draft("Text.").public_hash
    same = [draft("Text.\n\n:::agent\nNote.\n:::"), draft("Text.", FRONT + "\nweight: 5\nowner: me\naliases: [/a]")]
    other = [
        draft("Text!"),
        draft("Text.", FRONT.replace(": T", ": U")),
        draft("Text.", FRONT.replace("D.", "E.")),
        draft("Text.", FRONT.replace("Q?", "R?")),
        draft("Text.", FRONT + "\nkeywords: [k]"),
        draft("Text.", FRONT.replace("[Q?]", "[]") + "\nkeywords: [Q?]"),
    ]

    assert {base} == {each.public_hash for each in same}
    assert len({base, *(each.public_hash for each in other)}) == len(other) + 1


def test_errors_and_warnings_of_one_file_come_together() -> None:
    """Front matter, containers and headings are looked through in one go, so an editor mends them in one go."""
    found = draft("# Big\n\n:::agnet\nx\n", "title: T\nfoo: 1")

    assert errors(found.problems) == ["container"]
    assert {"unknown-key", "audience", "heading"} == set(warnings(found.problems))
