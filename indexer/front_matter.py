"""The block between the `---` lines → typed fields. Unknown keys are kept out of the article and warned about."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from indexer.problems import Problem, warning
from indexer.yaml_text import YamlProblem, YamlText, parse_yaml
from kb.article import Audience

# What Hugo, Docusaurus and Jekyll call the same things.
OTHER_NAMES = {
    "sidebar_position": "weight",
    "order": "weight",
    "redirect_from": "aliases",
    "tags": "keywords",
    "lastmod": "last_update",
    "publishDate": "valid_from",
    "expiryDate": "valid_until",
    "summary": "description",
}
MAX_TITLE_CHARS = 200
MAX_QUESTIONS = 30
MAX_PHRASINGS = 100
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_ALIAS = re.compile(r"^/[a-z0-9][a-z0-9/._-]*$")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What an editor says of an article."""

    title: str = ""
    description: str = ""
    questions: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    audience: Audience = Audience.AGENT
    draft: bool = False
    aliases: tuple[str, ...] = ()
    owner: str = ""
    review_by: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    last_update: date | None = None
    translated_from: dict[str, str] = field(default_factory=dict)
    weight: int = 0


KNOWN = frozenset(FrontMatter.__dataclass_fields__)
# All white space but the kinds that hold a number and its unit together.
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")


def split_front_matter(text: str) -> tuple[str | None, str, int]:
    """Return (block, body, number of lines before the body); the block is None when there is none or it never ends."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None, text, 0
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in ("---", "..."):
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 1
    return None, text, 0


class FrontMatterReader:
    """Reads one block, collecting problems as it goes."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.problems: list[Problem] = []
        self.lines: dict[str, int] = {}
        """Key to its line in the file, and each alias to its own; complete after `read`."""

    def read(self, block: str | None) -> FrontMatter:
        if block is None:
            hint = "Begin it with a line ---, then title: …, then a second line ---."
            self._error(1, "front-matter", "The article has no front matter, or it does not end.", hint)
            return FrontMatter()
        try:
            yaml = parse_yaml(block)
        except YamlProblem as error:
            self._error(error.line + 1, "front-matter", "The front matter cannot be read.", error.message)
            return FrontMatter()
        renamed = _renamed(yaml)
        self.lines |= {key: _at(renamed, key) for key in renamed.lines}
        return self._fields(renamed)

    def _fields(self, yaml: YamlText) -> FrontMatter:
        self._warn_of_unknown(yaml)
        read = FrontMatter(
            title=self._text(yaml, "title"),
            description=self._text(yaml, "description"),
            questions=self._texts(yaml, "questions")[:MAX_QUESTIONS],
            phrasings=self._texts(yaml, "phrasings")[:MAX_PHRASINGS],
            keywords=self._texts(yaml, "keywords"),
            audience=self._audience(yaml),
            draft=self._flag(yaml, "draft"),
            aliases=self._aliases(yaml),
            owner=self._text(yaml, "owner"),
            review_by=self._date(yaml, "review_by"),
            valid_from=self._date(yaml, "valid_from"),
            valid_until=self._date(yaml, "valid_until"),
            last_update=self._date(yaml, "last_update"),
            translated_from=self._translated_from(yaml),
            weight=self._number(yaml, "weight"),
        )
        self._check_title(read, yaml)
        if read.valid_from and read.valid_until and read.valid_until < read.valid_from:
            self._error(
                _at(yaml, "valid_until"), "dates", "valid_until is before valid_from.", "The article would never show."
            )
        return read

    def _check_title(self, read: FrontMatter, yaml: YamlText) -> None:
        if not read.title:
            self._error(
                _at(yaml, "title"),
                "title",
                "The article has no title.",
                "Add `title:` with the question as a customer asks it.",
            )
        elif len(read.title) > MAX_TITLE_CHARS:
            self._error(
                _at(yaml, "title"), "title", f"The title has more than {MAX_TITLE_CHARS} characters.", "Shorten it."
            )

    def _warn_of_unknown(self, yaml: YamlText) -> None:
        for key in yaml.values:
            if key not in KNOWN:
                self._warn(
                    yaml,
                    key,
                    "unknown-key",
                    f"The key {key!r} is not known and has no effect.",
                    "See docs/articles.md.",
                )

    def _text(self, yaml: YamlText, key: str) -> str:
        value = yaml.values.get(key)
        if value is None:
            return ""
        if isinstance(value, str | int | float | date) and not isinstance(value, bool):
            return _one_line(str(value))
        self._wrong(yaml, key, "text")
        return ""

    def _texts(self, yaml: YamlText, key: str) -> tuple[str, ...]:
        value = yaml.values.get(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        texts = [_one_line(str(i)) for i in items if isinstance(i, str | int | float) and not isinstance(i, bool)]
        if len(texts) != len(items):
            self._wrong(yaml, key, "a list of texts (quote any that holds a colon)")
        return tuple(text for text in texts if text)

    def _audience(self, yaml: YamlText) -> Audience:
        value = yaml.values.get("audience")
        if value in tuple(Audience):
            return Audience(value)
        what = "No audience is given" if value is None else f"The audience {value!r} is not known"
        self._warn(
            yaml,
            "audience",
            "audience",
            f"{what}: only agents will see this article.",
            "Write `audience: customer` or `audience: agent`.",
        )
        return Audience.AGENT

    def _flag(self, yaml: YamlText, key: str) -> bool:
        value = yaml.values.get(key, False)
        if isinstance(value, bool):
            return value
        # Shown by mistake is worse than hidden by mistake.
        message = f"{key} is {value!r}, not true or false."
        self._warn(yaml, key, "type", message, "The article is not published.")
        return True

    def _number(self, yaml: YamlText, key: str) -> int:
        value = yaml.values.get(key, 0)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self._wrong(yaml, key, "a whole number")
        return 0

    def _date(self, yaml: YamlText, key: str) -> date | None:
        value = yaml.values.get(key)
        if isinstance(value, dict) and "date" in value:  # Docusaurus: last_update: {date: …, author: …}
            value = value["date"]
        if isinstance(value, str) and _DATE.match(value):  # quoted
            with contextlib.suppress(ValueError):
                value = date.fromisoformat(value)
        if value is None or isinstance(value, date):
            return value
        if key.startswith("valid_"):
            # A validity that cannot be read may not be passed over: the offer might be shown too early or too long.
            self._error(_at(yaml, key), "dates", f"{key} is {value!r}.", "Write a date like 2027-06-01.")
        else:
            self._wrong(yaml, key, "a date like 2027-06-01")
        return None

    def _aliases(self, yaml: YamlText) -> tuple[str, ...]:
        good = []
        for number, alias in enumerate(self._texts(yaml, "aliases")):
            if _ALIAS.match(alias) and "//" not in alias and ".." not in alias:
                good.append(alias.rstrip("/"))
                self.lines.setdefault(good[-1], yaml.lines.get(f"aliases[{number}]", yaml.line("aliases")) + 1)
            else:
                self._warn(
                    yaml, "aliases", "alias", f"The alias {alias!r} is no path.", "Write it like /en/returns/old-slug."
                )
        return tuple(good)

    def _translated_from(self, yaml: YamlText) -> dict[str, str]:
        value = yaml.values.get("translated_from")
        if value is None:
            return {}
        if isinstance(value, dict) and set(value) == {"lang", "hash"}:
            return {key: str(each) for key, each in value.items()}
        self._wrong(yaml, "translated_from", "{lang: …, hash: …}")
        return {}

    def _wrong(self, yaml: YamlText, key: str, expected: str) -> None:
        self._warn(yaml, key, "type", f"{key} is {yaml.values[key]!r}, not {expected}.", "It is passed over.")

    def _warn(self, yaml: YamlText, key: str, code: str, message: str, hint: str) -> None:
        self.problems.append(warning(self._path, _at(yaml, key), code, message, hint))

    def _error(self, line: int, code: str, message: str, hint: str) -> None:
        self.problems.append(Problem(self._path, line, code, message, hint))


def _at(yaml: YamlText, key: str) -> int:
    return yaml.line(key) + 1  # the line of dashes stands above


def _renamed(yaml: YamlText) -> YamlText:
    values: dict[str, Any] = {}
    lines = dict(yaml.lines)
    for key, value in yaml.values.items():
        name = OTHER_NAMES.get(key, key)
        if name != key and name in yaml.values:
            continue
        values[name] = value
        lines.setdefault(name, yaml.line(key))
        items = {each: line for each, line in yaml.lines.items() if each.startswith(f"{key}[")}
        lines |= {name + each.removeprefix(key): line for each, line in items.items() if name != key}
    return YamlText(values, lines)


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
