"""Messages as they are on the wire, of any topic: for recorders, bridges and tools.

What a `RawClient` receives is not validated, not believed and not unpacked, and what it publishes
goes as it is given. Programs that know their protocol use the generated stubs.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar, Unpack

from topicwire._channel import Channel, QoS
from topicwire._client import Client
from topicwire._client_base import Publish
from topicwire._context import Context
from topicwire._core import ClientCore
from topicwire._delivery import Delivery
from topicwire._dispatch import Dispatcher
from topicwire._envelope import ExactHeaders
from topicwire._inbound import Inbound
from topicwire._mqtt_text import MAX_TEXT, is_text, is_topic
from topicwire._options import ClientOptions
from topicwire._queue import Outgoing
from topicwire._raw_message import RawMessage
from topicwire._reissue import Reissuer, has_identity, is_signed, without_identity
from topicwire._stats import Counters
from topicwire._subscription import Subscription
from topicwire._topic_filter import TopicFilter
from topicwire.errors import PublishRejected, TopicInvalid

__all__ = [
    "Acknowledge",
    "RawClient",
    "RawHandler",
    "RawMessage",
    "Reissuer",
    "has_identity",
    "is_signed",
    "without_identity",
]

M = TypeVar("M")
_LARGEST = 64 * 2**20  # bytes; four times as much is what the broker is told, and MQTT's limit
_PACKET = 268_435_455  # bytes
_NO_CHANNEL: Channel[Any] = Channel(name="", address="", messages=())


Acknowledge = Callable[[], None]
"""Tells the broker that a message has been dealt with; from any thread, once."""
RawHandler = Callable[[RawMessage, Acknowledge], None]
"""What is called with each message, and with what acknowledges it."""


class RawClient(Client):
    """A client that receives and publishes any message as it is; `ClientOptions` as for `Client`.

    Bodies may have 64 MiB unless `max_message_bytes` says otherwise. The generated stubs cannot be
    used on it.
    """

    def __init__(self, url: str, /, **options: Unpack[ClientOptions]) -> None:
        options.setdefault("max_message_bytes", _LARGEST)
        super().__init__(url, **options)

    def publish(self, message: RawMessage) -> Delivery:
        """Queue a message as it is; follow it by its `Delivery`.

        Raises `TopicInvalid` for what cannot be a topic, `PublishRejected` for what MQTT does not
        allow, such as properties on a connection of 3.1.1, and what `publish` of a stub raises
        when the queue is full or the client closed.
        """
        topic = message.topic
        if not is_topic(topic):
            raise TopicInvalid("", f"{topic!r} cannot be published to")
        reason = _flaw(message)
        if reason is not None:
            raise PublishRejected(topic, reason)
        if message.has_properties and self.mqtt_version != "5":
            raise PublishRejected(topic, "it has properties, which MQTT 3.1.1 cannot carry")
        self._core.check_process()
        headers = ExactHeaders(
            message.user_properties, message.content_type, message.response_topic,
            message.correlation, message.is_text, message.expiry,
        )  # fmt: skip
        expires = time.monotonic() + message.expiry if message.expiry is not None else None
        return self._core.enqueue(
            Outgoing(
                topic, message.payload, message.qos, message.retain, headers, expires,
                Delivery(topic, message.qos),
            ),
            may_wait=True,
        )  # fmt: skip

    def subscribe(
        self,
        filter: str | Sequence[str],  # noqa: A002
        handler: RawHandler,
        qos: int = 2,
    ) -> Subscription:
        """Have `handler` called with each message of some filters; return the subscription.

        It runs on a thread of the client, for one message after another, in the order in which
        they come, whatever filter they are for. The message is
        acknowledged when the function that the handler is given besides was called, from any
        thread, now or later; until then the broker sends it again to the next connection of the
        session. A message comes with the lower one of its own QoS and `qos`. Raises `ValueError`
        for what is no filter.
        """
        filters = [filter] if isinstance(filter, str) else list(dict.fromkeys(filter))
        for text in filters:
            TopicFilter(text)
        route = _RawRoute(handler, self._core)
        entries = [self._core.listen(text, QoS(qos), route) for text in filters]
        subscription = Subscription(self._core, route, entries)
        if self.is_connected:
            subscription.wait()
        return subscription

    def _make_core(
        self, url: str, dispatcher: Dispatcher, counters: Counters, options: ClientOptions
    ) -> ClientCore:
        return _RawCore(url, dispatcher, counters, options, exact=True)

    def _publisher(self, channel: Channel[M]) -> Publish[M]:
        _refuse(channel)

    def _subscribe(self, channel: Channel[M], *_: object, **__: object) -> Subscription:
        _refuse(channel)


class _RawCore(ClientCore):
    def deliver(self, inbound: Inbound) -> None:
        """Have the handlers called, whatever the message is."""
        routes, _ = self.subscriptions.routes_for(inbound)
        if not routes:
            self.counters.add("unrouted")
        inbound.expect(len(routes), self.session.acknowledge)
        if routes:
            self._dispatcher.submit(inbound, routes)


class _RawRoute:
    """Calls a handler with the messages of one subscription."""

    def __init__(self, handler: RawHandler, core: ClientCore) -> None:
        self.channel = _NO_CHANNEL
        self.handler = handler
        self.immediate = False
        self.pending: deque[Inbound] = deque()
        self.scheduled = False
        self._core = core

    def process(self, inbound: Inbound) -> None:
        """Call the handler, which says when the message is dealt with."""
        inbound.hold()
        try:
            self.handler(_message(inbound), inbound.done)
        except Exception as error:
            self._core.mishaps.handler_failed(self.handler, error, _context(inbound))
            inbound.done()


def _flaw(message: RawMessage) -> str | None:
    """Return why a message can be no packet; a broker would close the connection over it."""
    texts = [message.content_type or "", message.response_topic or ""]
    for pair in message.user_properties:
        texts += pair
    if message.qos not in (0, 1, 2):
        return f"QoS {message.qos}, there are 0, 1 and 2"
    if not all(map(is_text, texts)) or len(message.correlation or b"") > MAX_TEXT:
        return f"a property is longer than {MAX_TEXT} bytes, or has a character that MQTT forbids"
    if message.response_topic is not None and not is_topic(message.response_topic):
        return f"response topic {message.response_topic!r} is no topic"
    if message.expiry is not None and not 0 <= message.expiry < 2**32:
        return f"expiry {message.expiry} is not from 0 to {2**32 - 1}"
    size = len(message.payload) + sum(len(text.encode()) + 5 for text in texts) + 3 * MAX_TEXT
    if size > _PACKET:
        return f"{size} bytes with everything, MQTT allows {_PACKET}"
    return None


def _message(inbound: Inbound) -> RawMessage:
    headers = inbound.headers
    assert isinstance(headers, ExactHeaders)  # noqa: S101 - the connection is exact
    return RawMessage(
        topic=inbound.topic,
        payload=inbound.payload,
        qos=inbound.qos,
        retain=inbound.retained,
        content_type=headers.content_type,
        response_topic=headers.response_topic,
        correlation=headers.correlation,
        user_properties=headers.properties,
        is_text=headers.is_text,
        expiry=headers.expiry,
        duplicate=inbound.duplicate,
        timestamp=inbound.timestamp,
    )


def _context(inbound: Inbound) -> Context:
    none: Mapping[str, str] = {}
    return Context(
        channel="", topic=inbound.topic, parameters=none, headers=none,
        timestamp=inbound.timestamp, qos=inbound.qos, retained=inbound.retained,
        duplicate=inbound.duplicate,
    )  # fmt: skip


def _refuse(channel: Channel[Any]) -> NoReturn:
    raise TypeError(f"channel {channel.name!r} cannot be used on a RawClient; make a Client for it")
