"""Plain text of a reply → HTML to paste into a mail: everything escaped, paragraphs and links its only tags."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from kb.variables import blanks

_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Link:
    """Where the customer can read on."""

    title: str
    url: str

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.url}"

    @property
    def html(self) -> str:
        return f'<p><a href="{html.escape(self.url)}">{html.escape(self.title)}</a></p>'


def as_html(text: str) -> str:
    """Return paragraphs of a plain text; the lines of each stay lines."""
    paragraphs = [html.escape(each.strip()).replace("\n", "<br>") for each in _BLANK_LINES.split(text)]
    return "\n".join(f"<p>{each}</p>" for each in paragraphs if each)


def link_to(article_id: str, title: str, public_url: str) -> Link | None:
    """
    Return the link to an article; None while the store has no address: a path alone leads nowhere from a mail.

    Without the section: an anchor in Cyrillic is cut off or turned into a line of percent signs by mail programs.
    """
    can_be_followed = public_url.startswith(("https://", "http://")) and not blanks(public_url)
    return Link(title, f"{public_url}/{article_id}") if can_be_followed else None
