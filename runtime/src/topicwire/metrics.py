"""Metrics for Prometheus; needs `pip install topicwire[metrics]`.

`ClientCollector` turns `client.stats()` into metrics each time they are asked for, so a client
that nobody asks pays nothing. Labels are names of channels, errors and reasons, never topics.
docs/observability.md lists the metrics.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Protocol, Self

from topicwire._figures import CHANNEL_FIGURES, FIGURES, Figure
from topicwire._missing import explain_missing
from topicwire._stats import ChannelStats, Stats

with explain_missing("metrics", "prometheus_client"):
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
        Metric,
    )
    from prometheus_client.registry import Collector

__all__ = ["ClientCollector", "MetricsEndpoint"]

_INFINITE = "+Inf"


class _Client(Protocol):
    def stats(self) -> Stats: ...


class ClientCollector(Collector):
    """Collects the statistics of a client: `registry.register(ClientCollector(client))`.

    A program with several clients gives each a name, `ClientCollector(uplink=one, cabin=two)`,
    which is the label `client`.
    """

    def __init__(self, client: _Client | None = None, /, **clients: _Client) -> None:
        if (client is None) == (not clients):
            raise ValueError("pass one client, or several by name: ClientCollector(uplink=client)")
        self._clients: dict[str | None, _Client] = {None: client} if client is not None else {}
        self._clients.update(clients)

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics."""
        found = {name: client.stats() for name, client in self._clients.items()}
        labels = [] if None in found else ["client"]
        for figure in FIGURES:
            yield _family(figure, labels, found)
        for figure in CHANNEL_FIGURES:
            yield _channel_family(figure, labels, found)


class MetricsEndpoint:
    """Serves a registry at http://`address`:`port`/metrics while the `with` block lasts.

    `port` 0 takes a free one. Raises `OSError` for a port in use. Whoever reaches the address can
    read the metrics, so it is that of this machine unless told otherwise.
    """

    def __init__(self, registry: CollectorRegistry, port: int, address: str = "127.0.0.1") -> None:
        self._registry = registry
        self.port = port
        self.address = address

    def __enter__(self) -> Self:
        self._server, self._thread = start_http_server(self.port, self.address, self._registry)
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


def _family(figure: Figure, labels: list[str], found: Mapping[str | None, Stats]) -> Metric:
    name = f"topicwire_{figure.name}"
    if figure.kind == "duration":
        histogram = HistogramMetricFamily(f"{name}_seconds", figure.text, labels=labels)
        for client, stats in found.items():
            latency = figure.latency(stats)
            buckets = [(repr(bound), float(count)) for bound, count in latency.buckets]
            buckets.append((_INFINITE, float(latency.count)))
            histogram.add_metric(_own(client), buckets, latency.total)
        return histogram
    if figure.label is not None:
        labels = [*labels, figure.label]
    kind = GaugeMetricFamily if figure.kind == "gauge" else CounterMetricFamily
    family = kind(name, figure.text, labels=labels)
    for client, stats in found.items():
        for part, value in figure.values(stats):
            family.add_metric([*_own(client), *_own(part)], value)
    return family


def _channel_family(figure: Figure, labels: list[str], found: Mapping[str | None, Stats]) -> Metric:
    name = f"topicwire_channel_{figure.name}"
    family = CounterMetricFamily(name, figure.text, labels=[*labels, "channel"])
    for client, stats in found.items():
        for channel, own in _sorted(stats.channels):
            for _, value in figure.values(own):
                family.add_metric([*_own(client), channel], value)
    return family


def _own(label: str | None) -> list[str]:
    return [] if label is None else [label]


def _sorted(channels: Mapping[str, ChannelStats]) -> list[tuple[str, ChannelStats]]:
    return sorted(channels.items())
