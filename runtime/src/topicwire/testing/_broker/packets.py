"""The packets that a client sends, as data. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from topicwire.testing._broker.properties import Properties


class Kind(IntEnum):
    """The kinds of packets: the upper half of their first byte (MQTT 5.0, section 2.1.2)."""

    CONNECT = 0x10
    CONNACK = 0x20
    PUBLISH = 0x30
    PUBACK = 0x40
    PUBREC = 0x50
    PUBREL = 0x60
    PUBCOMP = 0x70
    SUBSCRIBE = 0x80
    SUBACK = 0x90
    UNSUBSCRIBE = 0xA0
    UNSUBACK = 0xB0
    PINGREQ = 0xC0
    PINGRESP = 0xD0
    DISCONNECT = 0xE0


@dataclass(frozen=True, slots=True)
class Will:
    """What is published when a client disappears."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    properties: Properties


@dataclass(frozen=True, slots=True)
class Connect:
    """CONNECT; `version` is 5 or 4 (that is MQTT 3.1.1), `keep_alive` in seconds."""

    version: int
    client_id: str
    clean_start: bool
    keep_alive: int
    username: str | None
    password: bytes | None
    will: Will | None
    properties: Properties


@dataclass(frozen=True, slots=True)
class Publish:
    """PUBLISH; `mid` is 0 for QoS 0."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    duplicate: bool
    mid: int
    properties: Properties


@dataclass(frozen=True, slots=True)
class Answer:
    """PUBACK, PUBREC, PUBREL or PUBCOMP."""

    kind: Kind
    mid: int
    reason: int


@dataclass(frozen=True, slots=True)
class FilterRequest:
    """One topic filter of a SUBSCRIBE packet with its options."""

    filter: str
    qos: int
    no_local: bool
    retain_as_published: bool
    retain_handling: int


@dataclass(frozen=True, slots=True)
class Subscribe:
    """SUBSCRIBE; `identifier` is 0 where there is none."""

    mid: int
    requests: tuple[FilterRequest, ...]
    identifier: int


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """UNSUBSCRIBE."""

    mid: int
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ping:
    """PINGREQ."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """DISCONNECT."""

    reason: int
    properties: Properties


Packet = Connect | Publish | Answer | Subscribe | Unsubscribe | Ping | Disconnect
