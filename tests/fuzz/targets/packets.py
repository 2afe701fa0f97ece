"""PUBLISH packets: a `ValueError` or a message, and what was packed is read again.

Both builds have to come to the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from topicwire import _packets_py
from topicwire._envelope import Headers, read_headers

from tests.builds import modules
from tests.fuzz.choices import Choices
from tests.fuzz.target import Target

_PUBLISH = 0x30
_FIELDS = (
    "topic", "payload", "qos", "mid", "retain", "duplicate", "content_type", "response_topic",
    "correlation", "identifiers", "user",
)  # fmt: skip
_BUILDS = tuple(modules("_packets").values())


def _read(command: int, packet: bytes, with_properties: bool) -> object:
    """Return the fields of a packet, or the words of the error; the same in all builds."""
    found: list[object] = []
    for build in _BUILDS:
        try:
            read = build.read_publish(command, packet, with_properties)
            found.append({name: getattr(read, name) for name in _FIELDS})
        except ValueError as error:
            assert str(error)
            found.append(str(error))
    assert all(other == found[0] for other in found), found
    return found[0]


def _check(data: bytes) -> None:
    command, with_properties = _PUBLISH | data[0] & 15 if data else _PUBLISH, data[1:2] != b"\0"
    packet = data[2:]
    found = _read(command, packet, with_properties)
    if isinstance(found, dict):
        assert packet.endswith(found["payload"])
        native = Headers(
            found["user"], found["content_type"], found["response_topic"], found["correlation"]
        )
        read_headers(native, found["payload"])
    _check_pieces(data)
    _check_round_trip(Choices(data))


def _check_pieces(data: bytes) -> None:
    taken: list[object] = []
    for build in _BUILDS:
        splitter, packets = build.PacketSplitter(), []
        try:
            for start in range(0, len(data), 5):
                splitter.feed(data[start : start + 5])
                while (packet := splitter.next()) is not None:
                    packets.append((splitter.command, packet))
        except ValueError as error:
            packets.append((-1, str(error).encode()))
        taken.append(packets)
    assert all(other == taken[0] for other in taken), taken


def _check_round_trip(choices: Choices) -> None:
    content = choices.text() if choices.number(2) else None
    response = choices.text() if choices.number(2) else None
    correlation = choices.raw(choices.number(20)) if choices.number(2) else None
    user = tuple((choices.text(), choices.text()) for _ in range(choices.number(4)))
    topic, qos = choices.text(), choices.number(3)
    mid = choices.number(65536) if qos else 0
    payload = choices.rest()
    for build in _BUILDS:
        properties = build.pack_properties(content, None, False, response, correlation, user)
        whole = build.pack_publish(topic, payload, qos, False, False, mid, properties)
        splitter = _packets_py.PacketSplitter()
        splitter.feed(whole)
        packet = splitter.next()
        assert packet is not None
        found = _read(splitter.command, packet, True)
        assert found == {
            "topic": topic, "payload": payload, "qos": qos, "mid": mid, "retain": False,
            "duplicate": False, "content_type": content, "response_topic": response,
            "correlation": correlation, "identifiers": (), "user": user,
        }  # fmt: skip
        for cut in range(len(packet) - len(payload)):
            assert isinstance(_read(splitter.command, packet[:cut], True), str)


def _seeds() -> Iterator[bytes]:
    user = (("sid", "a"), ("seq", "1"), ("x", "\u00e4"))
    full = _packets_py.pack_properties("application/json", 30, True, "reply/to", b"\0id", user)
    for properties in (b"\0", full):
        for qos in (0, 1):
            whole = _packets_py.pack_publish("a/b", b"TW1 {}\n{}", qos, False, False, 7, properties)
            splitter = _packets_py.PacketSplitter()
            splitter.feed(whole)
            yield bytes([splitter.command, 1]) + (splitter.next() or b"")
            yield whole + b"\xd0\0" + whole
    yield b"\0\1" + b"\0\1t" + b"\x0b" + b"\x01\x01" + b"\x02\0\0\0\x1e" + b"\x0b\x07\x23\0\1{}"
    yield bytes([1, 3]) + b"abc" + bytes([1, 2]) + b"de" + bytes([1, 3]) + b"xyz" + bytes(12)


PACKETS = Target(name="publish-packet", check=_check, seeds=_seeds, max_len=1024)
