"""What is done to texts on their way into a page."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from api.pages.render import whole_spans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 2–5 days.", 'in <span class="whole">2–5</span> days.'),
        ("9:00–18:30, 1,5–2,5 kg", '<span class="whole">9:00–18:30</span>, <span class="whole">1,5–2,5</span> kg'),
        ("Mon–Fri – closed", "Mon–Fri – closed"),
        ("<b>2–5</b>", '&lt;b&gt;<span class="whole">2–5</span>&lt;/b&gt;'),
    ],
)
def test_spans_of_numbers_stay_on_one_line(text: str, expected: str) -> None:
    """Browsers break a line after the dash; plain text is escaped on the way."""
    assert whole_spans(text) == expected


def test_tags_of_html_are_left_alone() -> None:
    """Only what is read is changed, never an attribute."""
    written = Markup('<a title="> 2–5" href="/2–5">2–5 days</a> &amp; more')

    assert whole_spans(written) == '<a title="> 2–5" href="/2–5"><span class="whole">2–5</span> days</a> &amp; more'
