"""The base classes of the generated asyncio publishers and subscribers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

from pydantic import BaseModel

from topicwire._channel import Channel
from topicwire._context import Context
from topicwire._delivery import Delivery
from topicwire._message_headers import WithHeaders
from topicwire._opaque import BodyCodec
from topicwire._stubs import check_group, in_group
from topicwire._subscription import Subscription
from topicwire.aio._client import AsyncClient, AsyncPublish
from topicwire.aio._dispatch import AsyncBatchHandler, AsyncHandler
from topicwire.aio._partitioned import Partitioned
from topicwire.errors import SubscribeRejected

M = TypeVar("M")

_NONE: Mapping[str, str] = {}
_EVERY: Mapping[str, str | None] = {}


class Publisher(Generic[M]):
    """Base of the generated publishers; a subclass adds a typed `publish`.

    Where the spec does not describe the bodies, messages are bytes, or what `codec` makes bytes of.

    Awaiting `publish` gives the message to the client's queue and returns its `Delivery`;
    awaiting that waits until it is sent (QoS 0) or acknowledged.
    """

    # A class variable cannot name the type variable; the subclasses' annotations do.
    channel: ClassVar[Channel[Any]]
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its channels

    def __init__(self, client: AsyncClient, /, *, codec: BodyCodec[M] | None = None) -> None:
        channel = self.channel if codec is None else self.channel.coded_by(codec)
        # Found once, because it is called for each message.
        self._publish: AsyncPublish[M] = client._publisher(channel)

    async def publish_with(
        self, message: M, headers: BaseModel | None, parameters: Mapping[str, str] = _NONE
    ) -> Delivery:
        """Publish a message with the headers that the spec gives it; the typed methods do so."""
        return await self._publish(cast(M, WithHeaders(message, headers)), parameters)


class Subscriber(Generic[M]):
    """Base of the generated subscribers.

    Use it as a decorator before connecting, `await subscribe(handler)` at any time, or iterate:
    `async for message, context in subscriber`. A handler is an async function that takes the
    message and its `Context`. One subscription's messages are handled one after another, in the
    order they came. A message is acknowledged when its handler has returned, or when the next
    one is asked for.
    """

    channel: ClassVar[Channel[Any]]
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its channels

    def __init__(
        self,
        client: AsyncClient,
        /,
        parameters: Mapping[str, str | None] = _EVERY,
        *,
        codec: BodyCodec[M] | None = None,
    ) -> None:
        self._client = client
        self._parameters = parameters
        self._group: str | None = None
        self._coded = self.channel if codec is None else self.channel.coded_by(codec)

    def shared(self, group: str) -> Self:
        """Return this subscriber as a member of `group`: each message reaches one member only.

        The members may be in different processes. Raises `ValueError` for a name that MQTT does
        not allow. See `SharedSubscriptionsUnavailable` for brokers that do not have it.
        """
        return in_group(self, group)

    def partitioned(
        self, group: str, *, interval: float = 1.0, timeout: float = 5.0
    ) -> Partitioned[M]:
        """Return this subscriber as a worker of `group`, see that of the other flavour."""
        check_group(group)
        if any(value is not None for value in self._parameters.values()):
            raise ValueError("the workers of a group divide all messages; leave parameters out")
        return Partitioned(self._client, self._coded, group, interval, timeout)

    async def subscribe(self, handler: AsyncHandler[M]) -> Subscription:
        """Have `handler` awaited for each message; return the subscription, to end it by.

        On a connected client it returns when the broker has granted the subscription, and
        raises `SubscribeRejected` if it refuses; else this happens while connecting.
        """
        return await self._granted(self._register(handler))

    async def subscribe_batches(self, handler: AsyncBatchHandler[M]) -> Subscription:
        """Have `handler` awaited with the list of messages that came together, as `subscribe`.

        Those that are not valid are left out. A message that came alone is a list of one.
        """
        return await self._granted(self._register(handler, whole=True))

    def batches(self, handler: AsyncBatchHandler[M], /) -> AsyncBatchHandler[M]:
        """Do as `subscribe_batches`, as a decorator before connecting."""
        self._register(handler, whole=True)
        return handler

    def __call__(self, handler: AsyncHandler[M], /) -> AsyncHandler[M]:
        self._register(handler)
        return handler

    async def __aiter__(self) -> AsyncIterator[tuple[M, Context]]:
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[tuple[M, Context, asyncio.Future[None]] | None] = asyncio.Queue()

        async def hand_over(message: M, context: Context) -> None:
            # Returning acknowledges the message, so wait until the loop's body is through.
            dealt_with: asyncio.Future[None] = loop.create_future()
            arrived.put_nowait((message, context, dealt_with))
            await dealt_with

        def stop(_: object) -> None:
            loop.call_soon_threadsafe(arrived.put_nowait, None)

        ended = self._client._ended
        ended.add_done_callback(stop)
        subscription = await self.subscribe(hand_over)
        try:
            while (item := await arrived.get()) is not None:
                message, context, dealt_with = item
                try:
                    yield message, context
                finally:
                    if not dealt_with.done():
                        dealt_with.set_result(None)
            if ended.error is not None:
                raise ended.error
        finally:
            ended.remove_done_callback(stop)
            subscription.unsubscribe()

    def _register(self, handler: AsyncHandler[Any], *, whole: bool = False) -> Subscription:
        return self._client._subscribe(
            self._coded, self._parameters, handler, self._group, whole=whole
        )

    async def _granted(self, subscription: Subscription) -> Subscription:
        if self._client.is_connected:
            try:
                await subscription.granted()
            except SubscribeRejected:
                subscription.unsubscribe()
                raise
        return subscription


class CategorySubscriber(Generic[M]):
    """Subscribes one handler to every channel of a category that the app receives."""

    def __init__(self, client: AsyncClient, channels: Sequence[Channel[Any]], /) -> None:
        self._client = client
        self._channels = tuple(channels)

    async def subscribe(self, handler: AsyncHandler[M]) -> tuple[Subscription, ...]:
        """Have `handler` awaited for each message; as `Subscriber.subscribe`, for each channel."""
        connected = self._client.is_connected
        subscriptions = self._register(handler)
        if connected:
            for subscription in subscriptions:
                await subscription.granted()
        return subscriptions

    def __call__(self, handler: AsyncHandler[M], /) -> AsyncHandler[M]:
        self._register(handler)
        return handler

    def _register(self, handler: AsyncHandler[M]) -> tuple[Subscription, ...]:
        return tuple(
            self._client._subscribe(channel, _EVERY, handler, None) for channel in self._channels
        )
