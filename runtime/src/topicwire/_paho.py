"""paho's client where it has to behave otherwise than it does.

Overriding private methods is a debt, so each says what is wrong without it; the supported range
of versions is in `pyproject.toml`, and the tests run against the newest.
"""

from __future__ import annotations

import socket
import ssl
from collections import deque
from collections.abc import Callable
from typing import Any, Literal, cast

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties

from topicwire._publish_packet import read_publish


class PahoClient(Client):
    """paho's client with a TLS handshake, QoS 2 refusals and sessions as MQTT wants them.

    `closed_by_peer` says whether the broker closed the socket in good order, which is what it
    does to a client whose id another one uses. `on_refused` is called with the packet identifier
    and the reason code of each QoS 1 or 2 message that the broker does not take, `on_unreadable`
    with the topic of each received message that MQTT does not allow, and what is wrong with it.
    """

    closed_by_peer = False
    on_refused: Callable[[int, int], None] | None = None
    on_unreadable: Callable[[str, Exception], None] | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - paho's own
        super().__init__(*arguments, **options)
        # Of messages that could not be read, to recognise them when they come again.
        self._unreadable: deque[int] = deque(maxlen=100)

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

    def forget_unacknowledged(self) -> None:
        """Drop the QoS 1 and 2 messages that paho would send again.

        For a session that the broker lost: their packet identifiers mean nothing to it, and
        a QoS 2 message that was half-way through would never be published.
        """
        with self._out_message_mutex:
            self._out_messages.clear()
            self._inflight_messages = 0
        with self._in_message_mutex:
            self._in_messages.clear()

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

    def _sock_recv(self, bufsize: int) -> bytes:
        # paho tells a connection that was closed and one that broke apart to nobody.
        data = super()._sock_recv(bufsize)
        self.closed_by_peer = not data
        return data

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

    def _handle_pubackcomp(self, cmd: Literal["PUBACK", "PUBCOMP"]) -> MQTTErrorCode:
        # paho raises for reason codes that the standard does not list for the packet, which
        # brokers send all the same (mosquitto: "packet too large").
        if cmd == "PUBACK" and self._is_refusal():
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        if cmd == "PUBCOMP":
            # Its only failure, "packet identifier not found", means that the exchange was
            # completed before the connection broke (MQTT 5.0, section 4.3.3).
            del self._packet[2:]
        return super()._handle_pubackcomp(cmd)

    def _handle_pubrec(self) -> MQTTErrorCode:
        # paho goes on with PUBREL whatever the PUBREC says, so that a refused QoS 2 message
        # ends as acknowledged (MQTT 5.0, section 4.3.3: 0x80 and above ends the exchange).
        if self._is_refusal():
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        return super()._handle_pubrec()

    def _handle_publish(self) -> MQTTErrorCode:
        try:
            return self._handle_publish5() if self._is_v5 else super()._handle_publish()
        except Exception as error:
            # MQTT wants the connection to be closed over it. But the broker has passed it on,
            # and would do so again on every other connection, before anything else.
            if not self._drop_unreadable(error):
                raise
            return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _handle_publish5(self) -> MQTTErrorCode:
        # What paho does, with properties that are read in a fraction of the time.
        command = self._command
        qos = command >> 1 & 3
        packet = read_publish(bytes(self._packet), qos)
        message = MQTTMessage(packet.mid, packet.topic)
        message.dup, message.qos, message.retain = bool(command & 8), qos, bool(command & 1)
        message.payload = packet.payload
        message.properties = cast(Properties, packet.properties)
        if qos < 2:
            self._handle_on_message(message)
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        if qos == 3:
            raise ValueError("QoS 3")
        result = self._send_pubrec(packet.mid)
        with self._in_message_mutex:
            self._in_messages[packet.mid] = message
        return result

    def _drop_unreadable(self, error: Exception) -> bool:
        """Acknowledge and report a PUBLISH that cannot be read; return False if it may be the way.

        That is so the first time: a message that was damaged on the way comes again undamaged.
        """
        packet, qos = bytes(self._packet), self._command >> 1 & 3
        end = 2 + int.from_bytes(packet[:2], "big")
        topic, mid, rest = packet[2:end], packet[end : end + 2], packet[end + 2 :]
        if qos:
            fingerprint = hash((topic, rest))
            if fingerprint not in self._unreadable:
                self._unreadable.append(fingerprint)
                return False
            answer = self._send_puback if qos == 1 else self._send_pubrec
            answer(int.from_bytes(mid, "big"))
        if self.on_unreadable is not None:
            self.on_unreadable(topic.decode("utf-8", "replace"), error)
        return True

    def _handle_pubrel(self) -> MQTTErrorCode:
        # Where acknowledging is left to the program, paho answers none that it does not know:
        # those of messages that were handed on before the connection broke. The broker would
        # keep their places in its window for ever.
        mid = int.from_bytes(self._packet[:2], "big")
        with self._in_message_mutex:
            known = mid in self._in_messages
        return super()._handle_pubrel() if known else self._send_pubcomp(mid)

    def _is_refusal(self) -> bool:
        """Deal with a PUBACK or PUBREC that is a refusal; return whether it is one."""
        packet = self._packet
        code = packet[2] if self._is_v5 and len(packet) > 2 else 0
        if code < 0x80:
            return False
        mid = int.from_bytes(packet[:2], "big")
        with self._out_message_mutex:
            known = self._out_messages.pop(mid, None)
        if known is not None and self.on_refused is not None:
            self.on_refused(mid, code)
        return True

    @property
    def _is_v5(self) -> bool:
        return self.protocol is MQTTProtocolVersion.MQTTv5

    @property
    def _command(self) -> int:
        # The first byte of the packet that has just been read.
        return cast(dict[str, int], self._in_packet)["command"]  # pyright: ignore[reportUnknownMemberType]

    @property
    def _packet(self) -> bytearray:
        # What follows the fixed header of the packet that has just been read.
        return cast(dict[str, bytearray], self._in_packet)["packet"]  # pyright: ignore[reportUnknownMemberType]
