"""The desk's own style sheet beside the one of every page, which both apply to it."""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parents[3] / "api/static"
TEMPLATES = STATIC.parent / "templates"
# Meant to look the same on every page: an article's text, what only screen readers meet, the way past the header.
SHARED = {"text", "hidden", "skip"}


def test_no_rule_of_the_public_pages_reaches_into_the_desk() -> None:
    """A class named on both sides gets the rules of both: chips once became tall pills, and menus cards."""
    used = classes_in("agent.css") | {name for path in TEMPLATES.glob("*agent_*.html") for name in classes_of(path)}

    assert used & classes_in("kb.css") - SHARED == set()


def classes_in(sheet: str) -> set[str]:
    rules = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", (STATIC / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    return set(re.findall(r"\.([a-z][a-z-]*)", rules))


def classes_of(template: Path) -> set[str]:
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", template.read_text(encoding="utf-8"))
    return {name for listed in re.findall(r'class="([^"]*)"', text) for name in listed.split()}
