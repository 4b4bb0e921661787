"""`/metrics`: who may read it, what it counts, and that nobody can fill it with names."""

from __future__ import annotations

from pathlib import Path

import pytest
from litestar import Litestar

from api.metrics import SEARCH_SECONDS, Metrics, gauge
from kb.answers import Outcome
from kb.query import Question
from kb.search import Mode, SearchResult
from tests.api.asking import application, ask, bearer

HERE = "127.0.0.1"


@pytest.fixture
def app(tmp_path: Path) -> Litestar:
    return application(tmp_path)


def _metrics(app: Litestar) -> list[str]:
    return ask(app, "/metrics", peer=HERE).text.splitlines()


def _result(mode: Mode, outcome: Outcome | None, took_ms: float) -> SearchResult:
    return SearchResult(Question.parse("refund", "en"), mode, "edition", took_ms, (), outcome)


def test_this_machine_may_read_them(app: Litestar) -> None:
    """Prometheus beside the service needs no setting; nothing keeps what it reads."""
    answer = ask(app, "/metrics", peer=HERE)

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("203.0.113.5", []),
        (None, []),
        (HERE, [("X-Forwarded-For", "203.0.113.5")]),
        ("203.0.113.5", [("X-Forwarded-For", HERE)]),
    ],
    ids=["from outside", "socket", "through a proxy", "made up"],
)
def test_to_others_there_is_nothing(app: Litestar, peer: str | None, headers: list[tuple[str, str]]) -> None:
    """What the service is doing is the store's business."""
    refused, missing = (ask(app, path, headers=headers, peer=peer) for path in ("/metrics", "/no/such/page/here"))

    assert refused.status == 404
    assert (refused.headers, refused.body) == (missing.headers, missing.body)


def test_networks_that_are_named_may_read_them(tmp_path: Path) -> None:
    """A Prometheus on another machine, and then this one no longer unless it is named too."""
    app = application(tmp_path, metrics_from="203.0.113.0/24")

    assert [ask(app, "/metrics", peer=peer).status for peer in ("203.0.113.9", "198.51.100.1", HERE)] == [200, 404, 404]


def test_metrics_can_be_switched_off(tmp_path: Path) -> None:
    """Who does not want them has none."""
    assert ask(application(tmp_path, metrics_from="off"), "/metrics", peer=HERE).status == 404


def test_requests_are_counted_by_route(app: Litestar) -> None:
    """A hundred articles are one route: a series for each address would never end."""
    for slug in ("one", "two", "three"):
        ask(app, f"/en/returns/{slug}")
    lines = _metrics(app)

    assert 'kb_requests_total{method="GET",route="/{lang}/{category}/{slug}",status="503"} 3.0' in lines


def test_what_a_client_invents_becomes_no_series(app: Litestar) -> None:
    """Names from outside would fill the memory, and tell the one what the other asked for."""
    for number in range(20):
        ask(app, f"/api/invented-{number}/a/b/c/d?q=invented")
        ask(app, "/healthz", method=f"INVENTED{number}")
    text = "\n".join(_metrics(app))

    assert "invented" not in text.lower()
    assert 'kb_requests_total{method="GET",route="-",status="404"} 20.0' in text
    assert 'kb_requests_total{method="other",route="-",status="405"} 20.0' in text


def test_failed_sign_ins_are_counted(app: Litestar) -> None:
    """Somebody who tries keys must be seen."""
    for number in range(3):
        ask(app, "/api/v1/agent/search?q=x", headers=bearer(f"kb_{number}"))

    assert "kb_failed_sign_ins_total 3.0" in _metrics(app)


def test_searches_are_counted_by_what_became_of_them() -> None:
    """Fewer answers, or a mode that is worse, are seen before anybody complains; typing is told apart."""
    metrics = Metrics()
    metrics.searched("public", _result(Mode.HYBRID, Outcome.ANSWER, 20))
    metrics.searched("public", _result(Mode.KEYWORD, None, 3))
    metrics.searched("agent", _result(Mode.FALLBACK, Outcome.HANDOFF, 700))
    lines = metrics.text(()).decode().splitlines()

    assert 'kb_searches_total{audience="public",mode="hybrid",outcome="answer"} 1.0' in lines
    assert 'kb_searches_total{audience="public",mode="keyword",outcome="typing"} 1.0' in lines
    assert 'kb_searches_total{audience="agent",mode="fallback",outcome="handoff"} 1.0' in lines
    assert 'kb_search_seconds_bucket{audience="public",kind="whole",le="0.01"} 0.0' in lines
    assert 'kb_search_seconds_bucket{audience="public",kind="whole",le="0.02"} 1.0' in lines
    assert 'kb_search_seconds_bucket{audience="agent",kind="whole",le="0.6"} 0.0' in lines


def test_buckets_tell_the_deadlines_apart() -> None:
    """A search that waited for the engine's deadline lies in another bucket than one that did not."""
    assert tuple(sorted(SEARCH_SECONDS)) == SEARCH_SECONDS
    assert {0.4, 0.6} <= set(SEARCH_SECONDS)


def test_the_process_itself_is_measured(app: Litestar) -> None:
    """Memory, time and open files: what runs full first."""
    names = {line.split()[0] for line in _metrics(app) if not line.startswith("#")}

    assert {"process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"} <= names
    assert "kb_ready" in names


def test_metrics_are_in_no_schema(app: Litestar) -> None:
    """They are for the house, and may change with it."""
    assert "/metrics" not in ask(app, "/schema").text


def test_families_of_the_moment_stand_beside_the_counters() -> None:
    """Each part of the service adds what it knows of itself."""
    text = Metrics().text([lambda: [gauge("kb_part_open", "A part.", {("engine",): 1.0}, ("part",))]]).decode()

    assert 'kb_part_open{part="engine"} 1.0' in text


def test_two_applications_count_for_themselves(tmp_path: Path) -> None:
    """A registry for the whole process would add up what has nothing to do with each other."""
    first, second = application(tmp_path), application(tmp_path)
    ask(first, "/healthz")

    assert 'route="/healthz"' in "\n".join(_metrics(first))
    assert 'route="/healthz"' not in "\n".join(_metrics(second))
