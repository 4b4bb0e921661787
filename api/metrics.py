"""
What is counted while the service runs. Only importer of prometheus_client.

Labels hold words of ours only: route templates, modes, statuses. Nothing that a client sends becomes a label, or anyone
could fill the memory with names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Metric
from prometheus_client.registry import Collector

from kb.search import SearchResult

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
# A search takes 5 to 40 ms; the model is given up after 500 (agents: 2,000), the engine after 400.
SEARCH_SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.4, 0.6, 1.0, 2.5)
TYPING = "typing"

Families = Callable[[], Iterable[Metric]]


class Metrics:
    """The counters of one application, in a registry of its own."""

    def __init__(self) -> None:
        # When each series began is asked by nobody.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self.searches = Counter(
            "kb_searches", "Searches answered.", ["audience", "mode", "outcome"], registry=self._registry
        )
        self.search_seconds = Histogram(
            "kb_search_seconds",
            "How long searches took.",
            ["audience", "kind"],
            buckets=SEARCH_SECONDS,
            registry=self._registry,
        )
        self.requests = Counter(
            "kb_requests", "Requests answered.", ["route", "method", "status"], registry=self._registry
        )
        self.rate_limited = Counter(
            "kb_rate_limited_requests", "Requests refused with 429.", ["limit"], registry=self._registry
        )
        self.sign_ins_failed = Counter("kb_failed_sign_ins", "Keys that were not valid.", registry=self._registry)
        ProcessCollector(registry=self._registry)

    def searched(self, audience: str, result: SearchResult) -> None:
        """Count a search; one while typing has no outcome, and takes another time."""
        outcome = result.outcome.value if result.outcome else TYPING
        self.searches.labels(audience, result.mode.value, outcome).inc()
        kind = "whole" if result.outcome else TYPING
        self.search_seconds.labels(audience, kind).observe(result.took_ms / 1000)

    def text(self, families: Iterable[Families]) -> bytes:
        """Return everything as Prometheus reads it, with what `families` say of this moment."""
        moment = CollectorRegistry()
        moment.register(_Moment(families))
        return generate_latest(self._registry) + generate_latest(moment)


def gauge(name: str, meaning: str, values: dict[tuple[str, ...], float], labels: tuple[str, ...] = ()) -> Metric:
    """Return a family of values as they are now; `values` has one key per combination of labels, () without."""
    family = GaugeMetricFamily(name, meaning, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


class _Moment(Collector):
    def __init__(self, families: Iterable[Families]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        for family in self._families:
            yield from family()
