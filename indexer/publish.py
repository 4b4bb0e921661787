"""
The recipe: articles/ → the edition that answers.

    scan → check → render → compare → embed what is new → write the edition → load the engine → verify → live

A failure at any step leaves the old edition answering; a run that was cut off is finished by the next one, because
every step first looks at what is there already. `loading.tidy` deletes what only older editions had, once readers have
moved on.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from indexer import outcome
from indexer.checks import check
from indexer.content import content_of, edition_of, edition_of_words, needed_vectors
from indexer.library import Library, errors, scan
from indexer.loading import load
from indexer.plan import Changes, compare, content_digest
from indexer.problems import Problem
from indexer.progress import Progress, Silent, Step
from indexer.vectors import SavedVectors, embed
from kb.edition import Edition, EditionShelf
from kb.embedding.base import Embedder
from kb.engine.access import EngineAccess
from kb.errors import EditionDamaged, EditionMissing, KnowledgeBaseError, PublishRefused
from kb.settings import Settings

# A new store is found by its words first when computing its vectors would take longer than some seconds.
WORDS_FIRST_TEXTS = 64


@dataclass(frozen=True, slots=True)
class Report:
    """What a publish did."""

    edition: str
    was_live: bool
    """Nothing had changed: this edition answered before."""
    changes: Changes
    embedded: int
    """Texts for which a vector was computed."""
    reused: int
    """Texts whose vector was known."""
    loaded: int
    """Documents sent to the engine; 0 also when there was no engine to send them to."""
    problems: tuple[Problem, ...] = field(default=())
    seconds: float = 0.0
    withheld: bool = False
    """What stands in the files was rolled back and is not published again by itself; `edition` is what answers."""


def publish(
    settings: Settings,
    access: EngineAccess | None,
    embedder: Embedder,
    *,
    rebuild: bool = False,
    keep_going: bool = False,
    by_itself: bool = False,
    progress: Progress | None = None,
) -> Report:
    """
    Make what stands in `settings.articles` the edition that answers.

    `rebuild` embeds and loads everything anew; `keep_going` leaves broken files out; `by_itself` says that no person
    asked for it. Without `access` the edition goes live without an engine, and `loading.restore` fills that later.
    How it ended stands in `data/publish.json`. Raises PublishRefused (with every problem in its message),
    EngineUnavailable, EngineRefused, EmbeddingUnavailable, OSError; in each case nothing has changed.
    """
    progress = progress or Silent()
    with one_at_a_time(settings, progress), _failure_kept(settings.data):
        start = time.monotonic()
        shelf = EditionShelf(settings.data)
        library = scan(settings.articles)
        problems = tuple(check(library))
        _refuse_if_broken(library, problems, keep_going)
        before = live_edition(shelf)
        content = content_of(settings.articles, library)
        changes = compare(before, content.public, content.internal)
        if by_itself and shelf.withdrawn() == content_digest(content.public, content.internal):
            outcome.write_withheld(settings.data, before.id if before else "")
            return Report(before.id if before else "", False, changes, 0, 0, 0, problems, withheld=True)
        needed = needed_vectors(content, embedder.name)
        saved = SavedVectors(settings.data, embedder.name)
        known = {} if rebuild else {**shelf.known_vectors(embedder.name), **saved.load()}
        new = {key: text for key, text in needed.items() if key not in known}
        if before is None and len(new) >= WORDS_FIRST_TEXTS:
            _answer_by_words(access, shelf, edition_of_words(content), library.image_files(), progress)
        edition = edition_of(content, {**known, **embed(new, embedder, saved, progress)}, embedder.name)
        loaded = go_live(access, shelf, edition, progress, library.image_files(), anew=rebuild)
        saved.remove()
        shelf.readmit()
        outcome.write_success(settings.data, edition.id, problems)
        return Report(
            edition=edition.id,
            was_live=before is not None and before.id == edition.id,
            changes=changes,
            embedded=len(new),
            reused=len(needed) - len(new),
            loaded=loaded,
            problems=problems,
            seconds=time.monotonic() - start,
        )


@contextmanager
def _failure_kept(data: Path) -> Iterator[None]:
    """Write down why a publish ended early, for `kb status` and the editors' pages."""
    try:
        yield
    except KnowledgeBaseError as error:
        outcome.write_failure(data, error.code, str(error))
        raise
    except OSError as error:
        outcome.write_failure(data, "disk", str(error))
        raise


def go_live(
    access: EngineAccess | None,
    shelf: EditionShelf,
    edition: Edition,
    progress: Progress,
    images: Mapping[str, Path] | None = None,
    *,
    anew: bool = False,
) -> int:
    """Write, load, move every reader; return how many documents were sent. Raises EngineUnavailable, EngineRefused."""
    shelf.write(edition, images, anew=anew)
    progress.reached(Step.WRITTEN)
    loaded = load(access, edition, progress, everything=anew) if access else 0
    progress.reached(Step.LOADED)
    progress.reached(Step.BEFORE_LIVE)
    shelf.make_live(edition.id)
    progress.reached(Step.LIVE)
    return loaded


def _answer_by_words(
    access: EngineAccess | None, shelf: EditionShelf, edition: Edition, images: Mapping[str, Path], progress: Progress
) -> None:
    """Let a new store be read and searched at once; nothing answers yet that could be taken away by haste."""
    go_live(None, shelf, edition, progress, images)
    if access:
        load(access, edition, progress)
    progress.say("articles can be read, and are found by their words; vectors are being computed")


def one_at_a_time(settings: Settings, progress: Progress) -> FileLock:
    """Return the lock under which editions are made; says so when somebody else holds it."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(settings.data / "publish.lock")
    try:
        lock.acquire(timeout=0)
        lock.release()
    except Timeout:
        progress.say("waiting for another publish to end")
    return lock


def live_edition(shelf: EditionShelf) -> Edition | None:
    """Return what answers now, None when there is nothing that could."""
    try:
        return shelf.load_live()
    except (EditionMissing, EditionDamaged):
        return None


def _refuse_if_broken(library: Library, problems: Sequence[Problem], keep_going: bool) -> None:
    broken = errors(list(problems))
    if library.store is None or (broken and not keep_going):
        listed = "\n".join(str(problem) for problem in broken)
        raise PublishRefused(
            f"{listed}\n{len(broken)} error{'s' if len(broken) != 1 else ''}: nothing was published.",
            "The edition before this one goes on answering.",
        )
