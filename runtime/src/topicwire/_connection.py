"""One network connection to a broker. The only module that touches paho.

Nothing here decides anything: what comes in is told to a `Listener`, and what goes out is done
as told. Everything runs on the one thread that calls `open` and `poll`.
"""

from __future__ import annotations

import logging
import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from paho.mqtt.client import Client as PahoBase
from paho.mqtt.client import ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from topicwire._bell import Bell
from topicwire._connection_settings import ConnectionSettings
from topicwire._envelope import pack_envelope
from topicwire._greeting import Greeting, Loss
from topicwire._inbound import Inbound
from topicwire._incoming import PUBACK, PUBCOMP, PUBREC, Incoming
from topicwire._keep_alive import KeepAlive
from topicwire._log_fields import fields
from topicwire._packets import pack_answer, pack_publish
from topicwire._paho import PahoClient
from topicwire._queue import Outgoing
from topicwire._translation import (
    connect_properties,
    disconnect_properties,
    exact_inbound_from,
    greeting_from,
    inbound_from,
    packed_properties,
    subscribe_properties,
    will_properties,
)
from topicwire._url import BrokerUrl

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike

log = logging.getLogger("topicwire")

_PACKETS_PER_POLL = 256
_PUBLISH = 0x30
_PUBREL = 0x62
_ANSWERS = frozenset({PUBACK, PUBREC, 0x60, PUBCOMP})
_THROTTLE = 0.02  # seconds between packets


class FilterRequest(NamedTuple):
    """What a SUBSCRIBE packet asks for; `identifier` is 0 where there is none."""

    filter: str
    qos: int
    identifier: int


class Listener(Protocol):
    """Who is told what happens on a connection, always on the thread that polls it."""

    def on_subscribed(self, mid: int, code: int) -> None: ...
    def on_unreadable(self, topic: str, reason: str) -> None: ...
    def on_inbound(self, inbound: Inbound) -> None: ...


class Sender(Protocol):
    """Who is told what becomes of the messages that were handed over, on the same thread."""

    def sent(self, items: Sequence[Outgoing]) -> None: ...
    def acknowledged(self, mid: int) -> None: ...
    def received(self, mid: int, connection: Connection) -> None: ...
    def refused(self, mid: int, code: int) -> None: ...


class Connection:
    """A connection over MQTT 5 or 3.1.1; it can be opened again after it was lost.

    `greeting` is the broker's answer to CONNECT, once it is there, and `lost` the reason why the
    connection has ended, once it has. What is not acknowledged is for `sender` to send again.
    """

    def __init__(
        self,
        settings: ConnectionSettings,
        version: MQTTProtocolVersion,
        listener: Listener,
        sender: Sender,
    ) -> None:
        self.version = version
        self.greeting: Greeting | None = None
        self.lost: Loss | None = None
        self._settings = settings
        self._listener = listener
        self._sender = sender
        self._selector = selectors.DefaultSelector()
        self._bell = Bell()
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._watched: SocketLike | None = None
        self._watching_writes = False
        # QoS 0 messages, oldest first, until they are written, with the positions behind them.
        self._unwritten: deque[tuple[int, Outgoing]] = deque()
        self._keep_alive = KeepAlive(settings.keep_alive)
        self._paho = self._make_client()
        translate = exact_inbound_from if settings.exact else inbound_from
        self._incoming = Incoming(
            self._send,
            lambda packet: listener.on_inbound(translate(packet)),
            listener.on_unreadable,
            with_properties=self.is_v5,
        )

    @property
    def is_v5(self) -> bool:
        """Whether this connection speaks MQTT 5."""
        return self.version is MQTTProtocolVersion.MQTTv5

    @property
    def throttled(self) -> bool:
        """Whether only little is read from the socket; may change while reading."""
        return self._paho.paused

    @throttled.setter
    def throttled(self, throttled: bool) -> None:
        self._paho.paused = throttled

    def open(self, broker: BrokerUrl, *, resume: bool, session_expiry: int) -> None:
        """Open a socket to a broker and send CONNECT; `greeting` follows during `poll`.

        `resume` asks for the session of the previous connection, and `session_expiry` is how long
        this one's is to outlive it, in seconds (MQTT 5). Raises `OSError` (which
        includes TLS errors).
        """
        self.greeting = self.lost = None
        settings = self._settings
        if settings.tls is not None:
            settings.tls.refresh()
        clean = settings.clean_start and not resume
        properties = None
        if self.is_v5:
            properties = connect_properties(settings, session_expiry)
        if broker.websockets:
            self._paho.ws_set_options(path=broker.path)
        self._paho.username_pw_set(broker.username, broker.password)
        self._paho.connect(
            broker.host,
            broker.port,
            settings.keep_alive,
            clean_start=clean if self.is_v5 else 3,
            properties=properties,
        )

    def poll(self, timeout: float) -> None:
        """Do the input and output that is possible now, waiting up to `timeout` seconds."""
        if self._watched is not None and self._paho.want_write() != self._watching_writes:
            self._watching_writes = not self._watching_writes
            mask = selectors.EVENT_READ | (selectors.EVENT_WRITE * self._watching_writes)
            self._selector.modify(self._watched, mask)
        if self.throttled:
            # The rest waits in the socket, and then at the broker. Something is read all the
            # same, because a handler may be waiting for an acknowledgement behind it.
            self._read(1)
            time.sleep(_THROTTLE)
            timeout = 0.0
        elif self._paho.has_more:
            self._read(_PACKETS_PER_POLL)
            timeout = 0.0
        for key, events in self._selector.select(min(timeout, self._keep_alive.patience())):
            if key.fileobj is self._bell:
                self._bell.quiet()
                continue
            if events & selectors.EVENT_READ and not self.throttled:
                self._read(_PACKETS_PER_POLL)
        self.flush()
        if self.greeting is not None and self.lost is None:
            self._check_alive()

    def flush(self) -> None:
        """Write what was handed over, as far as the socket takes it."""
        if self._paho.socket() is None:
            return
        if self._paho.want_write():
            self._paho.write()
        written, sent = self._paho.output.written, list[Outgoing]()
        while self._unwritten and self._unwritten[0][0] <= written:
            sent.append(self._unwritten.popleft()[1])
        self._sender.sent(sent)

    def wake(self) -> None:
        """Make a waiting `poll` return; the only method that any thread may call."""
        self._bell.ring()

    @property
    def congested(self) -> bool:
        """Whether packets wait for the socket, so that nothing more should be handed over."""
        return self._paho.want_write()

    def new_mid(self) -> int:
        """Return the next packet identifier; whether it is in use is for the caller to know."""
        return self._paho.new_mid()

    @property
    def waiting(self) -> int:
        """Number of bytes that wait for the socket."""
        return self._paho.output.waiting

    def publish(
        self, item: Outgoing, mid: int, *, expiry: int | None, duplicate: bool = False
    ) -> None:
        """Send a message; `expiry` in seconds, `mid` its packet identifier (0 for QoS 0)."""
        properties, payload = b"", item.payload
        if self.is_v5:
            properties = packed_properties(item.headers, expiry)
        else:
            payload = pack_envelope(item.headers, payload)
        end = self._send(
            pack_publish(item.topic, payload, item.qos, item.retain, duplicate, mid, properties)
        )
        if not item.qos:
            self._unwritten.append((end, item))

    def release(self, mid: int) -> None:
        """Send the PUBREL of a QoS 2 message that the broker has received."""
        self._send(pack_answer(_PUBREL, mid))

    def unwritten(self) -> list[Outgoing]:
        """Return, and forget, the QoS 0 messages that never reached the socket."""
        items = [item for _, item in self._unwritten]
        self._unwritten.clear()
        return items

    def subscribe(self, request: FilterRequest) -> int:
        """Send a SUBSCRIBE packet; return its identifier."""
        properties = None
        if self.is_v5 and request.identifier:
            properties = subscribe_properties(request.identifier)
        if self.is_v5:
            options = SubscribeOptions(qos=request.qos, retainAsPublished=self._settings.exact)
            _, mid = self._paho.subscribe(request.filter, options=options, properties=properties)
        else:
            _, mid = self._paho.subscribe(request.filter, request.qos)
        return mid if mid is not None else 0

    def unsubscribe(self, name: str) -> None:
        """Send an UNSUBSCRIBE packet for one filter."""
        self._paho.unsubscribe(name)

    def acknowledge(self, inbound: Inbound) -> None:
        """Send the PUBACK or PUBCOMP of a message."""
        self._send(pack_answer(PUBACK if inbound.qos == 1 else PUBCOMP, inbound.mid))

    def disconnect(self) -> None:
        """Send DISCONNECT; the broker will not send the will."""
        properties = None
        if self.is_v5 and not self._settings.keep_session:
            properties = disconnect_properties()
        self._paho.disconnect(properties=properties)

    def close(self) -> None:
        """Release the sockets."""
        self._paho.on_disconnect = None
        self._close_socket()
        self._selector.close()
        self._bell.close()

    def end(self, reason: str) -> None:
        """Break the connection; another one may do better."""
        self._break(Loss(reason))

    def abandon(self) -> None:
        """Drop the socket without a word, as after a failed handshake."""
        self._close_socket()

    def _make_client(self) -> PahoClient:
        settings = self._settings
        paho = PahoClient(
            CallbackAPIVersion.VERSION2,
            client_id=settings.client_id,
            clean_session=None if self.is_v5 else not settings.keep_session,
            protocol=self.version,
            transport="websockets" if settings.brokers[0].websockets else "tcp",
            reconnect_on_failure=False,
        )
        paho.connect_timeout = settings.connect_timeout
        if settings.tls is not None:
            paho.tls_set_context(settings.tls.context)  # pyright: ignore[reportUnknownMemberType]
        if settings.will is not None:
            will = settings.will
            properties = will_properties(will) if self.is_v5 else None
            paho.will_set(will.topic, will.payload, will.qos, will.retain, properties)
        paho.on_connect = self._on_connect
        paho.on_disconnect = self._on_disconnect
        paho.on_subscribe = self._on_subscribe
        paho.on_packet = self._on_packet
        paho.on_socket_open = lambda client, userdata, sock: self._watch(sock)
        paho.on_socket_close = lambda client, userdata, sock: self._forget()
        return paho

    def _read(self, packets: int) -> None:
        if self._paho.socket() is None:
            return
        try:
            self._paho.read(packets)
        except Exception as error:
            # paho's parser meets bytes that are not MQTT with exceptions of every kind.
            log.debug("reading failed", exc_info=True, extra=fields("reading_failed", error))
            self._break(Loss(f"the broker sent what is not MQTT: {error!r}"))

    def _send(self, packet: bytes) -> int:
        return self._paho.output.add(packet)

    def _check_alive(self) -> None:
        now, received = time.monotonic(), self._paho.last_received
        if self._keep_alive.is_dead(now, received):
            self._break(
                Loss(f"nothing came from the broker for {now - received:.1f} s, not even a pong")
            )
        elif self._keep_alive.wants_ping(now, received, self._paho.last_sent):
            self._paho.ping()

    def _break(self, loss: Loss) -> None:
        self.lost = self.lost or loss
        self._close_socket()

    def _close_socket(self) -> None:
        sock = self._paho.socket()
        if sock is not None:
            self._forget()
            sock.close()

    def _watch(self, sock: SocketLike) -> None:
        if isinstance(sock, socket.socket):
            # Small packets must not wait for the acknowledgement of the packets before them.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(sock, selectors.EVENT_READ)
        self._watched = sock
        self._watching_writes = False

    def _forget(self) -> None:
        if self._watched is not None:
            self._selector.unregister(self._watched)
            self._watched = None

    def _on_connect(
        self, _c: PahoBase, _u: object, flags: ConnectFlags, code: ReasonCode,
        properties: Properties | None,
    ) -> None:  # fmt: skip
        self.greeting = greeting_from(code.value, flags.session_present, properties, v5=self.is_v5)
        if not flags.session_present:
            self._incoming.forget()
        self._keep_alive = KeepAlive(self._paho.keepalive)  # the broker may have set another

    def _on_disconnect(
        self, _c: PahoBase, _u: object, flags: DisconnectFlags, code: ReasonCode,
        _properties: Properties | None,
    ) -> None:  # fmt: skip
        if flags.is_disconnect_packet_from_server:
            self.lost = Loss(f"the broker disconnected: {code}", code.value)
        elif self.lost is None:
            closed = self._paho.closed_by_peer
            how = "the broker closed the connection" if closed else f"the connection broke: {code}"
            self.lost = Loss(how, closed_by_peer=closed)

    def _on_subscribe(
        self, _c: PahoBase, _u: object, mid: int, codes: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:  # fmt: skip
        self._listener.on_subscribed(mid, codes[0].value)

    def _on_packet(self, command: int, packet: bytes) -> bool:
        kind = command & 0xF0
        if kind == _PUBLISH:
            self._incoming.published(command, packet)
        elif kind in _ANSWERS:
            if len(packet) < 2:
                raise ValueError("an acknowledgement without a packet identifier")
            self._on_answer(kind, int.from_bytes(packet[:2]), packet[2] if len(packet) > 2 else 0)
        else:
            return False
        return True

    def _on_answer(self, kind: int, mid: int, code: int) -> None:
        if kind == _PUBREL & 0xF0:
            self._incoming.released(mid)
        elif code >= 0x80 and kind != PUBCOMP:
            # MQTT 5.0, section 4.3.3: it ends the exchange of QoS 2 as well.
            self._sender.refused(mid, code)
        elif kind == PUBREC:
            self._sender.received(mid, self)
        else:
            # The only failure of PUBCOMP, "packet identifier not found", means that the exchange
            # was completed before the connection broke.
            self._sender.acknowledged(mid)
