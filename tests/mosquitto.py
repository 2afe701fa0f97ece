"""A real mosquitto for tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from tests.broker import Abilities, Broker, find_executable, free_port

__all__ = ["KEEPING", "Mosquitto", "free_port"]

KEEPING = ("persistence true", "autosave_on_changes true", "autosave_interval 1")
"""Settings with which sessions outlive the process."""


class Mosquitto(Broker):
    """A mosquitto; `settings` are lines of its configuration.

    It keeps its data over `stop` and `start` where persistence is set.
    """

    ready = " running"
    abilities: ClassVar = Abilities(versions=("5", "3.1.1"), shared_subscriptions=True)

    def __init__(
        self, folder: Path, *settings: str, anonymous: bool = True, port: int | None = None
    ) -> None:
        super().__init__(folder, port)
        self._settings = (
            f"listener {self.port} 127.0.0.1",
            f"allow_anonymous {str(anonymous).lower()}",
            "log_type all",
            "log_dest stderr",
            f"persistence_location {folder}/",
            # Debian's build would change to a user that may not read the test's folder.
            "user root" if os.geteuid() == 0 else "",
            *settings,
        )

    def _prepare(self) -> list[str]:
        config = self._folder / "mosquitto.conf"
        config.write_text("\n".join(self._settings) + "\n")
        executable = find_executable("mosquitto", "on Debian: apt-get install mosquitto")
        return [executable, "-c", str(config)]
