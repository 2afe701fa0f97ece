"""The properties of packets (MQTT 5.0, section 2.2.2). Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from topicwire.testing._broker.fields import (
    Reader,
    pack_binary,
    pack_long,
    pack_short,
    pack_text,
    pack_variable,
)
from topicwire.testing._broker.reasons import Reason, Violation


@dataclass(slots=True, kw_only=True)
class Properties:
    """All properties that this broker reads or writes; None is absent. Times are in seconds."""

    payload_format: int | None = None
    message_expiry: int | None = None
    content_type: str | None = None
    response_topic: str | None = None
    correlation: bytes | None = None
    identifiers: tuple[int, ...] = ()
    session_expiry: int | None = None
    assigned_client_id: str | None = None
    server_keep_alive: int | None = None
    authentication_method: str | None = None
    authentication_data: bytes | None = None
    request_problem: int | None = None
    will_delay: int | None = None
    request_response: int | None = None
    reason_string: str | None = None
    receive_maximum: int | None = None
    topic_alias_maximum: int | None = None
    topic_alias: int | None = None
    maximum_qos: int | None = None
    retain_available: int | None = None
    user: tuple[tuple[str, str], ...] = ()
    maximum_packet_size: int | None = None
    shared_available: int | None = None


def _pair(reader: Reader) -> tuple[str, str]:
    return reader.text(), reader.text()


def _pack_pair(pair: tuple[str, str]) -> bytes:
    return pack_text(pair[0]) + pack_text(pair[1])


def _pack_byte(number: int) -> bytes:
    return bytes([number])


_Codec = tuple[Callable[[Reader], Any], Callable[[Any], bytes]]
_BYTE: Final[_Codec] = Reader.byte, _pack_byte
_SHORT: Final[_Codec] = Reader.short, pack_short
_LONG: Final[_Codec] = Reader.long, pack_long
_VARIABLE: Final[_Codec] = Reader.variable, pack_variable
_BINARY: Final[_Codec] = Reader.binary, pack_binary
_TEXT: Final[_Codec] = Reader.text, pack_text
_PAIR: Final[_Codec] = _pair, _pack_pair

_FIELDS: Final[dict[int, tuple[str, _Codec]]] = {
    0x01: ("payload_format", _BYTE),
    0x02: ("message_expiry", _LONG),
    0x03: ("content_type", _TEXT),
    0x08: ("response_topic", _TEXT),
    0x09: ("correlation", _BINARY),
    0x0B: ("identifiers", _VARIABLE),
    0x11: ("session_expiry", _LONG),
    0x12: ("assigned_client_id", _TEXT),
    0x13: ("server_keep_alive", _SHORT),
    0x15: ("authentication_method", _TEXT),
    0x16: ("authentication_data", _BINARY),
    0x17: ("request_problem", _BYTE),
    0x18: ("will_delay", _LONG),
    0x19: ("request_response", _BYTE),
    0x1F: ("reason_string", _TEXT),
    0x21: ("receive_maximum", _SHORT),
    0x22: ("topic_alias_maximum", _SHORT),
    0x23: ("topic_alias", _SHORT),
    0x24: ("maximum_qos", _BYTE),
    0x25: ("retain_available", _BYTE),
    0x26: ("user", _PAIR),
    0x27: ("maximum_packet_size", _LONG),
    0x2A: ("shared_available", _BYTE),
}
_SEVERAL = frozenset({"identifiers", "user"})
_SWITCHES = frozenset({"payload_format", "request_problem", "request_response"})
_ABOVE_ZERO = frozenset({"receive_maximum", "maximum_packet_size", "identifiers"})
_MESSAGE = frozenset({0x01, 0x02, 0x03, 0x08, 0x09, 0x26})

# Which of them a client may send.
OF_CONNECT: Final = frozenset({0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27})
OF_WILL: Final = _MESSAGE | {0x18}
OF_PUBLISH: Final = _MESSAGE | {0x23}
OF_ANSWER: Final = frozenset({0x1F, 0x26})
OF_SUBSCRIBE: Final = frozenset({0x0B, 0x26})
OF_UNSUBSCRIBE: Final = frozenset({0x26})
OF_DISCONNECT: Final = frozenset({0x11, 0x1F, 0x26})


def read_properties(reader: Reader, allowed: frozenset[int]) -> Properties:
    """Return the properties that come next; raises `Violation` for those not `allowed`."""
    inner = Reader(reader.take(reader.variable()))
    found: dict[str, Any] = {}
    while not inner.at_end:
        kind = inner.variable()
        if kind not in allowed:
            raise Violation(Reason.PROTOCOL_ERROR, f"property {kind} does not belong here")
        name, (read, _) = _FIELDS[kind]
        value = read(inner)
        if name in _SEVERAL:
            value = (*found.get(name, ()), value)
        elif name in found:
            raise Violation(Reason.PROTOCOL_ERROR, f"{name} is given more than once")
        _check(name, value)
        found[name] = value
    return Properties(**found)


def pack_properties(properties: Properties) -> bytes:
    """Return the properties with their length."""
    packed = bytearray()
    for kind, (name, (_, pack)) in _FIELDS.items():
        value = getattr(properties, name)
        if value is None:
            continue
        for each in value if name in _SEVERAL else (value,):
            packed += pack_variable(kind) + pack(each)
    return pack_variable(len(packed)) + bytes(packed)


def _check(name: str, value: object) -> None:
    too_low = name in _ABOVE_ZERO and value in (0, (0,))
    if too_low or (name in _SWITCHES and value not in (0, 1)):
        raise Violation(Reason.PROTOCOL_ERROR, f"{name} cannot be {value}")
