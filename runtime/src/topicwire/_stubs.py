"""The base classes of the generated publishers and subscribers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self, TypeVar, cast

from pydantic import BaseModel

from topicwire._channel import Channel
from topicwire._client import Client
from topicwire._client_base import Publish
from topicwire._context import Context
from topicwire._delivery import Delivery
from topicwire._message_headers import WithHeaders
from topicwire._opaque import BodyCodec
from topicwire._subscription import Subscription
from topicwire.errors import SubscribeRejected

if TYPE_CHECKING:
    from topicwire._partitioned import Partitioned

M = TypeVar("M")
Handler = Callable[[M, Context], None]
"""What handles one message after the other."""
BatchHandler = Callable[[list[M], Context], None]
"""What handles the messages that came together as one list."""

_NONE: Mapping[str, str] = {}
_EVERY: Mapping[str, str | None] = {}


class _Grouped(Protocol):
    _group: str | None


S = TypeVar("S", bound=_Grouped)


class Publisher(Generic[M]):
    """Base of the generated publishers; a subclass adds a typed `publish`.

    Where the spec does not describe the bodies, messages are bytes, or what `codec` makes bytes of.
    """

    # A class variable cannot name the type variable; the subclasses' annotations do.
    channel: ClassVar[Channel[Any]]
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its channels

    def __init__(self, client: Client, /, *, codec: BodyCodec[M] | None = None) -> None:
        channel = self.channel if codec is None else self.channel.coded_by(codec)
        # Found once, because it is called for each message.
        self._publish: Publish[M] = client._publisher(channel)

    def publish_with(
        self, message: M, headers: BaseModel | None, parameters: Mapping[str, str] = _NONE
    ) -> Delivery:
        """Publish a message with the headers that the spec gives it; the typed methods do so."""
        return self._publish(cast(M, WithHeaders(message, headers)), parameters)


class Subscriber(Generic[M]):
    """Base of the generated subscribers; use it as a decorator, or call `subscribe`.

    A handler takes the message and its `Context`, and runs on a thread of the client. One
    subscription's messages are handled one after another, in the order they came; different
    subscriptions run side by side. A message is acknowledged when its handler has returned.
    """

    channel: ClassVar[Channel[Any]]
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its channels

    def __init__(
        self,
        client: Client,
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
        """Return this subscriber as a worker of `group`, whose members divide the partitions.

        For brokers without shared subscriptions, and where the messages of a key have to keep
        their order. Workers tell each other every `interval` seconds what they have; one that was
        not heard of for `timeout` loses it to the others. Raises `ValueError` for a channel that
        has no partitions in the document, and for a subscriber of some parameters only.
        """
        # Few programs are such workers; the others start sooner without their code.
        from topicwire._partitioned import Partitioned

        check_group(group)
        if any(value is not None for value in self._parameters.values()):
            raise ValueError("the workers of a group divide all messages; leave parameters out")
        return Partitioned(self._client, self._coded, group, interval, timeout)

    def subscribe(self, handler: Handler[M]) -> Subscription:
        """Have `handler` called for each message; return the subscription, to end it by.

        On a connected client it returns when the broker has granted the subscription, and
        raises `SubscribeRejected` if it refuses; else this happens while connecting.
        """
        return self._register(handler, whole=False)

    def subscribe_batches(self, handler: BatchHandler[M]) -> Subscription:
        """Have `handler` called with the list of messages that came together, as `subscribe`.

        Those that are not valid are left out. A message that came alone is a list of one.
        """
        return self._register(handler, whole=True)

    def batches(self, handler: BatchHandler[M], /) -> BatchHandler[M]:
        """Do as `subscribe_batches`, as a decorator."""
        self.subscribe_batches(handler)
        return handler

    def __call__(self, handler: Handler[M], /) -> Handler[M]:
        self.subscribe(handler)
        return handler

    def _register(self, handler: Callable[[Any, Context], None], *, whole: bool) -> Subscription:
        subscription = self._client._subscribe(
            self._coded, self._parameters, handler, self._group, whole=whole
        )
        if self._client.is_connected:
            try:
                subscription.wait()
            except SubscribeRejected:
                subscription.unsubscribe()
                raise
        return subscription


def in_group(subscriber: S, group: str) -> S:
    """Return a copy of a subscriber that belongs to a group; raises `ValueError` for its name."""
    check_group(group)
    member = copy(subscriber)
    member._group = group
    return member


def check_group(group: str) -> None:
    """Raise `ValueError` for what cannot be the name of a group."""
    if not group or any(character in group for character in "/+#\0"):
        raise ValueError(
            f"{group!r} cannot be the name of a group; it must not be empty or contain "
            "'/', '+', '#' or NUL"
        )


class CategorySubscriber(Generic[M]):
    """Subscribes one handler to every channel of a category that the app receives."""

    def __init__(self, client: Client, channels: Sequence[Channel[Any]], /) -> None:
        self._client = client
        self._channels = tuple(channels)

    def subscribe(self, handler: Handler[M]) -> tuple[Subscription, ...]:
        """Have `handler` called for each message; as `Subscriber.subscribe`, for each channel."""
        connected = self._client.is_connected
        subscriptions = tuple(
            self._client._subscribe(channel, _EVERY, handler, None) for channel in self._channels
        )
        if connected:
            for subscription in subscriptions:
                subscription.wait()
        return subscriptions

    def __call__(self, handler: Handler[M], /) -> Handler[M]:
        self.subscribe(handler)
        return handler
