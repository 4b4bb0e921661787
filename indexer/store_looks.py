"""What `store.yaml` says of the pages' looks: theme, links, the address to edit articles at; and its synonyms."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from indexer.images import ImageFault, read_image
from indexer.markdown import image_path, is_outside
from indexer.yaml_text import YamlText

Warn = Callable[[str, str, str], None]
"""Tells of a key: what is wrong, and how to mend it."""

THEME_IMAGES = ("logo", "favicon")
THEME_KEYS = ("accent", *THEME_IMAGES, "radius", "font")
MAX_RADIUS = 32
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_RADIUS = re.compile(r"(\d{1,2})(?:px)?")
# Names only: quotes, brackets and semicolons have a meaning in the style sheet that this becomes part of.
_FONTS = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,60}(?:, ?[A-Za-z0-9][A-Za-z0-9 -]{0,60}){0,7}")
_WEB_LINK = re.compile(r"(https?://|mailto:|/(?![/\\]))[^\s\\]+", re.IGNORECASE)
_EDIT_URL = re.compile(r"https?://[^\s\\]+", re.IGNORECASE)
_NO_LINK = "Write https://example.org, mailto:help@example.org or /en/a/page."


def read_theme(yaml: YamlText, root: Path, warn: Warn) -> dict[str, str]:
    """Return what of the theme can be used, each value checked; `root` is where images are looked for."""
    value = yaml.values.get("theme")
    if value is not None and not isinstance(value, dict):
        warn("theme", "theme is passed over.", 'Write {accent: "#0b6e4f"}.')
    theme = {str(key): each for key, each in value.items()} if isinstance(value, dict) else {}
    for key in theme.keys() - THEME_KEYS:
        warn(f"theme.{key}", f"The key {key!r} is not known and has no effect.", f"Known are: {', '.join(THEME_KEYS)}.")
    for key in [key for key in THEME_KEYS if key in theme and theme[key] is None]:
        warn(
            f"theme.{key}", f"{key} has no value.", 'Delete it, or write it in quotes: "#0b6e4f"; a # begins a comment.'
        )
    read: dict[str, str | None] = {
        "accent": _accent(theme.get("accent"), warn),
        "radius": _radius(theme.get("radius"), warn),
        "font": _font(theme.get("font"), warn),
        **{key: _image(root, f"theme.{key}", theme.get(key), warn) for key in THEME_IMAGES},
    }
    return {key: read[key] or "" for key in THEME_KEYS if read[key]}


def _accent(value: Any, warn: Warn) -> str | None:
    if value is None or _COLOUR.fullmatch(str(value)):
        return value and str(value)
    warn("theme.accent", f"The colour {value!r} is passed over.", 'Write six hex digits in quotes: "#0b6e4f".')
    return None


def _radius(value: Any, warn: Warn) -> str | None:
    match = _RADIUS.fullmatch(str(value)) if not isinstance(value, bool) else None
    if value is None or (match and int(match[1]) <= MAX_RADIUS):
        return f"{match[1]}px" if match else None
    warn("theme.radius", f"The radius {value!r} is passed over.", f"Write pixels from 0 to {MAX_RADIUS}, like 12.")
    return None


def _font(value: Any, warn: Warn) -> str | None:
    if value is None or _FONTS.fullmatch(str(value)):
        return value and str(value)
    hint = "Write names of fonts that readers have: Georgia, Times New Roman. Pages load none."
    warn("theme.font", f"The font {value!r} is passed over.", hint)
    return None


def _image(root: Path, key: str, value: Any, warn: Warn) -> str | None:
    """Return the path of an image below articles/, None when there is none that can be shown."""
    if value is None:
        return None
    path = image_path(str(value), "")
    if path is None or is_outside(path):
        warn(key, f"The image {value!r} is not in articles/ and is passed over.", "Write a path like images/logo.svg.")
        return None
    try:
        read_image(root, path)
    except ImageFault as fault:
        warn(key, fault.message, f"{fault.hint} Until then pages do without.")
        return None
    return path


def read_links(
    yaml: YamlText, languages: Sequence[str], warn: Warn
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return name → address, and name → language → title for the links that bring their own."""
    value = yaml.values.get("links") or {}
    if not isinstance(value, dict):
        warn("links", "links is passed over.", "Write `name: address` lines below it.")
        return {}, {}
    links: dict[str, str] = {}
    titles: dict[str, dict[str, str]] = {}
    for name, entry in ((str(name), entry) for name, entry in value.items()):
        key = f"links.{name}"
        address = entry.get("url") if isinstance(entry, dict) else entry
        if not isinstance(address, str) or not _WEB_LINK.fullmatch(address):
            warn(key, f"{address!r} is no address and is passed over.", _NO_LINK)
            continue
        links[name] = address
        if isinstance(entry, dict) and (found := _titles(key, entry, languages, warn)):
            titles[name] = found
    return links, titles


def _titles(key: str, entry: dict[Any, Any], languages: Sequence[str], warn: Warn) -> dict[str, str]:
    for unknown in entry.keys() - {"url", "title"}:
        warn(f"{key}.{unknown}", f"The key {unknown!r} is not known and has no effect.", "Known are: url, title.")
    title = entry.get("title") or {}
    if isinstance(title, str):
        return dict.fromkeys(languages, title)
    if not isinstance(title, dict) or not all(isinstance(each, str) and each for each in title.values()):
        warn(f"{key}.title", f"The title {title!r} is passed over.", "Write {en: Our blog, ru: Наш блог}.")
        return {}
    return {str(lang): each for lang, each in title.items()}


def read_edit_url(yaml: YamlText, warn: Warn) -> str:
    """Return where articles are edited, `{path}` still in it; empty when it cannot be used."""
    url = str(yaml.values.get("edit_url") or "")
    if not url or (_EDIT_URL.fullmatch(url) and "{path}" in url):
        return url
    hint = "Write https://git.example.org/store/edit/main/articles/{path}."
    warn("edit_url", f"{url!r} is no web address with {{path}} in it, and is passed over.", hint)
    return ""


def read_synonyms(yaml: YamlText, languages: Sequence[str], warn: Warn) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return language → groups of words or phrases; a group that cannot be used costs that group."""
    value = yaml.values.get("synonyms") or {}
    if not isinstance(value, dict):
        warn("synonyms", "synonyms are passed over.", "Write {en: [[fridge, refrigerator]]}.")
        return {}
    read: dict[str, tuple[tuple[str, ...], ...]] = {}
    for lang, groups in ((str(lang), groups) for lang, groups in value.items()):
        key = f"synonyms.{lang}"
        if lang not in languages:
            warn(key, f"{lang!r} is no language of this store.", f"It has: {', '.join(languages)}.")
        elif not isinstance(groups, list) or (groups and not any(isinstance(each, list) for each in groups)):
            warn(key, f"The synonyms of {lang!r} are passed over.", "Write a list of groups: [[fridge, refrigerator]].")
        else:
            found = (_group(f"{key}[{number}]", group, warn) for number, group in enumerate(groups))
            read[lang] = tuple(group for group in found if group)
    return read


def _group(key: str, group: Any, warn: Warn) -> tuple[str, ...]:
    texts = group if isinstance(group, list) else [group]
    words = [" ".join(str(each).split()) for each in texts if isinstance(each, str | int | float)]
    distinct = tuple(dict.fromkeys(word for word in words if any(char.isalnum() for char in word)))
    if len(distinct) < 2 or len(words) < len(texts):
        warn(key, f"The synonyms {group!r} are passed over.", "Write two words or more: [fridge, refrigerator].")
        return ()
    return distinct
