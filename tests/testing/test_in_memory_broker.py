"""What tests can do with the broker in memory besides connecting to it."""

from __future__ import annotations

import pytest
from paho.mqtt.client import MQTT_ERR_SUCCESS, CallbackAPIVersion
from paho.mqtt.client import Client as PahoClient
from topicwire import Client, ClientOptions, ConnectionFailed, ReconnectPolicy
from topicwire.raw import RawClient, RawMessage
from topicwire.testing import BrokerSettings, InMemoryBroker

from tests.behaviour.wire import Will
from tests.channels import DurablePublisher, PlainPublisher, PlainSubscriber, Reading
from tests.inbox import Collection, Inbox
from tests.testing.conftest import Dial, Join, StartBroker

QUICK = ReconnectPolicy(delays=(0.01,))


def test_any_client_can_use_it(broker: InMemoryBroker):
    received: Collection[bytes] = Collection()
    client = PahoClient(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _c, _u, message: received.add(message.payload)
    client.on_subscribe = lambda *_: client.publish("a", b"hello", 2)
    client.connect(broker.host, broker.port)
    client.loop_start()
    assert client.subscribe("a", 2)[0] == MQTT_ERR_SUCCESS
    assert received.wait_for(1) == [b"hello"]
    client.disconnect()
    client.loop_stop()


def test_it_remembers_every_message(broker: InMemoryBroker, join: Join):
    sender = join()
    more = {"ContentType": "text/plain", "UserProperty": [("a", "b")], "MessageExpiryInterval": 9}
    sender.publish("a", b"1", 1, more=more, retain=True)
    sender.publish("b", b"2", 2)
    assert broker.messages == (
        RawMessage(
            topic="a", payload=b"1", qos=1, retain=True, content_type="text/plain",
            user_properties=(("a", "b"),), expiry=9,
        ),
        RawMessage(topic="b", payload=b"2", qos=2),
    )  # fmt: skip
    assert set(broker.retained) == {"a"}


def test_it_tells_of_its_clients(broker: InMemoryBroker, join: Join):
    join("here").subscribe("a", "$share/g/b")
    away = join("away", keep=True)
    away.subscribe("c", qos=1)
    away.disconnect()
    join("sender").publish("c", qos=1)
    here, left = broker.sessions["here"], broker.sessions["away"]
    assert (here.connected, here.subscriptions, here.waiting) == (True, ("a", "$share/g/b"), 0)
    assert (left.connected, left.subscriptions, left.waiting) == (False, ("c",), 1)


def test_a_test_can_publish_itself(broker: InMemoryBroker, join: Join):
    receiver = join()
    receiver.subscribe("a")
    message = RawMessage(topic="a", payload=b"x", content_type="text/plain", retain=True)
    assert broker.publish(message) == 1
    found = receiver.message()
    assert (found.payload, found.ContentType) == (b"x", "text/plain")
    assert broker.retained["a"].payload == b"x"
    with pytest.raises(ValueError, match="cannot be published to"):
        broker.publish(RawMessage(topic="a/#", payload=b""))


def test_waiting_ends_with_what_is_waited_for(broker: InMemoryBroker, join: Join):
    join("x")
    broker.wait_until(lambda it: "x" in it.sessions)
    with pytest.raises(TimeoutError, match="0 messages have passed"):
        broker.wait_until(lambda it: "y" in it.sessions, timeout=0.01)


def test_a_client_can_be_disconnected(broker: InMemoryBroker, join: Join):
    told, broken = join("told"), join("broken")
    broker.disconnect("told")
    broker.disconnect("broken", abruptly=True)
    assert (told.closed(), broken.closed()) == (0x80, None)
    with pytest.raises(LookupError, match="no client 'told' is connected"):
        broker.disconnect("told")


def test_a_session_outlives_a_stop(broker: InMemoryBroker, join: Join, dial: Dial):
    receiver = join("r", keep=True)
    receiver.subscribe("a", qos=1)
    port = broker.port
    broker.stop()
    assert receiver.closed() == 0x8B
    broker.start()
    assert broker.port == port
    assert dial(broker).connect("r", keep=True).present


def test_and_is_lost_if_the_test_wants_it(broker: InMemoryBroker, join: Join, dial: Dial):
    join("r", keep=True).publish("a", b"state", 1, retain=True)
    broker.stop(abruptly=True, forget=True)
    broker.start()
    assert not dial(broker).connect("r", keep=True).present
    assert not broker.retained


def test_a_stop_sets_wills_free(broker: InMemoryBroker, join: Join):
    join(will=Will("gone"))
    broker.stop(abruptly=True)
    assert [message.topic for message in broker.messages] == ["gone"]


def test_stopping_twice_is_no_error():
    broker = InMemoryBroker()
    broker.stop()
    with broker:
        pass
    broker.stop()


# ---- settings ------------------------------------------------------------------------------------


def test_credentials(start_broker: StartBroker):
    broker = start_broker(credentials={"gui": "secret"})
    Client(broker.url, username="gui", password="secret").__enter__().close()
    for version in ("5", "3.1.1"):
        with pytest.raises(ConnectionFailed, match=r"bad user name|not authorized"):
            Client(broker.url, username="gui", password="wrong", mqtt_version=version).connect(2)


def test_a_broker_that_speaks_only_3_1_1_is_met_with_it(start_broker: StartBroker):
    broker = start_broker(versions=("3.1.1",))
    with Client(broker.url) as client:
        assert client.mqtt_version == "3.1.1"


def test_authorization(start_broker: StartBroker, dial: Dial):
    broker = start_broker(authorize=lambda who, action, topic: (who, action, topic[0]) != (
        "x", "publish", "a",
    ) and (action, topic) != ("subscribe", "b"))  # fmt: skip
    wire = dial(broker)
    wire.connect("x")
    assert wire.subscribe("a", "b") == [0, 0x87]
    assert [wire.publish("a", qos=qos) for qos in (1, 2)] == [0x87, 0x87]
    assert wire.publish("b", qos=1) == 0x10
    old = dial(broker, "3.1.1")
    old.connect("y")
    assert old.subscribe("b") == [0x80]


@pytest.mark.parametrize(
    ("settings", "publish", "reason"),
    [
        ({"maximum_qos": 1}, {"qos": 2}, 0x9B),
        ({"retain_available": False}, {"retain": True}, 0x9A),
        ({"maximum_packet_size": 100}, {"payload": b"x" * 100}, 0x95),
        ({"topic_alias_maximum": 0}, {"more": {"TopicAlias": 1}}, 0x94),
    ],
)
def test_what_a_broker_lacks_it_announces_and_refuses(
    start_broker: StartBroker, dial: Dial, settings: dict, publish: dict, reason: int
):
    wire = dial(start_broker(**settings))
    announced = wire.connect().properties
    names = {
        "maximum_qos": "MaximumQoS", "retain_available": "RetainAvailable",
        "maximum_packet_size": "MaximumPacketSize", "topic_alias_maximum": "TopicAliasMaximum",
    }  # fmt: skip
    for name, value in settings.items():
        assert getattr(announced, names[name], 0) == value
    wire.start_publish("a", **publish)
    assert wire.closed() == reason


def test_a_lower_qos_is_granted(start_broker: StartBroker, dial: Dial):
    wire = dial(start_broker(maximum_qos=1))
    wire.connect()
    assert wire.subscribe("a", qos=2) == [1]


def test_shared_subscriptions_can_be_missing(start_broker: StartBroker, dial: Dial):
    wire = dial(start_broker(shared_available=False))
    assert wire.connect().properties.SharedSubscriptionAvailable == 0
    assert wire.subscribe("$share/g/a") == [0x9E]


def test_the_receive_maximum_is_insisted_on(start_broker: StartBroker, dial: Dial):
    wire = dial(start_broker(receive_maximum=2))
    assert wire.connect().properties.ReceiveMaximum == 2
    for _ in range(3):
        wire.start_publish("a", qos=2)
    assert wire.closed() == 0x93


def test_clients_are_told_another_keep_alive(start_broker: StartBroker, dial: Dial):
    broker = start_broker(server_keep_alive=7)
    wire = dial(broker)
    assert wire.connect(keep_alive=60).properties.ServerKeepAlive == 7
    broker.advance(11)
    assert wire.closed() == 0x8D


# ---- with the runtime ----------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_client_comes_back_and_nothing_is_lost(version: str):
    inbox = Inbox()
    kept: ClientOptions = {
        "mqtt_version": version, "reconnect": QUICK, "session_expiry": 60, "clean_start": False,
    }  # fmt: skip
    with (
        InMemoryBroker() as broker,
        Client(broker.url, client_id="r", **kept) as receiver,
        Client(broker.url, client_id="s", **kept) as sender,
    ):
        PlainSubscriber(receiver).subscribe(inbox)
        for number in range(5):
            for client_id in ("r", "s"):
                broker.wait_until(lambda it, name=client_id: it.sessions[name].connected)
                broker.disconnect(client_id, abruptly=True)
            PlainPublisher(sender).publish(Reading(number=number)).wait(5)
        inbox.wait_until(lambda items: {m.number for m, _ in items} == set(range(5)))
        assert receiver.stats().reconnects >= 4


def test_a_withheld_acknowledgement_costs_the_connection_not_the_message():
    with (
        InMemoryBroker() as broker,
        Client(broker.url, ack_timeout=0.2, reconnect=QUICK) as client,
        broker.fault("withhold", times=1) as fault,
    ):
        PlainPublisher(client).publish(Reading(number=1)).wait(5)
        assert fault.count == 1
        assert client.stats().reconnects == 1


def test_a_refusal_is_told():
    with (
        InMemoryBroker() as broker,
        Client(broker.url) as client,
        broker.fault("refuse", amount=0x97),
    ):
        with pytest.raises(Exception, match="quota exceeded"):
            PlainPublisher(client).publish(Reading(number=1)).wait(5)
        with pytest.raises(Exception, match="quota exceeded"):
            DurablePublisher(client).publish(Reading(number=1), rig="r").wait(5)


def test_a_message_can_ask_for_its_own_fault():
    received: Collection[bytes] = Collection()
    with InMemoryBroker(BrokerSettings()) as broker, RawClient(broker.url) as client:

        def take(message: RawMessage, acknowledge) -> None:
            received.add(message.payload)
            acknowledge()

        client.subscribe("a", take)
        fault = (("topicwire-fault", "drop"),)
        client.publish(RawMessage(topic="a", payload=b"1", qos=1, user_properties=fault)).wait(5)
        client.publish(RawMessage(topic="a", payload=b"2", qos=1)).wait(5)
        assert received.wait_for(1) == [b"2"]
