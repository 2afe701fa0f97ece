"""PUBLISH packets as paho writes them, and as nobody should."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from topicwire._publish_packet import PublishPacket, PublishProperties, read_publish

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20)


def packed(topic: bytes, mid: bytes, properties: bytes, payload: bytes = b"body") -> bytes:
    return len(topic).to_bytes(2) + topic + mid + properties + payload


@given(
    st.lists(st.tuples(TEXT, TEXT), max_size=9),
    st.none() | TEXT,
    st.none() | TEXT,
    st.none() | st.binary(max_size=200),
    st.none() | st.integers(0, 2**32 - 1),
    st.none() | st.integers(1, 268_435_455),
    st.sampled_from([None, 0, 1]),
)
def test_it_reads_what_paho_writes(user, content, response, correlation, expiry, identifier, text):
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
    found = read_publish(packed("ä/b".encode(), b"\1\2", properties.pack()), 1)  # type: ignore[no-untyped-call]
    identifiers = () if identifier is None else (identifier,)
    expected = PublishProperties(content, response, correlation, identifiers, tuple(user))
    assert found == PublishPacket("ä/b".encode(), 0x102, expected, b"body")


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
def test_what_is_malformed_is_refused(properties):
    with pytest.raises(ValueError, match=r"."):
        read_publish(packed(b"t", b"", properties, b""), 0)


@given(st.binary(max_size=60), st.sampled_from([0, 1]))
def test_nothing_else_than_an_error_comes_of_garbage(packet, qos):
    try:
        found = read_publish(packet, qos)
    except ValueError:
        return
    assert packet.endswith(found.payload)
