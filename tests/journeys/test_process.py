"""`kb` as a process: one owner, clean ends, nothing left behind, whatever it is killed with."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Iterator

import pytest

from kb.embedding.base import Embedder
from tests.kb_process import PATIENCE_SECONDS, Kb, running_kb
from tests.service import Store, small_store

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Store:
    """A small store that was published once, so that `kb serve` has nothing to embed."""
    store = small_store(tmp_path_factory.mktemp("process"), embedder)
    with store.engine() as access:
        store.publish(access)
    return store


@pytest.fixture
def kb(published: Store) -> Iterator[Kb]:
    with running_kb(published) as running:
        yield running


def test_second_service_says_what_runs_where_and_ends(kb: Kb) -> None:
    """Two services on one directory would damage each other: the second tells of the first."""
    first = kb.serve()
    second = kb.start("serve")
    _, told = second.communicate(timeout=PATIENCE_SECONDS)

    assert second.returncode == 1
    assert f"http://127.0.0.1:{kb.port}/ (process {first.pid})" in told
    assert first.poll() is None
    assert len(kb.engines_once_started()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_asked_to_stop_it_ends_in_order(kb: Kb, number: signal.Signals) -> None:
    """Asked to end, the service ends well and takes its engine with it."""
    process = kb.serve()
    process.send_signal(number)
    process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0
    assert kb.engines() == []
    assert not (kb.store.settings.data / "engine.json").exists()


def test_access_log_stands_on_standard_error_without_the_question(kb: Kb) -> None:
    """One line of JSON per request is what a log collector reads; what a customer asked is not in it."""
    process = kb.serve()
    begun = len(kb.told())
    status = kb.status("/en/search?q=zebraquestion")
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=PATIENCE_SECONDS)
    told = kb.told()[begun:]
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]

    assert status == 200
    assert [(line["route"], line["status"]) for line in lines] == [("/{lang}/search", 200)]
    assert "zebraquestion" not in told


def test_request_that_never_ends_does_not_keep_the_service_from_stopping(kb: Kb) -> None:
    """A client that sends half a request and waits is no reason to be killed."""
    process = kb.serve()
    with socket.create_connection(("127.0.0.1", kb.port)) as half:
        half.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0


def test_stopped_while_it_starts_it_leaves_nothing(kb: Kb) -> None:
    """Ctrl-C before the first answer must not leave an engine either."""
    process = kb.start("serve")
    kb.engines_once_started()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE_SECONDS)

    assert kb.engines() == []


def test_killed_service_leaves_no_orphan_after_the_next_start(kb: Kb) -> None:
    """kill -9 leaves an engine; the next start ends it and answers with one of its own."""
    process = kb.serve()
    orphans = kb.engines_once_started()
    process.kill()
    process.communicate()
    left = kb.engines()
    again = kb.serve()
    running = kb.engines_once_started(other_than=orphans)
    again.terminate()
    again.communicate(timeout=PATIENCE_SECONDS)

    assert left == orphans
    assert len(running) == 1
    assert running != orphans
    assert kb.engines() == []


def test_two_publishes_at_once_do_not_interleave(kb: Kb) -> None:
    """Both end well, and what is live is what stands in the files."""
    kb.store.article("en/delivery/both", "Do both publishers agree?", "They do.")
    runs = [kb.start("index", "--json") for _ in range(2)]
    told = [json.loads(run.communicate(timeout=PATIENCE_SECONDS)[0]) for run in runs]

    assert [run.returncode for run in runs] == [0, 0]
    assert len({each["edition"] for each in told}) == 1
    assert sorted(len(each["added"]) for each in told) == [0, 1]
    assert kb.engines() == []


def test_publish_beside_a_service_goes_live_without_a_restart(kb: Kb) -> None:
    """`kb index` joins the running engine, and the service moves to the new edition by itself."""
    kb.settings["KB_WATCH"] = "off"
    kb.serve_settled()
    kb.store.article("en/delivery/beside", "Is it live beside a service?", "It is.")
    index = kb.start("index")
    told, _ = index.communicate(timeout=PATIENCE_SECONDS)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while kb.status("/en/delivery/beside") != 200 and time.monotonic() < deadline:
        time.sleep(0.1)

    assert index.returncode == 0
    assert "added en/delivery/beside" in told
    assert kb.status("/en/delivery/beside") == 200


def test_broken_file_is_told_with_its_line_and_exit_code_1(kb: Kb) -> None:
    """An editor, or a CI job, sees what to mend; nothing changes."""
    before = (kb.store.settings.data / "live").read_text(encoding="ascii")
    path = kb.store.article("en/delivery/broken", "Broken?", ":::agent\nnever closed")
    try:
        run = kb.start("index")
        _, told = run.communicate(timeout=PATIENCE_SECONDS)
    finally:
        path.unlink()

    assert run.returncode == 1
    assert "en/delivery/broken.md:5: The container :::agent is not closed." in told
    assert "Traceback" not in told
    assert (kb.store.settings.data / "live").read_text(encoding="ascii") == before


def test_taken_port_is_told_before_the_long_work(kb: Kb) -> None:
    """What listens there already is not ours: say so, and leave nothing running."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", kb.port))
        taken.listen()
        run = kb.start("serve")
        _, told = run.communicate(timeout=PATIENCE_SECONDS)

    assert run.returncode == 1
    assert f"Cannot listen on 127.0.0.1, port {kb.port}" in told
    assert kb.engines() == []


@pytest.mark.parametrize("arguments", [("nonsense",), ("search",), ("check", "--format", "xml")])
def test_wrong_use_has_exit_code_2(kb: Kb, arguments: tuple[str, ...]) -> None:
    """2 says that the command line was wrong, 1 that a problem was found."""
    run = kb.start(*arguments)
    _, told = run.communicate(timeout=PATIENCE_SECONDS)

    assert run.returncode == 2
    assert "Usage" in told
