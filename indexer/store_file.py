"""`articles/store.yaml` → Store."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from indexer.problems import Problem, Severity, fill_in, warning
from indexer.store_looks import read_edit_url, read_links, read_synonyms, read_theme
from indexer.yaml_text import YamlText, parse_yaml, read_yaml
from kb.article import CATEGORY_ICONS, Category, Contact, Store
from kb.evaluation import DEMANDS
from kb.hours import parse_hours
from kb.variables import blanks

MAX_STORE_BYTES = 256 * 1024
LANG = re.compile(r"[a-z]{2,3}(-[a-z]{2,8})?")
SLUG = re.compile(r"[a-z0-9-]+")
RESERVED_SLUGS = frozenset(["search", "api", "agent", "insights", "media", "static", "schema"])
# These stand where categories do; an article may well be called so.
RESERVED_CATEGORIES = RESERVED_SLUGS | {"contact", "feedback"}
URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?")
_WRITE_ONE = "Write one with name, languages, default_language and categories; see docs/articles.md."
_KNOWN = frozenset(Store.__dataclass_fields__) - {"link_titles", "calibration", "reply_thresholds"} | {"replies"}


def read_store(path: Path, shown: str) -> tuple[Store | None, list[Problem]]:
    """Return the store, None when it cannot be used, and what is wrong with the file."""
    yaml, problems = read_yaml(
        path, shown, parse_yaml, "store", max_bytes=MAX_STORE_BYTES, max_depth=8, severity=Severity.ERROR
    )
    if yaml is None:
        return None, problems or [Problem(shown, 1, "store", "There is no store.yaml.", _WRITE_ONE)]
    return _StoreReader(yaml, shown, path.parent).read()


class _StoreReader:
    def __init__(self, yaml: YamlText, shown: str, root: Path) -> None:
        self._yaml = yaml
        self._shown = shown
        self._root = root
        self._problems: list[Problem] = []

    def read(self) -> tuple[Store | None, list[Problem]]:
        values = self._yaml.values
        for key in values:
            if key not in _KNOWN:
                self._warn(key, f"The key {key!r} is not known and has no effect.", "See docs/articles.md.")
        languages = self._languages()
        links, link_titles = read_links(self._yaml, languages, self._warn)
        store = Store(
            name=str(values.get("name") or "Help"),
            languages=languages,
            default_language=self._default_language(languages),
            url=self._url(),
            timezone=self._timezone(),
            theme=read_theme(self._yaml, self._root, self._warn),
            links=links,
            link_titles=link_titles,
            edit_url=read_edit_url(self._yaml, self._warn),
            categories=self._categories(),
            contacts=self._contacts(values.get("contacts"), "contacts"),
            synonyms=read_synonyms(self._yaml, languages, self._warn),
            quality=self._quality(),
            reply_thresholds=self._reply_thresholds(languages),
        )
        self._warn_of_blanks("", values)
        unusable = any(problem.severity == "error" for problem in self._problems)
        return (None if unusable else store), self._problems

    def _languages(self) -> tuple[str, ...]:
        value = self._yaml.values.get("languages")
        if not isinstance(value, list) or not value:
            self._error("languages", "languages is no list.", "Write `languages: [en]`, in the order to show them.")
            return ()
        wrong = [each for each in value if not isinstance(each, str) or not LANG.fullmatch(each)]
        if wrong:
            self._error("languages", f"{wrong[0]!r} is no language code.", "Write codes like en, hu or pt-br.")
        return tuple(dict.fromkeys(str(each) for each in value))

    def _default_language(self, languages: tuple[str, ...]) -> str:
        default = str(self._yaml.values.get("default_language") or (languages[0] if languages else ""))
        if languages and default not in languages:
            self._error(
                "default_language", f"{default!r} is none of the languages.", f"Choose one of {', '.join(languages)}."
            )
        return default

    def _url(self) -> str:
        url = str(self._yaml.values.get("url") or "").rstrip("/")
        if blanks(url):
            return ""  # told as a place to fill in
        if url and not URL.fullmatch(url):
            self._warn("url", f"{url!r} is no address and is passed over.", "Write https://help.example.org.")
            return ""
        return url

    def _timezone(self) -> str:
        name = str(self._yaml.values.get("timezone") or "UTC")
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            self._error("timezone", f"The time zone {name!r} is not known.", "Write one like Europe/Budapest.")
            return "UTC"
        return name

    def _categories(self) -> tuple[Category, ...]:
        value = self._yaml.values.get("categories") or {}
        if not isinstance(value, dict):
            self._error(
                "categories", "categories is no mapping.", "Write `returns: {title: {en: Returns}}` lines below it."
            )
            return ()
        return tuple(self._category(str(slug), each or {}) for slug, each in value.items())

    def _category(self, slug: str, value: Any) -> Category:
        key = f"categories.{slug}"
        if not SLUG.fullmatch(slug) or slug in RESERVED_CATEGORIES:
            self._error(key, f"{slug!r} cannot be a folder of articles.", "Use a-z, 0-9 and hyphens.")
        if not isinstance(value, dict):
            self._error(key, f"The category {slug!r} is no mapping.", "Write title and contacts below it.")
            return Category(slug)
        self._warn_of_unknown(key, value, ("title", "contacts", "icon"))
        title = value.get("title") or {}
        titles = {str(k): str(v) for k, v in title.items()} if isinstance(title, dict) else {}
        if isinstance(title, str):
            titles = dict.fromkeys(self._languages(), title)
        return Category(
            slug, titles, self._contacts(value.get("contacts"), f"{key}.contacts"), self._icon(value.get("icon"), key)
        )

    def _icon(self, value: Any, key: str) -> str:
        if value is None or value in CATEGORY_ICONS:
            return value or ""
        self._warn(f"{key}.icon", f"There is no icon {value!r}.", f"Choose one of {', '.join(CATEGORY_ICONS)}.")
        return ""

    def _contacts(self, value: Any, key: str) -> tuple[Contact, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            found = [self._contact(value, key)]
        else:
            found = [self._contact(item, f"{key}[{number}]") for number, item in enumerate(value)]
        return tuple(contact for contact in found if contact)

    def _contact(self, item: Any, key: str) -> Contact | None:
        if not isinstance(item, dict) or not {"channel", "value"} <= set(item):
            self._warn(key, "A contact is passed over.", "Write {channel: phone, value: …}.")
            return None
        self._warn_of_unknown(key, item, ("channel", "value", "hours", "languages"))
        languages = item.get("languages") or []
        if not isinstance(languages, list):
            self._warn(key, f"languages is {languages!r}, no list.", "Write [en].")
            languages = []
        hours = self._hours(item.get("hours") or {}, key)
        return Contact(str(item["channel"]), str(item["value"]), hours, tuple(map(str, languages)))

    def _hours(self, value: Any, key: str) -> dict[str, str]:
        # A value without days is told by `parse_hours`, as a day that does not exist.
        hours = {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {str(value): ""}
        try:
            parse_hours(hours)
        except ValueError as error:
            self._warn(key, f"Opening hours are passed over: {error}", 'Write {mon-fri: "9:00-18:00"}.')
            return {}
        return hours

    def _quality(self) -> dict[str, float]:
        value = self._yaml.values.get("quality") or {}
        if not isinstance(value, dict):
            self._warn("quality", "quality is passed over.", "Write {first: 0.9, wrongly_refused: 0.05}.")
            return {}
        self._warn_of_unknown("quality", value, tuple(DEMANDS))
        limits = {str(name): each for name, each in value.items() if name in DEMANDS}
        for name in [name for name, each in limits.items() if not _is_share(each)]:
            self._warn(
                f"quality.{name}", f"{limits.pop(name)!r} is passed over.", "Write a share from 0 to 1, like 0.9."
            )
        return {name: float(each) for name, each in limits.items()}

    def _reply_thresholds(self, languages: tuple[str, ...]) -> dict[str, float]:
        example = "Write {threshold: {default: 0.5, hu: 0.6}}."
        value = self._yaml.values.get("replies") or {}
        if not isinstance(value, dict):
            self._warn("replies", "replies is passed over.", example)
            return {}
        self._warn_of_unknown("replies", value, ("threshold",))
        limits = value.get("threshold") or {}
        if not isinstance(limits, dict):
            self._warn("replies.threshold", f"{limits!r} is passed over.", example)
            return {}
        self._warn_of_unknown("replies.threshold", limits, ("default", *languages))
        for name in [name for name, each in limits.items() if not _is_share(each)]:
            message = f"{limits[name]!r} is passed over."
            self._warn(f"replies.threshold.{name}", message, "Write a chance from 0 to 1, like 0.6.")
        known = ("default", *languages)
        return {str(name): float(each) for name, each in limits.items() if name in known and _is_share(each)}

    def _warn_of_unknown(self, key: str, value: dict[Any, Any], known: tuple[str, ...]) -> None:
        for name in sorted(str(name) for name in value if name not in known):
            self._warn(
                f"{key}.{name}", f"The key {name!r} is not known and has no effect.", f"Known are: {', '.join(known)}."
            )

    def _warn_of_blanks(self, key: str, value: Any) -> None:
        if isinstance(value, str) and (found := blanks(value)):
            self._problems.append(fill_in(self._shown, self._yaml.line(key), found))
        items = value.items() if isinstance(value, dict) else ()
        for name, each in items:
            self._warn_of_blanks(f"{key}.{name}" if key else str(name), each)
        for number, each in enumerate(value if isinstance(value, list) else ()):
            self._warn_of_blanks(f"{key}[{number}]", each)

    def _error(self, key: str, message: str, hint: str) -> None:
        self._problems.append(Problem(self._shown, self._yaml.line(key), "store", message, hint))

    def _warn(self, key: str, message: str, hint: str) -> None:
        self._problems.append(warning(self._shown, self._yaml.line(key), "store", message, hint))


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
