"""
`articles/golden/<lang>.yaml` → golden questions.

They are read when somebody asks for them, not with every publish: nothing that is published depends on them, and
nothing that is wrong with them stops one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from indexer.library import Library
from indexer.problems import Problem, warning
from indexer.yaml_text import YamlList, parse_yaml_list, read_yaml
from kb.article import Audience
from kb.errors import InvalidQuestion
from kb.golden import GoldenQuestion
from kb.query import readable

FOLDER = "golden"
# Some ten thousand questions.
MAX_GOLDEN_BYTES = 1024 * 1024
_KEYS = ("question", "topic")
_LINE = 'Write - {question: "where is my parcel", topic: delivery/track-order}, or topic: null when nothing answers it.'


@dataclass(frozen=True, slots=True)
class Golden:
    """What golden files hold."""

    questions: tuple[GoldenQuestion, ...]
    """Those that can be asked, also when their topic does not exist (any more): that answer is lost."""
    problems: tuple[Problem, ...]
    """Warnings, all of them."""


def golden_of(root: Path, library: Library) -> Golden:
    """Return what stands in the golden files of a store, in the order of its languages."""
    folder = root / FOLDER
    if folder.is_symlink():
        message = "The folder of golden questions is a link."
        return Golden((), (warning(str(folder), 1, "golden", message, "Replace it by the folder."),))
    languages = library.store.languages if library.store else ()
    read = [golden_file(folder / f"{lang}.yaml", lang, library) for lang in languages]
    problems = [problem for each in read for problem in each.problems]
    problems += _passed_over(folder, languages)
    return Golden(tuple(question for each in read for question in each.questions), tuple(sorted(problems)))


def golden_file(path: Path, lang: str, library: Library) -> Golden:
    """Return what stands in one file; one that is not there holds nothing."""
    items, problems = read_yaml(path, str(path), parse_yaml_list, "golden", max_bytes=MAX_GOLDEN_BYTES, hint=_LINE)
    return _GoldenReader(items, str(path), lang, library).read() if items is not None else Golden((), tuple(problems))


def _passed_over(folder: Path, languages: tuple[str, ...]) -> Iterator[Problem]:
    """Files that look like golden questions and are none."""
    for path in sorted(folder.glob("[!_.]*")):
        if path.suffix == ".yaml" and path.stem not in languages:
            message = f"{path.stem!r} is no language of this store; its golden questions are not asked."
            yield warning(str(path), 1, "golden", message, f"Name it after one of: {', '.join(languages)}.")
        elif path.suffix == ".yml":
            message = "Its golden questions are not asked."
            yield warning(str(path), 1, "golden", message, f"Call it {path.stem}.yaml.")


class _GoldenReader:
    def __init__(self, items: YamlList, shown: str, lang: str, library: Library) -> None:
        self._items = items
        self._shown = shown
        self._lang = lang
        drafts = [draft for draft in library.drafts if not draft.front.draft]
        self._topics = {draft.id.split("/", 1)[1] for draft in drafts}
        self._for_customers = {d.id.split("/", 1)[1] for d in drafts if d.front.audience is Audience.CUSTOMER}
        self._problems: list[Problem] = []
        self._lines: dict[str, int] = {}

    def read(self) -> Golden:
        found = [self._question(item, self._items.line(f"[{at}]")) for at, item in enumerate(self._items.items)]
        return Golden(tuple(each for each in found if each), tuple(self._problems))

    def _question(self, item: Any, line: int) -> GoldenQuestion | None:
        if not isinstance(item, dict) or not isinstance(item.get("question"), str):
            self._warn(line, "There is no question.", _LINE)
            return None
        for key in sorted(str(key) for key in item if key not in _KEYS):
            self._warn(line, f"The key {key!r} is not known and has no effect.", f"Known are: {', '.join(_KEYS)}.")
        if "topic" not in item or not isinstance(item["topic"], str | None):
            self._warn(line, "The question has no topic.", _LINE)
            return None
        if not self._can_be_asked(item["question"], line):
            return None
        if item["topic"] is not None:
            self._check_topic(item["topic"], line)
        return GoldenQuestion(self._lang, item["question"], item["topic"])

    def _can_be_asked(self, text: str, line: int) -> bool:
        try:
            clean = readable(text)
        except InvalidQuestion as error:
            self._warn(line, f"It cannot be asked: {error.message}", error.hint)
            return False
        first = self._lines.setdefault(clean.casefold(), line)
        if first != line:
            self._warn(line, f"The same question stands in line {first}; this one is not asked.", "Delete one of them.")
        return first == line

    def _check_topic(self, topic: str, line: int) -> None:
        if topic in self._for_customers:
            return
        if topic in self._topics:
            hint = "Ask for what a customer can find, or write topic: null."
            self._warn(line, f"{topic!r} is for agents only; customers never find it.", hint)
            return
        without_lang = topic.split("/", 1)[-1]
        near = get_close_matches(without_lang, sorted(self._for_customers), 1)
        hint = f"Did you mean {near[0]!r}?" if near else "Write <category>/<slug> of an article, or null."
        self._warn(line, f"There is no topic {topic!r}.", hint)

    def _warn(self, line: int, message: str, hint: str = "") -> None:
        self._problems.append(warning(self._shown, line, "golden", message, hint))
