"""The base classes of the generated publishers and subscribers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from topicwire._channel import Channel
from topicwire._client import Client
from topicwire._context import Context
from topicwire._delivery import Delivery
from topicwire._subscription import Subscription
from topicwire.errors import SubscribeRejected

M = TypeVar("M")
Handler = Callable[[M, Context], None]

_NONE: Mapping[str, str] = {}
_EVERY: Mapping[str, str | None] = {}


class Publisher(Generic[M]):
    """Base of the generated publishers; a subclass adds a typed `publish`."""

    # A class variable cannot name the type variable; the subclasses' annotations do.
    channel: ClassVar[Channel[Any]]
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its channels

    def __init__(self, client: Client, /) -> None:
        self._client = client

    def _publish(self, message: M, parameters: Mapping[str, str] = _NONE) -> Delivery:
        return self._client._publish(self.channel, message, parameters)


class Subscriber(Generic[M]):
    """Base of the generated subscribers; use it as a decorator, or call `subscribe`.

    A handler takes the message and its `Context`, and runs on a thread of the client. One
    subscription's messages are handled one after another, in the order they came; different
    subscriptions run side by side. A message is acknowledged when its handler has returned.
    """

    channel: ClassVar[Channel[Any]]
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its channels

    def __init__(self, client: Client, /, parameters: Mapping[str, str | None] = _EVERY) -> None:
        self._client = client
        self._parameters = parameters

    def subscribe(self, handler: Handler[M]) -> Subscription:
        """Have `handler` called for each message; return the subscription, to end it by.

        On a connected client it returns when the broker has granted the subscription, and
        raises `SubscribeRejected` if it refuses; else this happens while connecting.
        """
        subscription = self._client._subscribe(self.channel, self._parameters, handler)
        if self._client.is_connected:
            try:
                subscription.wait()
            except SubscribeRejected:
                subscription.unsubscribe()
                raise
        return subscription

    def __call__(self, handler: Handler[M], /) -> Handler[M]:
        self.subscribe(handler)
        return handler


class CategorySubscriber(Generic[M]):
    """Subscribes one handler to every channel of a category that the app receives."""

    def __init__(self, client: Client, channels: Sequence[Channel[Any]], /) -> None:
        self._client = client
        self._channels = tuple(channels)

    def subscribe(self, handler: Handler[M]) -> tuple[Subscription, ...]:
        """Have `handler` called for each message; as `Subscriber.subscribe`, for each channel."""
        connected = self._client.is_connected
        subscriptions = tuple(
            self._client._subscribe(channel, _EVERY, handler) for channel in self._channels
        )
        if connected:
            for subscription in subscriptions:
                subscription.wait()
        return subscriptions

    def __call__(self, handler: Handler[M], /) -> Handler[M]:
        self.subscribe(handler)
        return handler
