"""A client that writes and reads packet by packet, so that a test sees each.

paho packs the properties, so that nothing of the broker under test is judged by itself.
"""

from __future__ import annotations

import socket
import uuid
from collections import deque
from dataclasses import dataclass
from typing import Any, Self

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.broker import Version

TIMEOUT = 10
CONNECT, CONNACK, PUBLISH, PUBACK = 0x10, 0x20, 0x30, 0x40
PUBREC, PUBREL, PUBCOMP, SUBSCRIBE = 0x50, 0x60, 0x70, 0x80
SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ = 0x90, 0xA0, 0xB0, 0xC0
PINGRESP, DISCONNECT = 0xD0, 0xE0


class Closed(Exception):
    """The broker has closed the connection, perhaps with a `reason` before."""

    def __init__(self, reason: int | None) -> None:
        super().__init__(f"closed, reason {reason}")
        self.reason = reason


@dataclass
class Connack:
    code: int
    present: bool
    properties: Any


@dataclass
class Will:
    topic: str
    payload: bytes = b"will"
    qos: int = 0
    retain: bool = False
    properties: dict[str, Any] | None = None


@dataclass
class Publish:
    topic: str
    payload: bytes
    qos: int
    retain: bool
    duplicate: bool
    mid: int
    properties: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.properties, name, None)


def text(value: str) -> bytes:
    return binary(value.encode())


def binary(value: bytes) -> bytes:
    return len(value).to_bytes(2) + value


def frame(command: int, body: bytes) -> bytes:
    size, length = len(body), bytearray()
    while True:
        size, rest = divmod(size, 128)
        length.append(rest | (0x80 if size else 0))
        if not size:
            return bytes([command, *length]) + body


def properties(kind: int, values: dict[str, Any] | None) -> bytes:
    found = Properties(kind)
    for name, value in (values or {}).items():
        setattr(found, name, value)
    return found.pack()


class Wire:
    """One connection."""

    def __init__(self, port: int, version: Version) -> None:
        self.is_v5 = version == "5"
        self._sock = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = self._sock.makefile("rb")
        self._messages: deque[Publish] = deque()
        self._mid = 0

    # ---- packets ---------------------------------------------------------------------------------

    def send(self, command: int, body: bytes = b"") -> None:
        try:
            self._sock.sendall(frame(command, body))
        except OSError:
            pass  # what the broker has said before is still there to be read

    def packet(self) -> tuple[int, bytes]:
        try:
            head = self._stream.read(1)
            size = shift = 0
            while head:
                byte = self._stream.read(1)[0]
                size |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    break
            body = self._stream.read(size) if head else b""
        except ConnectionError:
            head = b""
        if not head:
            raise Closed(None)
        if head[0] == DISCONNECT:
            raise Closed(body[0] if body else 0)
        return head[0], body

    def expect(self, kind: int) -> bytes:
        """Return the next packet of a kind; messages before it are kept for later."""
        while True:
            command, body = self.packet()
            if command & 0xF0 == kind:
                return body
            assert command & 0xF0 == PUBLISH, f"{command:#x} instead of {kind:#x}"
            self._messages.append(self._publish(command, body))

    def closed(self) -> int | None:
        """Wait until the broker closes, and return its reason if it gives one."""
        try:
            while True:
                self.packet()
        except Closed as closed:
            return closed.reason

    # ---- what clients do -------------------------------------------------------------------------

    def connect(
        self,
        client_id: str | None = None,
        *,
        keep: bool = False,
        expiry: int = 100,
        clean: bool | None = None,
        keep_alive: int = 0,
        will: Will | None = None,
        more: dict[str, Any] | None = None,
    ) -> Connack:
        """Send CONNECT; `keep` asks for a session that outlives the connection."""
        self.send(
            CONNECT, self.connect_body(client_id, keep, expiry, clean, keep_alive, will, more)
        )
        body = self.expect(CONNACK)
        found = None
        if self.is_v5:
            found = Properties(PacketTypes.CONNACK)
            found.unpack(body[2:])
        return Connack(body[1], bool(body[0]), found)

    def connect_body(
        self,
        client_id: str | None,
        keep: bool = False,
        expiry: int = 100,
        clean: bool | None = None,
        keep_alive: int = 0,
        will: Will | None = None,
        more: dict[str, Any] | None = None,
    ) -> bytes:
        flags = 2 if (clean if clean is not None else not keep) else 0
        if will is not None:
            flags |= 4 | will.qos << 3 | will.retain << 5
        body = text("MQTT") + bytes([5 if self.is_v5 else 4, flags]) + keep_alive.to_bytes(2)
        if self.is_v5:
            values = {"SessionExpiryInterval": expiry} if keep else {}
            body += properties(PacketTypes.CONNECT, values | (more or {}))
        body += text(f"t-{uuid.uuid4().hex[:12]}" if client_id is None else client_id)
        if will is not None:
            if self.is_v5:
                body += properties(PacketTypes.WILLMESSAGE, will.properties)
            body += text(will.topic) + binary(will.payload)
        return body

    def subscribe(
        self,
        *filters: str,
        qos: int = 0,
        no_local: bool = False,
        as_published: bool = False,
        handling: int = 0,
        identifier: int | None = None,
    ) -> list[int]:
        """Subscribe and return the codes."""
        mid = self._next_mid()
        body = mid.to_bytes(2)
        if self.is_v5:
            values = {} if identifier is None else {"SubscriptionIdentifier": identifier}
            body += properties(PacketTypes.SUBSCRIBE, values)
        for each in filters:
            body += text(each) + bytes([qos | no_local << 2 | as_published << 3 | handling << 4])
        self.send(SUBSCRIBE | 2, body)
        return list(self._answer(SUBACK, mid))

    def unsubscribe(self, *filters: str) -> list[int]:
        """Unsubscribe and return the codes, which only MQTT 5 has."""
        mid = self._next_mid()
        body = mid.to_bytes(2) + (b"\0" if self.is_v5 else b"")
        self.send(UNSUBSCRIBE | 2, body + b"".join(map(text, filters)))
        return list(self._answer(UNSUBACK, mid))

    def start_publish(
        self,
        topic: str,
        payload: bytes = b"x",
        qos: int = 0,
        *,
        retain: bool = False,
        mid: int | None = None,
        duplicate: bool = False,
        more: dict[str, Any] | None = None,
    ) -> int:
        """Send PUBLISH without waiting for anything; return the packet identifier."""
        number = mid if mid is not None else self._next_mid() if qos else 0
        body = text(topic) + (number.to_bytes(2) if qos else b"")
        if self.is_v5:
            body += properties(PacketTypes.PUBLISH, more)
        self.send(PUBLISH | duplicate << 3 | qos << 1 | retain, body + payload)
        return number

    def publish(self, topic: str, payload: bytes = b"x", qos: int = 0, **options: Any) -> int:
        """Publish and wait until the broker has dealt with it; return the reason code."""
        mid = self.start_publish(topic, payload, qos, **options)
        if qos == 0:
            self.ping()
            return 0
        if qos == 1:
            return self.answer(PUBACK, mid)
        reason = self.answer(PUBREC, mid)
        if reason < 0x80:
            self.release(mid)
        return reason

    def release(self, mid: int) -> int:
        self.send(PUBREL | 2, mid.to_bytes(2))
        return self.answer(PUBCOMP, mid)

    def answer(self, kind: int, mid: int) -> int:
        body = self.expect(kind)
        assert body[:2] == mid.to_bytes(2)
        return body[2] if len(body) > 2 else 0

    def ping(self) -> None:
        """Wait until the broker has dealt with everything that was sent before."""
        self.send(PINGREQ)
        self.expect(PINGRESP)

    def message(self, *, acknowledge: bool = True) -> Publish:
        """Return the next message, and go through the exchange that its QoS asks for."""
        found = self._messages.popleft() if self._messages else None
        if found is None:
            command, body = self.packet()
            assert command & 0xF0 == PUBLISH, f"{command:#x} instead of a message"
            found = self._publish(command, body)
        if acknowledge:
            self.acknowledge(found)
        return found

    def acknowledge(self, message: Publish) -> None:
        if message.qos == 1:
            self.send(PUBACK, message.mid.to_bytes(2))
        elif message.qos == 2:
            self.send(PUBREC, message.mid.to_bytes(2))
            assert self.expect(PUBREL)[:2] == message.mid.to_bytes(2)
            self.send(PUBCOMP, message.mid.to_bytes(2))

    def pending(self) -> list[bytes]:
        """Return the payloads of all messages that have come by now, and acknowledge them.

        The broker answers a ping behind all that it has for this client.
        """
        found: list[bytes] = []
        while True:
            self.ping()
            if not self._messages:
                return found
            found.append(self.message().payload)

    def disconnect(self, reason: int = 0, more: dict[str, Any] | None = None) -> None:
        """Send DISCONNECT and wait until the broker has closed, so that it knows."""
        body = b""
        if self.is_v5 and (reason or more):
            body = bytes([reason]) + properties(PacketTypes.DISCONNECT, more)
        self.send(DISCONNECT, body)
        self._sock.shutdown(socket.SHUT_WR)
        self.closed()
        self.close()

    def close(self) -> None:
        """Close the socket without a word."""
        self._stream.close()
        self._sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _next_mid(self) -> int:
        self._mid += 1
        return self._mid

    def _answer(self, kind: int, mid: int) -> bytes:
        body = self.expect(kind)
        assert body[:2] == mid.to_bytes(2)
        if not self.is_v5:
            return body[2:]
        found = Properties(kind >> 4)
        _, size = found.unpack(body[2:])
        return body[2 + size :]

    def _publish(self, command: int, body: bytes) -> Publish:
        qos = command >> 1 & 3
        end = 2 + int.from_bytes(body[:2])
        topic, mid = body[2:end].decode(), 0
        if qos:
            mid, end = int.from_bytes(body[end : end + 2]), end + 2
        found = None
        if self.is_v5:
            found = Properties(PacketTypes.PUBLISH)
            _, size = found.unpack(body[end:])
            end += size
        return Publish(topic, body[end:], qos, bool(command & 1), bool(command & 8), mid, found)
