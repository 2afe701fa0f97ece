"""From a received message to typed messages with their contexts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from topicwire._channel import Channel
from topicwire._context import Context
from topicwire._identity import sent_at
from topicwire._inbound import Inbound
from topicwire.errors import ContentUnsupported, PayloadInvalid, TopicInvalid, TopicwireError

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
    encoding = inbound.headers.get("content-encoding")
    if encoding is not None:
        yield ContentUnsupported(topic, encoding), context
    elif not batched:
        message: M | TopicwireError
        try:
            message = channel.codec.decode(inbound.payload, topic=topic)
        except PayloadInvalid as error:
            message = error
        yield message, context
    else:
        yield from _unpack_batch(channel, inbound, context)


def _unpack_batch(
    channel: Channel[M], inbound: Inbound, context: Context
) -> Iterator[tuple[M | TopicwireError, Context]]:
    try:
        elements = channel.codec.decode_batch(inbound.payload, topic=inbound.topic)
    except PayloadInvalid as error:
        yield error, context
        return
    for index, element in enumerate(elements):
        yield element, replace(context, batch_index=index)
