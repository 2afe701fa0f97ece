"""Messages as the test makes them, past everything that a client does to its own."""

from __future__ import annotations

from typing import Any

from topicwire import AsyncClient, Channel, Client, Delivery
from topicwire._envelope import Headers
from topicwire._queue import Outgoing


def send_raw(
    client: Client | AsyncClient,
    channel: Channel[Any],
    topic: str,
    body: bytes,
    headers: Headers = Headers(),  # noqa: B008 - it does not change
) -> Delivery:
    """Queue a message with the body and the headers given, and the QoS of the channel."""
    delivery = Delivery(topic, channel.qos)
    item = Outgoing(topic, body, channel.qos, channel.retain, headers, None, delivery)
    return client._core.enqueue(item, may_wait=True)
