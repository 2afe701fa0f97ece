"""What only MQTT 5 has: options, properties, expiry, flow control."""

from __future__ import annotations

import pytest
from paho.mqtt.packettypes import PacketTypes

from tests.behaviour.conftest import Open
from tests.behaviour.wire import (
    CONNACK,
    CONNECT,
    DISCONNECT,
    PUBACK,
    PUBREL,
    SUBSCRIBE,
    Closed,
    Will,
    properties,
    text,
)

VERSIONS = ("5",)


# ---- subscription options ------------------------------------------------------------------------


def test_no_local_leaves_out_ones_own(join: Open, name: str):
    wire, other = join(), join()
    wire.subscribe(f"{name}/a", qos=1, no_local=True)
    wire.publish(f"{name}/a", b"own", 1)
    other.publish(f"{name}/a", b"other's", 1)
    assert wire.pending() == [b"other's"]


@pytest.mark.parametrize("retain", [True, False])
def test_retain_as_published(join: Open, name: str, retain: bool):
    receiver = join()
    receiver.subscribe(f"{name}/a", as_published=True)
    join().publish(f"{name}/a", b"x", retain=retain)
    assert receiver.message().retain == retain


@pytest.mark.parametrize(
    ("handling", "comes"), [(0, [True, True]), (1, [True, False]), (2, [False, False])]
)
def test_retain_handling(join: Open, name: str, handling: int, comes: list[bool]):
    join().publish(f"{name}/a", b"state", retain=True)
    receiver = join()
    found = []
    for _ in range(2):
        receiver.subscribe(f"{name}/a", handling=handling)
        found.append(bool(receiver.pending()))
    assert found == comes


def test_retain_handling_3_is_an_error(join: Open, name: str):
    wire = join()
    with pytest.raises(Closed):
        wire.subscribe(f"{name}/a", handling=3)


def test_subscription_identifiers_come_with_messages(join: Open, name: str):
    receiver = join()
    receiver.subscribe(f"{name}/a", identifier=7)
    receiver.subscribe(f"{name}/b", identifier=268_435_455)
    receiver.subscribe(f"{name}/c")
    sender = join()
    for topic in "abc":
        sender.publish(f"{name}/{topic}", topic.encode())
    identifiers = [receiver.message().SubscriptionIdentifier for _ in "abc"]
    assert identifiers == [[7], [268_435_455], None]


def test_overlapping_subscriptions_each_with_its_identifier(join: Open, name: str):
    receiver = join()
    receiver.subscribe(f"{name}/#", identifier=1)
    receiver.subscribe(f"{name}/a", identifier=2)
    join().publish(f"{name}/a")
    found = {tuple(receiver.message().SubscriptionIdentifier) for _ in range(2)}
    assert found == {(1,), (2,)}


def test_retained_messages_have_the_identifier_too(join: Open, name: str):
    join().publish(f"{name}/a", b"state", retain=True)
    receiver = join()
    receiver.subscribe(f"{name}/a", identifier=9)
    assert receiver.message().SubscriptionIdentifier == [9]


def test_subscription_identifier_0_is_an_error(join: Open, name: str):
    wire = join()
    wire.send(SUBSCRIBE | 2, b"\0\1" + b"\2\x0b\0" + text(f"{name}/a") + b"\0")
    wire.closed()


# ---- properties of messages ----------------------------------------------------------------------


def test_properties_arrive_as_they_were_sent(join: Open, name: str):
    receiver = join()
    receiver.subscribe(f"{name}/a")
    user = [("b", "1"), ("a", "2"), ("b", "1"), ("", "")]
    join().publish(f"{name}/a", b"{}", more={
        "PayloadFormatIndicator": 1,
        "ContentType": "application/json",
        "ResponseTopic": f"{name}/answers",
        "CorrelationData": b"\0\xff",
        "UserProperty": user,
    })  # fmt: skip
    message = receiver.message()
    assert message.PayloadFormatIndicator == 1
    assert message.ContentType == "application/json"
    assert message.ResponseTopic == f"{name}/answers"
    assert message.CorrelationData == b"\0\xff"
    assert message.UserProperty == user


def test_retained_messages_keep_their_properties(join: Open, name: str):
    more = {"ContentType": "text/plain", "UserProperty": [("a", "b")]}
    join().publish(f"{name}/a", b"state", retain=True, more=more)
    receiver = join()
    receiver.subscribe(f"{name}/a")
    message = receiver.message()
    assert (message.ContentType, message.UserProperty) == ("text/plain", [("a", "b")])


def test_old_clients_get_messages_without_properties(join: Open, name: str):
    old = join(speaks="3.1.1")
    old.subscribe(f"{name}/a", qos=1)
    join().publish(f"{name}/a", b"x", 1, more={"ContentType": "text/plain"})
    assert old.message().payload == b"x"


def test_messages_of_old_clients_have_none(join: Open, name: str):
    receiver = join()
    receiver.subscribe(f"{name}/a", qos=1)
    join(speaks="3.1.1").publish(f"{name}/a", b"x", 1)
    message = receiver.message()
    assert message.payload == b"x"
    assert message.ContentType is None


def test_a_property_given_twice_is_an_error(join: Open, name: str):
    wire = join()
    wire.send(0x30, text(f"{name}/a") + b"\4\1\1\1\1" + b"x")
    wire.closed()


def test_a_property_of_another_packet_is_an_error(join: Open, name: str):
    wire = join()
    wire.send(0x30, text(f"{name}/a") + b"\5\x11\0\0\0\1" + b"x")
    wire.closed()


# ---- topic aliases -------------------------------------------------------------------------------


def test_an_alias_stands_for_its_topic(join: Open, name: str):
    receiver, sender = join(), join()
    receiver.subscribe(f"{name}/#")
    sender.publish(f"{name}/a", b"1", more={"TopicAlias": 1})
    sender.publish("", b"2", more={"TopicAlias": 1})
    sender.publish(f"{name}/b", b"3", more={"TopicAlias": 1})
    sender.publish("", b"4", more={"TopicAlias": 1})
    messages = [receiver.message() for _ in range(4)]
    assert [m.topic[-1] for m in messages] == ["a", "a", "b", "b"]
    assert all(m.TopicAlias is None for m in messages)


def test_an_alias_is_for_qos_2_too(join: Open, name: str):
    receiver, sender = join(), join()
    receiver.subscribe(f"{name}/#", qos=2)
    sender.publish(f"{name}/a", b"1", 2, more={"TopicAlias": 3})
    sender.publish("", b"2", 2, more={"TopicAlias": 3})
    assert [receiver.message().topic for _ in range(2)] == [f"{name}/a"] * 2


def test_an_alias_is_of_one_connection(join: Open, name: str):
    join(name, keep=True).publish(f"{name}/a", more={"TopicAlias": 1})
    again = join(name, keep=True)
    again.start_publish("", more={"TopicAlias": 1})
    again.closed()


@pytest.mark.parametrize("alias", [0, 60_000])
def test_an_alias_out_of_range_is_an_error(join: Open, name: str, alias: int):
    wire = join()
    wire.send(0x30, text(f"{name}/a") + b"\3\x23" + alias.to_bytes(2) + b"x")
    wire.closed()


# ---- expiry --------------------------------------------------------------------------------------


def test_a_message_that_does_not_wait_has_all_its_time(join: Open, name: str):
    receiver = join()
    receiver.subscribe(f"{name}/a")
    join().publish(f"{name}/a", more={"MessageExpiryInterval": 100})
    assert receiver.message().MessageExpiryInterval in (99, 100)


def test_disconnect_may_end_the_session(join: Open, bare: Open, name: str):
    join(name, keep=True).disconnect(more={"SessionExpiryInterval": 0})
    assert not bare().connect(name, keep=True).present


def test_disconnect_may_not_make_a_session_of_none(join: Open, bare: Open, name: str):
    wire = join(name)
    wire.send(DISCONNECT, b"\0" + properties(PacketTypes.DISCONNECT, {"SessionExpiryInterval": 9}))
    wire.closed()
    assert not bare().connect(name, keep=True).present


# ---- wills ---------------------------------------------------------------------------------------


def test_a_disconnect_may_ask_for_the_will(join: Open, name: str):
    witness = join()
    witness.subscribe(f"{name}/will")
    join(will=Will(f"{name}/will")).disconnect(4)
    assert witness.message().payload == b"will"


def test_a_will_has_properties(join: Open, name: str):
    witness = join()
    witness.subscribe(f"{name}/will")
    more = {"ContentType": "text/plain", "UserProperty": [("a", "b")]}
    join(will=Will(f"{name}/will", properties=more)).close()
    message = witness.message()
    assert (message.ContentType, message.UserProperty) == ("text/plain", [("a", "b")])
    assert message.WillDelayInterval is None


# ---- flow control --------------------------------------------------------------------------------


def test_the_receive_maximum_is_kept_to(join: Open, name: str):
    receiver, sender = join(more={"ReceiveMaximum": 2}), join()
    receiver.subscribe(f"{name}/a", qos=1)
    for number in range(4):
        sender.publish(f"{name}/a", b"%d" % number, 1)
    receiver.ping()
    held = [receiver._messages.popleft() for _ in range(len(receiver._messages))]
    assert [m.payload for m in held] == [b"0", b"1"]
    receiver.acknowledge(held[0])
    third = receiver.message(acknowledge=False)
    assert third.payload == b"2"
    receiver.acknowledge(held[1])
    assert receiver.message().payload == b"3"


def test_qos_0_is_not_held_up(join: Open, name: str):
    receiver, sender = join(more={"ReceiveMaximum": 1}), join()
    receiver.subscribe(f"{name}/a", qos=1)
    for number, qos in enumerate((1, 1, 0)):
        sender.publish(f"{name}/a", b"%d" % number, qos)
    receiver.ping()
    assert [m.payload for m in receiver._messages] == [b"0", b"2"]


def test_packets_that_are_too_large_are_left_out(join: Open, name: str):
    receiver, sender = join(more={"MaximumPacketSize": 200}), join()
    receiver.subscribe(f"{name}/a", qos=1)
    for payload in (b"x" * 500, b"small"):
        sender.publish(f"{name}/a", payload, 1)
    assert receiver.pending() == [b"small"]


@pytest.mark.parametrize("name_of", ["ReceiveMaximum", "MaximumPacketSize"])
def test_limits_of_0_are_refused(bare: Open, name_of: str):
    kinds = {"ReceiveMaximum": b"\3\x21\0\0", "MaximumPacketSize": b"\5\x27\0\0\0\0"}
    wire = bare()
    wire.send(CONNECT, text("MQTT") + b"\5\2\0\0" + kinds[name_of] + text("x"))
    try:
        assert wire.expect(CONNACK)[1] >= 0x80
    except Closed:
        pass
    wire.closed()


# ---- reason codes --------------------------------------------------------------------------------


def test_nobody_is_there(join: Open, name: str):
    assert join().publish(f"{name}/nobody", qos=1) == 0x10


def test_somebody_is_there(join: Open, name: str):
    wire = join()
    wire.subscribe(f"{name}/a")
    assert wire.publish(f"{name}/a", qos=1) == 0


def test_a_release_of_nothing_is_reported(join: Open):
    wire = join()
    wire.send(PUBREL | 2, b"\0\x63")
    body = wire.expect(0x70)
    assert body[:2] == b"\0\x63"


def test_an_acknowledgement_of_nothing_is_ignored(join: Open):
    wire = join()
    wire.send(PUBACK, b"\0\x63")
    wire.ping()


def test_a_client_that_refuses_is_done_with_the_message(join: Open, name: str):
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/a", qos=1)
    sender.publish(f"{name}/a", b"refused", 1)
    message = receiver.message(acknowledge=False)
    receiver.send(PUBACK, message.mid.to_bytes(2) + b"\x83")
    receiver.ping()
    receiver.close()
    assert join(name, keep=True).pending() == []
