"""What the tests with the other implementation share."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Unpack

import pytest
from topicwire import Client, ClientOptions, KeyRing

from tests.interop.peer import Peer
from tests.keys import ED25519, HMAC, write_ring
from tests.mosquitto import Mosquitto


@pytest.fixture(params=["5", "3.1.1"])
def version(request: pytest.FixtureRequest) -> str:
    """The version of MQTT to speak."""
    found: str = request.param
    return found


@pytest.fixture
def connect(mosquitto: Mosquitto, version: str) -> Iterator[Callable[..., Client]]:
    """Connect clients of this implementation; closed afterwards."""
    clients: list[Client] = []

    def make(**options: Unpack[ClientOptions]) -> Client:
        options["mqtt_version"] = "5" if version == "5" else "3.1.1"
        client = Client(mosquitto.url, client_id=f"t-{uuid.uuid4()}", **options)
        clients.append(client)
        client.connect()
        return client

    yield make
    for client in clients:
        client.close(drain=1)


@pytest.fixture
def peer(mosquitto: Mosquitto, version: str, tmp_path: Path) -> Iterator[Peer]:
    """The other implementation, connected, with all keys of the tests."""
    keys = write_ring(tmp_path / "peer.json", KeyRing([HMAC, ED25519]))
    with Peer(mosquitto.url, version, keys) as found:
        yield found


@pytest.fixture
def rig() -> str:
    """A parameter value of the test's own, so that tests share a broker without meeting."""
    return uuid.uuid4().hex
