"""Sessions, limits and the ends of connections."""

import logging
import os
import signal
import threading
import time
import uuid
from pathlib import Path

import pytest
from topicwire import (
    Client,
    ClientIdTaken,
    ConnectionFailed,
    Context,
    DeliveryState,
    NetworkThreadStuck,
    NotConnected,
    PacketInvalid,
    PublishRejected,
    ReconnectPolicy,
    SessionLost,
)

from tests import packets
from tests.channels import (
    EitherPublisher,
    EitherSubscriber,
    PlainPublisher,
    PlainSubscriber,
    Reading,
    StatePublisher,
)
from tests.faults.proxy import FaultProxy
from tests.inbox import Collection, Errors, Inbox

AT_ONCE = ReconnectPolicy(delays=[0.05])


def test_two_clients_with_one_id_are_told_so_on_both_sides(broker, version):
    # NATS lets nobody in under the name for a second after each takeover.
    name = f"t-{uuid.uuid4()}"
    sides = [Errors(), Errors()]
    clients = [
        Client(broker.url, client_id=name, on_error=errors, mqtt_version=version, reconnect=AT_ONCE)
        for errors in sides
    ]
    for client in clients:
        client.start()
    try:
        for errors in sides:
            errors.wait_until(
                lambda items: any(isinstance(error, ClientIdTaken) for error, _ in items)
            )
    finally:
        for client in clients:
            client.close(drain=0)
    for client, errors in zip(clients, sides, strict=True):
        [found, *_] = [e for e, _ in errors.items if isinstance(e, ClientIdTaken)]
        assert found.client_id == name
        assert "every client needs one of its own" in str(found)
        assert client.stats().reconnects <= 4, "within three takeovers"


def test_a_dead_peer_is_noticed_within_one_and_a_half_intervals(start_mosquitto, version):
    broker = start_mosquitto()
    # A stopped process keeps its sockets open and says nothing.
    with Client(broker.url, keep_alive=2, mqtt_version=version, reconnect=AT_ONCE) as client:
        broker.send(signal.SIGSTOP)
        try:
            started = time.monotonic()
            while client.is_connected:
                assert time.monotonic() - started < 3.3
                time.sleep(0.01)  # nothing tells of this moment but the log
            assert time.monotonic() - started > 1.5, "and not before the broker had its chance"
        finally:
            broker.send(signal.SIGCONT)


@pytest.mark.parametrize("kind", [PlainPublisher, EitherPublisher])
def test_a_message_that_the_broker_refuses_has_failed(start_mosquitto, kind):
    broker = start_mosquitto("message_size_limit 1000")
    with Client(broker.url, mqtt_version="5") as client:
        delivery = kind(client).publish(Reading(number=1, text="x" * 2000))
        with pytest.raises(PublishRejected, match="packet too large") as caught:
            delivery.wait(10)
        assert caught.value.reason_code == 0x95
        kind(client).publish(Reading(number=1)).wait(10)
    assert client.stats().failures == {"PublishRejected": 1}


def test_limits_of_the_broker_are_kept_or_told(start_mosquitto):
    broker = start_mosquitto("max_qos 1", "retain_available false", "max_inflight_messages 3")
    inbox = Inbox()
    with Client(broker.url, mqtt_version="5") as client:
        PlainSubscriber(client)(inbox)
        with pytest.raises(PublishRejected, match="QoS 2, the broker takes 1 at most"):
            EitherPublisher(client).publish(Reading(number=1))
        with pytest.raises(PublishRejected, match="to be retained, and the broker does not"):
            StatePublisher(client).publish(Reading(number=1), rig="a", side="left")
        publisher = PlainPublisher(client)
        for delivery in [publisher.publish(Reading(number=i)) for i in range(100)]:
            delivery.wait(10)
        inbox.wait_for(100)
        assert client.stats().reconnects == 0, "more in flight would have ended the connection"


def test_what_the_brokers_lost_session_had_is_published_anew(start_mosquitto, version):
    broker = start_mosquitto()
    # Over 3.1.1, mosquitto 2.0 stalls with more QoS 2 messages than it has in flight (20).
    count = 20
    inbox, errors = Inbox(), Errors()
    with Client(broker.url, mqtt_version=version, on_error=errors, reconnect=AT_ONCE) as client:
        EitherSubscriber(client)(inbox)
        publisher = EitherPublisher(client)
        publisher.publish(Reading(number=0)).wait(10)
        inbox.wait_for(1)
        # Frozen, it acknowledges nothing: these stay half-way through when it is killed.
        broker.send(signal.SIGSTOP)
        deliveries = [publisher.publish(Reading(number=i)) for i in range(1, count)]
        broker.stop(signal.SIGKILL)
        broker.start()
        for delivery in deliveries:
            delivery.wait(10)
            assert delivery.state is DeliveryState.ACKNOWLEDGED
        inbox.wait_for(count)
    assert [message.number for message in inbox.messages] == list(range(count))  # type: ignore[attr-defined]
    assert [type(error) for error, _ in errors.items] == [SessionLost]


def test_a_network_thread_that_is_held_up_is_reported_with_the_place(broker, version):
    release, errors = threading.Event(), Errors()
    with Client(broker.url, mqtt_version=version, watchdog=0.4, on_error=errors) as client:

        def hold_up(_: object) -> None:
            release.wait(20)

        delivery = PlainPublisher(client).publish(Reading(number=1))
        delivery.add_done_callback(hold_up)
        [(error, _)] = errors.wait_for(1)
        release.set()
        assert isinstance(error, NetworkThreadStuck)
        assert "in hold_up" in error.stack
        assert error.client_id == client.client_id
        PlainPublisher(client).publish(Reading(number=2)).wait(10)
    assert len(errors.items) == 1, "once while it lasts"


def test_after_fork_the_child_is_told_and_the_parent_goes_on(broker, version):
    with Client(broker.url, mqtt_version=version) as client:
        publisher = PlainPublisher(client)
        publisher.publish(Reading(number=1)).wait(10)
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                answers = []
                for attempt in (
                    lambda: publisher.publish(Reading(number=2)),
                    client.start,
                    lambda: PlainSubscriber(client)(lambda message, context: None),
                ):
                    try:
                        attempt()
                    except NotConnected as error:
                        answers.append(str(error))
                answers.append(repr(client.close()))
                os.write(tell, "|".join(answers).encode())
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        answers = os.read(told, 10_000).decode().split("|")
        os.close(told)
        os.close(tell)
        assert len(answers) == 4
        assert answers[0].endswith("make a new one after fork")
        assert answers[3] == "()"
        publisher.publish(Reading(number=3)).wait(10)
        assert client.stats().reconnects == 0


def test_stats_say_why_deliveries_failed_and_how_long_they_took(broker, version):
    client = Client(
        broker.url, mqtt_version=version, max_queued_messages=1, queue_policy="drop_oldest"
    )
    publisher = PlainPublisher(client)
    for number in range(3):
        publisher.publish(Reading(number=number))
    assert client.stats().failures == {"QueueFull": 2}
    with client:
        publisher.publish(Reading(number=3)).wait(10)
    stats = client.stats()
    assert (stats.failed, stats.acknowledged, stats.round_trip.count) == (2, 2, 2)
    assert 0 < stats.round_trip.p50 <= stats.round_trip.p99 <= stats.round_trip.maximum < 10


def test_shared_clients_are_one_until_the_last_lets_go(broker, version):
    name = f"t-{uuid.uuid4()}"
    options = {"client_id": name, "mqtt_version": version}
    first = Client.shared(broker.url, **options)
    with Client.shared(broker.url, **options) as second:
        assert second is first
        with pytest.raises(ValueError, match=r"has other options already: keep_alive"):
            Client.shared(broker.url, **options, keep_alive=5)
        PlainPublisher(first).publish(Reading(number=1)).wait(10)
    assert first.is_connected, "the first user still has it"
    first.close()
    assert not first.is_connected
    third = Client.shared(broker.url, **options)
    assert third is not first
    third.close()


def test_closing_without_a_connection_does_not_wait_for_nothing(tmp_path: Path):
    client = Client("mqtt://127.0.0.1:1")
    client.start()
    started = time.monotonic()
    assert client.close(drain=5) == ()
    assert time.monotonic() - started < 1.5


def test_errors_at_close_say_whether_a_message_may_have_arrived(start_mosquitto):
    broker = start_mosquitto()
    client = Client(broker.url, max_in_flight=1)
    client.connect()
    broker.send(signal.SIGSTOP)
    publisher = PlainPublisher(client)
    deliveries = [publisher.publish(Reading(number=i)) for i in range(2)]
    while deliveries[0].state is not DeliveryState.SENT:
        time.sleep(0.01)
    assert client.close(drain=0.1) == tuple(deliveries)
    broker.send(signal.SIGCONT)
    assert "sent, but not acknowledged, so it may have arrived" in str(deliveries[0].error)
    assert "not sent: the client was closed" in str(deliveries[1].error)


def test_a_broker_that_let_a_client_in_before_may_refuse_it_for_a_moment(start_mosquitto, version):
    broker, errors = start_mosquitto(), Errors()
    refused: Collection[str] = Collection()

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "trying again" in record.getMessage() and "not authorized" in record.getMessage():
                refused.add(record.getMessage())

    with Client(
        broker.url, mqtt_version=version, on_error=errors, reconnect=ReconnectPolicy(delays=[0.5])
    ) as client:
        listening = Listening()
        logging.getLogger("topicwire").addHandler(listening)
        try:
            broker.stop()
            # As one whose list of users is not there yet.
            starting = start_mosquitto(anonymous=False, port=broker.port)
            refused.wait_for(1)
            starting.stop()
            broker.start()
            PlainPublisher(client).publish(Reading(number=1)).wait(10)
        finally:
            logging.getLogger("topicwire").removeHandler(listening)
    assert [type(error) for error, _ in errors.items] == [SessionLost]


def test_a_client_that_is_refused_for_good_gives_up(start_mosquitto, version):
    broker, errors = start_mosquitto(), Errors()
    client = Client(broker.url, mqtt_version=version, on_error=errors, reconnect=AT_ONCE)
    client.connect()
    broker.stop()
    start_mosquitto(anonymous=False, port=broker.port)
    errors.wait_until(lambda items: isinstance(items[-1][0], ConnectionFailed) if items else False)
    with pytest.raises(NotConnected):
        PlainPublisher(client).publish(Reading(number=1))
    client.close()


def test_a_broker_that_sends_more_than_it_may_is_slowed_down(start_mosquitto, version):
    broker = start_mosquitto("max_inflight_messages 0", "max_queued_messages 0")
    release, inbox = threading.Event(), Inbox()
    with (
        Client(broker.url, mqtt_version=version, max_pending=100, keep_alive=2) as receiver,
        Client(broker.url, mqtt_version=version) as sender,
    ):

        @PlainSubscriber(receiver).subscribe
        def receive(message: Reading, context: Context) -> None:
            release.wait(20)
            inbox(message, context)

        publisher = PlainPublisher(sender)
        for delivery in [publisher.publish(Reading(number=i)) for i in range(400)]:
            delivery.wait(20)
        # Its Receive Maximum is 10, and it stops reading for good measure at twice that.
        assert receiver.stats().received < 200
        # Even so it can still do what it is asked, such as to acknowledge and to answer pings.
        PlainPublisher(receiver).publish(Reading(number=400)).wait(20)
        release.set()
        inbox.wait_for(401, 30)
        assert receiver.stats().reconnects == 0
    assert [message.number for message in inbox.messages] == list(range(401))  # type: ignore[attr-defined]


@pytest.mark.parametrize(("qos", "reconnects"), [(0, 0), (1, 1), (2, 1)])
def test_a_message_that_mqtt_forbids_does_not_stand_in_the_way_for_ever(
    start_mosquitto, qos, reconnects
):
    broker, errors, inbox = start_mosquitto(), Errors(), Inbox()
    with Client(broker.url, mqtt_version="5", on_error=errors, reconnect=AT_ONCE) as client:
        EitherSubscriber(client)(inbox)
        # A payload format indicator of 9 (MQTT 5.0, section 3.3.2.3.2); mosquitto passes it on.
        packets.publish(broker, b"either", b'{"number":-1}', qos=qos, properties=b"\x01\x09")
        [(error, _)] = errors.wait_for(1)
        assert isinstance(error, PacketInvalid)
        assert error.topic == "either"
        for number in range(30):
            EitherPublisher(client).publish(Reading(number=number)).wait(10)
        inbox.wait_for(30)
        assert client.stats().invalid == 1
        assert client.stats().reconnects == reconnects
    assert [message.number for message in inbox.messages] == list(range(30))  # type: ignore[attr-defined]


def test_a_qos_2_message_handled_while_the_connection_broke_is_completed(start_mosquitto, version):
    broker = start_mosquitto()
    begun, release, inbox = threading.Event(), threading.Event(), Inbox()
    with FaultProxy(broker.port) as proxy:
        receiver = Client(
            proxy.url, mqtt_version=version, client_id="receiver", session_expiry=60,
            clean_start=False, reconnect=AT_ONCE,
        )  # fmt: skip

        @EitherSubscriber(receiver)
        def handle(message: Reading, context: Context) -> None:
            begun.set()
            release.wait(10)
            inbox(message, context)

        with receiver, Client(broker.url, mqtt_version=version) as sender:
            EitherPublisher(sender).publish(Reading(number=1)).wait(10)
            begun.wait(10)
            proxy.reset()
            while not receiver.stats().reconnects:
                time.sleep(0.01)
            release.set()
            EitherPublisher(sender).publish(Reading(number=2)).wait(10)
            inbox.wait_for(2)
        assert [message.number for message in inbox.messages] == [1, 2]  # type: ignore[attr-defined]
    assert broker.log().count("Received PUBCOMP from receiver") == 2


def test_closing_a_client_that_has_given_up_does_not_wait():
    client = Client(
        "mqtt://127.0.0.1:1",
        reconnect=ReconnectPolicy(delays=[0.0], attempts=1),
        on_error=lambda error, context: time.sleep(0.2),  # a slow one
    )
    with pytest.raises(ConnectionFailed):
        client.connect(timeout=2)
    started = time.monotonic()
    client.close(drain=5)
    assert time.monotonic() - started < 2
