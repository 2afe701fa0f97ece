"""From a received message to typed messages with their contexts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from topicwire._channel import BATCH_SUFFIX, Channel
from topicwire._codec import Codec
from topicwire._compression import TooLarge, decompress
from topicwire._context import Context
from topicwire._envelope import Headers
from topicwire._identity import sent_at
from topicwire._inbound import Inbound
from topicwire.errors import (
    CompressionInvalid,
    ContentUnsupported,
    MessageTooLarge,
    PayloadInvalid,
    TopicInvalid,
    TopicwireError,
)

M = TypeVar("M")


@dataclass(slots=True)
class Received(Generic[M]):
    """What is in a received message: each message, or the error it stands for, in order.

    `context` is that of the whole; in a batch, `context.at(index)` is that of one element.
    """

    elements: list[M | TopicwireError]
    context: Context
    batched: bool = False

    def items(self) -> Iterator[tuple[M | TopicwireError, Context]]:
        """Yield each element with its own context."""
        for index, element in enumerate(self.elements):
            yield element, self.context.at(index) if self.batched else self.context

    def sort_out(self, rejected: Callable[[TopicwireError, Context], None]) -> list[M]:
        """Return the messages, and have `rejected` called for each error."""
        messages: list[M] = []
        for index, element in enumerate(self.elements):
            if isinstance(element, TopicwireError):
                rejected(element, self.context.at(index) if self.batched else self.context)
            else:
                messages.append(element)
        return messages


def receive(channel: Channel[M], inbound: Inbound) -> Received[M]:
    """Return what is in a received message.

    There is nothing in the empty message that clears a retained one.
    """
    topic = inbound.topic
    parameters = channel.template.match(topic)
    batched = False
    if parameters is None and channel.batch_template is not None:
        parameters = channel.batch_template.match(topic)
        if parameters is not None:
            batched = True
            topic = topic.removesuffix(BATCH_SUFFIX)
    headers, signed = inbound.headers, inbound.signed
    context = Context(
        channel=channel.name,
        topic=topic,
        parameters=parameters or {},
        headers=headers.own,
        timestamp=inbound.timestamp,
        qos=inbound.qos,
        retained=inbound.retained,
        duplicate=inbound.duplicate,
        sender=signed.sender if signed is not None else None,
        sent=signed.ts if signed is not None else sent_at(headers),
        response_topic=headers.response_topic,
        correlation=headers.correlation,
    )
    if inbound.problem is not None:
        return Received([inbound.problem], context)
    if parameters is None:
        reason = f"topic {topic!r} does not fit {channel.address!r}"
        return Received([TopicInvalid(channel.name, reason)], context)
    if not inbound.payload and channel.retain:
        return Received([], context)
    try:
        return _read(channel, inbound, topic, context, batched)
    except TopicwireError as error:
        schemas = _schema_ids(channel, headers)
        return Received([error if schemas is None else _explained(error, schemas)], context)


def _schema_ids(channel: Channel[Any], headers: Headers) -> tuple[str, str] | None:
    """Return the schema ids of the sender and of this package, if both are known and differ."""
    theirs, ours = headers.get("schema-id"), channel.schema_id
    return (theirs, ours) if theirs is not None and ours is not None and theirs != ours else None


def _explained(element: M | TopicwireError, schema_ids: tuple[str, str]) -> M | TopicwireError:
    """Return an element of a message; if it does not fit, as an error that names the schemas."""
    if not isinstance(element, PayloadInvalid):
        return element
    return type(element)(
        element.channel,
        element.direction,
        element.errors,
        topic=element.topic,
        index=element.index,
        schema_ids=schema_ids,
    )


def _read(
    channel: Channel[M], inbound: Inbound, topic: str, context: Context, batched: bool
) -> Received[M]:
    body = inbound.payload if inbound.headers.is_plain else plain_body(inbound)
    if batched:
        codec = cast(Codec[M], channel.codec)  # batches are JSON
        elements = codec.decode_batch(body, topic=topic)
        if (schemas := _schema_ids(channel, inbound.headers)) is not None:
            elements = [_explained(element, schemas) for element in elements]
        return Received(elements, context, batched)
    if channel.header_codec is not None:
        message, typed = channel.header_codec.decode(body, inbound.headers.own, topic)
        return Received([cast(M, message)], context.with_headers(typed))
    return Received([channel.codec.decode(body, topic=topic)], context)


def plain_body(inbound: Inbound) -> bytes:
    """Return the body of a message, decompressed.

    Raises `ContentUnsupported`, `MessageTooLarge` and `CompressionInvalid`.
    """
    encoding = inbound.headers.encoding
    if encoding is None:
        return inbound.payload
    try:
        return decompress(inbound.payload, encoding, inbound.max_bytes)
    except LookupError:
        raise ContentUnsupported(inbound.topic, encoding) from None
    except TooLarge:
        raise MessageTooLarge(inbound.topic, inbound.max_bytes) from None
    except ValueError as error:
        raise CompressionInvalid(inbound.topic, f"{encoding}: {error}") from None
