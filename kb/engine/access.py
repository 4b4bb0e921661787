"""Where the engine is, and what each side may do there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from meilisearch import Client
from meilisearch.errors import MeilisearchApiError, MeilisearchCommunicationError, MeilisearchTimeoutError

from kb.errors import EngineRefused, EngineUnavailable

EngineFault = (MeilisearchApiError, MeilisearchCommunicationError, MeilisearchTimeoutError)

# Keys are derived from the master key and their uid: the same uid is the same key, so making them twice makes nothing
# new.
_NAMESPACE = uuid.UUID("6d1f6a0e-0f4b-4a52-9d3c-5a8b3f0a7c11")
_WRITER_ACTIONS = [
    "indexes.create",
    "indexes.get",
    "indexes.update",
    "indexes.delete",
    "documents.add",
    "documents.get",
    "documents.delete",
    "settings.get",
    "settings.update",
    "tasks.get",
    "stats.get",
    "version",
]


@dataclass(frozen=True, slots=True)
class ReadAccess:
    """What one audience's searches need, and nothing more."""

    url: str
    key: str
    indexes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EngineAccess:
    """Address and keys; each key can do only what its holder needs."""

    url: str
    prefix: str
    writer_key: str
    """Indexes, documents, settings and tasks of both halves."""
    public_key: str
    """Search in the public index, nothing else."""
    agent_key: str
    """Search in both."""

    @property
    def public_index(self) -> str:
        return f"{self.prefix}public"

    @property
    def internal_index(self) -> str:
        return f"{self.prefix}internal"

    @property
    def public(self) -> ReadAccess:
        return ReadAccess(self.url, self.public_key, (self.public_index,))

    @property
    def agents(self) -> ReadAccess:
        return ReadAccess(self.url, self.agent_key, (self.public_index, self.internal_index))


def make_access(url: str, admin_key: str, prefix: str, public_key: str = "") -> EngineAccess:
    """Make the scoped keys, or find them made. Raises EngineUnavailable, EngineRefused."""
    client = Client(url, admin_key, timeout=5)
    public, internal = f"{prefix}public", f"{prefix}internal"
    try:
        return EngineAccess(
            url=url,
            prefix=prefix,
            writer_key=_key(client, "writer", _WRITER_ACTIONS, [public, internal]),
            public_key=public_key or _key(client, "public", ["search"], [public]),
            agent_key=_key(client, "agent", ["search"], [public, internal]),
        )
    except MeilisearchApiError as error:
        raise EngineRefused(
            f"Meilisearch at {url} refuses to make keys: {error.message}",
            "KB_MEILI_KEY must be allowed to use keys, indexes, documents, settings and tasks.",
        ) from error
    except EngineFault as error:
        raise EngineUnavailable(f"Meilisearch at {url} does not answer.", "Start it, or mend KB_MEILI_URL.") from error


def _key(client: Client, role: str, actions: list[str], indexes: list[str]) -> str:
    # Actions and indexes of a key cannot be changed later, so they are part of its name.
    uid = str(uuid.uuid5(_NAMESPACE, "|".join([role, *actions, *indexes])))
    try:
        return client.get_key(uid).key
    except MeilisearchApiError as error:
        if error.status_code != 404:
            raise
    options = {"uid": uid, "name": f"faq-kb {role}", "actions": actions, "indexes": indexes, "expiresAt": None}
    return client.create_key(options).key
