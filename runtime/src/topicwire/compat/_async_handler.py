"""The older handler for asyncio programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar, overload

from topicwire._subscription import Subscription
from topicwire.aio._client import AsyncClient
from topicwire.compat._callback import AsyncCallback, AsyncHandler, Callback, is_async
from topicwire.compat._surface import AppSurface, not_connected
from topicwire.errors import TopicwireError

F = TypeVar("F", bound=Callback)
A = TypeVar("A", bound=AsyncCallback)


class AsyncMqttHandler(AppSurface[AsyncHandler]):
    """Sends and receives dictionaries on an asyncio loop; the arguments are those of `MqttHandler`.

    Callbacks are async functions, or plain ones, which run on threads so that they hold up nothing.
    All methods belong to the loop that it connects on.
    """

    _client: AsyncClient | None = None

    async def connect_async(self, timeout: float = 10.0) -> bool:
        """Connect, and subscribe what callbacks were added for; return whether it was possible."""
        self._attempts += 1
        try:
            # The files of TLS are read here.
            await self._open().connect(timeout)
        except (TopicwireError, OSError) as error:
            return self._refused(f"connect to {self._arguments.url}", error)
        self._successes += 1
        return True

    async def disconnect_async(self, timeout: float = 5.0) -> None:
        """Send what is queued, for up to `timeout` seconds, and disconnect."""
        if self._client is not None:
            self._report_undelivered(await self._client.close(timeout))

    async def publish_async(self, topic: str, message: Mapping[str, object]) -> bool:
        """Validate a message and queue it; return whether it was taken."""
        try:
            channel, parameters = self.binding.sending(self.app_type, topic)
            ready = self._dictionaries.message(channel, topic, message)
            if self._client is None:
                raise not_connected()
            delivery = await self._client._publisher(channel)(ready, parameters)
        except TopicwireError as error:
            return self._refused(f"publish to {topic!r}", error)
        self._follow(delivery)
        return True

    @overload
    def add_async_callback(self, category: str) -> Callable[[A], A]: ...
    @overload
    def add_async_callback(self, category: str, callback: A) -> A: ...
    def add_async_callback(self, category: str, callback: A | None = None) -> A | Callable[[A], A]:
        """Have `callback` awaited with each message of a category; or use it as a decorator.

        Each channel's messages are handled one after another. Raises `ValueError` for a category
        of which the app receives nothing, and `TypeError` for a function that is not async.
        """
        if callback is None:
            return lambda function: self.add_async_callback(category, function)
        if not is_async(callback):
            raise TypeError(f"{callback!r} is not an async function; use add_callback")
        self._add(category, callback)
        return callback

    @overload
    def add_callback(self, category: str) -> Callable[[F], F]: ...
    @overload
    def add_callback(self, category: str, callback: F) -> F: ...
    def add_callback(self, category: str, callback: F | None = None) -> F | Callable[[F], F]:
        """Have a plain function called on a thread with each message of a category.

        An async function is awaited, as by `add_async_callback`.
        """
        if callback is None:
            return lambda function: self.add_callback(category, function)
        self._add(category, callback)
        return callback

    def _add(self, category: str, callback: Callback | AsyncCallback) -> None:
        self.binding.of_category(self.app_type, category)
        wanted = category, AsyncHandler(callback, self._dictionaries)
        if wanted not in self._wanted:
            client = self._client
            self._wanted[wanted] = self._subscribe(client, *wanted) if client is not None else []

    def _subscribe(
        self, client: AsyncClient, category: str, handler: AsyncHandler
    ) -> list[Subscription]:
        return [
            client._subscribe(channel, {}, handler, None)
            for channel in self.binding.of_category(self.app_type, category)
        ]

    def _open(self) -> AsyncClient:
        if self._client is None:
            client = AsyncClient(self._arguments.url, **self._options())
            self._wanted = {wanted: self._subscribe(client, *wanted) for wanted in self._wanted}
            self._client = client
        return self._client

    def _current(self) -> AsyncClient | None:
        return self._client
