"""The base classes of the generated asyncio apps."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar, Unpack, cast

from topicwire._app import of_category
from topicwire._channel import Channel, Protocol
from topicwire._delivery import Delivery
from topicwire._options import ClientOptions
from topicwire._url import BrokerAddress
from topicwire.aio._client import AsyncClient
from topicwire.aio._stubs import CategorySubscriber

P = TypeVar("P")


class Sender:
    """Base of an app's `send`: one method for each channel the app sends to."""

    def __init__(self, client: AsyncClient, /) -> None:
        self._client = client
        self._publishers: dict[object, object] = {}

    def _publisher(self, make: Callable[[AsyncClient], P]) -> P:
        """Return the publisher of a class, which is made when it is first used."""
        found = self._publishers.get(make)
        if found is None:
            found = self._publishers[make] = make(self._client)
        return cast(P, found)


class Receiver:
    """Base of an app's `on`: one subscriber for each channel the app receives."""

    channels: ClassVar[tuple[Channel[Any], ...]] = ()

    def __init__(self, client: AsyncClient, /) -> None:
        self._client = client

    def _category(self, name: str) -> CategorySubscriber[Any]:
        return CategorySubscriber(self._client, of_category(self.channels, name))


class App:
    """Base of the generated apps: a client that offers exactly an app's channels.

    It takes a broker address with the options of `AsyncClient`, or an `AsyncClient` that exists
    already and is shared; such a client is neither connected nor closed by the app.
    """

    protocol: ClassVar[Protocol]
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its apps

    def __init__(
        self, client: AsyncClient | BrokerAddress, /, **options: Unpack[ClientOptions]
    ) -> None:
        self._owns_client = not isinstance(client, AsyncClient)
        if not isinstance(client, AsyncClient):
            options.setdefault("protocol", self.protocol)
            client = AsyncClient(client, **options)
        elif options:
            raise TypeError("options belong to the client, which is given ready-made")
        self.client = client

    def start(self) -> None:
        """Begin to connect without waiting, see `AsyncClient.start`."""
        self.client.start()

    async def connect(self, timeout: float = 10.0) -> None:
        """Connect, see `AsyncClient.connect`."""
        await self.client.connect(timeout)

    async def close(self, drain: float = 5.0) -> tuple[Delivery, ...]:
        """Close the client, see `AsyncClient.close`."""
        return await self.client.close(drain)

    def flush(self) -> None:
        """Send what is being collected for batches, see `AsyncClient.flush`."""
        self.client.flush()

    async def __aenter__(self) -> Self:
        if self._owns_client:
            await self.connect()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._owns_client:
            await self.close()
