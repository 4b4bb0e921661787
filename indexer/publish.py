"""
The recipe: articles/ → the edition that answers.

    scan → check → render → compare → embed what is new → write the edition → load the engine → verify → live → clean up

A failure at any step leaves the old edition answering; a run that was cut off is finished by the next one, because
every step first looks at what is there already.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
from filelock import FileLock, Timeout

from indexer import markdown
from indexer.checks import check
from indexer.history import last_changes
from indexer.library import Library, errors, scan
from indexer.passages import cut, cut_notes
from indexer.plan import Changes, VectorPlan, compare, missing, plan_vectors
from indexer.problems import Problem
from indexer.synonyms import engine_synonyms
from kb.article import Article, Audience, Passage, Supplement
from kb.edition import Edition, EditionInfo, EditionShelf, Half, Texts, edition_id, half_id, stacked
from kb.embedding.base import Embedder, FloatVector
from kb.engine.access import EngineAccess
from kb.engine.documents import document, index_settings, with_vector
from kb.engine.writer import EngineWriter
from kb.errors import EditionDamaged, EditionMissing, EngineRefused, PublishRefused
from kb.settings import Settings

# Services look for a new edition every half second; searches under way may still ask for documents of the old one.
GRACE_SECONDS = 1.0


class Progress(Protocol):
    """Who shows how far it is."""

    def say(self, message: str) -> None: ...

    def steps(self, what: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Open a bar of `total`; the callable moves it on."""


class Silent:
    """Shows nothing."""

    def say(self, message: str) -> None: ...

    def steps(self, what: str, total: int) -> AbstractContextManager[Callable[[int], None]]:  # noqa: ARG002
        return nullcontext(lambda _: None)


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
    """Documents sent to the engine."""
    deleted: int
    problems: tuple[Problem, ...] = field(default=())
    seconds: float = 0.0


def publish(
    settings: Settings,
    access: EngineAccess,
    embedder: Embedder,
    *,
    rebuild: bool = False,
    keep_going: bool = False,
    progress: Progress | None = None,
) -> Report:
    """
    Make what stands in `settings.articles` the edition that answers.

    `rebuild` embeds and loads everything anew; `keep_going` leaves broken files out. Raises PublishRefused (with every
    problem in its message), EngineUnavailable, EngineRefused, EmbeddingUnavailable; in each case nothing has changed.
    """
    progress = progress or Silent()
    start = time.monotonic()
    with _one_at_a_time(settings, progress):
        shelf = EditionShelf(settings.data)
        library = scan(settings.articles)
        problems = check(library)
        _refuse_if_broken(library, problems, keep_going)
        live = _live(shelf)
        commit, public, internal = _texts(settings, library)
        edition, embedded, reused = _edition(shelf, commit, public, internal, embedder, rebuild, progress)
        was_live = live is not None and live.id == edition.id
        if rebuild:
            shelf.remove(edition.id)
        shelf.write(edition, library.image_files())
        loaded = _load(access, edition, live, rebuild, progress)
        shelf.make_live(edition.id)
        deleted = _clean_up(access, shelf, edition, settings.keep_editions, wait=not was_live and live is not None)
    return Report(
        edition=edition.id,
        was_live=was_live,
        changes=compare(live, public, internal),
        embedded=embedded,
        reused=reused,
        loaded=loaded,
        deleted=deleted,
        problems=tuple(problems),
        seconds=time.monotonic() - start,
    )


def _one_at_a_time(settings: Settings, progress: Progress) -> FileLock:
    settings.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.data / "publish.lock")
    try:
        lock.acquire(timeout=0)
        lock.release()
    except Timeout:
        progress.say("waiting for another publish to end")
    return lock


def _refuse_if_broken(library: Library, problems: Sequence[Problem], keep_going: bool) -> None:
    broken = errors(list(problems))
    if library.store is None or (broken and not keep_going):
        listed = "\n".join(str(problem) for problem in broken)
        raise PublishRefused(
            f"{listed}\n{len(broken)} error{'s' if len(broken) != 1 else ''}: nothing was published.",
            "The edition before this one goes on answering.",
        )


def _live(shelf: EditionShelf) -> Edition | None:
    try:
        return shelf.load_live()
    except (EditionMissing, EditionDamaged):
        return None


def _texts(settings: Settings, library: Library) -> tuple[str, Texts, Texts]:
    """Return (commit, public half, internal half) of everything that is without error and no draft."""
    broken = {problem.path for problem in errors(library.all_problems())}
    drafts = [d for d in library.drafts if d.path not in broken and not d.front.draft]
    commit, updated = last_changes(settings.articles, drafts)
    public_ids = {d.id for d in drafts if d.front.audience is Audience.CUSTOMER}
    finished = [markdown.finish(draft, public_ids, updated.get(draft.id), library.images) for draft in drafts]
    public, internal = _halves(library, finished)
    shown = library.images_of((d for d in drafts if d.id in public_ids), with_theme=True)
    shown_to_agents = library.images_of(d for d in drafts if d.id not in public_ids)
    return commit, replace(public, images=shown), replace(internal, images=shown_to_agents)


def _halves(library: Library, finished: Sequence[tuple[Article, Supplement | None]]) -> tuple[Texts, Texts]:
    public = tuple(article for article, _ in finished if article.audience is Audience.CUSTOMER)
    agent_only = tuple(article for article, _ in finished if article.audience is Audience.AGENT)
    supplements = tuple(supplement for _, supplement in finished if supplement)
    articles = {article.id: article for article, _ in finished}
    notes = [p for supplement in supplements for p in cut_notes(articles[supplement.article_id], supplement)]
    return (
        Texts(public, _cut_all(public), library.store),
        Texts(agent_only, (*_cut_all(agent_only), *notes), None, supplements, library.phrases),
    )


def _cut_all(articles: Sequence[Article]) -> tuple[Passage, ...]:
    return tuple(passage for article in articles for passage in cut(article))


def _edition(
    shelf: EditionShelf,
    commit: str,
    public: Texts,
    internal: Texts,
    embedder: Embedder,
    rebuild: bool,
    progress: Progress,
) -> tuple[Edition, int, int]:
    """Return (edition, vectors computed, vectors known)."""
    articles = {article.id: article for article in (*public.articles, *internal.articles)}
    plans = [plan_vectors(texts, embedder.name, articles) for texts in (public, internal)]
    known = {} if rebuild else shelf.known_vectors(embedder.name)
    new = missing(plans, known)
    vectors = {**known, **_embed(new, embedder, progress)}
    halves = [_half(texts, plan, vectors, embedder.name) for texts, plan in zip((public, internal), plans, strict=True)]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    info = EditionInfo(edition_id(halves[0].id, halves[1].id), commit, now)
    needed = {key for plan in plans for key in plan.keys}
    return Edition(info, halves[0], halves[1]), len(new), len(needed) - len(new)


def _embed(new: Mapping[str, str], embedder: Embedder, progress: Progress) -> dict[str, FloatVector]:
    if not new:
        return {}
    # Texts of like length together: a batch takes as long as its longest.
    keys = sorted(new, key=lambda key: (len(new[key]), key))
    with progress.steps("computing vectors", len(keys)) as done:
        matrix = embedder.embed_passages([new[key] for key in keys], done)
    return dict(zip(keys, matrix, strict=True))


def _half(texts: Texts, plan: VectorPlan, vectors: Mapping[str, FloatVector], model: str) -> Half:
    return Half(half_id(texts, model), model, texts, stacked([vectors[key] for key in plan.keys]), plan.keys)


def _load(access: EngineAccess, edition: Edition, live: Edition | None, rebuild: bool, progress: Progress) -> int:
    """Make the engine hold the edition beside the live one; return how many documents were sent."""
    writer = EngineWriter(access)
    articles = {a.id: a for half in (edition.public, edition.internal) for a in half.texts.articles}
    sent = 0
    for index, half in _indexes(access, edition):
        writer.prepare(index, index_settings(_dimensions(edition), engine_synonyms(edition.store)))
        if rebuild:
            writer.clear(index)
        wanted = _documents(half, articles)
        present = writer.ids(index)
        # Of a publish that was cut off, or of editions before the live one.
        writer.delete(index, present - wanted.keys() - _live_documents(live, half))
        new = [with_vector(wanted[i][0], wanted[i][1]) for i in wanted if i not in present]
        with progress.steps("loading the search engine", len(new)) if new else nullcontext(lambda _: None) as done:
            for count in writer.add(index, new):
                done(count)
        _verify(writer, index, wanted.keys())
        sent += len(new)
    return sent


def _verify(writer: EngineWriter, index: str, wanted: Set[str]) -> None:
    lost = wanted - writer.ids(index)
    if lost:
        raise EngineRefused(
            f"{len(lost)} documents are not in {index} after they were loaded.", "Run `kb index --rebuild`."
        )


def _indexes(access: EngineAccess, edition: Edition) -> list[tuple[str, Half]]:
    return [(access.public_index, edition.public), (access.internal_index, edition.internal)]


def _dimensions(edition: Edition) -> int:
    return int(max(edition.public.vectors.shape[1], edition.internal.vectors.shape[1], 1))


def _documents(half: Half, articles: Mapping[str, Article]) -> dict[str, tuple[dict[str, object], FloatVector]]:
    keys = half.vector_keys[len(half.texts.articles) :]
    rows = zip(half.texts.passages, keys, np.asarray(half.passage_vectors), strict=True)
    stored = ((document(passage, articles[passage.article_id], key), vector) for passage, key, vector in rows)
    return {str(fields["id"]): (fields, vector) for fields, vector in stored}


def _live_documents(live: Edition | None, like: Half) -> set[str]:
    if live is None:
        return set()
    half = live.public if like.texts.store else live.internal
    articles = {a.id: a for each in (live.public, live.internal) for a in each.texts.articles}
    return set(_documents(half, articles))


def _clean_up(access: EngineAccess, shelf: EditionShelf, edition: Edition, keep: int, *, wait: bool) -> int:
    """Delete from the engine what only older editions had, and the oldest editions; return how many documents."""
    writer = EngineWriter(access)
    articles = {a.id: a for half in (edition.public, edition.internal) for a in half.texts.articles}
    old = {index: writer.ids(index) - _documents(half, articles).keys() for index, half in _indexes(access, edition)}
    if wait and any(old.values()):
        time.sleep(GRACE_SECONDS)
    for index, ids in old.items():
        writer.delete(index, ids)
    shelf.remove_all_but(keep)
    return sum(len(ids) for ids in old.values())
