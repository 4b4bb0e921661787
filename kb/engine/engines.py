"""The two engines there may be: a managed one, and one that the operator runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from meilisearch import Client

from kb.engine.access import EngineAccess, make_access
from kb.engine.install import find_or_install
from kb.engine.server import ManagedServer
from kb.settings import Settings

OnLaunch = Callable[[int], None]
Say = Callable[[str], None]


class Engine(Protocol):
    """An engine that can be started and looked at."""

    def start(self) -> EngineAccess:
        """Return its access when it answers. Raises EngineUnavailable, EngineRefused."""

    def is_running(self) -> bool: ...

    def is_healthy(self) -> bool: ...

    def stop(self) -> None: ...

    def put_data_aside(self) -> str:
        """Let the next start begin with an empty database; return where the old one is, empty when there is none."""


class ManagedEngine:
    """Meilisearch as a child of ours, over `data/engine`."""

    def __init__(self, settings: Settings, on_launch: OnLaunch, say: Say) -> None:
        """`on_launch` hears of every new process by its number, before it answers."""
        self._settings = settings
        self._on_launch = on_launch
        self._say = say
        self._stopped = threading.Event()
        self._server: ManagedServer | None = None

    def start(self) -> EngineAccess:
        self._stopped.clear()
        if self._server is None:
            binary = find_or_install(self._settings, self._say, self._stopped.is_set)
            self._server = ManagedServer(binary, self._settings.data / "engine")
        self._server.launch()
        # Told before it answers, so that a server whose owner is killed right now is found by the next one.
        self._on_launch(self._server.pid)
        self._server.wait_until_ready()
        return make_access(self._server.url, self._server.master_key, self._settings.meili_prefix)

    def is_running(self) -> bool:
        return self._server is not None and self._server.is_running()

    def is_healthy(self) -> bool:
        return self._server is not None and self._server.is_healthy()

    def stop(self) -> None:
        self._stopped.set()
        if self._server:
            self._server.stop()

    def put_data_aside(self) -> str:
        aside = self._server.put_aside() if self._server else None
        return str(aside) if aside else ""


class ExternalEngine:
    """KB_MEILI_URL: somebody else starts and stops it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def start(self) -> EngineAccess:
        settings = self._settings
        return make_access(settings.meili_url, settings.meili_key, settings.meili_prefix, settings.meili_search_key)

    def is_running(self) -> bool:
        return True

    def is_healthy(self) -> bool:
        return bool(Client(self._settings.meili_url, self._settings.meili_key, timeout=2).is_healthy())

    def stop(self) -> None:
        """It is not ours to stop."""

    def put_data_aside(self) -> str:
        return ""


def engine_of(settings: Settings, on_launch: OnLaunch, say: Say) -> Engine:
    return ExternalEngine(settings) if settings.meili_url else ManagedEngine(settings, on_launch, say)
