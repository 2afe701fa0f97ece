"""PUBLISH packets of MQTT 5: a `ValueError` or a message, and what was packed is read again."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire._envelope import Headers, read_headers
from topicwire._publish_packet import PublishProperties, read_publish

from tests.fuzz.choices import Choices
from tests.fuzz.target import Target


def _check(data: bytes) -> None:
    qos, packet = data[:1] == b"\1", data[1:]
    try:
        found = read_publish(packet, int(qos))
    except ValueError as error:
        assert str(error)
    else:
        assert len(found.topic) + len(found.payload) <= len(packet)
        assert packet.endswith(found.payload)
        properties = found.properties
        again = _packed(found.topic, found.mid, properties, found.payload, qos=qos)
        read = read_publish(again, int(qos))
        assert read == found
        native = Headers(
            properties.user, properties.content_type, properties.response_topic,
            properties.correlation,
        )  # fmt: skip
        read_headers(native, found.payload)
    _check_round_trip(Choices(data))


def _check_round_trip(choices: Choices) -> None:
    properties = PublishProperties(
        choices.text() if choices.number(2) else None,
        choices.text() if choices.number(2) else None,
        choices.raw(choices.number(20)) if choices.number(2) else None,
        tuple(choices.number(2**28) for _ in range(choices.number(4))),
        tuple((choices.text(), choices.text()) for _ in range(choices.number(4))),
    )
    topic, mid, qos = choices.text().encode(), choices.number(65536), bool(choices.number(2))
    payload = choices.rest()
    packet = _packed(topic, mid, properties, payload, qos=qos)
    found = read_publish(packet, int(qos))
    assert (found.topic, found.payload, found.properties) == (topic, payload, properties)
    assert found.mid == (mid if qos else 0)
    for cut in range(len(packet) - len(payload)):
        try:
            read_publish(packet[:cut], int(qos))
        except ValueError:
            continue
        raise AssertionError(f"read the first {cut} bytes of a longer head")


def _packed(
    topic: bytes, mid: int, properties: PublishProperties, payload: bytes, *, qos: bool
) -> bytes:
    """Return a packet, written after MQTT 5.0, section 3.3."""
    parts: list[bytes] = []
    for kind, text in ((3, properties.content_type), (8, properties.response_topic)):
        if text is not None:
            parts += bytes([kind]), _binary(text.encode())
    if properties.correlation is not None:
        parts += b"\x09", _binary(properties.correlation)
    for identifier in properties.identifiers:
        parts += b"\x0b", _variable(identifier)
    for name, value in properties.user:
        parts += b"\x26", _binary(name.encode()), _binary(value.encode())
    body = b"".join(parts)
    number = mid.to_bytes(2) if qos else b""
    return _binary(topic) + number + _variable(len(body)) + body + payload


def _binary(value: bytes) -> bytes:
    return len(value).to_bytes(2) + value


def _variable(number: int) -> bytes:
    found = bytearray()
    while True:
        number, byte = divmod(number, 128)
        found.append(byte | (128 if number else 0))
        if not number:
            return bytes(found)


def _seeds() -> Iterator[bytes]:
    user = (("sid", "a"), ("seq", "1"), ("x", "\u00e4"))
    full = PublishProperties("application/json", "reply/to", b"\0id", (300, 1), user)
    for properties in (PublishProperties(), full):
        yield b"\0" + _packed(b"a/b", 0, properties, b"{}", qos=False)
        yield b"\1" + _packed(b"a/b", 7, properties, b"TW1 {}\n{}", qos=True)
    yield b"\0" + _binary(b"t") + b"\x09" + b"\x01\x01" + b"\x02\0\0\0\x1e" + b"\x23\0{}"
    yield bytes([1, 3]) + b"abc" + bytes([1, 2]) + b"de" + bytes([1, 3]) + b"xyz" + bytes(12)


PACKETS = Target(name="publish-packet", check=_check, seeds=_seeds, max_len=1024)
