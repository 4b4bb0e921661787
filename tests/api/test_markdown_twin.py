"""An article's HTML as Markdown: each kind of block, and nothing that would read as another one."""

from __future__ import annotations

from datetime import date

import pytest

from api.pages.markdown_twin import markdown_twin
from kb.article import Article, Audience

SITE = "https://help.example.org"


def article(html: str, questions: tuple[str, ...] = (), updated: date | None = None) -> Article:
    return Article(
        "en/returns/box", "Title [x]", "", questions, (), Audience.CUSTOMER, (), html, "hash", updated=updated
    )


def body(html: str) -> str:
    """Return what lies between title and address."""
    return markdown_twin(article(html), SITE).removeprefix("# Title \\[x\\]\n\n").rpartition("\n\n<")[0]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One\ntwo <strong>three</strong> <em>four</em> <del>five</del></p>", "One two **three** *four* ~~five~~"),
        ('<h2 id="a">Head</h2>\n<p>Text</p>', "## Head\n\nText"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "- a\n- b"),
        ('<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>', "3. a\n4. b"),
        ("<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>", "- a\n  - b"),
        ("<ul>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n</ul>", "- a\n\n  b"),
        ('<ul><li><input type="checkbox" checked=""> a</li></ul>', "- [x] a"),
        ("<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>", "> a\n>\n> b"),
        ('<div class="callout tip">\n<p class="callout-title">Tip</p>\n<p>a</p>\n</div>', "> **Tip**\n>\n> a"),
        (
            "<table>\n<thead>\n<tr><th>a</th><th>b</th></tr>\n</thead>\n<tbody>\n<tr><td>1|2</td><td></td></tr></tbody></table>",
            "| a | b |\n|---|---|\n| 1\\|2 |  |",
        ),
        ("<pre><code>a\n  ```b```\n</code></pre>", "````\na\n  ```b```\n````"),
        ("<p><code>a`b</code> <code>c</code></p>", "`` a`b `` `c`"),
        ('<p><a href="/en/returns/x#y">x</a></p>', f"[x]({SITE}/en/returns/x#y)"),
        ('<p><a href="https://a.example/(b)">x</a></p>', "[x](https://a.example/%28b%29)"),
        ('<p><img src="/media/0/a.png" alt="A box"></p>', f"![A box]({SITE}/media/0/a.png)"),
        ("<p>a<br>b</p><hr><p>c</p>", "a<br>b\n\n---\n\nc"),
        ("<p>2*3 a_b [x] `c` \\ &lt;b&gt; &amp;</p>", "2\\*3 a\\_b \\[x\\] \\`c\\` \\\\ \\<b> &"),
    ],
)
def test_block_is_the_same_in_markdown(html: str, markdown: str) -> None:
    """What the sanitiser lets through has a form in Markdown; text stays text."""
    assert body(html) == markdown


def test_other_ways_to_ask_and_the_day_stand_at_the_end() -> None:
    """All that the page says of the article, and where the page is."""
    twin = markdown_twin(article("<p>a</p>", ("Asked?",), date(2026, 11, 22)), SITE)

    assert twin == (
        "# Title \\[x\\]\n\na\n\n## Also asked\n\n- Asked?\n\n"
        f"Last changed: November 22, 2026\n\n<{SITE}/en/returns/box>\n"
    )


def test_without_an_address_links_are_relative() -> None:
    """A store that does not know its address yet has twins too."""
    twin = markdown_twin(article('<p><a href="/en/a/b">x</a></p>'), "")

    assert twin.endswith("[x](/en/a/b)\n")
