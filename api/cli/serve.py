"""
`kb serve`: answer at once, with what is published already; publish what has changed, and whatever is saved later.

With KB_SURFACE=public or agent it owns nothing: it follows what another process on the same data directory publishes.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from types import FrameType

import click
import uvicorn

from api import access_log
from api.app import create_app
from api.cli.keys import key_store
from api.cli.progress import Shown
from api.cli.protocol import PatientProtocol
from api.services import Services
from api.visitors import Visitors
from indexer.publisher import Publisher
from indexer.watch import Watcher
from kb.delivery.deliverer import deliverer_for
from kb.engine.ownership import keep_engine
from kb.errors import KnowledgeBaseError, SettingsError
from kb.knowledge_base import KnowledgeBase
from kb.records.records import Records
from kb.settings import Settings

log = logging.getLogger("kb.serve")

# While a new edition is loaded in another thread, each step of a search waits for that thread to give way: five
# milliseconds by default, and a search has a dozen of them.
SWITCH_SECONDS = 0.0005
# Requests under way may end; then connections are closed.
GRACE_SECONDS = 10
# A browser opens six and keeps each for KEEP_ALIVE_SECONDS. Most systems let a process open 1,024 files.
MAX_CONNECTIONS = 800
# Between two requests; a proxy that keeps its connections must keep them for less.
KEEP_ALIVE_SECONDS = 15


class Stopped(Exception):
    """SIGTERM or Ctrl-C: unwinds the stack, so that the engine is stopped in order."""


@click.command()
@click.option("--host", help="Address to listen on (KB_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (KB_PORT).")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None) -> None:
    """Serve pages and API, publish what has changed, and follow the files."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG
    access_log.to_standard_error()
    sys.setswitchinterval(SWITCH_SECONDS)
    address = (host or settings.host, port or settings.port)
    with contextlib.suppress(Stopped), _stopping_in_order() as asked:
        _serve(settings, *address, asked)


def _serve(settings: Settings, host: str, port: int, asked: threading.Event) -> None:
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    progress = Shown()
    if settings.surface != "all":
        with _listening(host, port) as listener:
            _answer(settings, url, listener, progress, asked)
        return
    publisher = Publisher(settings, progress, lasting=settings.watch)
    with (
        keep_engine(settings, url, lambda _: publisher.engine_ready(), progress.say),
        _listening(host, port) as listener,
        _publishing(settings, publisher),
    ):
        _answer(settings, url, listener, progress, asked)


@contextlib.contextmanager
def _publishing(settings: Settings, publisher: Publisher) -> Iterator[None]:
    """Publish and follow the files, beside the answering."""
    watcher = Watcher(settings.articles, publisher.files_changed)
    publisher.start()
    if settings.watch:
        watcher.start()
    try:
        yield
    finally:
        if settings.watch:
            watcher.stop()
        publisher.stop()


def _answer(settings: Settings, url: str, listener: socket.socket, progress: Shown, asked: threading.Event) -> None:
    """Serve until told to stop; `asked` is set when that happened before it could begin."""
    knowledge = KnowledgeBase.open(settings)
    threading.Thread(target=_warm_up, args=(knowledge, progress), name="warm-up", daemon=True).start()
    click.echo(_welcome(knowledge, settings, url))
    config = uvicorn.Config(
        create_app(_services(settings, knowledge)),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=PatientProtocol,
        ws="none",
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    if asked.is_set():  # Python drops what is raised while it clears away an object: a signal at that moment was lost
        raise Stopped
    server.run(sockets=[listener])


def _services(settings: Settings, knowledge: KnowledgeBase) -> Services:
    """Open what a surface needs and nothing else: a process for customers never opens what agents wrote."""
    records = Records.open(settings, customers=settings.surface != "agent", agents=settings.surface != "public")
    return Services(
        settings,
        knowledge,
        key_store(settings),
        records=records,
        visitors=Visitors(settings.data, settings.trusted_networks),
        deliverer=deliverer_for(settings, records),
    )


def _warm_up(knowledge: KnowledgeBase, progress: Shown) -> None:
    """Load the model while pages are answered already; until it is there, questions are searched by their words."""
    try:
        knowledge.warm_up()
    except KnowledgeBaseError as error:
        progress.say(f"{error} Search goes on without vectors.")


def _welcome(knowledge: KnowledgeBase, settings: Settings, url: str) -> str:
    name = knowledge.live().store.name if knowledge.has_live() else "Being published"
    follows = "" if settings.surface == "all" else f"\nFor {settings.surface} only; it follows {settings.data}/."
    return f"\n{name}: {url}{follows}\n{_desk(settings, url)}Stop with Ctrl-C."


def _desk(settings: Settings, url: str) -> str:
    if settings.surface == "public":
        return ""
    key = "kb keys create --role agent --name NAME"
    return f"For agents: {url}agent   with a key: {key}   (.venv/bin/kb where make set it up)\n"


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port before anything else is begun."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        hint = "Give another with --port or KB_PORT, or end what listens there."
        raise SettingsError(f"Cannot listen on {host}, port {port}: {error.strerror or error}.", hint) from error
    with listener:
        yield listener


@contextlib.contextmanager
def _stopping_in_order() -> Iterator[threading.Event]:
    """Give the event that is set by the first signal."""
    asked = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        asked.set()
        # Once: a second Ctrl-C while the engine is being stopped must not leave it behind.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
