"""paho's client where it has to behave otherwise than it does.

Overriding private methods is a debt, so each says what is wrong without it; the supported range
of versions is in `pyproject.toml`, and the tests run against the newest.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, cast

from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import MQTTErrorCode

from topicwire._output import Output
from topicwire._packets import PacketSplitter

_PIECE = 2**16  # bytes read at once
_CONNACK = 0x20


class PahoClient(Client):
    """paho's client with its sockets read and written in large pieces.

    paho opens connections (TCP, TLS, websockets), and has CONNECT, SUBSCRIBE, UNSUBSCRIBE, PINGREQ
    and DISCONNECT with their answers. Packets that carry messages, and their acknowledgements,
    are not its business: `on_packet` is asked first, with the first byte of each packet and what
    follows its fixed header, and says whether it has dealt with it. `output` is what is to be
    written, for both, and while it is `paused` no more than one packet is read at a time.
    `closed_by_peer` says whether the broker closed the socket in good order,
    which is what it does to a client whose id another one uses.
    """

    closed_by_peer = False
    on_packet: Callable[[int, bytes], bool]

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - paho's own
        super().__init__(*arguments, **options)
        self.output = Output()
        self._splitter = PacketSplitter()
        self._has_more = False
        self._is_drained = False
        self.paused = False

    @property
    def last_received(self) -> float:
        """When bytes last came, in seconds of the monotonic clock."""
        return self._last_bytes_received

    @property
    def last_sent(self) -> float:
        """When a packet was last sent, in seconds of the monotonic clock."""
        return self._last_msg_out

    def ping(self) -> None:
        """Send PINGREQ. paho would do so by itself, but only notice silence after two intervals."""
        self._send_pingreq()

    @property
    def has_more(self) -> bool:
        """Whether there may be packets that were read from the socket already."""
        return self._has_more

    def new_mid(self) -> int:
        """Return the next packet identifier, of 1 to 65,535."""
        return self._mid_generate()

    def reconnect(self) -> MQTTErrorCode:
        """Open a connection; what was not written or not read of another one is forgotten."""
        self.output = Output()
        self._splitter = PacketSplitter()
        self._has_more = False
        return super().reconnect()

    def read(self, limit: int) -> None:
        """Deal with up to `limit` packets, reading from the socket as long as it has any.

        It ends behind CONNACK, so that what follows meets a client that knows of its session.
        Raises `ValueError` for what is not MQTT.
        """
        self._is_drained = False
        for _ in range(limit):
            self._has_more = False
            packet = self._splitter.next()
            while packet is None:
                if self._is_drained or not self._receive():
                    return
                packet = self._splitter.next()
            # TLS and websockets hold decoded bytes that no selector can see, too.
            self._has_more = True
            # What is here but was not looked at yet says no less that the broker is alive.
            self._last_bytes_received = time.monotonic()
            command = self._splitter.command
            if not self.on_packet(command, packet):
                self._hand_over(command, packet)
                if command == _CONNACK:
                    return
            if self._sock is None or self.paused:
                return

    def write(self) -> None:
        """Write what there is, as far as the socket takes it."""
        self.output.write(self._sock_send)
        self._last_msg_out = time.monotonic()

    def want_write(self) -> bool:
        """Return whether something waits for the socket."""
        return self.output.pending

    def _receive(self) -> bool:
        """Read once from the socket; return whether there was anything."""
        try:
            data = self._sock_recv(_PIECE)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
            self.closed_by_peer = False
        else:
            self.closed_by_peer = not data
        if not data:
            self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
            return False
        # Only a socket without a layer above it says by a short piece that it has no more.
        sock = self._sock
        bare = isinstance(sock, socket.socket) and not isinstance(sock, ssl.SSLSocket)
        self._is_drained = bare and len(data) < _PIECE
        self._splitter.feed(data)
        return True

    def _hand_over(self, command: int, packet: bytes) -> None:
        # In the shape in which paho would have read it.
        self._in_packet = {
            "command": command,
            "have_remaining": 1,
            "remaining_count": [],
            "remaining_mult": 1,
            "remaining_length": len(packet),
            "packet": bytearray(packet),
            "to_process": 0,
            "pos": 0,
        }
        result = self._packet_handle()
        if result > 0:
            self._loop_rc_handle(result)

    def _packet_queue(
        self,
        command: int,  # noqa: ARG002
        packet: bytes | bytearray,
        mid: int,  # noqa: ARG002
        qos: int,  # noqa: ARG002
        info: MQTTMessageInfo | None = None,  # noqa: ARG002
    ) -> MQTTErrorCode:
        # paho would write its packets one by one, and in no order with those of messages.
        self.output.add(bytes(packet))
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        # paho leaves the socket open after a failed handshake, once for each attempt to connect,
        # and looks at the host name in a way of its own; the context says what is to be checked.
        # paho asks for this only where there is a context; it does not say of what type.
        context = cast(ssl.SSLContext, self._ssl_context)  # pyright: ignore[reportUnknownMemberType]
        sock = context.wrap_socket(
            tcp_sock, server_hostname=self._host, do_handshake_on_connect=False
        )
        try:
            sock.settimeout(self._connect_timeout)
            sock.do_handshake()
        except BaseException:
            sock.close()
            raise
        return sock

    def _sock_send(self, buf: bytes | bytearray) -> int:
        # paho closes the socket at once when writing fails, and with it throws away what the
        # broker had still sent: messages that a broker that was killed has no record of any
        # more. So writing only stops, and reading finds the end behind them.
        try:
            return super()._sock_send(buf)
        except BlockingIOError:
            raise
        except OSError as error:
            raise BlockingIOError from error
