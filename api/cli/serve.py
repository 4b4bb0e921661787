"""`kb serve`: own the data, publish what has changed, answer until told to stop."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
from collections.abc import Iterator
from types import FrameType

import click
import uvicorn

from api.app import create_app
from api.cli.index import lines
from api.cli.keys import key_store
from api.cli.progress import Shown
from api.services import Services
from api.visitors import Visitors
from indexer.publish import Report, publish
from kb.edition import EditionShelf
from kb.embedding.base import Embedder
from kb.embedding.sentence import SentenceEmbedder
from kb.engine.access import EngineAccess
from kb.engine.ownership import SERVE, open_engine
from kb.errors import KnowledgeBaseError, PublishRefused, SettingsError
from kb.knowledge_base import KnowledgeBase
from kb.records.records import Records
from kb.settings import Settings

# Requests under way may end; then connections are closed.
GRACE_SECONDS = 10


class Stopped(Exception):
    """SIGTERM or Ctrl-C: unwinds the stack, so that the engine is stopped in order."""


@click.command()
@click.option("--host", help="Address to listen on (KB_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (KB_PORT).")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None) -> None:
    """Publish what has changed, then serve pages and API."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG
    address = (host or settings.host, port or settings.port)
    with contextlib.suppress(Stopped), _stopping_in_order():
        _serve(settings, *address)


def _serve(settings: Settings, host: str, port: int) -> None:
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    progress = Shown()
    with open_engine(settings, SERVE, url, progress.say) as access, _listening(host, port) as listener:
        embedder = SentenceEmbedder(settings.embedding_model)
        _publish(settings, access, embedder, progress)
        knowledge = KnowledgeBase.open(settings, access, embedder)
        progress.say("loading the model")
        _warm_up(knowledge)
        visitors = Visitors(settings.data, settings.trusted_networks)
        services = Services(settings, knowledge, key_store(settings), Records.open(settings), visitors)
        click.echo(_welcome(services, url))
        config = uvicorn.Config(
            create_app(services),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        uvicorn.Server(config).run(sockets=[listener])


def _publish(settings: Settings, access: EngineAccess, embedder: Embedder, progress: Shown) -> None:
    """Publish what differs; broken files never take away what answers already."""
    first = EditionShelf(settings.data).live_id() is None
    try:
        report: Report = publish(settings, access, embedder, keep_going=first, progress=progress)
    except PublishRefused as error:
        if first:
            raise
        click.echo(str(error), err=True)
        return
    click.echo("\n".join(lines(report)), err=True)


def _warm_up(knowledge: KnowledgeBase) -> None:
    try:
        knowledge.warm_up()
    except KnowledgeBaseError as error:
        click.echo(f"{error}\nSearch goes on without vectors.", err=True)


def _welcome(services: Services, url: str) -> str:
    return (
        f"\n{services.store.name}: {url}\n"
        "A key for agents: kb keys create --role agent --name NAME   (.venv/bin/kb where make set it up)\n"
        "Stop with Ctrl-C."
    )


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port before the long work begins."""
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
def _stopping_in_order() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        # Once: a second Ctrl-C while the engine is being stopped must not leave it behind.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
