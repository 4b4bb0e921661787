"""The access log tells what the service does, and nothing of those who use it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from api import access_log
from tests.api.asking import application, ask, bearer

SECRETS = ("zebraquestion", "203.0.113.5", "kb_zebrakey", "zebrapath", "198.51.100.9", "zebracookie")


@pytest.fixture
def app(tmp_path: Path) -> Litestar:
    return application(tmp_path)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, logger="kb.access"):
        yield caplog


def _messages(log: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in log.records if record.name == "kb.access"]


def _read(log: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(message) for message in _messages(log)]


def test_request_is_one_line_of_json(app: Litestar, log: pytest.LogCaptureFixture) -> None:
    """What is needed to see how it goes: when, what, how it ended, how long, how much."""
    answer = ask(app, "/api/v1/search?q=refund")
    (line,) = _read(log)

    assert line.keys() == {"time", "method", "route", "status", "ms", "bytes"}
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v1/search", 503)
    assert line["bytes"] == len(answer.body)
    assert line["ms"] > 0


def test_nothing_of_the_client_is_in_it(app: Litestar, log: pytest.LogCaptureFixture) -> None:
    """A log lives longer than anybody's consent, and is read by more people than the database."""
    headers = [*bearer("kb_zebrakey"), ("X-Forwarded-For", "198.51.100.9"), ("Cookie", "zebracookie")]
    for path in (
        "/api/v1/agent/search?q=zebraquestion",
        "/zebrapath/a/b/c/d",
        "/en/zebrapath",
        "/en/search?q=zebraquestion",
    ):
        ask(app, path, headers=headers)
    written = "\n".join(_messages(log))

    assert len(_read(log)) == 4
    assert [secret for secret in SECRETS if secret in written] == []


@pytest.mark.parametrize("path", ["/a\nb/c/d/e/f", "/a\r\nb", '/a"b', "/\x1b[31m", "/en/\u2028"])
def test_control_characters_do_not_break_a_line(app: Litestar, log: pytest.LogCaptureFixture, path: str) -> None:
    """A second line, written by a client, would say what it likes."""
    ask(app, path)
    messages = _messages(log)

    assert len(messages) == 1
    assert messages[0].isprintable()
    assert json.loads(messages[0])["route"] in {"-", "/{lang}", "/{lang}/{category}"}


def test_invented_method_is_not_written(app: Litestar, log: pytest.LogCaptureFixture) -> None:
    """A method is a word from outside too."""
    ask(app, "/healthy", method="ZEBRA")

    assert _read(log)[0]["method"] == "other"


def test_refused_by_the_gate_is_written_too(app: Litestar, log: pytest.LogCaptureFixture) -> None:
    """Who runs the service must see what does not get in."""
    ask(app, "/en?q=" + "a" * 9_000)

    assert (_read(log)[0]["route"], _read(log)[0]["status"]) == ("-", 414)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/static/kb.css"])
def test_monitors_and_static_files_are_left_out(app: Litestar, log: pytest.LogCaptureFixture, path: str) -> None:
    """A line every second from a monitor hides the others."""
    ask(app, path)

    assert _read(log) == []


def test_log_can_be_switched_off(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    """A proxy in front may write its own."""
    ask(application(tmp_path, access_log=False), "/en")

    assert _read(log) == []


def test_head_is_written_without_a_body(app: Litestar, log: pytest.LogCaptureFixture) -> None:
    """The server leaves the body out, so it was not sent."""
    ask(app, "/en", method="HEAD")

    assert _read(log)[0]["bytes"] == 0


def test_lines_go_to_standard_error_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that reads them needs no rule for what stands before the JSON."""
    before = access_log.log.handlers, access_log.log.propagate, access_log.log.level
    try:
        access_log.to_standard_error()
        access_log.write_line(method="GET", route="/{lang}", status=200, seconds=0.0123, size_bytes=10)
    finally:
        access_log.log.handlers, access_log.log.propagate = before[0], before[1]
        access_log.log.setLevel(before[2])
    written = capsys.readouterr().err

    assert json.loads(written)["ms"] == 12.3
    assert written.count("\n") == 1
