"""The settings of a client."""

from __future__ import annotations

import secrets
import ssl
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypedDict, TypeVar

from topicwire._backlog import Backlog
from topicwire._channel import Channel, Protocol
from topicwire._connection_settings import ConnectionSettings, WillMessage
from topicwire._context import Context
from topicwire._keys import KeyRing
from topicwire._outbox import Outbox
from topicwire._profile import BrokerProfile
from topicwire._queue import QueuePolicy
from topicwire._reconnect import ReconnectPolicy
from topicwire._server_security import Credentials, check_security
from topicwire._signing import Signing
from topicwire._stats import Counters
from topicwire._tls import TlsFiles, TlsMaterial
from topicwire._trace_hooks import Tracing
from topicwire._url import BrokerAddress, BrokerUrl
from topicwire.errors import TopicwireError

M = TypeVar("M")

_LINGER = 300  # seconds
_MAX_PENDING = 10_000
_MAX_PENDING_BYTES = 64 * 2**20
MAX_MESSAGE = 16 * 2**20
# The broker leaves out what is larger than it was told, without a word. So it is told more: what
# is only a little too large comes, and is reported.
_PACKETS = 4
_MAX_PACKET = 268_435_455  # MQTT 5.0, section 2.1.4; paho leaves out the fixed header

ErrorHandler = Callable[[TopicwireError, Context | None], None]
"""What is told of errors that no call can raise, and of the message that they are about."""
ConnectedHandler = Callable[[], None]
"""What is told of each connection."""


class ClientOptions(TypedDict, total=False):
    """The keyword arguments of `Client`, `AsyncClient` and the generated apps.

    All times are in seconds, all sizes in bytes.

    - `client_id`: name at the broker; one is made up where none is given.
    - `username`, `password`: take precedence over those in the address.
    - `broker_order`: with several addresses, "listed" (default) tries them in their order, "random"
      begins with any of them, so that many clients spread over the nodes of a cluster.
    - `tls`: `TlsFiles`, which are read again when they change, or an `ssl.SSLContext`; without
      it, mqtts:// and wss:// use the system's authorities.
    - `tls_insecure`: do not check the broker's certificate. For trying things out: whoever is on
      the way can read and change everything, passwords too. Each connection says so in the log.
    - `mqtt_version`: "5" or "3.1.1"; by default 5, and 3.1.1 with a broker that refuses 5.
    - `keep_alive`, `session_expiry`, `clean_start`: by default what the spec says (`protocol`).
      With a `session_expiry` above 0 and `clean_start=False` the broker keeps the session, and
      what is sent to it, while this client is away.
    - `will`: what the broker sends when this client disappears, see `Will`.
    - `connect_timeout`: for one attempt to connect (default 5).
    - `reconnect`: see `ReconnectPolicy`.
    - `max_queued_messages`, `max_queued_bytes`: limits of the outgoing queue (10,000, 64 MiB).
    - `queue_policy`: when it is full, "block" (default) up to `queue_timeout` (default 10),
      "reject", or "drop_oldest".
    - `max_in_flight`: messages sent and not yet acknowledged (default 1,000).
    - `ack_timeout`: how long the broker may take to acknowledge (default 60); then the connection
      is made anew, which sends the message again.
    - `max_pending`, `max_pending_bytes`: received messages that may wait for their handlers
      (10,000, 64 MiB).
    - `workers`: threads that run handlers (default 4); not for asyncio.
    - `on_error`: called with every error that no call can raise, and its context if any.
    - `on_connected`: called whenever the broker has accepted the connection and all subscriptions,
      the first time and after each time it was lost, as handlers are. The place to publish anew
      what the broker may have forgotten, or replaced by the last will.
    - `outbox`: a file, or an `Outbox` with its limits, in which messages of durable channels wait
      until the broker has acknowledged them, over the end of the program too.
    - `dead_letter`: a topic to which received messages that cannot be handled are passed.
    - `broker`: what it can do beyond what it says itself: the name of one that is known
      ("mosquitto", "nats", "rabbitmq", "ejabberd", "iotcore"), or a `BrokerProfile`. What it would
      lose without a word is refused with `AbilityMissing`.
    - `watchdog`: after how long a network thread that does not move is reported (default 30,
      0: never).
    - `signing`: a key file, a `KeyRing`, or a `Signing` with its limits; what signs messages, and
      what others' are believed by.
    - `allow_unsigned`: use channels that require signatures without them.
    - `max_message_bytes`: the largest body taken, as it comes and decompressed (default 16 MiB).
    - `allow_anonymous`: connect although the spec's servers ask for credentials that are not
      given; on loopback they are not asked for.
    - `tracing`: makes OpenTelemetry spans of what is published and handled, see
      `topicwire.tracing`.
    - `protocol`: what the spec says; the generated apps set it.
    """

    client_id: str
    username: str
    password: str
    broker_order: Literal["listed", "random"]
    tls: ssl.SSLContext | TlsFiles
    tls_insecure: bool
    mqtt_version: Literal["5", "3.1.1"]
    keep_alive: int
    session_expiry: int
    clean_start: bool
    will: Will
    connect_timeout: float
    reconnect: ReconnectPolicy
    max_queued_messages: int
    max_queued_bytes: int
    queue_policy: QueuePolicy
    queue_timeout: float
    max_in_flight: int
    ack_timeout: float
    max_pending: int
    max_pending_bytes: int
    workers: int
    on_error: ErrorHandler
    on_connected: ConnectedHandler
    outbox: Outbox | Path | str
    dead_letter: str
    broker: BrokerProfile | str
    watchdog: float
    signing: Signing | KeyRing | Path | str
    allow_unsigned: bool
    max_message_bytes: int
    allow_anonymous: bool
    tracing: Tracing
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class Will:
    """The last will: a message of a channel that the broker sends when the client disappears."""

    message: WillMessage
    channel: Channel[Any]

    @classmethod
    def of(
        cls, channel: Channel[M], message: M, parameters: Mapping[str, str] | None = None
    ) -> Will:
        """Make the will from a typed message; QoS and retain are the channel's.

        Raises `PayloadInvalid` or `TopicInvalid`.
        """
        return cls(
            WillMessage(
                topic=channel.topic(parameters or {}, message),
                payload=channel.codec.encode(message),
                qos=channel.qos,
                retain=channel.retain,
                content_type=channel.content_type,
            ),
            channel,
        )


def connection_settings(url: BrokerAddress, options: ClientOptions) -> ConnectionSettings:
    """Return the settings of the connection, from the options and what the spec says.

    Raises `ValueError` for settings that cannot be meant, and `SecurityRequired` when they lack
    what the spec's server at an address asks for.
    """
    brokers = BrokerUrl.parse_all(url)
    broker = brokers[0]  # all are reached in the same way
    protocol = options.get("protocol") or Protocol(title="", version="")
    session_expiry = options.get("session_expiry", protocol.session_expiry)
    has_name = "client_id" in options
    clean_start = options.get("clean_start", protocol.clean_start or not has_name)
    keep_session = session_expiry > 0 and not clean_start
    if keep_session and not has_name:
        raise ValueError("a session that the broker keeps needs a client_id to find it again by")
    tls = options.get("tls")
    if tls is not None and not broker.tls:
        raise ValueError(f"tls is given, but {broker} is not encrypted; use mqtts:// or wss://")
    if tls is None and broker.tls:
        tls = TlsFiles()
    insecure = options.get("tls_insecure", False)
    if insecure:
        if isinstance(tls, ssl.SSLContext) or tls is None:
            raise ValueError("tls_insecure goes with mqtts:// or wss://, and without a context")
        warnings.warn(f"tls_insecure: whoever is on the way can be {broker}", stacklevel=4)
    brokers = tuple(
        each._replace(
            username=options.get("username", each.username),
            password=options.get("password", each.password),
        )
        for each in brokers
    )
    for each in brokers if not options.get("allow_anonymous", False) else ():
        given = Credentials(username=each.username, password=each.password, tls=tls)
        check_security(protocol.servers, each, given)
    will = options.get("will")
    return ConnectionSettings(
        brokers=brokers,
        shuffled=options.get("broker_order", "listed") == "random",
        client_id=options.get("client_id") or f"topicwire-{secrets.token_hex(6)}",
        tls=TlsMaterial(tls, insecure=insecure) if tls is not None else None,
        keep_alive=options.get("keep_alive", protocol.keep_alive),
        # A session that ends with the client still outlives a broken connection.
        session_expiry=(
            session_expiry
            if keep_session or options.get("session_expiry") == 0
            else max(session_expiry, _LINGER)
        ),
        keep_session=keep_session,
        clean_start=clean_start,
        connect_timeout=options.get("connect_timeout", 5.0),
        receive_maximum=min(65_535, max(1, options.get("max_pending", _MAX_PENDING) // 10)),
        maximum_packet_size=min(
            _MAX_PACKET, _PACKETS * options.get("max_message_bytes", MAX_MESSAGE)
        ),
        max_unacknowledged_bytes=options.get("max_pending_bytes", _MAX_PENDING_BYTES),
        will=will.message if will is not None else None,
    )


def signing_of(options: ClientOptions) -> Signing | None:
    """Return what to sign and verify with, or None."""
    signing = options.get("signing")
    if signing is None or isinstance(signing, Signing):
        return signing
    return Signing(keys=signing)


def received_backlog(options: ClientOptions, counters: Counters) -> Backlog:
    """Return the limits of what may wait for handlers."""
    return Backlog(
        options.get("max_pending", _MAX_PENDING),
        options.get("max_pending_bytes", _MAX_PENDING_BYTES),
        counters,
    )
