"""A knowledge base for one command: joined to the running engine, or with one of its own for as long as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from kb.engine.ownership import open_engine
from kb.errors import EditionMissing
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings

T = TypeVar("T")

# A command that has just started may wait for its model; a service may not.
PATIENT_MS = 60_000


def with_knowledge(settings: Settings, command: str, work: Callable[[KnowledgeBase], Awaitable[T]]) -> T:
    """Return what `work` returns. Raises EditionMissing before anything is started when nothing was published."""
    if not (settings.data / "live").exists():
        raise EditionMissing("Nothing has been published yet.", "Run `kb index`, or `kb serve`.")
    patient = replace(settings, embedding_deadline_ms=PATIENT_MS, engine_deadline_ms=PATIENT_MS)

    async def run() -> T:
        with open_engine(settings, command) as access:
            knowledge = KnowledgeBase.open(patient, access)
            try:
                return await work(knowledge)
            finally:
                await knowledge.close()

    return asyncio.run(run())
