from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from topicwire import Client, ClientOptions

from tests.mosquitto import Mosquitto

Version = Literal["5", "3.1.1"]


@pytest.fixture(params=["5", "3.1.1"])
def version(request: pytest.FixtureRequest) -> Version:
    """Run the test over both versions of MQTT."""
    found: Version = request.param
    return found


@pytest.fixture
def connect(mosquitto: Mosquitto, version: Version) -> Iterator[Callable[..., Client]]:
    """Connect clients to the shared broker; closed afterwards."""
    clients: list[Client] = []

    def make(url: str | None = None, **options: object) -> Client:
        settings: ClientOptions = {"mqtt_version": version, "client_id": f"t-{uuid.uuid4()}"}
        settings.update(options)  # type: ignore[typeddict-item]
        client = Client(url or mosquitto.url, **settings)
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
