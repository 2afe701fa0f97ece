"""Connecting, losing the connection, and coming back."""

import os
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from topicwire import (
    Client,
    ConnectionFailed,
    DeliveryState,
    NotConnected,
    PublishExpired,
    PublishRejected,
    QueueFull,
    ReconnectPolicy,
)

from tests.broker import Broker
from tests.channels import PlainPublisher, PlainSubscriber, Reading
from tests.inbox import Collection, Errors, Inbox
from tests.mosquitto import Mosquitto, free_port

QUICK = ReconnectPolicy(base=0.05, cap=0.2)
Start = Callable[..., Mosquitto]


def test_mqtt_5_is_the_default(mosquitto: Mosquitto):
    with Client(mosquitto.url) as client:
        assert client.mqtt_version == "5"
        assert client.is_connected


def test_nobody_listening_is_an_error_that_says_so():
    client = Client(f"mqtt://127.0.0.1:{free_port()}", reconnect=QUICK)
    with pytest.raises(ConnectionFailed, match=r"Connection refused; is the broker running\?"):
        client.connect(timeout=0.3)
    assert not client.is_connected


def test_connect_waits_for_a_broker_that_starts_later(start_mosquitto: Start):
    broker = start_mosquitto()
    broker.stop()
    client = Client(broker.url, reconnect=QUICK)
    later = threading.Timer(0.3, broker.start)
    later.start()
    try:
        client.connect(timeout=10)
        client.close()
    finally:
        later.join()  # or the broker might start after the fixture has stopped it


def test_wrong_password_is_fatal_and_named(start_mosquitto: Start):
    broker = start_mosquitto(anonymous=False)
    client = Client(broker.url, username="gui", password="wrong")
    with pytest.raises(ConnectionFailed) as caught:
        client.connect(timeout=10)
    assert caught.value.fatal
    assert caught.value.reason_code == 0x87
    assert "wrong" not in str(caught.value)
    assert "not authorized; check user name, password" in str(caught.value)


def test_a_host_that_does_not_exist():
    client = Client("mqtt://does-not-exist.invalid", reconnect=QUICK)
    with pytest.raises(ConnectionFailed, match=r"mqtt://does-not-exist.invalid:1883"):
        client.connect(timeout=0.5)


def test_a_server_that_never_answers():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Client(f"mqtt://127.0.0.1:{silent.getsockname()[1]}", connect_timeout=0.2)
        with pytest.raises(ConnectionFailed, match=r"no answer to CONNECT within 0\.2 s"):
            client.connect(timeout=0.4)


def test_close_reports_what_could_not_be_delivered(start_mosquitto: Start):
    broker = start_mosquitto()
    client = Client(broker.url, reconnect=QUICK)
    client.connect()
    broker.stop()
    delivery = PlainPublisher(client).publish(Reading(number=1))
    undelivered = client.close(drain=0.1)
    assert undelivered == (delivery,)
    assert isinstance(delivery.error, NotConnected)
    assert delivery.state is DeliveryState.FAILED


def test_the_brokers_packet_limit_refuses_before_queueing(start_mosquitto: Start):
    broker = start_mosquitto("max_packet_size 1000")
    with Client(broker.url) as client:
        with pytest.raises(PublishRejected, match="takes packets of 1000 at most"):
            PlainPublisher(client).publish(Reading(number=1, text="x" * 1000))
        PlainPublisher(client).publish(Reading(number=1)).wait(5)


def test_an_expired_message_is_not_sent_late(start_mosquitto: Start, monkeypatch):
    from tests.channels import EITHER, EitherPublisher

    broker = start_mosquitto()
    client = Client(broker.url)
    monkeypatch.setitem(EITHER.__dict__, "message_expiry", 0)
    delivery = EitherPublisher(client).publish(Reading(number=1))
    client.connect()
    with pytest.raises(PublishExpired):
        delivery.wait(5)
    client.close()


@pytest.fixture
def only_3_1_1(mosquitto: Mosquitto) -> Iterator[int]:
    """A server that closes the socket on an MQTT 5 CONNECT, as RabbitMQ 3.10 does."""
    listener = socket.create_server(("127.0.0.1", 0))
    pipes: list[threading.Thread] = []
    sockets: list[socket.socket] = []

    def splice(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def serve() -> None:
        while True:
            try:
                incoming, _ = listener.accept()
            except OSError:
                return
            first = incoming.recv(65536)
            if first[8] != 4:  # the protocol level, after the fixed header and "MQTT"
                incoming.close()
                continue
            broker = socket.create_connection(("127.0.0.1", mosquitto.port))
            broker.sendall(first)
            sockets.extend((incoming, broker))
            for ends in ((incoming, broker), (broker, incoming)):
                pipes.append(threading.Thread(target=splice, args=ends))
                pipes[-1].start()

    server = threading.Thread(target=serve)
    server.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    server.join(5)
    for pipe in pipes:
        pipe.join(5)
    for end in sockets:
        end.close()


def test_fallback_to_3_1_1_where_5_is_met_with_silence(only_3_1_1: int):
    inbox = Inbox()
    with Client(f"mqtt://127.0.0.1:{only_3_1_1}") as client:
        assert client.mqtt_version == "3.1.1"
        PlainSubscriber(client).subscribe(inbox)
        PlainPublisher(client).publish(Reading(number=1)).wait(5)
        inbox.wait_for(1)


def test_no_fallback_where_5_is_asked_for(only_3_1_1: int):
    client = Client(f"mqtt://127.0.0.1:{only_3_1_1}", mqtt_version="5", reconnect=QUICK)
    with pytest.raises(ConnectionFailed):
        client.connect(timeout=0.5)


def test_silence_over_both_versions_names_all_the_causes():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    incoming, _ = listener.accept()
                except OSError:
                    return
                incoming.recv(1000)
                incoming.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        client = Client(f"mqtt://127.0.0.1:{listener.getsockname()[1]}", reconnect=QUICK)
        with pytest.raises(ConnectionFailed, match="wrong user name or password, a missing client"):
            client.connect(timeout=0.5)
        stop.set()
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_websockets(start_mosquitto: Start):
    port = free_port()
    start_mosquitto(f"listener {port} 127.0.0.1", "protocol websockets", "allow_anonymous true")
    inbox = Inbox()
    with Client(f"ws://127.0.0.1:{port}") as client:
        PlainSubscriber(client).subscribe(inbox)
        for number in range(100):
            PlainPublisher(client).publish(Reading(number=number))
        inbox.wait_for(100)


def test_after_fork_the_childs_client_raises(mosquitto: Mosquitto):
    with Client(mosquitto.url) as client:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                PlainPublisher(client).publish(Reading(number=1))
                os.write(write, b"published")
            except NotConnected as error:
                os.write(write, str(error).encode())
            os._exit(0)
        os.close(write)
        assert b"make a new one after fork" in os.read(read, 1000)
        os.close(read)
        os.waitpid(child, 0)


def test_closing_a_client_that_never_connected_fails_what_waits():
    client = Client(f"mqtt://127.0.0.1:{free_port()}")
    delivery = PlainPublisher(client).publish(Reading(number=1))
    assert client.close(drain=0) == (delivery,)
    with pytest.raises(NotConnected, match="the client was closed"):
        delivery.wait(0)


def test_connecting_again_after_close_is_no_lost_session(broker: Broker, version):
    errors, inbox = Errors(), Inbox()
    client = Client(broker.url, mqtt_version=version, on_error=errors)
    PlainSubscriber(client).subscribe(inbox)
    for count in (1, 2):
        client.connect()
        PlainPublisher(client).publish(Reading(number=1)).wait(5)
        inbox.wait_for(count)
        client.close()
    assert errors.items == []
    assert client.stats().reconnects == 0


def test_publishing_on_the_network_thread_never_waits_for_room(broker: Broker, version):
    outcome = Inbox()
    client = Client(broker.url, mqtt_version=version, max_queued_messages=1, queue_timeout=60)

    def publish_again(_: object) -> None:
        try:
            for number in range(3):
                PlainPublisher(client).publish(Reading(number=number))
        except QueueFull as error:
            outcome.add((error, None))  # type: ignore[arg-type]

    PlainPublisher(client).publish(Reading(number=0)).add_done_callback(publish_again)
    client.connect()
    outcome.wait_for(1)
    client.close()


def test_each_connection_is_told_of_when_everything_is_subscribed(start_mosquitto: Start, caplog):
    broker = start_mosquitto()
    inbox, connected = Inbox(), Collection[bool]()

    def tell() -> None:
        # On no thread that it would hold up: it may publish and wait.
        PlainPublisher(client).publish(Reading(number=len(connected.items))).wait(10)
        connected.add(client.is_connected)
        raise RuntimeError("not today")

    with Client(broker.url, reconnect=QUICK, on_connected=tell) as client:
        PlainSubscriber(client)(inbox)
        connected.wait_for(1)
        broker.restart()
        connected.wait_for(2)
        inbox.wait_for(2)
    assert connected.items == [True, True]
    assert inbox.messages == [Reading(number=0), Reading(number=1)]
    assert caplog.text.count("RuntimeError: not today") == 2
