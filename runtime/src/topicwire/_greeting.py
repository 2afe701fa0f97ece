"""What a broker says of itself when it accepts a connection, and how connections end."""

from __future__ import annotations

from typing import NamedTuple

MAX_PACKET = 268_435_455  # MQTT 5.0, section 1.5.5: the largest remaining length
SESSION_TAKEN_OVER = 0x8E


class Greeting(NamedTuple):
    """The broker's CONNACK: whether it accepts, and its limits.

    `broker` is what kind of broker it is, "" if that is not known, and `told` are the names of the
    properties that it has sent.
    """

    reason_code: int
    session_present: bool
    receive_maximum: int = 65_535
    maximum_packet_size: int = MAX_PACKET
    maximum_qos: int = 2
    retain_available: bool = True
    subscription_identifiers: bool = False
    shared_subscriptions: bool = False
    broker: str = ""
    told: frozenset[str] = frozenset()


class Loss(NamedTuple):
    """How a connection ended: in words, with the broker's reason code if it gave one.

    `closed_by_peer` is set when the broker closed the socket in good order without a word.
    """

    reason: str
    code: int | None = None
    closed_by_peer: bool = False

    def __str__(self) -> str:
        return self.reason
