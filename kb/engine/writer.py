"""
The indexer's side of the engine, over the official client.

One thread only: the client shares its headers between calls. Every change waits for its task and checks how it ended;
a task that is taken is not yet a task that is done.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from meilisearch import Client
from meilisearch.errors import MeilisearchApiError
from meilisearch.index import Index

from kb.engine.access import EngineAccess, EngineFault
from kb.errors import EngineRefused, EngineUnavailable

_ID = re.compile(r"[0-9a-f]{32}")
BATCH_DOCUMENTS = 500
TASK_MS = 10 * 60 * 1000
# Each look is a new connection; a task takes some hundredths of a second at least.
POLL_MS = 10
REQUEST_SECONDS = 60


class EngineWriter:
    """Makes the two indexes hold what an edition says."""

    def __init__(self, access: EngineAccess) -> None:
        self._access = access
        self._client = Client(access.url, access.writer_key, timeout=REQUEST_SECONDS)

    def prepare(self, index: str, settings: dict[str, Any]) -> None:
        """Make the index with these settings, before its first document; change only settings that differ."""
        with self._translated():
            try:
                self._client.get_index(index)
            except MeilisearchApiError as error:
                if error.code != "index_not_found":
                    raise
                self._wait(self._client.create_index(index, {"primaryKey": "id"}).task_uid)
            current = self._client.index(index).get_settings()
            wanted = {key: value for key, value in settings.items() if not _holds(current.get(key), value)}
            if wanted:
                self._wait(self._client.index(index).update_settings(wanted).task_uid)

    def ids(self, index: str) -> set[str]:
        """Return the ids of all documents."""
        with self._translated():
            return set(self._ids(self._client.index(index)))

    def _ids(self, index: Index) -> Iterator[str]:
        offset = 0
        while True:
            page = index.get_documents({"fields": ["id"], "limit": 1000, "offset": offset})
            yield from (str(document.id) for document in page.results)
            offset += len(page.results)
            if not page.results or offset >= page.total:
                return

    def add(self, index: str, documents: Sequence[dict[str, Any]]) -> Iterator[int]:
        """Add documents; yield how many more are in after each batch."""
        for start in range(0, len(documents), BATCH_DOCUMENTS):
            batch = documents[start : start + BATCH_DOCUMENTS]
            with self._translated():
                self._wait(self._client.index(index).add_documents(batch).task_uid)
            yield len(batch)

    def delete(self, index: str, ids: Iterable[str]) -> None:
        gone = sorted(ids)
        for start in range(0, len(gone), BATCH_DOCUMENTS):
            with self._translated():
                batch = gone[start : start + BATCH_DOCUMENTS]
                self._wait(self._client.index(index).delete_documents(filter=_is_one_of(batch)).task_uid)

    def _wait(self, task: int) -> None:
        done = self._client.wait_for_task(task, timeout_in_ms=TASK_MS, interval_in_ms=POLL_MS)
        if done.status != "succeeded":
            told = (done.error or {}).get("message", done.status)
            raise EngineRefused(
                f"Meilisearch could not do it: {told}", "See its log; `kb index --rebuild` begins anew."
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except MeilisearchApiError as error:
            raise EngineRefused(f"Meilisearch refused: {error.message}", "See its log.") from error
        except EngineFault as error:
            raise EngineUnavailable(f"Meilisearch at {self._access.url} does not answer.", "Is it running?") from error


def _is_one_of(ids: Sequence[str]) -> str:
    """Our ids are hexadecimal, or they do not get into a filter."""
    if not all(_ID.fullmatch(each) for each in ids):
        raise ValueError("a document id is not one of ours")
    return f"id IN [{', '.join(ids)}]"


def _holds(current: Any, wanted: Any) -> bool:
    """Whether a setting already says what is wanted; the engine adds keys of its own, the client classes."""
    if hasattr(current, "model_dump"):
        current = current.model_dump(by_alias=True)
    if isinstance(current, dict) and isinstance(wanted, dict):
        if not wanted:
            return not current
        return all(_holds(current.get(key), value) for key, value in wanted.items())
    return bool(current == wanted)
