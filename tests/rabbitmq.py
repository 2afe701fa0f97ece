"""A real RabbitMQ for tests, with its MQTT plugin, which speaks 3.1.1."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import ClassVar

from tests.broker import Abilities, Broker, find_executable, free_port
from tests.epmd import Epmd

# Debian's wrapper in /usr/sbin changes to the user rabbitmq and to folders of the system's own.
SCRIPTS = "/usr/lib/rabbitmq/bin"
INSTALL = "on Debian: apt-get install rabbitmq-server"


class RabbitMQ(Broker):
    """A node alone: no AMQP listener, and an epmd (Erlang's list of nodes) of its own."""

    ready = "Server startup complete"
    abilities: ClassVar = Abilities(
        highest_qos=1,
        # Its store of retained messages finds them by their exact topic only.
        retained_to_wildcards=False,
        # A connection knows the filters that it has subscribed to itself, and no others.
        leaves_filters_of_resumed_sessions=False,
    )

    def __init__(self, folder: Path, epmd: Epmd | None = None) -> None:
        """Set it up, with an epmd that is there already or one that starts and ends with it."""
        super().__init__(folder)
        self._epmd = epmd if epmd is not None else Epmd()
        self._owns_epmd = epmd is None
        self._node_port = free_port()

    def _prepare(self) -> list[str]:
        settings = (
            "listeners.tcp = none",
            f"mqtt.listeners.tcp.default = 127.0.0.1:{self.port}",
            "mqtt.allow_anonymous = true",
            "loopback_users = none",
            "log.console = true",
            "log.file = false",
        )
        (self._folder / "rabbitmq.conf").write_text("\n".join(settings) + "\n")
        (self._folder / "rabbitmq-env.conf").write_text("")
        (self._folder / "enabled_plugins").write_text("[rabbitmq_mqtt].\n")
        executable = find_executable("rabbitmq-server", INSTALL, SCRIPTS)
        return [executable]

    def _environment(self) -> dict[str, str]:
        own = {
            "HOME": self._folder,  # for the cookie, Erlang's shared secret, which it makes there
            "RABBITMQ_NODENAME": "tests@localhost",
            "RABBITMQ_MNESIA_BASE": self._folder / "data",
            "RABBITMQ_LOG_BASE": self._folder,
            "RABBITMQ_ENABLED_PLUGINS_FILE": self._folder / "enabled_plugins",
            "RABBITMQ_CONFIG_FILE": self._folder / "rabbitmq.conf",
            "RABBITMQ_CONF_ENV_FILE": self._folder / "rabbitmq-env.conf",
            "RABBITMQ_DIST_PORT": self._node_port,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": self._epmd.port,
            # Makes the script become the server, so that signals reach it.
            "RUNNING_UNDER_SYSTEMD": "true",
        }
        return dict(os.environ) | {name: str(value) for name, value in own.items()}

    def control(self, *arguments: str) -> str:
        """Run rabbitmqctl against it and return what it says."""
        executable = find_executable("rabbitmqctl", INSTALL, SCRIPTS)
        # Its own node, of Erlang's too, would listen on 10,000 ports further on, if there are any.
        port = str(free_port())
        ports = {"RABBITMQ_CTL_DIST_PORT_MIN": port, "RABBITMQ_CTL_DIST_PORT_MAX": port}
        done = subprocess.run(
            [executable, *arguments], env=self._environment() | ports,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"rabbitmqctl {arguments[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self) -> None:
        """Start it; the first time takes 10 s or more, because the plugin looks for a cluster."""
        try:
            if self._owns_epmd:
                self._epmd.start()
            super().start()
        finally:
            if not self.running:
                self._end_epmd()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and its epmd."""
        super().stop(how)
        self._end_epmd()

    def _end_epmd(self) -> None:
        if self._owns_epmd:
            self._epmd.stop()
