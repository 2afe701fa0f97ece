"""The broker in memory: whatever a client sends, it goes on serving the others.

An input is what a client says after its CONNECT; its first byte chooses the version of MQTT.
"""

from __future__ import annotations

from collections.abc import Iterator

from paho.mqtt.packettypes import PacketTypes
from topicwire._packets_py import PacketSplitter
from topicwire.testing import BrokerSettings
from topicwire.testing._broker.clock import Clock
from topicwire.testing._broker.connection import Connection
from topicwire.testing._broker.hub import Hub

from tests.behaviour.wire import (
    CONNECT,
    DISCONNECT,
    PINGREQ,
    PUBLISH,
    PUBREL,
    SUBSCRIBE,
    UNSUBSCRIBE,
    frame,
    properties,
    text,
)
from tests.fuzz.target import Target

_PING, _PONG = frame(PINGREQ, b""), b"\xd0\0"


def _check(data: bytes) -> None:
    clock = Clock(running=False)
    hub = Hub(BrokerSettings(), clock)
    witness = _connected(hub, b"witness", is_v5=True)
    witness.receive(frame(SUBSCRIBE | 2, b"\0\1\0" + text("#") + b"\2"))
    witness.output.clear()
    is_v5 = data[:1] != b"\0"
    subject = _connected(hub, b"subject", is_v5=is_v5)
    subject.receive(data[1:])
    clock.advance(1000)
    hub.timers.run()
    for connection in (witness, subject):
        _check_packets(bytes(connection.output))
    subject.break_off()
    witness.output.clear()
    witness.receive(_PING)
    assert witness.output == _PONG
    # A client of the same name finds what a client has to find.
    again = _connected(hub, b"subject", is_v5=is_v5)
    again.receive(_PING)
    assert bytes(again.output).endswith(_PONG)


def _connected(hub: Hub, name: bytes, *, is_v5: bool) -> Connection:
    connection = Connection(hub)
    head = text("MQTT") + bytes([5 if is_v5 else 4, 2, 0, 0]) + (b"\0" if is_v5 else b"")
    connection.receive(frame(CONNECT, head + text(name.decode())))
    assert connection.output[0] == 0x20
    return connection


def _check_packets(output: bytes) -> None:
    """Make sure that what is sent is packets and nothing else."""
    splitter, size = PacketSplitter(), 0
    splitter.feed(output)
    while (body := splitter.next()) is not None:
        size += len(frame(splitter.command, body))
    assert size == len(output)


def _seeds() -> Iterator[bytes]:
    for version in (b"\0", b"\5"):
        none = b"\0" if version != b"\0" else b""
        subscribe = frame(SUBSCRIBE | 2, b"\0\1" + none + text("a/+") + b"\1")
        publish = frame(PUBLISH | 3, text("a/b") + b"\0\2" + none + b"payload")
        yield version + subscribe + publish + _PING
        twice = frame(PUBLISH | 5, text("a") + b"\0\3" + none + b"x")
        yield version + twice + frame(PUBREL | 2, b"\0\3") + frame(0x40, b"\0\1")
        shared = frame(SUBSCRIBE | 2, b"\0\4" + none + text("$share/g/a") + b"\2")
        yield version + shared + frame(UNSUBSCRIBE | 2, b"\0\5" + none + text("a")) + publish
        yield version + frame(DISCONNECT, b"")
    more = {
        "TopicAlias": 1, "MessageExpiryInterval": 1, "ContentType": "t", "CorrelationData": b"c",
        "UserProperty": [("topicwire-fault", "delay=2"), ("a", "b")], "ResponseTopic": "r",
    }  # fmt: skip
    aliased = frame(PUBLISH, text("a") + properties(PacketTypes.PUBLISH, more) + b"x")
    yield b"\5" + aliased + frame(PUBLISH, text("") + b"\3\x23\0\1" + b"y")
    ended = properties(PacketTypes.DISCONNECT, {"SessionExpiryInterval": 1})
    yield b"\5" + frame(DISCONNECT, b"\4" + ended)


MEMORY_BROKER = Target(name="memory-broker", check=_check, seeds=_seeds)
