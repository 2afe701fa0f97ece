"""Fixtures for tests of the testing kit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from topicwire.testing import BrokerSettings, InMemoryBroker

from tests.behaviour.wire import Wire
from tests.broker import Version

StartBroker = Callable[..., InMemoryBroker]
Join = Callable[..., Wire]
Dial = Callable[..., Wire]


@pytest.fixture
def start_broker() -> Iterator[StartBroker]:
    """Start brokers with settings of their own, whose time does not run; stopped afterwards."""
    started: list[InMemoryBroker] = []

    def make(**settings: object) -> InMemoryBroker:
        broker = InMemoryBroker(BrokerSettings(**settings), real_time=False)  # type: ignore[arg-type]
        started.append(broker)
        return broker.start()

    yield make
    for broker in started:
        broker.stop()


@pytest.fixture
def broker(start_broker: StartBroker) -> InMemoryBroker:
    """A broker with the usual settings."""
    return start_broker()


@pytest.fixture
def dial() -> Iterator[Dial]:
    """Open connections that show every packet and have not said anything; closed afterwards."""
    opened: list[Wire] = []

    def make(broker: InMemoryBroker, version: Version = "5") -> Wire:
        opened.append(Wire(broker.port, version))
        return opened[-1]

    yield make
    for wire in opened:
        wire.close()


@pytest.fixture
def join(broker: InMemoryBroker, dial: Dial) -> Join:
    """Connect such clients to `broker`."""

    def make(client_id: str | None = None, *, speaks: Version = "5", **options: object) -> Wire:
        wire = dial(broker, speaks)
        assert wire.connect(client_id, **options).code == 0  # type: ignore[arg-type]
        return wire

    return make
