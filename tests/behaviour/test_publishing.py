"""PUBLISH with its three qualities of service."""

from __future__ import annotations

import pytest

from tests.behaviour.conftest import Open
from tests.behaviour.wire import PUBCOMP, PUBLISH, PUBREC, PUBREL, binary, text
from tests.broker import Version


@pytest.mark.parametrize("published", [0, 1, 2])
@pytest.mark.parametrize("granted", [0, 1, 2])
def test_a_message_comes_with_the_lower_qos(join: Open, name: str, published: int, granted: int):
    receiver, sender = join(), join()
    assert receiver.subscribe(f"{name}/a", qos=granted) == [granted]
    sender.publish(f"{name}/a", b"payload", published)
    message = receiver.message()
    assert (message.topic, message.payload) == (f"{name}/a", b"payload")
    assert message.qos == min(published, granted)
    assert not message.retain
    assert not message.duplicate
    assert receiver.pending() == []


def test_the_publisher_gets_its_own_messages(join: Open, name: str):
    wire = join()
    wire.subscribe(f"{name}/a")
    wire.publish(f"{name}/a", b"own")
    assert wire.message().payload == b"own"


def test_nobody_else_gets_them(join: Open, name: str):
    other, sender = join(), join()
    other.subscribe(f"{name}/b")
    sender.publish(f"{name}/a", qos=1)
    assert other.pending() == []


@pytest.mark.parametrize("payload", [b"", b"\0", bytes(range(256)), b"x" * 200_000])
def test_any_payload_arrives_as_it_is(join: Open, name: str, payload: bytes):
    receiver, sender = join(), join()
    receiver.subscribe(f"{name}/a", qos=1)
    sender.publish(f"{name}/a", payload, 1)
    assert receiver.message().payload == payload


def test_messages_keep_their_order(join: Open, name: str):
    receiver, sender = join(), join()
    receiver.subscribe(f"{name}/a", qos=1)
    bodies = [b"%d" % number for number in range(50)]
    for body in bodies:
        sender.publish(f"{name}/a", body, 1)
    assert [receiver.message().payload for _ in bodies] == bodies


def test_a_duplicate_flag_is_the_publishers_own(join: Open, name: str):
    receiver, sender = join(), join()
    receiver.subscribe(f"{name}/a", qos=1)
    sender.publish(f"{name}/a", qos=1, duplicate=True)
    assert not receiver.message().duplicate


def test_a_repeated_qos_2_message_is_passed_on_once(join: Open, name: str):
    receiver, sender = join(), join()
    receiver.subscribe(f"{name}/a", qos=2)
    sender.start_publish(f"{name}/a", b"once", 2, mid=7)
    assert sender.answer(PUBREC, 7) < 0x80
    sender.start_publish(f"{name}/a", b"once", 2, mid=7, duplicate=True)
    assert sender.answer(PUBREC, 7) < 0x80
    sender.release(7)
    assert receiver.message().payload == b"once"
    assert receiver.pending() == []


def test_a_qos_2_exchange_goes_on_over_the_next_connection(join: Open, name: str):
    receiver, sender = join(), join(name, keep=True)
    receiver.subscribe(f"{name}/a", qos=2)
    sender.start_publish(f"{name}/a", b"once", 2, mid=7)
    sender.answer(PUBREC, 7)
    sender.close()
    again = join(name, keep=True)
    again.start_publish(f"{name}/a", b"once", 2, mid=7, duplicate=True)
    assert again.answer(PUBREC, 7) < 0x80
    again.release(7)
    assert receiver.message().payload == b"once"
    assert receiver.pending() == []


def test_an_unknown_release_is_answered(join: Open):
    wire = join()
    wire.send(PUBREL | 2, b"\0\x63")
    assert wire.answer(PUBCOMP, 0x63) in (0, 0x92)


@pytest.mark.parametrize("topic", ["a/+", "a/#", "+", "#"])
def test_a_topic_with_wildcards_ends_the_connection(join: Open, name: str, topic: str):
    wire = join()
    wire.start_publish(f"{name}/{topic}")
    wire.closed()


def test_an_empty_topic_ends_the_connection(join: Open):
    wire = join()
    wire.start_publish("")
    wire.closed()


def test_qos_3_ends_the_connection(join: Open, version: Version):
    wire = join()
    wire.send(PUBLISH | 6, text("a") + b"\0\1" + (b"\0" if version == "5" else b"") + b"x")
    wire.closed()


def test_a_packet_identifier_of_0_ends_the_connection(join: Open, name: str):
    wire = join()
    wire.start_publish(f"{name}/a", qos=1, mid=0)
    wire.closed()


def test_a_packet_that_ends_within_its_topic_ends_the_connection(join: Open):
    wire = join()
    wire.send(PUBLISH, binary(b"topic")[:4])
    wire.closed()


def test_a_topic_of_many_levels_and_characters(join: Open, name: str):
    topic = f"{name}/" + "/".join("äß☃ €" * 3 for _ in range(30))
    receiver, sender = join(), join()
    receiver.subscribe(topic)
    sender.publish(topic, b"there")
    assert receiver.message().topic == topic
