"""Where the suite runs: four pairs of a broker and a version of MQTT.

A test that wants `broker` or `stoppable` (`connect` does) runs with all four. One that wants only
`version` brings a mosquitto with settings of its own, and runs with both versions on that.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from topicwire import Client, ClientOptions

from tests.broker import Abilities, Broker, Version
from tests.mosquitto import KEEPING, Mosquitto
from tests.nats import Nats
from tests.rabbitmq import RabbitMQ


class Pair(NamedTuple):
    broker: str
    version: Version


PAIRS = [
    Pair(kind.__name__.lower(), version)
    for kind in (Mosquitto, RabbitMQ, Nats)
    for version in kind.abilities.versions
]
MOSQUITTO = [pair for pair in PAIRS if pair.broker == "mosquitto"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    wanted = set(metafunc.fixturenames)
    if "pair" in wanted:
        pairs = PAIRS if wanted & {"broker", "stoppable"} else MOSQUITTO
        metafunc.parametrize("pair", pairs, ids="-".join)


@pytest.fixture
def version(pair: Pair) -> Version:
    """The version of MQTT to speak."""
    return pair.version


@pytest.fixture
def broker(pair: Pair, request: pytest.FixtureRequest) -> Broker:
    """A broker that all tests share; they keep apart by their topics and client ids."""
    found: Broker = request.getfixturevalue(pair.broker)
    if not found.running:
        found.start()
    return found


@pytest.fixture
def abilities(broker: Broker) -> Abilities:
    """What the broker can do."""
    return broker.abilities


@pytest.fixture
def stoppable(pair: Pair, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A broker that the test may stop, kill and start, and that keeps sessions on disk."""
    if pair.broker == "mosquitto":
        start: Callable[..., Mosquitto] = request.getfixturevalue("start_mosquitto")
        yield start(*KEEPING)
    elif pair.broker == "nats":
        # It would take the default of 30 s until a client that comes back gets what it is owed.
        with Nats(tmp_path, ack_wait="1s") as own:
            yield own
    else:
        # The shared one, since another would take 10 s to start; nobody else uses it meanwhile.
        yield request.getfixturevalue("broker")


@pytest.fixture
def connect(broker: Broker, version: Version) -> Iterator[Callable[..., Client]]:
    """Connect clients to the shared broker; closed afterwards."""
    clients: list[Client] = []

    def make(url: str | None = None, **options: object) -> Client:
        settings: ClientOptions = {"mqtt_version": version, "client_id": f"t-{uuid.uuid4()}"}
        settings.update(options)  # type: ignore[typeddict-item]
        client = Client(url or broker.url, **settings)
        clients.append(client)
        client.connect()
        return client

    yield make
    for client in clients:
        client.close(drain=1)


@pytest.fixture
def rig() -> str:
    """A parameter value of the test's own, so that tests share a broker without meeting."""
    return uuid.uuid4().hex
