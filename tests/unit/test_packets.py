"""PUBLISH packets as paho writes and reads them, and as nobody should; in both builds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests import builds

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20)
PUBLISH = 0x30
EACH = builds.each("_packets")


def packed(topic: bytes, mid: bytes, properties: bytes, payload: bytes = b"body") -> bytes:
    return len(topic).to_bytes(2) + topic + mid + properties + payload


def fields(packet):
    return tuple(
        getattr(packet, name)
        for name in ("topic", "payload", "qos", "mid", "retain", "duplicate", "content_type",
                     "response_topic", "correlation", "identifiers", "user")
    )  # fmt: skip


@EACH
@given(
    st.lists(st.tuples(TEXT, TEXT), max_size=9),
    st.none() | TEXT,
    st.none() | TEXT,
    st.none() | st.binary(max_size=200),
    st.none() | st.integers(0, 2**32 - 1),
    st.none() | st.integers(1, 268_435_455),
    st.sampled_from([None, 0, 1]),
)
def test_it_reads_what_paho_writes(
    build, user, content, response, correlation, expiry, identifier, text
):
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    if user:
        properties.UserProperty = user
    for name, value in (
        ("ContentType", content), ("ResponseTopic", response), ("CorrelationData", correlation),
        ("MessageExpiryInterval", expiry), ("SubscriptionIdentifier", identifier),
        ("PayloadFormatIndicator", text),
    ):  # fmt: skip
        if value is not None:
            setattr(properties, name, value)
    packet = packed("ä/b".encode(), b"\1\2", properties.pack())  # type: ignore[no-untyped-call]
    found = build.read_publish(PUBLISH | 2, packet, True)
    identifiers = () if identifier is None else (identifier,)
    assert fields(found) == (
        "ä/b", b"body", 1, 0x102, False, False, content, response, correlation, identifiers,
        tuple(user),
    )  # fmt: skip


@EACH
@given(
    st.lists(st.tuples(TEXT, TEXT), max_size=9),
    st.none() | TEXT,
    st.none() | TEXT,
    st.none() | st.binary(max_size=200),
    st.none() | st.integers(0, 2**32 - 1),
    st.booleans(),
)
def test_paho_reads_the_properties_that_it_writes(
    build, user, content, response, correlation, expiry, is_text
):
    data = build.pack_properties(content, expiry, is_text, response, correlation, tuple(user))
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    _, size = properties.unpack(data)  # type: ignore[no-untyped-call]
    assert size == len(data)
    assert getattr(properties, "UserProperty", []) == user
    for name, value in (
        ("ContentType", content), ("ResponseTopic", response), ("CorrelationData", correlation),
        ("MessageExpiryInterval", expiry), ("PayloadFormatIndicator", 1 if is_text else None),
    ):  # fmt: skip
        assert getattr(properties, name, None) == value


@EACH
@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 128, 16_380, 16_384, 2_097_152])
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_what_is_written_is_read_again_whatever_pieces_it_comes_in(build, size, qos):
    mid = 513 if qos else 0
    packet = build.pack_publish("a/b", b"x" * size, qos, True, qos > 0, mid, b"\0")
    for piece in (len(packet), max(1, size // 7), 1 if size < 1000 else 1000):
        splitter = build.PacketSplitter()
        taken = []
        whole = packet + b"\xd0\0" + packet
        for start in range(0, len(whole), piece):
            splitter.feed(whole[start : start + piece])
            while (body := splitter.next()) is not None:
                taken.append((splitter.command, body))
        assert [command for command, _ in taken] == [packet[0], 0xD0, packet[0]]
        assert taken[1][1] == b""
        for command, body in (taken[0], taken[2]):
            found = build.read_publish(command, body, True)
            assert fields(found)[:6] == ("a/b", b"x" * size, qos, mid, True, qos > 0)


@EACH
def test_a_length_of_more_than_four_bytes_is_refused(build):
    splitter = build.PacketSplitter()
    splitter.feed(b"\x30\xff\xff\xff\xff\x01")
    with pytest.raises(ValueError, match="more than four bytes"):
        splitter.next()


@EACH
def test_what_is_longer_than_mqtt_allows_is_refused(build):
    with pytest.raises(ValueError, match="70000 does not fit"):
        build.pack_publish("t" * 70_000, b"", 0, False, False, 0, b"")
    with pytest.raises(ValueError, match="65536 does not fit"):
        build.pack_properties("t" * 65_536, None, True, None, None, ())


@EACH
@pytest.mark.parametrize(
    "properties",
    [
        b"", b"\x05", b"\xff\xff\xff\xff\x7f", b"\x80",
        b"\x02\x01\x09",
        b"\x04\x01\x00\x01\x00",
        b"\x02\x99\x00",
        b"\x03\x02\x00\x00",
        b"\x03\x03\x00\x05",
        b"\x02\x03\x00",
        b"\x05\x03\x00\x02\xff\xff",
        b"\x06\x03\x00\x03\xed\xa0\x80",
        b"\x08\x26\x00\x01a\x00\x09b ",
        b"\x03\x23\x00",
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused(build, properties):
    with pytest.raises(ValueError, match=r"."):
        build.read_publish(PUBLISH, packed(b"t", b"", properties, b""), True)


@EACH
def test_qos_3_is_refused(build):
    with pytest.raises(ValueError, match="QoS 3"):
        build.read_publish(PUBLISH | 6, packed(b"t", b"\0\1", b"\0"), True)


@EACH
@given(st.binary(max_size=60), st.integers(0, 15), st.booleans())
def test_nothing_else_than_an_error_comes_of_garbage(build, packet, flags, with_properties):
    try:
        found = build.read_publish(PUBLISH | flags, packet, with_properties)
    except ValueError:
        return
    assert packet.endswith(found.payload)
