"""MQTT packets that carry messages: out of what comes over a connection, and into what goes.

PUBLISH is in section 3.3 of MQTT 5.0 and of MQTT 3.1.1. Pure. There is one for each message, so
this source is also compiled, as `_packets_c`. paho reads and writes them too, but takes longer for
it than for all the rest of a message.
"""

from __future__ import annotations

PUBLISH = 0x30
_FORMAT_INDICATOR = 0x01
_MESSAGE_EXPIRY = 0x02
_CONTENT_TYPE = 0x03
_RESPONSE_TOPIC = 0x08
_CORRELATION = 0x09
_SUBSCRIPTION = 0x0B
_TOPIC_ALIAS = 0x23
_USER_PROPERTY = 0x26
_MAX_LENGTH = 268_435_455


class PublishPacket:
    """A PUBLISH packet; `mid` is 0 for QoS 0, `user` the user properties in their order.

    `identifiers` are those of the subscriptions that it came for, `expiry` is in seconds, and
    `is_text` says whether its sender calls the payload text.
    """

    def __init__(self, topic: str, payload: bytes, qos: int, mid: int) -> None:
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.mid = mid
        self.retain = False
        self.duplicate = False
        self.content_type: str | None = None
        self.response_topic: str | None = None
        self.correlation: bytes | None = None
        self.identifiers: tuple[int, ...] = ()
        self.user: tuple[tuple[str, str], ...] = ()
        self.is_text = False
        self.expiry: int | None = None


class PacketSplitter:
    """Cuts what comes over a connection into packets, whatever pieces it comes in."""

    def __init__(self) -> None:
        self.command = 0
        self._data = b""
        self._position = 0
        # What is known to be too little for the next packet, and how much it lacks.
        self._pieces: list[bytes] = []
        self._missing = 0

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        if self._missing > len(data):
            self._missing -= len(data)
            self._pieces.append(data)
            return
        self._missing = 0
        if self._pieces:
            data = b"".join([*self._pieces, data])
            self._pieces = []
        elif self._position < len(self._data):
            data = self._data[self._position :] + data
        self._data = data
        self._position = 0

    def next(self) -> bytes | None:
        """Return what follows the fixed header of the next packet, None if it is not all there.

        `command` is the first byte of its header then. Raises `ValueError` for a length of more
        than four bytes (MQTT 5.0, section 1.5.5).
        """
        data = self._data
        size = len(data)
        at = self._position + 1
        length = 0
        shift = 0
        while True:
            if at >= size:
                return None
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 21:
                raise ValueError("a packet with a length of more than four bytes")
        end = at + length
        if end > size:
            if not self._missing:
                self._missing = end - size
                self._pieces = [data[self._position :]]
                self._data = b""
                self._position = 0
            return None
        self.command = data[self._position]
        self._position = end
        return data[at:end]


def read_publish(command: int, packet: bytes, with_properties: bool) -> PublishPacket:
    """Return what is in a PUBLISH packet, from the first byte of its header and what follows it.

    `with_properties` is for MQTT 5. Raises `ValueError` if it is malformed.
    """
    size = len(packet)
    qos = command >> 1 & 3
    if qos == 3:
        raise ValueError("QoS 3")
    if size < 2:
        raise ValueError("it ends within a text")
    end = 2 + (packet[0] << 8 | packet[1])
    if end > size:
        raise ValueError("it ends within a text")
    topic = packet[2:end].decode()
    mid = 0
    if qos:
        if end + 2 > size:
            raise ValueError("it ends within a number")
        mid = packet[end] << 8 | packet[end + 1]
        end += 2
    found = PublishPacket(topic, b"", qos, mid)
    if with_properties:
        length, start = _variable(packet, end, size)
        end = start + length
        if end > size:
            raise ValueError("the properties are longer than the packet")
        if length:
            _read_properties(found, packet, start, end)
    found.payload = packet[end:]
    found.retain = bool(command & 1)
    found.duplicate = bool(command & 8)
    return found


def _read_properties(found: PublishPacket, data: bytes, at: int, end: int) -> None:
    user: list[tuple[str, str]] = []
    identifiers: list[int] = []
    seen = 0
    while at < end:
        kind = data[at]
        at += 1
        if kind == _USER_PROPERTY:
            name, at = _text(data, at, end)
            value, at = _text(data, at, end)
            user.append((name, value))
        elif kind == _SUBSCRIPTION:
            number, at = _variable(data, at, end)
            identifiers.append(number)
        else:
            if kind < 0x30:
                if seen >> kind & 1:
                    raise ValueError(f"property {kind} is given more than once")
                seen |= 1 << kind
            at = _read_single(found, kind, data, at, end)
    if user:
        found.user = tuple(user)
    if identifiers:
        found.identifiers = tuple(identifiers)


def _read_single(found: PublishPacket, kind: int, data: bytes, at: int, end: int) -> int:
    if kind == _CONTENT_TYPE:
        found.content_type, at = _text(data, at, end)
    elif kind == _FORMAT_INDICATOR:
        if at >= end:
            raise ValueError("it ends within a number")
        if data[at] > 1:
            raise ValueError(f"payload format indicator {data[at]}, it is 0 or 1")
        found.is_text = data[at] == 1
        at += 1
    elif kind == _RESPONSE_TOPIC:
        found.response_topic, at = _text(data, at, end)
    elif kind == _CORRELATION:
        found.correlation, at = _binary(data, at, end)
    elif kind == _MESSAGE_EXPIRY:
        start = at
        at = _skip(at, 4, end)
        found.expiry = int.from_bytes(data[start:at])
    elif kind == _TOPIC_ALIAS:
        # This side offers none, so the topic is always there.
        at = _skip(at, 2, end)
    else:
        raise ValueError(f"property {kind} does not belong to PUBLISH")
    return at


def _skip(at: int, size: int, end: int) -> int:
    if at + size > end:
        raise ValueError("it ends within a number")
    return at + size


def _variable(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Read a variable byte integer (MQTT 5.0, section 1.5.5)."""
    value = 0
    shift = 0
    while shift < 28:
        if at >= end:
            raise ValueError("it ends within a number")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("a variable byte integer of more than four bytes")


def _binary(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    start = at + 2
    if start > end:
        raise ValueError("it ends within a text")
    stop = start + (data[at] << 8 | data[at + 1])
    if stop > end:
        raise ValueError("it ends within a text")
    return data[start:stop], stop


def _text(data: bytes, at: int, end: int) -> tuple[str, int]:
    value, at = _binary(data, at, end)
    return value.decode(), at


def pack_publish(  # noqa: PLR0917
    topic: str,
    payload: bytes,
    qos: int,
    retain: bool,
    duplicate: bool,
    mid: int,
    properties: bytes,
) -> bytes:
    """Return a PUBLISH packet; `properties` are packed, and empty for MQTT 3.1.1.

    Raises `ValueError` for one that is longer than MQTT allows.
    """
    name = topic.encode()
    size = 2 + len(name) + len(properties) + len(payload)
    if qos:
        size += 2
    head = _head(PUBLISH | duplicate << 3 | qos << 1 | retain, size)
    if qos:
        return b"%b%b%b%b%b%b" % (
            head, _short(len(name)), name, _short(mid), properties, payload,
        )  # fmt: skip
    return b"%b%b%b%b%b" % (head, _short(len(name)), name, properties, payload)


def pack_properties(  # noqa: PLR0917
    content_type: str | None,
    expiry: int | None,
    is_text: bool,
    response_topic: str | None,
    correlation: bytes | None,
    user: tuple[tuple[str, str], ...],
) -> bytes:
    """Return the properties of a PUBLISH packet with their length; `expiry` in seconds."""
    packed = bytearray()
    if is_text:
        packed += b"\x01\x01"
    if expiry is not None:
        packed.append(_MESSAGE_EXPIRY)
        packed += expiry.to_bytes(4)
    if content_type is not None:
        packed.append(_CONTENT_TYPE)
        _pack(packed, content_type.encode())
    if response_topic is not None:
        packed.append(_RESPONSE_TOPIC)
        _pack(packed, response_topic.encode())
    if correlation is not None:
        packed.append(_CORRELATION)
        _pack(packed, correlation)
    for name, value in user:
        packed.append(_USER_PROPERTY)
        _pack(packed, name.encode())
        _pack(packed, value.encode())
    return _number(len(packed)) + packed


def pack_answer(command: int, mid: int) -> bytes:
    """Return a PUBACK, PUBREC, PUBREL or PUBCOMP packet; `command` is the first byte."""
    return b"%c\x02%b" % (command, _short(mid))


def _pack(packed: bytearray, value: bytes) -> None:
    size = len(value)
    if size > 0xFFFF:
        raise ValueError(f"{size} does not fit two bytes")
    packed.append(size >> 8)
    packed.append(size & 0xFF)
    packed += value


def _short(number: int) -> bytes:
    if number > 0xFFFF:
        raise ValueError(f"{number} does not fit two bytes")
    return b"%c%c" % (number >> 8, number & 0xFF)


def _head(command: int, size: int) -> bytes:
    return b"%c%b" % (command, _number(size))


def _number(value: int) -> bytes:
    """Return a variable byte integer (MQTT 5.0, section 1.5.5)."""
    if value < 0x80:
        return b"%c" % value
    if value > _MAX_LENGTH:
        raise ValueError(f"{value} bytes, MQTT allows {_MAX_LENGTH}")
    parts = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if not value:
            parts.append(byte)
            return bytes(parts)
        parts.append(byte | 0x80)
