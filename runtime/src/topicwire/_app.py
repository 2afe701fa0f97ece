"""The base classes of the generated apps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar, Unpack, cast

from topicwire._channel import Channel, Protocol
from topicwire._client import Client
from topicwire._delivery import Delivery
from topicwire._options import ClientOptions
from topicwire._stubs import CategorySubscriber
from topicwire._url import BrokerAddress

P = TypeVar("P")


def of_category(channels: Sequence[Channel[Any]], name: str) -> tuple[Channel[Any], ...]:
    """Return the channels of a category; raises `ValueError` naming those there are."""
    found = tuple(channel for channel in channels if name in channel.categories)
    if not found:
        known = sorted({category for channel in channels for category in channel.categories})
        raise ValueError(f"no channel of category {name!r} here; there are {', '.join(known)}")
    return found


class Sender:
    """Base of an app's `send`: one method for each channel the app sends to."""

    def __init__(self, client: Client, /) -> None:
        self._client = client
        self._publishers: dict[object, object] = {}

    def _publisher(self, make: Callable[[Client], P]) -> P:
        """Return the publisher of a class, which is made when it is first used."""
        found = self._publishers.get(make)
        if found is None:
            found = self._publishers[make] = make(self._client)
        return cast(P, found)


class Receiver:
    """Base of an app's `on`: one subscriber for each channel the app receives."""

    channels: ClassVar[tuple[Channel[Any], ...]] = ()

    def __init__(self, client: Client, /) -> None:
        self._client = client

    def _category(self, name: str) -> CategorySubscriber[Any]:
        return CategorySubscriber(self._client, of_category(self.channels, name))


class App:
    """Base of the generated apps: a client that offers exactly an app's channels.

    It takes the address of a broker, or of several, with the options of `Client`, or a `Client`
    that exists already and is shared; such a client is neither connected nor closed by the app.
    """

    protocol: ClassVar[Protocol]
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its apps

    def __init__(self, client: Client | BrokerAddress, /, **options: Unpack[ClientOptions]) -> None:
        self._owns_client = not isinstance(client, Client)
        if not isinstance(client, Client):
            options.setdefault("protocol", self.protocol)
            client = Client(client, **options)
        elif options:
            raise TypeError("options belong to the client, which is given ready-made")
        self.client = client

    def start(self) -> None:
        """Begin to connect without waiting, see `Client.start`."""
        self.client.start()

    def connect(self, timeout: float = 10.0) -> None:
        """Connect, see `Client.connect`."""
        self.client.connect(timeout)

    def close(self, drain: float = 5.0) -> tuple[Delivery, ...]:
        """Close the client, see `Client.close`."""
        return self.client.close(drain)

    def flush(self) -> None:
        """Send what is being collected for batches, see `Client.flush`."""
        self.client.flush()

    def __enter__(self) -> Self:
        if self._owns_client:
            self.connect()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._owns_client:
            self.close()
