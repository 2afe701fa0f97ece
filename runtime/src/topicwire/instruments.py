"""The statistics of a client as OpenTelemetry metrics; needs `pip install topicwire[tracing]`.

The instruments are observable: they are read when the program's exporter asks, and a client that
nobody asks pays nothing. docs/observability.md lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from topicwire._figures import CHANNEL_FIGURES, FIGURES, Figure
from topicwire._missing import explain_missing
from topicwire._stats import Stats
from topicwire._version import __version__

with explain_missing("tracing", "opentelemetry"):
    from opentelemetry.metrics import (
        CallbackOptions,
        Meter,
        MeterProvider,
        Observation,
        get_meter_provider,
    )

__all__ = ["ClientInstruments"]

_Callback = Callable[[CallbackOptions], list[Observation]]
_QUANTILES = ((0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (1.0, "maximum"))
_UNITS = {"messages": "{message}", "packets": "{packet}", "connections": "{connection}",
          "bytes": "By", "s": "s", "": "1"}  # fmt: skip


class _Client(Protocol):
    @property
    def client_id(self) -> str: ...
    def stats(self) -> Stats: ...


class ClientInstruments:
    """Registers an instrument for each figure of `client.stats()`.

    `provider` is the program's meter provider, by default the global one. `name` tells the clients
    of one program apart: it is the attribute `client`, by default the client id.
    """

    def __init__(
        self, client: _Client, *, name: str | None = None, provider: MeterProvider | None = None
    ) -> None:
        self._client = client
        self._own = {"client": name if name is not None else client.client_id}
        meter = (provider or get_meter_provider()).get_meter("topicwire", __version__)
        for figure in FIGURES:
            if figure.kind == "duration":
                self._register_duration(meter, figure)
            else:
                _register(meter, f"topicwire.{figure.name}", figure, self._reader(figure))
        for figure in CHANNEL_FIGURES:
            name_ = f"topicwire.channel.{figure.name}"
            _register(meter, name_, figure, self._channel_reader(figure))

    def _register_duration(self, meter: Meter, figure: Figure) -> None:
        def quantiles(_: CallbackOptions) -> Iterator[Observation]:
            latency = figure.latency(self._client.stats())
            for share, field in _QUANTILES:
                yield Observation(getattr(latency, field), {**self._own, "quantile": share})

        def count(_: CallbackOptions) -> Iterator[Observation]:
            yield Observation(figure.latency(self._client.stats()).count, self._own)

        def total(_: CallbackOptions) -> Iterator[Observation]:
            yield Observation(figure.latency(self._client.stats()).total, self._own)

        name, text = f"topicwire.{figure.name}", figure.text
        meter.create_observable_gauge(name, [_listed(quantiles)], "s", text)
        meter.create_observable_counter(f"{name}.count", [_listed(count)], "{measurement}", text)
        meter.create_observable_counter(f"{name}.sum", [_listed(total)], "s", text)

    def _reader(self, figure: Figure) -> _Callback:
        def read(_: CallbackOptions) -> Iterator[Observation]:
            for part, value in figure.values(self._client.stats()):
                more = {figure.label: part} if figure.label is not None and part else {}
                yield Observation(value, {**self._own, **more})

        return _listed(read)

    def _channel_reader(self, figure: Figure) -> _Callback:
        def read(_: CallbackOptions) -> Iterator[Observation]:
            for channel, stats in self._client.stats().channels.items():
                for _part, value in figure.values(stats):
                    yield Observation(value, {**self._own, "channel": channel})

        return _listed(read)


def _register(meter: Meter, name: str, figure: Figure, read: _Callback) -> None:
    unit, callbacks = _UNITS[figure.unit], [read]
    if figure.kind == "gauge":
        meter.create_observable_gauge(name, callbacks, unit, figure.text)
    else:
        meter.create_observable_counter(name, callbacks, unit, figure.text)


def _listed(read: Callable[[CallbackOptions], Iterator[Observation]]) -> _Callback:
    # The API takes generators for callbacks that go on, so these are lists.
    return lambda options: list(read(options))
