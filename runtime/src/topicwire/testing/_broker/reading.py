"""From bytes to the packets that a client sends (MQTT 5.0 and 3.1.1, chapter 3). Pure."""

from __future__ import annotations

from topicwire.testing._broker.fields import Reader
from topicwire.testing._broker.packets import (
    Answer,
    Connect,
    Disconnect,
    FilterRequest,
    Kind,
    Packet,
    Ping,
    Publish,
    Subscribe,
    Unsubscribe,
    Will,
)
from topicwire.testing._broker.properties import (
    OF_ANSWER,
    OF_CONNECT,
    OF_DISCONNECT,
    OF_PUBLISH,
    OF_SUBSCRIBE,
    OF_UNSUBSCRIBE,
    OF_WILL,
    Properties,
    read_properties,
)
from topicwire.testing._broker.reasons import Reason, Violation

_FLAGS = {Kind.PUBREL: 2, Kind.SUBSCRIBE: 2, Kind.UNSUBSCRIBE: 2}
_ANSWERS = (Kind.PUBACK, Kind.PUBREC, Kind.PUBREL, Kind.PUBCOMP)
MQTT_5 = 5
MQTT_3 = 4
VERSION_NAMES = {MQTT_5: "5", MQTT_3: "3.1.1"}


def read_connect(command: int, body: bytes) -> Connect:
    """Return a CONNECT packet, which says by itself of which version it is.

    `command` is the first byte of a packet, `body` all behind its length. Raises `Violation`.
    """
    reader = Reader(body)
    if command != Kind.CONNECT:
        raise Violation(Reason.PROTOCOL_ERROR, "the first packet is not CONNECT")
    protocol, version, flags = reader.binary(), reader.byte(), reader.byte()
    if protocol != b"MQTT" or version not in (MQTT_3, MQTT_5):
        raise Violation(Reason.UNSUPPORTED_VERSION, f"{protocol!r} version {version}")
    if flags & 1 or flags & 0x18 == 0x18 or (not flags & 4 and flags & 0x38):
        raise Violation(Reason.MALFORMED, f"flags {flags:#x} of CONNECT")
    keep_alive = reader.short()
    is_v5 = version == MQTT_5
    properties = read_properties(reader, OF_CONNECT) if is_v5 else Properties()
    client_id = reader.text()
    will = None
    if flags & 4:
        will_properties = read_properties(reader, OF_WILL) if is_v5 else Properties()
        topic, payload = reader.text(), reader.binary()
        will = Will(topic, payload, flags >> 3 & 3, bool(flags & 0x20), will_properties)
    username = reader.text() if flags & 0x80 else None
    password = reader.binary() if flags & 0x40 else None
    _check_end(reader)
    return Connect(
        version, client_id, bool(flags & 2), keep_alive, username, password, will, properties
    )


def read_packet(command: int, body: bytes, version: int) -> Packet:
    """Return any other packet; raises `Violation`."""
    kind = command & 0xF0
    if kind == Kind.PUBLISH:
        return _publish(command, Reader(body), version)
    if command & 0x0F != _FLAGS.get(Kind(kind) if kind in set(Kind) else Kind.CONNECT, 0):
        raise Violation(Reason.MALFORMED, f"flags of a packet that begins with {command:#x}")
    reader = Reader(body)
    if kind in _ANSWERS:
        found: Packet = _answer(Kind(kind), reader, version)
    elif kind == Kind.SUBSCRIBE:
        found = _subscribe(reader, version)
    elif kind == Kind.UNSUBSCRIBE:
        found = _unsubscribe(reader, version)
    elif kind == Kind.PINGREQ:
        found = Ping()
    elif kind == Kind.DISCONNECT:
        found = _disconnect(reader, version)
    else:
        raise Violation(Reason.PROTOCOL_ERROR, f"a packet that begins with {command:#x}")
    _check_end(reader)
    return found


def _publish(command: int, reader: Reader, version: int) -> Publish:
    qos = command >> 1 & 3
    if qos == 3 or (not qos and command & 8):
        raise Violation(Reason.MALFORMED, f"flags of PUBLISH {command:#x}")
    topic = reader.text()
    mid = _mid(reader) if qos else 0
    properties = read_properties(reader, OF_PUBLISH) if version == MQTT_5 else Properties()
    return Publish(topic, reader.rest(), qos, bool(command & 1), bool(command & 8), mid, properties)


def _answer(kind: Kind, reader: Reader, version: int) -> Answer:
    mid = reader.short()
    reason = 0
    if version == MQTT_5 and not reader.at_end:
        reason = reader.byte()
        if not reader.at_end:
            read_properties(reader, OF_ANSWER)
    return Answer(kind, mid, reason)


def _subscribe(reader: Reader, version: int) -> Subscribe:
    mid = _mid(reader)
    properties = read_properties(reader, OF_SUBSCRIBE) if version == MQTT_5 else Properties()
    if len(properties.identifiers) > 1:
        raise Violation(Reason.PROTOCOL_ERROR, "several subscription identifiers")
    requests: list[FilterRequest] = []
    while not requests or not reader.at_end:
        text, options = reader.text(), reader.byte()
        reserved = 0xC0 if version == MQTT_5 else 0xFC
        if options & reserved or options & 3 == 3 or options & 0x30 == 0x30:
            raise Violation(Reason.MALFORMED, f"subscription options {options:#x}")
        requests.append(
            FilterRequest(text, options & 3, bool(options & 4), bool(options & 8), options >> 4 & 3)
        )
    return Subscribe(mid, tuple(requests), (*properties.identifiers, 0)[0])


def _unsubscribe(reader: Reader, version: int) -> Unsubscribe:
    mid = _mid(reader)
    if version == MQTT_5:
        read_properties(reader, OF_UNSUBSCRIBE)
    filters: list[str] = []
    while not filters or not reader.at_end:
        filters.append(reader.text())
    return Unsubscribe(mid, tuple(filters))


def _disconnect(reader: Reader, version: int) -> Disconnect:
    reason, properties = 0, Properties()
    if version == MQTT_5 and not reader.at_end:
        reason = reader.byte()
        if not reader.at_end:
            properties = read_properties(reader, OF_DISCONNECT)
    return Disconnect(reason, properties)


def _mid(reader: Reader) -> int:
    mid = reader.short()
    if not mid:
        raise Violation(Reason.PROTOCOL_ERROR, "packet identifier 0")
    return mid


def _check_end(reader: Reader) -> None:
    if not reader.at_end:
        raise Violation(Reason.MALFORMED, "a packet is longer than its fields")
