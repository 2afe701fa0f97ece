"""Received PUBLISH packets of MQTT 5 (section 3.3). Pure.

paho reads the properties too, but takes longer for it than for all the rest of a message: with
eight user properties 150 of 230 microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

_FORMAT_INDICATOR = 0x01
_MESSAGE_EXPIRY = 0x02
_CONTENT_TYPE = 0x03
_RESPONSE_TOPIC = 0x08
_CORRELATION = 0x09
_SUBSCRIPTION = 0x0B
_TOPIC_ALIAS = 0x23
_USER_PROPERTY = 0x26


@dataclass(slots=True)
class PublishProperties:
    """The properties of a message that a receiver has a use for."""

    content_type: str | None = None
    response_topic: str | None = None
    correlation: bytes | None = None
    identifiers: tuple[int, ...] = ()
    user: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PublishPacket:
    """A PUBLISH packet; `mid` is 0 for QoS 0."""

    topic: bytes
    mid: int
    properties: PublishProperties
    payload: bytes


def read_publish(packet: bytes, qos: int) -> PublishPacket:
    """Return what is in a packet after its fixed header; raises `ValueError` if it is malformed."""
    topic, position = _binary(packet, 0)
    mid = 0
    if qos:
        mid, position = _number(packet, position, 2)
    size, position = _variable(packet, position)
    end = position + size
    if end > len(packet):
        raise ValueError("the properties are longer than the packet")
    properties = _properties(packet[position:end])
    return PublishPacket(topic, mid, properties, packet[end:])


def _properties(data: bytes) -> PublishProperties:
    found = PublishProperties()
    user: list[tuple[str, str]] = []
    identifiers: list[int] = []
    seen: set[int] = set()
    position = 0
    while position < len(data):
        kind = data[position]
        position += 1
        if kind == _USER_PROPERTY:
            name, position = _text(data, position)
            value, position = _text(data, position)
            user.append((name, value))
            continue
        if kind == _SUBSCRIPTION:
            number, position = _variable(data, position)
            identifiers.append(number)
            continue
        if kind in seen:
            raise ValueError(f"property {kind} is given more than once")
        seen.add(kind)
        position = _single(found, kind, data, position)
    found.user = tuple(user)
    found.identifiers = tuple(identifiers)
    return found


def _single(found: PublishProperties, kind: int, data: bytes, position: int) -> int:
    if kind == _CONTENT_TYPE:
        found.content_type, position = _text(data, position)
    elif kind == _FORMAT_INDICATOR:
        indicator, position = _number(data, position, 1)
        if indicator > 1:
            raise ValueError(f"payload format indicator {indicator}, it is 0 or 1")
    elif kind == _RESPONSE_TOPIC:
        found.response_topic, position = _text(data, position)
    elif kind == _CORRELATION:
        found.correlation, position = _binary(data, position)
    elif kind == _MESSAGE_EXPIRY:
        _, position = _number(data, position, 4)
    elif kind == _TOPIC_ALIAS:
        # This side offers none, so the topic is always there.
        _, position = _number(data, position, 2)
    else:
        raise ValueError(f"property {kind} does not belong to PUBLISH")
    return position


def _number(data: bytes, position: int, size: int) -> tuple[int, int]:
    end = position + size
    if end > len(data):
        raise ValueError("it ends within a number")
    return int.from_bytes(data[position:end]), end


def _variable(data: bytes, position: int) -> tuple[int, int]:
    """Read a variable byte integer (MQTT 5.0, section 1.5.5)."""
    value = 0
    for shift in (0, 7, 14, 21):
        if position >= len(data):
            raise ValueError("it ends within a number")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise ValueError("a variable byte integer of more than four bytes")


def _binary(data: bytes, position: int) -> tuple[bytes, int]:
    start = position + 2
    end = start + int.from_bytes(data[position:start])
    if end > len(data) or start > len(data):
        raise ValueError("it ends within a text")
    return data[start:end], end


def _text(data: bytes, position: int) -> tuple[str, int]:
    value, end = _binary(data, position)
    return value.decode(), end
