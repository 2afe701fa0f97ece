"""The pytest plugin of topicwire: fixtures for a broker in memory, clients and apps.

pytest loads this module wherever topicwire is installed, so it is a package of its own that
imports nothing of topicwire until a fixture is used.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, Unpack

import pytest

if TYPE_CHECKING:
    from topicwire import App, Client, ClientOptions
    from topicwire.testing import BrokerSettings, InMemoryBroker

__all__ = ["AppFactory", "ClientFactory"]

A = TypeVar("A", bound="App")


class ClientFactory(Protocol):
    """Makes connected clients of the test's broker."""

    def __call__(self, **options: Unpack[ClientOptions]) -> Client:
        """Return a client that is closed when the test ends; see `ClientOptions`."""
        ...


class AppFactory(Protocol):
    """Makes connected apps of generated packages: `topicwire_app(Gui, client_id="gui-1")`."""

    def __call__(self, app: type[A], /, **options: Unpack[ClientOptions]) -> A:
        """Return an app that is closed when the test ends; see `ClientOptions`."""
        ...


@pytest.fixture
def topicwire_broker_settings() -> BrokerSettings:
    """What the broker of the test allows; override it for another `BrokerSettings`."""
    from topicwire.testing import BrokerSettings

    return BrokerSettings()


@pytest.fixture
def topicwire_broker(topicwire_broker_settings: BrokerSettings) -> Iterator[InMemoryBroker]:
    """An MQTT broker in memory of the test's own, on a free port of loopback."""
    from topicwire.testing import InMemoryBroker

    with InMemoryBroker(topicwire_broker_settings) as broker:
        yield broker


@pytest.fixture
def topicwire_keys(tmp_path: Path) -> Path:
    """A key file with one key, which signs for every sender and on every topic."""
    from topicwire import KeyRing
    from topicwire.keys import new_key, write_ring

    path = tmp_path / "topicwire-keys.json"
    key = new_key("hmac-sha256", "test")
    write_ring(path, KeyRing([key]))
    return path


@pytest.fixture
def topicwire_client(topicwire_broker: InMemoryBroker) -> Iterator[ClientFactory]:
    """Make connected clients of the broker; they are closed when the test ends."""
    from topicwire import Client

    numbers = itertools.count(1)
    with ExitStack() as stack:

        def make(**options: Unpack[ClientOptions]) -> Client:
            options.setdefault("client_id", f"client-{next(numbers)}")
            return stack.enter_context(Client(topicwire_broker.url, **options))

        yield make


@pytest.fixture
def topicwire_app(topicwire_broker: InMemoryBroker) -> Iterator[AppFactory]:
    """Make connected apps at the broker; they are closed when the test ends."""
    numbers = itertools.count(1)
    with ExitStack() as stack:

        def make(app: type[A], /, **options: Unpack[ClientOptions]) -> A:
            options.setdefault("client_id", f"{app.__name__.lower()}-{next(numbers)}")
            opened = app(topicwire_broker.url, **options)
            stack.enter_context(opened)
            return opened

        yield make
