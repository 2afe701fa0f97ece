"""The embedded broker of the demo."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from iotcore import Broker

# rumqttd with a single MQTT 5 listener on loopback. Its own defaults would speak 3.1.1 only, on
# all interfaces; and both versions in one instance break 3.1.1 clients.
_CONFIGURATION = """\
id = 0

[router]
id = 0
max_connections = 100
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10

[v5.1]
name = "loopback"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1

[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = 16777216
max_inflight_count = 500
dynamic_filters = true
"""


class EmbeddedBroker:
    """An MQTT 5 broker on 127.0.0.1, for as long as the `with` block lasts.

    It is a child process, so that a crash of it does not take this one with it; it also ends
    when this process ends in any way. State is in memory. `port` 0 takes a free one.
    """

    def __init__(self, port: int = 0) -> None:
        self.port = port or _free_port()
        self._broker: Broker | None = None
        self._running = ExitStack()

    @property
    def url(self) -> str:
        """The broker's address."""
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether the broker's process is alive."""
        return self._broker is not None and self._broker.is_running

    def __enter__(self) -> Self:
        """Start it and wait until it listens; raises `OSError` for a port in use."""
        with ExitStack() as stack:
            folder = stack.enter_context(TemporaryDirectory(prefix="topicwire-broker-"))
            path = Path(folder, "rumqttd.toml")
            path.write_text(_CONFIGURATION.format(port=self.port), encoding="utf-8")
            self._broker = stack.enter_context(Broker(config_path=str(path)))
            # It has started; from now on leaving the `with` block ends it.
            self._running = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
