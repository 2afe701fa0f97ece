"""Messages on their way through the broker. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from topicwire.testing._broker.packets import Publish, Will
from topicwire.testing._broker.properties import Properties
from topicwire.testing._broker.writing import pack_publish


@dataclass(frozen=True, slots=True)
class Message:
    """A message; it `expires` at a time of the broker's clock, `source` is who published it."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    properties: Properties
    expires: float
    source: str

    @classmethod
    def of(cls, packet: Publish | Will, topic: str, source: str, now: float) -> Message:
        """Return the message in a packet, with the topic that its alias stands for."""
        expiry = packet.properties.message_expiry
        expires = math.inf if expiry is None else now + expiry
        return cls(
            topic, packet.payload, packet.qos, packet.retain, packet.properties, expires, source
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message for one client: with the QoS and the retain flag it gets, and for what it is."""

    message: Message
    qos: int
    retain: bool
    identifiers: tuple[int, ...]

    def packed(self, mid: int, now: float, *, duplicate: bool, with_properties: bool) -> bytes:
        """Return it as a packet; its expiry is what is left of it."""
        message = self.message
        properties = None
        if with_properties:
            expiry = message.properties.message_expiry
            if expiry is not None:
                expiry = max(0, math.ceil(message.expires - now))
            properties = replace(
                message.properties,
                message_expiry=expiry,
                identifiers=self.identifiers,
                topic_alias=None,
                will_delay=None,
            )
        return pack_publish(
            message.topic,
            message.payload,
            qos=self.qos,
            retain=self.retain,
            duplicate=duplicate,
            mid=mid,
            properties=properties,
        )
