"""Slow and endless clients on a real connection: they are sent away, and nobody else notices."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from api.cli.protocol import MAX_HEAD_BYTES, PatientProtocol

# Short, so that the tests are; what is compared is only who is closed and who is not.
DEADLINE_SECONDS = 0.5
PATIENCE_SECONDS = 20


class _Impatient(PatientProtocol):
    request_seconds = DEADLINE_SECONDS


async def _echo(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    """Answer with the length of the body."""
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    body = str(length).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    config = uvicorn.Config(
        _echo, port=0, http=_Impatient, ws="none", lifespan="off", log_config=None, timeout_keep_alive=PATIENCE_SECONDS
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield int(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join(PATIENCE_SECONDS)


@pytest.fixture
def connection(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as opened:
        yield opened


def _until_closed(connection: socket.socket) -> bytes:
    """Return what is still sent; fails when the connection stays open."""
    received = b""
    while True:
        try:
            part = connection.recv(65536)
        except ConnectionResetError:
            return received
        if not part:
            return received
        received += part


def _answer(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\r\n\r\n") and b"\r\n\r\n" not in received[:-1]:
        received += connection.recv(65536)
    return received


def _ask(connection: socket.socket, body: bytes = b"") -> bytes:
    connection.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    return _answer(connection)


def test_connection_that_says_nothing_is_closed(connection: socket.socket) -> None:
    """Ten thousand of them would otherwise be held for ever."""
    assert _until_closed(connection) == b""


def test_head_that_does_not_come_to_an_end_in_time_is_refused(connection: socket.socket) -> None:
    """One header a second keeps every usual time limit from passing."""
    connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n")
    received = b""
    for _ in range(1_000):
        try:
            connection.sendall(b"x-slow: 1\r\n")
            connection.settimeout(0.05)
            received += connection.recv(4096)
            break
        except TimeoutError:
            continue
        except (BrokenPipeError, ConnectionResetError):
            break

    assert b" 408 " in received


def test_body_that_does_not_come_to_an_end_in_time_ends_the_connection(connection: socket.socket) -> None:
    """The same trick behind the head."""
    connection.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc")

    assert b" 200 " not in _until_closed(connection)


def test_head_without_end_is_refused_before_it_fills_the_memory(
    connection: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    """The server would keep every header until the empty line that never comes."""
    connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n")
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        while True:
            connection.sendall(b"x-large: " + b"a" * 4000 + b"\r\n")

    assert [record.getMessage() for record in caplog.records] == ["a connection was closed with 431"]


def test_empty_lines_do_not_hold_a_connection(connection: socket.socket) -> None:
    """They are allowed before a request, and are none."""
    assert b" 200 " in _ask(connection)
    connection.sendall(b"\r\n")

    assert _until_closed(connection) == b""


def test_connection_that_is_kept_outlives_the_deadline(connection: socket.socket) -> None:
    """It is the request that must be quick, not the reader between two pages."""
    answers = []
    for _ in range(3):
        answers.append(_ask(connection))
        time.sleep(DEADLINE_SECONDS)

    assert [b" 200 " in answer for answer in answers] == [True, True, True]


def test_large_body_is_no_large_head(connection: socket.socket) -> None:
    """An agent's long message in one go is what the limit must not meet."""
    answer = _ask(connection, b"a" * 4 * MAX_HEAD_BYTES)

    assert answer.endswith(b"%d" % (4 * MAX_HEAD_BYTES))


def test_two_requests_at_once_are_both_answered(connection: socket.socket) -> None:
    """Pipelining is old and allowed."""
    one = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
    connection.sendall(one + one[:10])
    time.sleep(DEADLINE_SECONDS / 10)
    connection.sendall(one[10:])
    received = _until_closed_after(connection, answers=2)

    assert received.count(b" 200 ") == 2


def _until_closed_after(connection: socket.socket, answers: int) -> bytes:
    received = b""
    while received.count(b" 200 ") < answers:
        part = connection.recv(65536)
        if not part:
            break
        received += part
    return received
