"""From a received message to typed messages with their contexts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from topicwire._channel import Channel
from topicwire._compression import TooLarge, decompress
from topicwire._context import Context
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


def unpack(channel: Channel[M], inbound: Inbound) -> Iterator[tuple[M | TopicwireError, Context]]:
    """Yield what is in a received message: each message, or the error it stands for.

    A batch yields its elements in order. The empty message that clears a retained one yields
    nothing.
    """
    topic = inbound.topic
    parameters = channel.template.match(topic)
    batched = False
    if parameters is None and channel.batch_template is not None:
        parameters = channel.batch_template.match(topic)
        batched = True
    context = Context(
        channel=channel.name,
        topic=topic,
        parameters=parameters or {},
        headers=inbound.headers.own,
        timestamp=inbound.timestamp,
        qos=inbound.qos,
        retained=inbound.retained,
        duplicate=inbound.duplicate,
        sender=inbound.signed.sender if inbound.signed is not None else None,
        sent=sent_at(inbound.headers),
        response_topic=inbound.headers.response_topic,
        correlation=inbound.headers.correlation,
    )
    if parameters is None:
        yield (
            TopicInvalid(channel.name, f"topic {topic!r} does not fit {channel.address!r}"),
            context,
        )
        return
    if inbound.problem is not None:
        yield inbound.problem, context
        return
    if not inbound.payload and channel.retain:
        return
    try:
        body = plain_body(inbound)
    except TopicwireError as error:
        yield error, context
        return
    if not batched:
        message: M | TopicwireError
        try:
            message = channel.codec.decode(body, topic=topic)
        except PayloadInvalid as error:
            message = error
        yield message, context
    else:
        yield from _unpack_batch(channel, body, context)


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


def _unpack_batch(
    channel: Channel[M], body: bytes, context: Context
) -> Iterator[tuple[M | TopicwireError, Context]]:
    try:
        elements = channel.codec.decode_batch(body, topic=context.topic)
    except PayloadInvalid as error:
        yield error, context
        return
    for index, element in enumerate(elements):
        yield element, replace(context, batch_index=index)
