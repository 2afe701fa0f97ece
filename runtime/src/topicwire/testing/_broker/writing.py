"""From what a broker says to bytes (MQTT 5.0 and 3.1.1, chapter 3). Pure."""

from __future__ import annotations

from collections.abc import Iterable

from topicwire.testing._broker.fields import pack_short, pack_text, pack_variable
from topicwire.testing._broker.packets import Kind
from topicwire.testing._broker.properties import Properties, pack_properties
from topicwire.testing._broker.reading import MQTT_5
from topicwire.testing._broker.reasons import RETURN_CODES, Reason

_NONE = Properties()
PINGRESP = bytes([Kind.PINGRESP, 0])


def pack_connack(
    reason: Reason, version: int, *, present: bool = False, properties: Properties = _NONE
) -> bytes:
    """Return CONNACK; `present` says whether there was a session."""
    if version != MQTT_5:
        return _packet(Kind.CONNACK, bytes([present, RETURN_CODES.get(reason, 5)]))
    return _packet(Kind.CONNACK, bytes([present, reason]) + pack_properties(properties))


def pack_publish(
    topic: str,
    payload: bytes,
    *,
    qos: int,
    retain: bool,
    duplicate: bool,
    mid: int,
    properties: Properties | None,
) -> bytes:
    """Return PUBLISH; `properties` are None for MQTT 3.1.1."""
    body = pack_text(topic)
    if qos:
        body += pack_short(mid)
    if properties is not None:
        body += pack_properties(properties)
    return _packet(Kind.PUBLISH | duplicate << 3 | qos << 1 | retain, body + payload)


def pack_answer(kind: Kind, mid: int, reason: int, version: int) -> bytes:
    """Return PUBACK, PUBREC, PUBREL or PUBCOMP."""
    command = kind | 2 if kind is Kind.PUBREL else kind
    body = pack_short(mid)
    if reason and version == MQTT_5:
        body += bytes([reason])
    return _packet(command, body)


def pack_suback(mid: int, codes: Iterable[int], version: int) -> bytes:
    """Return SUBACK."""
    return _packet(Kind.SUBACK, pack_short(mid) + _no_properties(version) + bytes(codes))


def pack_unsuback(mid: int, codes: Iterable[int], version: int) -> bytes:
    """Return UNSUBACK, which says nothing of each filter in MQTT 3.1.1."""
    said = bytes(codes) if version == MQTT_5 else b""
    return _packet(Kind.UNSUBACK, pack_short(mid) + _no_properties(version) + said)


def pack_disconnect(reason: Reason, text: str = "") -> bytes:
    """Return DISCONNECT of MQTT 5, with a text for people."""
    properties = Properties(reason_string=text) if text else _NONE
    return _packet(Kind.DISCONNECT, bytes([reason]) + pack_properties(properties))


def _no_properties(version: int) -> bytes:
    return b"\0" if version == MQTT_5 else b""


def _packet(command: int, body: bytes) -> bytes:
    return bytes([command]) + pack_variable(len(body)) + body
