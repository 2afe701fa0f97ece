"""Packets that no client library would send, written by hand (MQTT 5.0)."""

from __future__ import annotations

import socket

from tests.broker import Broker


def publish(
    broker: Broker, topic: bytes, payload: bytes, *, qos: int = 1, properties: bytes = b""
) -> None:
    """Publish a message with the given properties, and wait until the broker has it."""
    flags = 0x30 | qos << 1
    body = (
        _sized(topic) + (b"\0\1" if qos else b"") + bytes([len(properties)]) + properties + payload
    )
    with socket.create_connection(("127.0.0.1", broker.port), timeout=5) as sock:
        sock.sendall(_packet(0x10, _sized(b"MQTT") + b"\5\2\0\0\0" + _sized(b"by-hand")))
        _expect(sock, 0x20)
        sock.sendall(_packet(flags, body))
        if qos == 1:
            _expect(sock, 0x40)
        elif qos == 2:
            _expect(sock, 0x50)
            sock.sendall(_packet(0x62, b"\0\1"))
            _expect(sock, 0x70)
        sock.sendall(b"\xe0\0")
        sock.recv(1)


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _packet(kind: int, body: bytes) -> bytes:
    assert len(body) < 128, "longer packets are not needed here"
    return bytes([kind, len(body)]) + body


def _expect(sock: socket.socket, kind: int) -> None:
    head = sock.recv(2, socket.MSG_WAITALL)
    assert head[:1] == bytes([kind]), f"answered with {head!r}"
    sock.recv(head[1], socket.MSG_WAITALL)
