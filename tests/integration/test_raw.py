"""Messages as they are: every byte and property, whoever sent them."""

import re
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest
from topicwire import Client, PublishRejected, TopicInvalid
from topicwire.raw import (
    RawClient,
    RawMessage,
    Reissuer,
    has_identity,
    is_signed,
    without_identity,
)

from tests.channels import PlainPublisher, PlainSubscriber, Reading
from tests.inbox import Collection
from tests.mosquitto import KEEPING, Mosquitto

EVERYTHING = {
    "content_type": "text/x", "response_topic": "answers/here", "correlation": b"\0\xff",
    "user_properties": (("b", "2"), ("a", "1"), ("b", "2"), ("sig", "x"), ("é", "")),
    "is_text": True, "expiry": 100,
}  # fmt: skip


class Received(Collection[RawMessage]):
    """Use it as a raw handler."""

    def __call__(self, message: RawMessage, acknowledge) -> None:
        self.add(message)
        acknowledge()


def stripped(message: RawMessage) -> tuple:
    return tuple(
        getattr(message, name)
        for name in RawMessage.__dataclass_fields__
        if name not in ("timestamp", "duplicate")
    )


@pytest.mark.parametrize(
    "message",
    [
        RawMessage(topic="x", payload=b""),
        RawMessage(topic="x", payload=b'{"a": 1}', qos=1, content_type="application/json"),
        RawMessage(topic="x", payload=b"TW1 {}\nbody", qos=2),
        RawMessage(topic="x", payload=bytes(range(256)), qos=1, retain=True, **EVERYTHING),
        RawMessage(topic="x", payload=b"x" * 300_000, qos=2, user_properties=(("k", "v"),)),
    ],
    ids=lambda message: f"{len(message.payload)}-{message.qos}",
)
def test_what_goes_is_what_comes(mosquitto: Mosquitto, message: RawMessage):
    rig = uuid.uuid4().hex
    fields = {name: getattr(message, name) for name in RawMessage.__dataclass_fields__}
    message = RawMessage(**{**fields, "topic": f"raw/{rig}"})
    received = Received()
    with RawClient(mosquitto.url) as client:
        client.subscribe(f"raw/{rig}", received)
        client.publish(message).wait(10)
        [found] = received.wait_for(1)
        assert stripped(found) == stripped(message)
        assert found.timestamp > 1.7e9


def test_what_the_stubs_send_comes_with_all_that_they_add(mosquitto: Mosquitto):
    received = Received()
    with RawClient(mosquitto.url) as raw, Client(mosquitto.url) as client:
        raw.subscribe("+/test/#", received)
        raw.subscribe(PlainPublisher.channel.template.filter(), received)
        PlainPublisher(client).publish(Reading(number=1, text="a")).wait(5)
        [found] = received.wait_for(1)
    assert found.content_type == "application/json"
    assert found.is_text
    assert b'"number":1' in found.payload


def test_over_3_1_1_there_are_bytes_only(mosquitto: Mosquitto):
    rig, received = uuid.uuid4().hex, Received()
    envelope = RawMessage(topic=f"raw/{rig}", payload=b'TW1 {"sid":"a"}\nbody', qos=1)
    with RawClient(mosquitto.url, mqtt_version="3.1.1") as client:
        client.subscribe(f"raw/{rig}", received)
        client.publish(envelope).wait(5)
        assert stripped(received.wait_for(1)[0]) == stripped(envelope)
        with pytest.raises(PublishRejected, match=r"which MQTT 3\.1\.1 cannot carry"):
            client.publish(RawMessage(topic="x", payload=b"", is_text=True))


@pytest.mark.parametrize("topic", ["", "a/+", "#", "a\0", "x" * 65_536, "\udcff"])
def test_what_is_no_topic_is_refused(mosquitto: Mosquitto, topic):
    with pytest.raises(TopicInvalid, match="cannot be published to"):
        RawClient(mosquitto.url).publish(RawMessage(topic=topic, payload=b""))
    with pytest.raises(ValueError, match="is not a topic filter"):
        RawClient(mosquitto.url).subscribe("a/#/b", print)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"qos": 3}, "QoS 3"),
        ({"content_type": "x" * 65_536}, "a property is longer than 65535 bytes"),
        ({"user_properties": (("a", "b\0"),)}, "has a character that MQTT forbids"),
        ({"user_properties": (("\ud800", ""),)}, "has a character that MQTT forbids"),
        ({"response_topic": "a/+"}, "response topic 'a/+' is no topic"),
        ({"response_topic": ""}, "response topic '' is no topic"),
        ({"correlation": b"x" * 65_536}, "a property is longer than 65535 bytes"),
        ({"expiry": -1}, "expiry -1 is not from 0"),
        ({"expiry": 2**32}, "expiry 4294967296 is not from 0"),
    ],
)
def test_what_would_break_the_connection_is_refused(mosquitto: Mosquitto, change, text):
    with pytest.raises(PublishRejected, match=re.escape(text)):
        RawClient(mosquitto.url).publish(RawMessage(**{"topic": "x", "payload": b"", **change}))


def test_what_was_not_acknowledged_comes_again(start_mosquitto):
    broker = start_mosquitto(*KEEPING)
    rig, first, again = uuid.uuid4().hex, Collection[RawMessage](), Received()
    options = {"client_id": rig, "clean_start": False, "session_expiry": 60}
    client = RawClient(broker.url, **options)
    client.subscribe("kept/#", lambda message, acknowledge: first.add(message), qos=1)
    client.connect()
    client.publish(RawMessage(topic="kept/a", payload=b"1", qos=1)).wait(5)
    first.wait_for(1)
    client.close(drain=0)
    client = RawClient(broker.url, **options)
    # What the broker has kept comes as soon as there is a connection.
    client.subscribe("kept/#", again, qos=1)
    with client:
        [found] = again.wait_for(1)
        assert (found.payload, found.duplicate) == (b"1", True)


def test_a_handler_that_raises_is_told_of_and_stops_nothing(mosquitto: Mosquitto):
    rig, told = uuid.uuid4().hex, threading.Event()
    with RawClient(mosquitto.url, on_error=lambda error, context: told.set()) as client:
        client.subscribe(f"raw/{rig}", lambda message, acknowledge: 1 / 0)
        client.publish(RawMessage(topic=f"raw/{rig}", payload=b"", qos=1)).wait(5)
        assert told.wait(5)
        assert client.stats().handler_errors == 1


def test_the_documented_program(mosquitto: Mosquitto):
    text = (Path(__file__).parents[2] / "docs" / "runtime.md").read_text()
    [block] = [each for each in re.findall(r"```python\n(.*?)```", text, re.S) if ".raw " in each]
    program = block.replace("mqtt://127.0.0.1:1883", mosquitto.url).replace('"#"', '"any/#"')
    # The end of the block closes the client, which waits for handlers only that have begun.
    program += "    import time; time.sleep(0.3)\n"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=20
    )
    assert (done.stdout, done.stderr) == ("any/topic b'\\x00\\x01' ()\n", "")


def test_a_message_is_given_another_identity_or_none(mosquitto: Mosquitto):
    signed = RawMessage(
        topic="t", payload=b"{}",
        user_properties=(("sid", "a"), ("seq", "1"), ("sig", "x"), ("own", "1")),
    )  # fmt: skip
    plain = RawMessage(topic="t", payload=b'TW2 {"sid": 1}', user_properties=(("own", "1"),))
    for message in (plain, RawMessage(topic="t", payload=b"TW1 {\n")):
        assert not is_signed(message)
        assert not has_identity(message)
        assert without_identity(message) is message
        assert Reissuer("b").reissue(message) is message
    assert without_identity(signed).user_properties == (("own", "1"),)
    with pytest.raises(PublishRejected, match="there is no key to sign it with as 'b'"):
        Reissuer("b").reissue(signed)


def test_stubs_are_refused(mosquitto: Mosquitto):
    client = RawClient(mosquitto.url)
    for stub in (PlainPublisher, lambda client: PlainSubscriber(client).subscribe(print)):
        with pytest.raises(TypeError, match="cannot be used on a RawClient; make a Client"):
            stub(client)
