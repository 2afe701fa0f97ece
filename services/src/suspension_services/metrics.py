"""The metrics endpoint: what a service's client and process do, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from topicwire import Stats

_COUNTS = {
    "sent": "Messages sent.",
    "acknowledged": "Messages that the broker has acknowledged.",
    "received": "Packets received; a batch is one.",
    "duplicates": "Received messages dropped because they had come before.",
    "invalid": "Received messages that did not fit their schema.",
    "unrouted": "Received messages that nobody had asked for.",
    "dropped": "Received messages that came faster than they were handled.",
    "handler_errors": "Received messages that made their handler fail.",
    "dead_letters": "Received messages passed to the dead-letter topic.",
    "reconnects": "Connections after the first.",
}
_GAUGES = {
    "queued_messages": "Messages that wait to be sent.",
    "queued_bytes": "Bytes that wait to be sent.",
    "outbox_messages": "Messages in the outbox.",
    "in_flight": "Packets sent and not yet acknowledged.",
}


class ClientCollector(Collector):
    """Reads the statistics of a client each time the metrics are asked for."""

    def __init__(self, stats: Callable[[], Stats], is_connected: Callable[[], bool]) -> None:
        self._stats = stats
        self._is_connected = is_connected

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics."""
        stats = self._stats()
        yield GaugeMetricFamily(
            "topicwire_connected", "Whether the broker is reached.", float(self._is_connected())
        )
        for name, text in _COUNTS.items():
            yield CounterMetricFamily(f"topicwire_{name}", text, getattr(stats, name))
        for name, text in _GAUGES.items():
            yield GaugeMetricFamily(f"topicwire_{name}", text, getattr(stats, name))
        for name, text, counts, label in (
            ("failed", "Messages that could not be delivered.", stats.failures, "error"),
            ("refused", "Received messages that were not believed.", stats.refusals, "reason"),
        ):
            family = CounterMetricFamily(f"topicwire_{name}", text, labels=[label])
            for value, count in counts.items():
                family.add_metric([value], count)
            yield family


class MetricsEndpoint:
    """Serves a registry at http://127.0.0.1:`port`/metrics while the `with` block lasts.

    `port` 0 takes a free one. Raises `OSError` for a port in use.
    """

    def __init__(self, registry: CollectorRegistry, port: int) -> None:
        self._registry = registry
        self.port = port

    def __enter__(self) -> Self:
        self._server, self._thread = start_http_server(self.port, "127.0.0.1", self._registry)
        self.port = self._server.server_port
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def new_registry() -> CollectorRegistry:
    """Return a registry with what every process has to tell."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    return registry
