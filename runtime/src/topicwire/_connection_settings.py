"""What a connection is made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from topicwire._tls import TlsMaterial
from topicwire._url import BrokerUrl


class WillMessage(NamedTuple):
    """The message that the broker sends when this client disappears."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """What a connection is made with; all times in seconds.

    `receive_maximum` and `max_unacknowledged_bytes` are how much may come in that handlers have
    not dealt with. The broker knows of the first only. `maximum_packet_size` is what it may send.

    `brokers` have the user name and password to use with each; they are tried in their order, or
    beginning with a random one where `shuffled`.

    `exact` is for messages as they are on the wire: not unpacked, and with the retain flag that
    they were published with.

    `session_expiry` is how long the broker keeps the session while this client is away, and
    `keep_session` whether it does so after a clean close too.
    """

    brokers: tuple[BrokerUrl, ...]
    shuffled: bool
    client_id: str
    tls: TlsMaterial | None
    keep_alive: int
    session_expiry: int
    keep_session: bool
    clean_start: bool
    connect_timeout: float
    receive_maximum: int
    maximum_packet_size: int
    max_unacknowledged_bytes: int
    will: WillMessage | None
    exact: bool = False
