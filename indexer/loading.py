"""
Edition → engine: make Meilisearch hold what an edition says, and later forget what only older ones had.

Every function first looks at what is there, so that a run that was cut off is finished by the next, and an engine that
was emptied is filled again, without computing a vector.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from contextlib import nullcontext

import numpy as np

from indexer.progress import Progress, Silent, Step
from indexer.synonyms import engine_synonyms
from kb.article import Article
from kb.edition import Edition, EditionShelf, Half
from kb.embedding.base import FloatVector
from kb.engine.access import EngineAccess
from kb.engine.documents import document, index_settings, with_vector
from kb.engine.writer import EngineWriter
from kb.errors import EngineRefused
from kb.settings import Settings


def load(access: EngineAccess, edition: Edition, progress: Progress | None = None, *, everything: bool = False) -> int:
    """
    Make the engine hold the edition, beside whatever it holds; return how many documents were sent.

    `everything` sends also what is there already. Raises EngineUnavailable, EngineRefused.
    """
    progress = progress or Silent()
    writer = EngineWriter(access)
    sent = 0
    for index, half in _indexes(access, edition):
        writer.prepare(index, index_settings(_dimensions(edition), engine_synonyms(edition.store)))
        wanted = _documents(half, edition)
        present = writer.ids(index)
        new = [with_vector(*wanted[each]) for each in wanted if everything or each not in present]
        with progress.steps("loading the search engine", len(new)) if new else nullcontext(lambda _: None) as done:
            for count in writer.add(index, new):
                done(count)
        _verify(writer, index, wanted.keys())
        sent += len(new)
    return sent


def restore(settings: Settings, access: EngineAccess, progress: Progress | None = None) -> int:
    """
    Make the engine hold the live edition, after it was started anew or lost something; return how many were sent.

    Raises EditionMissing, EditionDamaged, EngineUnavailable, EngineRefused.
    """
    return load(access, EditionShelf(settings.data).load_live(), progress)


def tidy(settings: Settings, access: EngineAccess | None, progress: Progress | None = None) -> int:
    """
    Delete what only older editions had from the engine, and the oldest editions from the disk; return how many
    documents. To be called when readers have moved on. Raises EditionMissing, EditionDamaged, EngineUnavailable,
    EngineRefused.
    """
    (progress or Silent()).reached(Step.BEFORE_DELETION)
    shelf = EditionShelf(settings.data)
    deleted = _forget_old(access, shelf.load_live()) if access else 0
    shelf.remove_all_but(settings.keep_editions)
    return deleted


def _forget_old(access: EngineAccess, edition: Edition) -> int:
    writer = EngineWriter(access)
    deleted = 0
    for index, half in _indexes(access, edition):
        old = writer.ids(index) - _documents(half, edition).keys()
        writer.delete(index, old)
        deleted += len(old)
    return deleted


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


def _documents(half: Half, edition: Edition) -> dict[str, tuple[dict[str, object], FloatVector]]:
    articles: Mapping[str, Article] = edition.articles
    keys = half.passage_keys
    rows = zip(half.texts.passages, keys, np.asarray(half.passage_vectors), strict=True)
    stored = ((document(passage, articles[passage.article_id], key), vector) for passage, key, vector in rows)
    return {str(fields["id"]): (fields, vector) for fields, vector in stored}
