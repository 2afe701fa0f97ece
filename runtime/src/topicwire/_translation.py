"""Between paho's types and those of this package."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from paho.mqtt.client import MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from topicwire._connection_settings import ConnectionSettings, WillMessage
from topicwire._envelope import Headers, read_headers
from topicwire._greeting import MAX_PACKET, Greeting
from topicwire._inbound import Inbound
from topicwire._publish_packet import PublishProperties


def connect_properties(settings: ConnectionSettings) -> Properties:
    """Return the properties of a CONNECT packet."""
    properties = _properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = settings.session_expiry
    properties.ReceiveMaximum = settings.receive_maximum
    properties.MaximumPacketSize = settings.maximum_packet_size
    return properties


def will_properties(will: WillMessage) -> Properties:
    """Return the properties of a will."""
    properties = _properties(PacketTypes.WILLMESSAGE)
    properties.PayloadFormatIndicator = 1
    properties.ContentType = will.content_type
    return properties


def subscribe_properties(identifier: int) -> Properties:
    """Return the properties of a SUBSCRIBE packet with a subscription identifier."""
    properties = _properties(PacketTypes.SUBSCRIBE)
    properties.SubscriptionIdentifier = identifier
    return properties


def disconnect_properties() -> Properties:
    """Return the properties of a DISCONNECT packet that ends the session."""
    properties = _properties(PacketTypes.DISCONNECT)
    properties.SessionExpiryInterval = 0
    return properties


def publish_properties(headers: Headers, expiry: int | None) -> Properties:
    """Return the properties of a PUBLISH packet; `expiry` in seconds."""
    if headers.is_plain:
        return _plain_properties(headers.content_type, expiry)
    properties = _publish_properties(headers.content_type, expiry, is_text=not headers.encoding)
    if headers.properties:
        properties.UserProperty = list(headers.properties)
    if headers.response_topic is not None:
        properties.ResponseTopic = headers.response_topic
    if headers.correlation is not None:
        properties.CorrelationData = headers.correlation
    return properties


def greeting_from(
    reason_code: int, session_present: bool, properties: Properties | None, *, v5: bool
) -> Greeting:
    """Return what a CONNACK says; what it leaves out has the default of the standard."""

    def limit(name: str, default: int) -> int:
        return int(getattr(properties, name, default))

    return Greeting(
        reason_code=reason_code,
        session_present=session_present,
        receive_maximum=limit("ReceiveMaximum", 65_535),
        maximum_packet_size=limit("MaximumPacketSize", MAX_PACKET),
        maximum_qos=limit("MaximumQoS", 2),
        retain_available=bool(limit("RetainAvailable", 1)),
        subscription_identifiers=v5 and bool(limit("SubscriptionIdentifierAvailable", 1)),
        shared_subscriptions=v5 and bool(limit("SharedSubscriptionAvailable", 1)),
    )


def inbound_from(message: MQTTMessage) -> Inbound:
    """Return a received message; one whose headers are wrong says so in `problem`."""
    native = Headers()
    identifiers: tuple[int, ...] = ()
    # Over MQTT 5 they are what `_paho` has read, whatever paho's annotation says.
    properties = cast(PublishProperties | None, message.properties)
    if properties is not None:
        identifiers = properties.identifiers
        native = Headers(
            properties.user,
            properties.content_type,
            properties.response_topic,
            properties.correlation,
        )
    headers, payload, problem = read_headers(native, bytes(message.payload))
    return Inbound(
        message.topic,
        payload,
        qos=message.qos,
        retained=message.retain,
        duplicate=message.dup,
        mid=message.mid,
        headers=headers,
        problem=problem,
        identifiers=identifiers,
    )


def _properties(packet_type: int) -> Properties:
    return Properties(packet_type)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=256)
def _plain_properties(content_type: str | None, expiry: int | None) -> Properties:
    # paho takes long to make these, and only reads them.
    return _publish_properties(content_type, expiry, is_text=True)


def _publish_properties(
    content_type: str | None, expiry: int | None, *, is_text: bool
) -> Properties:
    properties = _properties(PacketTypes.PUBLISH)
    if is_text:
        properties.PayloadFormatIndicator = 1
    if content_type is not None:
        properties.ContentType = content_type
    if expiry is not None:
        properties.MessageExpiryInterval = expiry
    return properties
