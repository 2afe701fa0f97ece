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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from paho.mqtt.client import Client as PahoBase
from paho.mqtt.client import ConnectFlags, DisconnectFlags, MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from topicwire._connection_settings import ConnectionSettings
from topicwire._envelope import pack_envelope
from topicwire._greeting import Greeting, Loss
from topicwire._inbound import Inbound
from topicwire._keep_alive import KeepAlive
from topicwire._paho import PahoClient
from topicwire._queue import Outgoing
from topicwire._translation import (
    connect_properties,
    disconnect_properties,
    greeting_from,
    inbound_from,
    publish_properties,
    subscribe_properties,
    will_properties,
)

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike

log = logging.getLogger("topicwire")

_READS_PER_POLL = 64
_THROTTLE = 0.02  # seconds between packets


@dataclass(frozen=True, slots=True)
class FilterRequest:
    """What a SUBSCRIBE packet asks for; `identifier` is 0 where there is none."""

    filter: str
    qos: int
    identifier: int


class Listener(Protocol):
    """Who is told what happens on a connection, always on the thread that polls it."""

    def on_subscribed(self, mid: int, code: int) -> None: ...
    def on_acknowledged(self, mid: int) -> None: ...
    def on_refused(self, mid: int, code: int) -> None: ...
    def on_unreadable(self, topic: str, reason: str) -> None: ...
    def on_sent(self, item: Outgoing) -> None: ...
    def on_inbound(self, inbound: Inbound) -> None: ...


class Connection:
    """A connection over MQTT 5 or 3.1.1; it can be opened again after it was lost.

    `greeting` is the broker's answer to CONNECT, once it is there, and `lost` the reason why the
    connection has ended, once it has. While it is `throttled`, little is read from the socket.
    QoS 1 and 2 messages that were not acknowledged are kept by paho across `open` and sent again,
    if the broker still has the session.
    """

    def __init__(
        self, settings: ConnectionSettings, version: MQTTProtocolVersion, listener: Listener
    ) -> None:
        self.version = version
        self.greeting: Greeting | None = None
        self.lost: Loss | None = None
        self.throttled = False
        self._settings = settings
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._wake_out, self._wake_in = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._selector.register(self._wake_in, selectors.EVENT_READ)
        self._watched: SocketLike | None = None
        self._watching_writes = False
        # QoS 0 messages handed to paho, oldest first, until they are written to the socket.
        self._unwritten: deque[tuple[MQTTMessageInfo, Outgoing]] = deque()
        self._reading = False
        # Counts the packets that paho has told of.
        self._events = 0
        self._keep_alive = KeepAlive(settings.keep_alive)
        self._paho = self._make_client()

    @property
    def is_v5(self) -> bool:
        """Whether this connection speaks MQTT 5."""
        return self.version is MQTTProtocolVersion.MQTTv5

    def open(self, *, resume: bool) -> None:
        """Open the socket and send CONNECT; `greeting` follows during `poll`.

        `resume` asks for the session of the previous connection. Raises `OSError` (which
        includes TLS errors).
        """
        self.greeting = self.lost = None
        settings = self._settings
        if settings.tls is not None:
            settings.tls.refresh()
        clean = settings.clean_start and not resume
        properties = None
        if self.is_v5:
            properties = connect_properties(settings)
        self._paho.connect(
            settings.url.host,
            settings.url.port,
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
        for key, events in self._selector.select(min(timeout, self._keep_alive.patience())):
            if key.fileobj is self._wake_in:
                self._drain_wakes()
                continue
            if events & selectors.EVENT_READ and not self.throttled:
                self._read(_READS_PER_POLL)
        self.flush()
        if self.greeting is not None and self.lost is None:
            self._check_alive()

    def flush(self) -> None:
        """Write what paho has packed, as far as the socket takes it."""
        if self._paho.want_write():
            self._paho.loop_write()
        while self._unwritten and self._unwritten[0][0].is_published():
            self._listener.on_sent(self._unwritten.popleft()[1])

    def wake(self) -> None:
        """Make a waiting `poll` return; the only method that any thread may call."""
        try:
            self._wake_out.send(b"\0")
        except (BlockingIOError, OSError):
            pass  # it is full of wake-ups already, or closed

    @property
    def congested(self) -> bool:
        """Whether packets wait for the socket, so that nothing more should be handed over."""
        return self._paho.want_write()

    def publish(self, item: Outgoing, *, expiry: int | None) -> int | None:
        """Hand over a message; `expiry` in seconds. Return its packet identifier (QoS 0: None)."""
        properties, payload = None, item.payload
        if not self.is_v5:
            payload = pack_envelope(item.headers, payload)
        else:
            properties = publish_properties(item.headers, expiry)
        while True:
            info = self._paho.publish(item.topic, payload, item.qos, item.retain, properties)
            if info.rc is not MQTTErrorCode.MQTT_ERR_QUEUE_SIZE:
                break
            # The next packet identifier is that of a message still unacknowledged; skip it.
        if item.qos:
            return info.mid
        self._unwritten.append((info, item))
        return None

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
            options = SubscribeOptions(qos=request.qos)
            _, mid = self._paho.subscribe(request.filter, options=options, properties=properties)
        else:
            _, mid = self._paho.subscribe(request.filter, request.qos)
        return mid if mid is not None else 0

    def unsubscribe(self, name: str) -> None:
        """Send an UNSUBSCRIBE packet for one filter."""
        self._paho.unsubscribe(name)

    def acknowledge(self, inbound: Inbound) -> None:
        """Send the PUBACK or PUBCOMP of a message."""
        self._paho.ack(inbound.mid, inbound.qos)

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
        self._wake_in.close()
        self._wake_out.close()

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
            transport="websockets" if settings.url.websockets else "tcp",
            reconnect_on_failure=False,
            manual_ack=True,
        )
        # The session keeps to the broker's Receive Maximum itself; paho's own limit would make
        # it look through all unacknowledged messages at every acknowledgement.
        paho.max_inflight_messages = 0
        paho.max_queued_messages = 0
        paho.connect_timeout = settings.connect_timeout
        if settings.url.websockets:
            paho.ws_set_options(path=settings.url.path)
        if settings.tls is not None:
            paho.tls_set_context(settings.tls.context)  # pyright: ignore[reportUnknownMemberType]
        if settings.username is not None:
            paho.username_pw_set(settings.username, settings.password)
        if settings.will is not None:
            will = settings.will
            properties = will_properties(will) if self.is_v5 else None
            paho.will_set(will.topic, will.payload, will.qos, will.retain, properties)
        paho.on_connect = self._on_connect
        paho.on_disconnect = self._on_disconnect
        paho.on_subscribe = self._on_subscribe
        paho.on_publish = self._on_publish
        paho.on_refused = self._on_refused
        paho.on_unreadable = self._on_unreadable
        paho.on_message = self._on_message
        paho.on_socket_open = lambda client, userdata, sock: self._watch(sock)
        paho.on_socket_close = lambda client, userdata, sock: self._forget()
        # With this callback set, paho leaves writing to `poll` instead of doing it inline.
        paho.on_socket_register_write = lambda client, userdata, sock: None
        return paho

    def _read(self, packets: int) -> None:
        self._reading = True
        try:
            for _ in range(packets):
                sock = self._paho.socket()
                if sock is None:
                    return
                before = self._events
                self._paho.loop_read()  # one packet, unless paho waits for acknowledgements
                # Another try costs less than another poll. TLS and websockets, moreover, hold
                # decoded bytes that the selector cannot see.
                if self._events == before and not getattr(sock, "pending", lambda: 0)():
                    return
        except Exception as error:
            # paho's parser meets bytes that are not MQTT with exceptions of every kind.
            log.debug("reading failed", exc_info=True)
            self._break(Loss(f"the broker sent what is not MQTT: {error!r}"))
        finally:
            self._reading = False

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

    def _drain_wakes(self) -> None:
        try:
            while self._wake_in.recv(4096):
                pass
        except BlockingIOError:
            pass

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
            self._paho.forget_unacknowledged()
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
        self._events += 1
        self._listener.on_subscribed(mid, codes[0].value)

    def _on_publish(
        self, _c: PahoBase, _u: object, mid: int, _code: ReasonCode,
        _properties: Properties | None,
    ) -> None:  # fmt: skip
        # paho also calls this for a QoS 0 message that was written, whose identifier may be that
        # of an unacknowledged one; acknowledgements come only while reading.
        if self._reading:
            self._events += 1
            self._listener.on_acknowledged(mid)

    def _on_refused(self, mid: int, code: int) -> None:
        self._events += 1
        self._listener.on_refused(mid, code)

    def _on_unreadable(self, topic: str, error: Exception) -> None:
        self._events += 1
        self._listener.on_unreadable(topic, str(error))

    def _on_message(self, _c: PahoBase, _u: object, message: MQTTMessage) -> None:
        self._events += 1
        self._listener.on_inbound(inbound_from(message))
