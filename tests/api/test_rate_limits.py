"""How often one client may ask, whatever it says of itself."""

from __future__ import annotations

import sys
import time
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from api.metrics import Metrics
from api.rate_limits import MAX_COUNTERS, Counters, Limit, RateLimits
from kb.errors import TooManyRequests
from kb.settings import Settings
from tests.api.asking import application, ask, bearer

SEARCH = "/api/v1/search?q=refund"
FROM_PROXY = "127.0.0.1"


@pytest.fixture
def app(tmp_path: Path) -> Litestar:
    """Three searches a day, and two wrong keys: no test runs for so long that a window ends."""
    return application(tmp_path, rate_search="3/day", rate_agent="off", rate_sign_in="2/day")


def _statuses(app: Litestar, path: str, count: int, **how: Any) -> list[int]:
    return [ask(app, path, **how).status for _ in range(count)]


def _scope(peer: str) -> Any:
    return {"client": (peer, 1), "headers": []}


def test_client_that_asks_too_often_is_told_when_to_come_back(app: Litestar) -> None:
    """The fourth search of three is refused in our words, with a time that a program can wait for."""
    statuses = _statuses(app, SEARCH, 3)
    refused = ask(app, SEARCH)

    assert 429 not in statuses
    assert refused.status == 429
    assert refused.json()["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 86_400
    assert refused.headers["retry-after"] in refused.json()["hint"]
    assert refused.headers["cache-control"] == "no-store"
    assert "content-security-policy" in refused.headers


def test_page_and_programs_search_share_a_limit(app: Litestar) -> None:
    """It is the same work, and a reader who is refused gets a page in words."""
    _statuses(app, SEARCH, 3)
    refused = ask(app, "/en/search?q=refund", headers=[("Accept-Language", "it")])

    assert refused.status == 429
    assert refused.headers["content-type"].startswith("text/html")


def test_other_clients_are_not_held_up(app: Litestar) -> None:
    """One who asks without end must not take the answer from everybody else."""
    _statuses(app, SEARCH, 5)

    assert ask(app, SEARCH, peer="203.0.113.6").status != 429


def test_other_routes_are_not_held_up(app: Litestar) -> None:
    """Reading goes on when searching is refused."""
    _statuses(app, SEARCH, 5)

    assert ask(app, "/en/returns/refund-time").status != 429


def test_made_up_forwarded_address_does_not_help(app: Litestar) -> None:
    """From an address that is no proxy of ours, X-Forwarded-For is what anybody can write."""
    statuses = [ask(app, SEARCH, headers=[("X-Forwarded-For", f"198.51.100.{number}")]).status for number in range(5)]

    assert statuses[3:] == [429, 429]


def test_made_up_address_before_the_proxys_own_does_not_help(app: Litestar) -> None:
    """A proxy adds the address it sees to the right; what stands left of it is the client's own story."""
    statuses = [
        ask(app, SEARCH, peer=FROM_PROXY, headers=[("X-Forwarded-For", f"127.0.0.{number}, 198.51.100.7")]).status
        for number in range(5)
    ]

    assert statuses[3:] == [429, 429]


def test_clients_behind_a_proxy_are_told_apart(app: Litestar) -> None:
    """Behind a proxy all connections come from one address, and one busy reader must not stand for all."""
    _statuses(app, SEARCH, 5, peer=FROM_PROXY, headers=[("X-Forwarded-For", "198.51.100.7")])

    assert ask(app, SEARCH, peer=FROM_PROXY, headers=[("X-Forwarded-For", "198.51.100.8")]).status != 429


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1", None])
def test_this_machine_is_not_limited(app: Litestar, peer: str | None) -> None:
    """A monitor, a test, or a proxy's own health check asks as often as it likes."""
    assert 429 not in _statuses(app, SEARCH, 6, peer=peer)


def test_one_line_of_ipv6_is_one_client(app: Litestar) -> None:
    """Every house has 2^64 addresses: each a client of its own would be no limit at all."""
    statuses = [ask(app, SEARCH, peer=f"2001:db8:1:2::{number:x}").status for number in range(5)]

    assert statuses[3:] == [429, 429]
    assert ask(app, SEARCH, peer="2001:db8:1:3::1").status != 429


def test_who_tries_keys_is_stopped_also_with_the_right_one(app: Litestar) -> None:
    """Otherwise every try would still tell whether it was the one."""
    _, secret = app.state.services.keys.create("agent", "right")
    agents = "/api/v1/agent/search?q=refund"
    statuses = [ask(app, agents, headers=bearer(f"kb_{number}")).status for number in range(4)]

    assert statuses == [401, 401, 429, 429]
    assert ask(app, agents, headers=bearer(secret)).status == 429
    assert ask(app, agents, headers=bearer(secret), peer="203.0.113.6").status == 503


def test_good_keys_are_not_counted_as_tries(app: Litestar) -> None:
    """An agent works all day with one key."""
    _, secret = app.state.services.keys.create("agent", "right")

    assert 429 not in _statuses(app, "/api/v1/agent/search?q=refund", 6, headers=bearer(secret))


def test_no_key_is_no_try(app: Litestar) -> None:
    """A colleague who opens an agents' link without a key must not lock the office out."""
    assert set(_statuses(app, "/api/v1/agent/search?q=refund", 6)) == {401}


def test_limit_that_is_off_limits_nothing(tmp_path: Path) -> None:
    """Where a proxy in front counts already, ours can be put away."""
    app = application(tmp_path, rate_search="off")

    assert 429 not in _statuses(app, SEARCH, 400)


def test_refused_requests_are_counted(app: Litestar) -> None:
    """Who runs the service sees that readers are being refused."""
    _statuses(app, SEARCH, 5)
    metrics = ask(app, "/metrics", peer="127.0.0.1").text

    assert 'kb_rate_limited_requests_total{limit="search"} 2.0' in metrics


def test_every_limit_has_its_setting() -> None:
    """A limit without a setting would stop the start."""
    assert {f"rate_{limit}" for limit in Limit} <= set(Settings.__dataclass_fields__)


@pytest.mark.slow
def test_a_hundred_thousand_addresses_need_little_memory() -> None:
    """Somebody with a botnet must not be able to fill the memory by asking once from everywhere."""
    limits = RateLimits(Settings(), Metrics())
    for number in range(100_000):
        limits.take(Limit.SEARCH, _scope(str(IPv4Address(0x0B000000 + number))))
    counts = limits._counters._counts
    kept = sys.getsizeof(counts) + sum(map(sys.getsizeof, (*counts, *counts.values())))

    assert len(limits._counters) == MAX_COUNTERS
    assert kept < 20_000_000


def test_counters_that_have_ended_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Yesterday's readers must not be kept until the service is restarted."""
    counters = Counters()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    for number in range(50):
        counters.acquire_sliding_window_entry(f"client/{number}", 5, 60)
    before = len(counters)
    monkeypatch.setattr(time, "time", lambda: now + 121)
    counters.acquire_sliding_window_entry("client/new", 5, 60)

    assert (before, len(counters)) == (50, 1)


def test_window_slides(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was used up just before a full minute is not given back at once when the next one begins."""
    limits = RateLimits(Settings(rate_search="60/minute"), Metrics())
    start = 1_000_000 * 60.0
    monkeypatch.setattr(time, "time", lambda: start + 59)
    for _ in range(60):
        limits.take(Limit.SEARCH, _scope("203.0.113.5"))
    monkeypatch.setattr(time, "time", lambda: start + 61)
    allowed = 0
    with pytest.raises(TooManyRequests):
        for _ in range(60):
            limits.take(Limit.SEARCH, _scope("203.0.113.5"))
            allowed += 1

    assert allowed <= 2


@pytest.mark.parametrize("used_at", [0, 20, 59])
def test_told_time_is_long_enough_and_not_too_long(monkeypatch: pytest.MonkeyPatch, used_at: int) -> None:
    """A client that waits as told is let in, and one that comes two seconds early is not."""
    limits = RateLimits(Settings(rate_search="10/minute"), Metrics())
    now = 1_000_000 * 60.0 + used_at
    monkeypatch.setattr(time, "time", lambda: now)
    for _ in range(10):
        limits.take(Limit.SEARCH, _scope("203.0.113.5"))
    with pytest.raises(TooManyRequests) as refused:
        limits.take(Limit.SEARCH, _scope("203.0.113.5"))
    told = refused.value.retry_after_s
    monkeypatch.setattr(time, "time", lambda: now + told - 2)
    if told > 2:
        with pytest.raises(TooManyRequests):
            limits.take(Limit.SEARCH, _scope("203.0.113.5"))
    monkeypatch.setattr(time, "time", lambda: now + told)

    limits.take(Limit.SEARCH, _scope("203.0.113.5"))
