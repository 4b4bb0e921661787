"""
`articles/` on disk → drafts, store, phrases and solutions. Reads regular files inside the folder only: no links, no
devices.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from indexer.calibration_file import read_calibration
from indexer.images import ImageFault, read_image
from indexer.markdown import MAX_FILE_BYTES, Draft, read
from indexer.problems import Problem, Severity, fill_in, warning
from indexer.solutions import read_solutions
from indexer.store_file import LANG, RESERVED_CATEGORIES, RESERVED_SLUGS, SLUG, read_store
from indexer.store_looks import THEME_IMAGES
from indexer.yaml_text import parse_yaml, read_file, read_yaml
from kb.article import Audience, Image, Phrases, Store
from kb.solutions import Solution
from kb.variables import blanks, unknown_variables

SITUATIONS = ("neutral", "delay", "damage", "anger", "thanks", "follow_up")
_ARTICLE_FILE = re.compile(r"(?!README\.md\Z)(?!_).*\.md\Z", re.IGNORECASE | re.DOTALL)
MAX_PHRASES_BYTES = 256 * 1024


KEPT_DRAFTS = 4096


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that stands in `articles/`."""

    store: Store | None
    """None when store.yaml cannot be used."""
    drafts: tuple[Draft, ...]
    """In the order of their ids; those marked `draft: true` too."""
    phrases: dict[str, Phrases]
    problems: tuple[Problem, ...]
    """Of files, paths, images, store, phrases and solutions; each draft carries its own besides."""
    root: Path = Path()
    images: dict[str, Image] = field(default_factory=dict)
    """By path below articles/: those that articles and the theme show, and that can be shown."""
    solutions: tuple[Solution, ...] = ()
    """In the order of the file."""

    def all_problems(self) -> list[Problem]:
        return sorted([*self.problems, *(p for draft in self.drafts for p in draft.problems)])

    def images_of(self, drafts: Iterable[Draft], *, with_theme: bool = False) -> tuple[Image, ...]:
        """Return the images that the public text of these drafts shows, and those of the theme, by path."""
        paths = {use.path for draft in drafts for use in draft.images}
        if with_theme and self.store:
            paths |= {path for key, path in self.store.theme.items() if key in THEME_IMAGES}
        return tuple(self.images[path] for path in sorted(paths) if path in self.images)

    def image_files(self) -> dict[str, Path]:
        """Return where the bytes of each image lie, by `Image.file`."""
        return {image.file: self.root / image.path for image in self.images.values()}


def scan(root: Path) -> Library:
    """Read the whole folder. Never raises for what is in it: that is in the problems."""
    problems: list[Problem] = []
    store, found = read_store(root / "store.yaml", f"{root}/store.yaml")
    problems += found
    languages = store.languages if store else ()
    if store:
        problems += _unlisted_languages(root, languages)
        calibration, found = read_calibration(root)
        store = replace(store, calibration=calibration)
        problems += found
    site = store.url if store else ""
    files = [path for lang in languages for path in _article_files(root, lang, problems)]
    drafts = [read_article(root, path, problems, site) for path in files]
    drafts = [draft for draft in drafts if draft]
    problems += _collisions(drafts)
    phrases = {lang: _phrases(root, lang, problems) for lang in languages}
    ordered = sorted((draft for draft in drafts if draft), key=lambda draft: draft.id)
    images = _images(root, store, ordered, problems)
    solutions = _solutions(root, languages, ordered, problems) if store else ()
    return Library(store, tuple(ordered), phrases, tuple(problems), root, images, solutions)


def _images(root: Path, store: Store | None, drafts: list[Draft], problems: list[Problem]) -> dict[str, Image]:
    """Read each image once; what is wrong with it is told wherever it is shown."""
    read: dict[str, Image | ImageFault] = {}
    wanted = [(draft.path, use.line, use.path) for draft in drafts for use in draft.images]
    # What is wrong with these was told when store.yaml was read.
    themed = [("", 0, path) for key, path in store.theme.items() if key in THEME_IMAGES] if store else []
    for shown, line, path in [*themed, *wanted]:
        if path not in read:
            try:
                read[path] = read_image(root, path)
            except ImageFault as fault:
                read[path] = fault
        found = read[path]
        if isinstance(found, ImageFault) and shown:
            problems.append(_image_problem(shown, line, found))
    return {path: image for path, image in read.items() if isinstance(image, Image)}


def _image_problem(shown: str, line: int, fault: ImageFault) -> Problem:
    if fault.is_error:
        return Problem(shown, line, fault.code, fault.message, fault.hint)
    hint = f"{fault.hint} Until then readers see the text in its brackets."
    return warning(shown, line, fault.code, fault.message, hint)


def _unlisted_languages(root: Path, languages: tuple[str, ...]) -> list[Problem]:
    hint = "Add it to `languages` in store.yaml, or rename it; its articles are passed over."
    return [
        warning(entry.path, 1, "language", f"{entry.name!r} is no language of this store.", hint)
        for entry in _entries(root)
        if entry.is_dir(follow_symlinks=False) and LANG.fullmatch(entry.name) and entry.name not in languages
    ]


def read_article(root: Path, path: Path, problems: list[Problem], site: str = "") -> Draft | None:
    """Return the draft of a file, None when its place or its kind is wrong."""
    shown = str(path)
    if unusable := _unusable_path(root, path):
        problems.append(Problem(shown, 1, "path", *unusable))
        return None
    try:
        content = read_file(path, MAX_FILE_BYTES + 1)
    except OSError as error:
        problems.append(
            Problem(shown, 1, "unreadable", f"The file cannot be read: {error.strerror}.", "Make it readable.")
        )
        return None
    return _read("/".join(path.relative_to(root).with_suffix("").parts), shown, content, site)


# A service publishes at each save, and one file of hundreds has changed.
_read = lru_cache(KEPT_DRAFTS)(read)


def _article_files(root: Path, lang: str, problems: list[Problem]) -> Iterator[Path]:
    if (root / lang).is_symlink():
        hint = "Replace the link by the folder itself."
        problems.append(Problem(str(root / lang), 1, "path", "The folder of a language is a link.", hint))
        return
    for category in _entries(root / lang):
        if category.name.startswith(("_", ".")) or category.name == "README.md":
            continue
        if category.is_symlink() or not category.is_dir():
            if _ARTICLE_FILE.match(category.name) or category.is_symlink():
                hint = f"Put it in a category folder: {root}/{lang}/<category>/{category.name}."
                problems.append(
                    Problem(category.path, 1, "path", "An article stands outside a category, or is a link.", hint)
                )
            continue
        for entry in _entries(Path(category.path)):
            if _ARTICLE_FILE.match(entry.name) and not entry.name.startswith("."):
                yield Path(entry.path)
            elif entry.is_dir() and not entry.name.startswith(("_", ".")):
                hint = "Articles stand in <language>/<category>/; move its files up."
                problems.append(warning(entry.path, 1, "path", "A folder inside a category is passed over.", hint))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _unusable_path(root: Path, path: Path) -> tuple[str, str] | None:
    _, category, name = path.relative_to(root).parts
    for part, reserved in ((category, RESERVED_CATEGORIES), (name[:-3], RESERVED_SLUGS)):
        if not SLUG.fullmatch(part) or len(part) > 80:
            return f"{part!r} cannot be part of an address.", "Use a-z, 0-9 and hyphens, at most 80 characters."
        if part in reserved:
            return f"{part!r} is an address of the service itself.", "Choose another name."
    if not stat.S_ISREG(path.lstat().st_mode):
        return "It is no regular file.", "Replace the link or device by the file itself."
    return None


def _collisions(drafts: list[Draft | None]) -> list[Problem]:
    """Tell of addresses that two articles have, at the alias where it is one's own address and another's alias."""
    found = [draft for draft in drafts if draft]
    addresses = [(f"/{draft.id}", draft) for draft in found]
    addresses += [(alias, draft) for draft in found for alias in draft.front.aliases]
    seen: dict[str, str] = {}
    problems = []
    for address, draft in addresses:
        if seen.setdefault(address, draft.path) != draft.path:
            hint = "Rename one of them, or delete the alias."
            message = f"{address} is also an address of {seen[address]}."
            problems.append(Problem(draft.path, draft.line_of(address), "collision", message, hint))
    return problems


def _phrases(root: Path, lang: str, problems: list[Problem]) -> Phrases:
    path = root / "phrases" / f"{lang}.yaml"
    shown = str(path)
    if path.parent.is_symlink():
        problems.append(Problem(shown, 1, "phrases", "The folder of phrases is a link.", "Replace it by the folder."))
        return Phrases()
    yaml, found = read_yaml(path, shown, parse_yaml, "phrases", max_bytes=MAX_PHRASES_BYTES, severity=Severity.ERROR)
    if yaml is None:
        hint = "Write openings and closings; until then replies have none."
        problems += found or [warning(shown, 1, "phrases", f"There are no phrases in {lang!r}.", hint)]
        return Phrases()
    banks = {name: _bank(shown, yaml.line(name), yaml.values.get(name), problems) for name in ("openings", "closings")}
    return Phrases(**banks)


def _solutions(
    root: Path, languages: tuple[str, ...], drafts: list[Draft], problems: list[Problem]
) -> tuple[Solution, ...]:
    topics = {draft.id.split("/", 1)[1] for draft in drafts if draft.front.audience is Audience.CUSTOMER}
    solutions, found = read_solutions(root / "solutions.yaml", f"{root}/solutions.yaml", languages, topics)
    problems += found
    return solutions


def _bank(shown: str, line: int, value: Any, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        problems.append(
            Problem(shown, line, "phrases", "openings or closings are missing.", "Write situation: [texts] lines.")
        )
        return {}
    bank: dict[str, tuple[str, ...]] = {}
    for situation, texts in value.items():
        items = texts if isinstance(texts, list) else [texts]
        bank[str(situation)] = tuple(str(text).strip() for text in items if str(text or "").strip())
        if situation not in SITUATIONS:
            hint = f"Known are: {', '.join(SITUATIONS)}."
            problems.append(warning(shown, line, "phrases", f"The situation {situation!r} is not known.", hint))
        problems += _unknown(shown, line, bank[str(situation)])
    if missing := blanks("\n".join(text for texts in bank.values() for text in texts)):
        problems.append(fill_in(shown, line, missing))
    return bank


def _unknown(shown: str, line: int, texts: tuple[str, ...]) -> list[Problem]:
    return [
        warning(
            shown,
            line,
            "variable",
            f"The variable {name!r} is not known.",
            "It stays visible and keeps the reply from being sent.",
        )
        for text in texts
        for name in unknown_variables(text)
    ]


def errors(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.ERROR]
