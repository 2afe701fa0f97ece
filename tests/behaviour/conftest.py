"""The brokers that have to agree: the one in memory and mosquitto, with both versions of MQTT.

A module with `VERSIONS` or `BROKERS` is about these only.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest
from topicwire.testing import InMemoryBroker

from tests.behaviour.wire import Wire
from tests.broker import Version
from tests.mosquitto import Mosquitto


class Subject(Protocol):
    """A broker under test."""

    port: int

    def pass_time(self, seconds: float) -> None: ...


class Memory:
    def __init__(self, broker: InMemoryBroker) -> None:
        self.port = broker.port
        self.pass_time = broker.advance


class Real:
    def __init__(self, broker: Mosquitto) -> None:
        self.port = broker.port

    def pass_time(self, seconds: float) -> None:
        """Wait, which is the only way with a real broker."""
        # mosquitto says nothing when something expires, and looks only once a second.
        time.sleep(seconds + 1.1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "subject" in metafunc.fixturenames:
        versions = getattr(metafunc.module, "VERSIONS", ("5", "3.1.1"))
        brokers = getattr(metafunc.module, "BROKERS", ("memory", "mosquitto"))
        subjects = [(broker, version) for broker in brokers for version in versions]
        names = ["-".join(each) for each in subjects]
        metafunc.parametrize("subject,version", subjects, ids=names, indirect=["subject"])


@pytest.fixture(scope="session")
def prompt_mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """A mosquitto that does not wait with small packets for more, as the one in memory."""
    folder = tmp_path_factory.mktemp("prompt-mosquitto")
    with Mosquitto(folder, "set_tcp_nodelay true") as broker:
        yield broker


@pytest.fixture
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """A broker: one of its own in memory, or a mosquitto that all share."""
    if request.param == "memory":
        with InMemoryBroker(real_time=False) as broker:
            yield Memory(broker)
    else:
        yield Real(request.getfixturevalue("prompt_mosquitto"))


@pytest.fixture
def name() -> str:
    """The first level of the test's topics, and the beginning of its client ids."""
    return uuid.uuid4().hex[:12]


Open = Callable[..., Wire]


@pytest.fixture
def bare(subject: Subject, version: Version) -> Iterator[Open]:
    """Open connections that have not said anything yet; closed afterwards."""
    opened: list[Wire] = []

    def make(speaks: Version | None = None) -> Wire:
        opened.append(Wire(subject.port, speaks or version))
        return opened[-1]

    yield make
    for wire in opened:
        wire.close()


@pytest.fixture
def join(bare: Open) -> Open:
    """Connect clients with the options of `Wire.connect`."""

    def make(
        client_id: str | None = None, *, speaks: Version | None = None, **options: object
    ) -> Wire:
        wire = bare(speaks)
        answer = wire.connect(client_id, **options)  # type: ignore[arg-type]
        assert answer.code == 0
        return wire

    return make
