"""Between paho's types and those of this package."""

from __future__ import annotations

from functools import lru_cache

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from topicwire._connection_settings import ConnectionSettings, WillMessage
from topicwire._envelope import ExactHeaders, Headers, TracedHeaders, read_headers
from topicwire._greeting import MAX_PACKET, Greeting
from topicwire._inbound import Inbound
from topicwire._packets import PublishPacket, pack_properties
from topicwire.errors import EnvelopeInvalid


def connect_properties(settings: ConnectionSettings, session_expiry: int) -> Properties:
    """Return the properties of a CONNECT packet."""
    properties = _properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = session_expiry
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


def packed_properties(headers: Headers, expiry: int | None) -> bytes:
    """Return the properties of a PUBLISH packet as they are sent; `expiry` in seconds."""
    if headers.is_plain:
        return _plain_properties(headers.content_type, expiry)
    return pack_properties(
        headers.content_type,
        expiry,
        headers.is_text if isinstance(headers, ExactHeaders) else not headers.encoding,
        headers.response_topic,
        headers.correlation,
        headers.properties + headers.trace
        if isinstance(headers, TracedHeaders)
        else headers.properties,
    )


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
        told=_names(properties),
    )


def inbound_from(packet: PublishPacket) -> Inbound:
    """Return a received message; one whose headers are wrong says so in `problem`."""
    if packet.user or packet.response_topic is not None or packet.correlation is not None:
        native = Headers(
            packet.user, packet.content_type, packet.response_topic, packet.correlation
        )
    else:
        native = _plain_headers(packet.content_type)
    headers, payload, problem = read_headers(native, packet.payload)
    return _inbound(packet, payload, headers, problem)


def exact_inbound_from(packet: PublishPacket) -> Inbound:
    """Return a received message as it is."""
    headers = ExactHeaders(
        packet.user, packet.content_type, packet.response_topic, packet.correlation,
        packet.is_text, packet.expiry,
    )  # fmt: skip
    return _inbound(packet, packet.payload, headers, None)


def _inbound(
    packet: PublishPacket, payload: bytes, headers: Headers, problem: EnvelopeInvalid | None
) -> Inbound:
    return Inbound(
        packet.topic,
        payload,
        qos=packet.qos,
        retained=packet.retain,
        duplicate=packet.duplicate,
        mid=packet.mid,
        headers=headers,
        problem=problem,
        identifiers=packet.identifiers,
    )


def _names(properties: Properties | None) -> frozenset[str]:
    if properties is None:
        return frozenset()
    named: dict[str, object] = properties.json()  # type: ignore[no-untyped-call]
    return frozenset(named)


def _properties(packet_type: int) -> Properties:
    return Properties(packet_type)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=256)
def _plain_properties(content_type: str | None, expiry: int | None) -> bytes:
    return pack_properties(content_type, expiry, True, None, None, ())


@lru_cache(maxsize=256)
def _plain_headers(content_type: str | None) -> Headers:
    return Headers((), content_type)
