"""Each call of the older surface, on a broker with TLS and a password."""

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from suspension_protocol.compat import (
    AsyncMqttHandler,
    HighThroughputMqttHandler,
    MonitoredMqttHandler,
    MqttClient,
    MqttConnectionPool,
    MqttHandler,
    SecureMqttHandler,
)
from topicwire import (
    CertificateInvalid,
    ConnectionFailed,
    KeyRing,
    NotConnected,
    PayloadInvalid,
    SecurityRequired,
    SigningRequired,
    TopicInvalid,
)
from topicwire.compat import shared_key

from tests.certificates import make_authority
from tests.compat.conftest import Secure
from tests.compat.payloads import RESULT, START, force, live, status
from tests.inbox import Collection
from tests.mosquitto import Mosquitto, free_port


class Calls(Collection[dict]):
    """Use it as a callback."""

    def __call__(self, message: dict) -> None:
        self.add(message)


class TopicCalls(Collection[tuple[str, dict]]):
    def __call__(self, topic: str, message: dict) -> None:
        self.add((topic, message))


@pytest.fixture
def make(secure: Secure) -> Iterator[Callable[..., MqttHandler]]:
    """Make connected handlers of the class given; disconnected afterwards."""
    made: list = []

    def connect(kind: type, app_type: str | None, *before, **more) -> MqttHandler:
        handler = kind(*before, app_type=app_type, **secure.old, **more)
        made.append(handler)
        assert handler.connect(timeout=10), handler.last_error
        return handler

    yield connect
    for handler in made:
        handler.disconnect()


@pytest.fixture
def client(secure: Secure) -> Iterator[MqttClient]:
    arguments = dict(secure.old)
    client = MqttClient(arguments.pop("host"), **arguments)
    assert client.connect()
    yield client
    client.disconnect()


def test_callbacks_by_category_as_call_and_as_decorator(make):
    gui, backend = make(MqttHandler, "gui"), make(MqttHandler, "backend")
    called, decorated = Calls(), Calls()
    assert gui.add_callback("test_results", called) is called

    @gui.add_callback("test_results")
    def show(message: dict) -> None:
        decorated(message)

    assert backend.publish("suspension/results/processed", RESULT) is True
    for calls in (called, decorated):
        [message] = calls.wait_for(1)
        assert message.pop("timestamp") > 1.7e9, "the module says when, as it did"
        assert message == RESULT
    assert "timestamp" not in RESULT, "the dictionary is the caller's"


def test_callbacks_that_were_added_before_connecting(secure: Secure):
    calls = Calls()
    handler = MqttHandler(**secure.old)
    handler.add_callback("measurements", calls)
    assert not handler.is_connected()
    assert handler.connect()
    assert handler.is_connected()
    assert handler.publish("suspension/sensor/force", force(650.5))
    assert calls.wait_for(1)[0]["value"] == 650.5
    handler.disconnect()
    assert not handler.is_connected()


def test_a_callback_of_two_categories_gets_a_message_of_both_once(make):
    gui, other = make(MqttHandler, "gui"), make(MqttHandler, "backend")
    calls = Calls()
    for category in ("status", "system", "status"):
        gui.add_callback(category, calls)
    for state in ("online", "running"):
        assert other.publish("suspension/system/status", status("a", state))
    calls.wait_for(2)
    assert other.publish("suspension/system/status", status("a", "stopped"))
    assert [message["status"] for message in calls.wait_for(3)] == ["online", "running", "stopped"]


def test_removed_callbacks_are_not_called(make):
    gui, backend = make(MqttHandler, "gui"), make(MqttHandler, "backend")
    removed, kept = Calls(), Calls()
    for calls in (removed, kept):
        gui.add_callback("test_results", calls)
    gui.remove_callback("test_results", removed)
    backend.publish("suspension/results/processed", RESULT)
    kept.wait_for(1)
    assert removed.items == []


@pytest.mark.parametrize(
    "spelling",
    [
        {"service_name": "pi", "status": "online"},
        {"source": "pi", "state": "online"},
        {"service": "pi", "status": "online"},
        {"service": "pi", "source": "pi", "status": "online", "state": "online"},
    ],
)
def test_both_spellings_of_a_status_are_sent_and_come_as_all(make, spelling):
    gui, backend = make(MqttHandler, "gui"), make(MqttHandler, "backend")
    calls = Calls()
    gui.add_callback("status", calls)
    assert backend.publish("suspension/system/status", {**spelling, "uptime": 1.0})
    [message] = calls.wait_for(1)
    assert {message[name] for name in ("service", "service_name", "source")} == {"pi"}
    assert {message[name] for name in ("status", "state")} == {"online"}


def refused(handler, caplog, kind: type[Exception], text: str) -> None:
    assert isinstance(handler.last_error, kind)
    assert text in str(handler.last_error)
    assert str(handler.last_error) in caplog.text
    assert handler.get_stats()["last_error"] == str(handler.last_error)


@pytest.mark.parametrize(
    ("topic", "message", "kind", "text"),
    [
        ("suspension/result/processed", RESULT, TopicInvalid,
         "did you mean 'suspension/results/processed'?"),
        ("suspension/sensor/torque", force(1.0), TopicInvalid, "no channel has the topic"),
        ("suspension/sensor/+", force(1.0), TopicInvalid, "no channel has the topic"),
        ("suspension/measurements/live/batch", live(1), TopicInvalid,
         "publish the messages to 'suspension/measurements/live'"),
        ("suspension/raw_data/complete", {}, TopicInvalid,
         "not for 'backend' to send to, only for simulator, tester"),
        ("suspension/results/processed", {**RESULT, "overall_pass": "yes"}, PayloadInvalid,
         "/overall_pass: Input should be a valid boolean"),
        ("suspension/results/processed", {**RESULT, "more": 1}, PayloadInvalid, "/more: Extra"),
        ("suspension/results/processed", {**RESULT, "rigidity": float("nan")}, PayloadInvalid,
         "cannot be written as JSON"),
        ("suspension/results/processed", [RESULT], PayloadInvalid,
         "a dictionary is wanted, not list"),
        ("suspension/system/status",
         {"service": "a", "source": "b", "status": "online", "uptime": 1.0}, PayloadInvalid,
         "'source' is 'b', and 'service', which it is called now, 'a'; give one of them"),
        ("suspension/test/start", START, SigningRequired, "this client has no keys"),
    ],
)  # fmt: skip
def test_what_is_not_published_says_why(make, caplog, topic, message, kind, text):
    handler = make(MqttHandler, "backend")
    with caplog.at_level(logging.ERROR, "topicwire.compat"):
        assert handler.publish(topic, message) is False
    refused(handler, caplog, kind, text)
    assert f"publish to {topic!r} failed" in caplog.text


def test_before_connecting_and_after_disconnecting_nothing_is_published(secure: Secure, caplog):
    handler = MqttHandler(**secure.old)
    assert handler.publish("suspension/results/processed", RESULT) is False
    refused(handler, caplog, NotConnected, "call connect first")
    assert handler.connect()
    handler.disconnect()
    assert handler.publish("suspension/results/processed", RESULT) is False
    refused(handler, caplog, NotConnected, "is closed")
    assert handler.connect(), "and again"
    assert handler.publish("suspension/results/processed", RESULT) is True
    handler.disconnect()


def test_a_connection_that_cannot_be_made_says_why(secure: Secure, caplog, tmp_path):
    make_authority(tmp_path, "other")
    for change, kind, text in (
        ({"password": "wrong"}, ConnectionFailed, "not authorized; check user name, password"),
        ({"port": free_port()}, ConnectionFailed, "is the broker running?"),
        ({"ca_cert_path": tmp_path / "other.pem"}, CertificateInvalid, "not trusted"),
        ({"ca_cert_path": tmp_path / "missing.pem"}, FileNotFoundError, "No such file"),
        ({"host": "0.0.0.0", "username": None}, SecurityRequired, "asks for a user name"),
    ):  # fmt: skip
        handler = MqttHandler(**{**secure.old, **change})
        assert handler.connect(timeout=1) is False
        refused(handler, caplog, kind, text)
        assert handler.get_stats()["connection_attempts"] >= 1
        assert handler.get_stats()["successful_connections"] == 0


def test_a_certificate_need_not_be_right_if_nobody_asks(secure: Secure):
    arguments = {**secure.old, "host": "127.0.0.1"}
    assert MqttHandler(**arguments).connect(timeout=0.5) is False, "it is for localhost"
    handler = MqttHandler(**arguments, tls_insecure=True)
    with pytest.warns(UserWarning, match="tls_insecure"):
        assert handler.connect()
    handler.disconnect()


def test_a_certificate_of_ones_own_is_shown(secure: Secure, start_mosquitto, caplog):
    port = free_port()
    start_mosquitto(
        f"listener {port} 127.0.0.1", f"cafile {secure.folder / 'ca.pem'}",
        f"certfile {secure.folder / 'server.pem'}", f"keyfile {secure.folder / 'server.key'}",
        "require_certificate true",
    )  # fmt: skip
    arguments = {"host": "localhost", "port": port, "use_tls": True, "allow_anonymous": True}
    own = {
        "ca_cert_path": secure.folder / "ca.pem", "cert_file_path": secure.folder / "client.pem",
        "key_file_path": str(secure.folder / "client.key"),
    }  # fmt: skip
    handler = MqttHandler(**arguments, **own)
    assert handler.connect(), handler.last_error
    assert handler.publish("suspension/results/processed", RESULT)
    handler.disconnect()
    without = MqttHandler(**arguments, ca_cert_path=secure.folder / "ca.pem")
    assert without.connect(timeout=1) is False
    refused(without, caplog, ConnectionFailed, "certificate")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"app_type": "bridge"}, "app_type 'bridge' is none of gui, "),
        ({"ca_cert_path": "ca.pem"}, "ca_cert_path is given without use_tls=True"),
        ({"use_tls": True, "key_file_path": "k"}, "key_file_path is given without cert_file_path"),
        ({"host": "mqtt://host"}, "'mqtt://host' is not a host"),
        ({"port": 0}, "port 0 is not from 1 to 65535"),
    ],
)
def test_arguments_that_cannot_be_meant(arguments, text):
    with pytest.raises(ValueError, match=text):
        MqttHandler(**arguments)


def test_callbacks_that_would_never_be_called_are_refused(make):
    gui = make(MqttHandler, "gui")

    async def later(message: dict) -> None: ...

    with pytest.raises(ValueError, match=r"no channel of category 'raw_data' here; there are .*st"):
        gui.add_callback("raw_data", print)
    with pytest.raises(TypeError, match=r"is an async function.*AsyncMqttHandler"):
        gui.add_callback("status", later)


def test_a_callback_that_raises_and_a_bad_message_stop_nothing(make, secure: Secure):
    gui, backend = make(MqttHandler, "gui"), make(MqttHandler, "backend")
    calls = Calls()

    @gui.add_callback("test_results")
    def fail(message: dict) -> None:
        raise RuntimeError("not today")

    gui.add_callback("test_results", calls)
    secure.broker.pub(
        "-u", "bench", "-P", secure.old["password"], "-q", "1",
        "-t", "suspension/results/processed", "-m", '{"event": "test_result"}',
    )  # fmt: skip
    backend.publish("suspension/results/processed", RESULT)
    calls.wait_for(1)
    backend.publish("suspension/results/processed", RESULT)
    calls.wait_for(2)
    stats = gui.get_stats()
    assert (stats["messages_received"], stats["messages_invalid"]) == (3, 2), "for each callback"
    assert stats["callback_errors"] >= 1
    assert "fail" in str(stats["last_error"])


def test_what_is_published_while_the_broker_is_away_arrives(start_mosquitto):
    broker = start_mosquitto()
    calls = Calls()
    receiver, sender = MqttHandler(port=broker.port), MqttHandler(port=broker.port)
    receiver.add_callback("test_results", calls)
    assert receiver.connect()
    assert sender.connect()
    broker.stop()
    # From a message to the next, until one of them has noticed.
    count = 0
    while sender.is_connected() or receiver.is_connected():
        count += 1
        assert sender.publish("suspension/results/processed", RESULT) is True
    for _ in range(10):
        assert sender.publish("suspension/results/processed", RESULT) is True
    stats = sender.get_stats()
    assert not stats["connected"]
    assert stats["messages_queued"] >= 10
    broker.start()
    # The broker has forgotten the subscriptions, so what comes first may meet none.
    while not receiver.is_connected():
        assert sender.publish("suspension/results/processed", RESULT) is True
    assert sender.publish("suspension/results/processed", {**RESULT, "test_id": "last"})
    calls.wait_until(lambda items: bool(items) and items[-1]["test_id"] == "last")
    assert sender.get_stats()["messages_failed"] == 0
    assert sender.get_stats()["successful_connections"] == 2
    receiver.disconnect()
    sender.disconnect()


def test_signatures(make, secure: Secure, caplog):
    simulator = make(SecureMqttHandler, "simulator", secure.keys)
    gui, stranger = (
        make(SecureMqttHandler, "gui", secure.keys),
        make(MqttHandler, "gui", allow_unsigned=True),
    )
    calls = Calls()
    simulator.add_callback("commands", calls)
    assert stranger.publish("suspension/test/start", {**START, "test_id": "forged"}) is True
    assert gui.publish_signed("suspension/test/start", START) is True
    assert gui.publish("suspension/test/start", START) is True
    assert {message["test_id"] for message in calls.wait_for(2)} == {"t-1"}
    simulator.disconnect()  # when it has told of everything
    assert "unsigned" in str(simulator.last_error)
    assert gui.publish_signed("suspension/system/command", {"command": "restart"}) is False
    refused(gui, caplog, SigningRequired, "the spec says `signing: off`")


def test_a_shared_secret_is_a_key(make, caplog):
    secret = "a secret of at least 32 bytes, known to all"
    simulator = make(SecureMqttHandler, "simulator", secret)
    gui = make(SecureMqttHandler, "gui", KeyRing([shared_key(secret)]))
    calls = Calls()
    simulator.add_callback("commands", calls)
    assert gui.publish_signed("suspension/test/start", START)
    assert calls.wait_for(1)[0]["test_id"] == "t-1"
    with pytest.raises(ValueError, match=r"needs 32 bytes, this one has 5; .* pass Path"):
        SecureMqttHandler("short")


def test_a_connected_handler_without_keys_cannot_listen_to_commands(make):
    simulator = make(MqttHandler, "simulator")
    with pytest.raises(SigningRequired, match="no keys"):
        simulator.add_callback("commands", print)


def test_keys_are_missed_when_connecting_too(secure: Secure, caplog):
    handler = MqttHandler(app_type="simulator", **secure.old)
    handler.add_callback("commands", print)
    assert handler.connect() is False
    refused(handler, caplog, SigningRequired, "this client has no keys")


def test_batches_with_compression(make, secure: Secure):
    tester = make(HighThroughputMqttHandler, "tester")
    gui = make(HighThroughputMqttHandler, "gui")
    whole, single = Collection[list](), Calls()
    gui.add_batch_callback("measurements", whole.add)
    gui.add_callback("measurements", single)
    watcher = secure.broker.sub(
        "-u", "bench", "-P", secure.old["password"], "-V", "5", "-C", "2",
        "-t", "suspension/measurements/live/#", "-F", "%t %l %P",
    )  # fmt: skip
    # It does not say when it has subscribed.
    deadline = time.monotonic() + 10
    while "suspension/measurements/live/# (QoS 0)" not in secure.broker.log():
        assert time.monotonic() < deadline
    for number in range(250):
        assert tester.publish_with_batching("suspension/measurements/live", live(number))
    tester.flush()
    assert [message["tire_force"] for message in single.wait_for(250)] == [
        3000.0 + number for number in range(250)
    ]
    batches = whole.wait_for(3)
    assert [len(batch) for batch in batches] == [100, 100, 50]
    lines, _ = watcher.communicate(timeout=10)
    for line in lines.splitlines():
        topic, size, properties = line.split(" ", 2)
        assert topic == "suspension/measurements/live/batch"
        assert int(size) < 4_000, "100 messages of 200 bytes"
        assert "content-encoding:zstd" in properties


def test_metrics(make):
    handler = make(MonitoredMqttHandler, "backend")
    for _ in range(5):
        assert handler.publish_with_metrics("suspension/results/processed", RESULT)
    assert not handler.publish_with_metrics("suspension/results/processed", {})
    handler.disconnect()
    stats = handler.get_performance_stats()
    assert (stats["messages_sent"], stats["publish_errors"]) == (5, 1)
    assert 0 < stats["avg_latency_ms"] <= stats["max_latency_ms"]
    assert stats["uptime_seconds"] > 0
    text = handler.export_prometheus_metrics()
    assert '\nmqtt_messages_sent_total{service="backend"} 5\n' in text
    assert "# TYPE mqtt_latency_ms gauge\n" in text


def test_client_with_options(secure: Secure, caplog):
    arguments = dict(secure.old)
    client = MqttClient(broker=arguments.pop("host"), client_id="bridge", **arguments)
    options = {
        "keepalive": 30, "clean_session": True, "reconnect_delay": [1, 2, 4, 8, 16],
        "max_reconnect_attempts": 10,
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"no option keep_alive; there are keepalive"):
        client.connect_with_options({"keep_alive": 1})
    assert client.connect_with_options(options) is True
    assert client.connect_with_options(options) is True, "it is connected"
    with pytest.raises(ValueError, match="other options already"):
        client.connect_with_options({"keepalive": 5})
    stats = client.get_stats()
    assert stats["connected"]
    assert stats["app_type"] is None
    client.disconnect()


def test_attempts_to_reconnect_end_when_there_were_enough(start_mosquitto, caplog):
    broker = start_mosquitto()
    client = MqttClient(port=broker.port)
    options = {"reconnect_delay": [0.05, 0.1], "max_reconnect_attempts": 3}
    assert client.connect_with_options(options)
    broker.stop()
    with caplog.at_level(logging.WARNING, "topicwire"):
        while client.publish("suspension/results/processed", RESULT):
            pass
    refused(client, caplog, NotConnected, "")
    waits = [record.args[1] for record in caplog.records if "trying again" in record.msg]
    assert waits == [0.05, 0.1, 0.1]
    client.disconnect()


def test_publish_batch_and_subscribe_async(client: MqttClient, caplog):
    calls, exact = TopicCalls(), TopicCalls()
    assert client.subscribe_async("suspension/sensor/+", calls, qos=2) is True
    assert client.subscribe("suspension/sensor/force", exact) is True
    messages = [
        ("suspension/sensor/force", force(650.5)),
        ("suspension/sensor/position", {**force(2.3), "quantity": "position", "unit": "mm"}),
        ("suspension/sensor/force", force(648.2)),
        ("suspension/sensor/force", {"sensor": "force_2"}),
    ]
    with caplog.at_level(logging.WARNING, "topicwire.compat"):
        assert client.publish_batch(messages, qos=1) == 3
    assert "qos=1 is ignored for channel 'sensor': the spec says" in caplog.text
    assert sorted((topic, found["value"]) for topic, found in calls.wait_for(3)) == [
        ("suspension/sensor/force", 648.2), ("suspension/sensor/force", 650.5),
        ("suspension/sensor/position", 2.3),
    ]  # fmt: skip
    assert [found["value"] for _, found in exact.wait_for(2)] == [650.5, 648.2]
    stats = client.get_stats()
    assert stats["messages_sent"] == 3
    assert stats["avg_latency_ms"] >= 0
    assert client.unsubscribe("suspension/sensor/+") is True
    assert client.unsubscribe("suspension/sensor/+") is False
    client.publish_batch(messages[:1])
    exact.wait_for(3)
    assert len(calls.items) == 3


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("suspension/sensors/+", "no channel has a topic of"),
        ("suspension/#/status", "is not a topic filter of MQTT"),
        ("suspension/test/start", "no keys"),
    ],
)
def test_subscriptions_that_would_never_deliver_are_refused(client, caplog, wanted, text):
    for subscribe in (client.subscribe, client.subscribe_async):
        assert subscribe(wanted, lambda topic, message: None) is False
        assert text in str(client.last_error)
        assert str(client.last_error) in caplog.text


def test_everything_by_one_filter(client: MqttClient, make):
    # Commands are for those with keys, so `#` asks for more than this client may have.
    calls = TopicCalls()
    assert client.subscribe("suspension/+/status", calls)
    make(MqttHandler, "gui").publish("suspension/system/status", status("gui", "online"))
    make(MqttHandler, "backend").publish(
        "suspension/test/status",
        {"test_id": "t", "position": "front_left", "state": "running", "progress": 0.5},
    )
    assert {topic for topic, _ in calls.wait_for(2)} == {
        "suspension/system/status", "suspension/test/status",
    }  # fmt: skip


def test_pool(secure: Secure):
    arguments = dict(secure.old)
    host, port = arguments.pop("host"), arguments.pop("port")
    pool = MqttConnectionPool()
    with pytest.raises(ConnectionError, match="no connection to localhost"):
        pool.get_connection(host, port, **{**arguments, "password": "wrong"})
    client = pool.get_connection(host, port, **arguments)
    assert MqttConnectionPool().get_connection(host, port) is client
    assert client.publish("suspension/results/processed", RESULT)
    with pytest.raises(ValueError, match="has other options already: username"):
        pool.get_connection(host, port, **{**arguments, "username": "other"})
    pool.close_all()
    assert not client.is_connected()
    assert pool.get_connection(host, port, **arguments) is not client
    pool.close_all()


def test_a_broker_that_does_not_answer_holds_up_nobody_elses_connection(secure: Secure):
    arguments = dict(secure.old)
    host, port = arguments.pop("host"), arguments.pop("port")
    pool = MqttConnectionPool()
    with socket.create_server(("127.0.0.1", 0)) as mute, ThreadPoolExecutor(2) as threads:
        mute_port = mute.getsockname()[1]
        waiting = [threads.submit(pool.get_connection, "127.0.0.1", mute_port) for _ in range(2)]
        link, _ = mute.accept()
        with link:
            link.recv(1024)  # CONNECT of the first of the two; the other waits for it
            assert pool.get_connection(host, port, **arguments).is_connected()
            assert not any(future.done() for future in waiting)
            link.sendall(bytes.fromhex("2003008700"))  # CONNACK: not authorized
            for future in waiting:
                with pytest.raises(ConnectionError, match=r"no connection to .*not authorized"):
                    future.result(10)
    pool.close_all()


def test_a_connection_that_is_made_while_the_pool_is_closed_is_not_kept(mosquitto: Mosquitto):
    pool = MqttConnectionPool()
    with socket.create_server(("127.0.0.1", 0)) as mute, ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(pool.get_connection, "127.0.0.1", mute.getsockname()[1])
        link, _ = mute.accept()
        with link:
            link.recv(1024)
            pool.close_all()
            link.sendall(bytes.fromhex("2003000000"))  # CONNACK: welcome
            with pytest.raises(ConnectionError, match="the pool was closed meanwhile"):
                waiting.result(10)
            assert link.recv(1024)[:1] == b"\xe0", "DISCONNECT"


def test_async_handler(secure: Secure):
    async def program() -> list[tuple[str, object]]:
        seen: list[tuple[str, object]] = []
        both = asyncio.Event()
        loop = asyncio.get_running_loop()
        mqtt = AsyncMqttHandler(client_id="modern", app_type="gui", **secure.old)
        backend = AsyncMqttHandler(app_type="backend", **secure.old)

        @mqtt.add_async_callback("test_results")
        async def show(message: dict) -> None:
            await asyncio.sleep(0)
            note("async", message)

        def note(how: str, message: dict) -> None:
            seen.append((how, message["test_id"]))
            if len(seen) == 2:
                both.set()

        @mqtt.add_callback("test_results")
        def plain(message: dict) -> None:
            # On a thread of its own, so that it may wait.
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(5)
            loop.call_soon_threadsafe(note, "plain", message)

        with pytest.raises(TypeError, match="is not an async function"):
            mqtt.add_async_callback("status", print)
        assert await backend.publish_async("suspension/results/processed", RESULT) is False
        assert isinstance(backend.last_error, NotConnected)
        assert await mqtt.connect_async(timeout=10) is True
        assert await backend.connect_async() is True
        assert await backend.publish_async("suspension/results/processed", RESULT) is True
        assert await backend.publish_async("suspension/results/processed", {}) is False
        assert isinstance(backend.last_error, PayloadInvalid)
        await asyncio.wait_for(both.wait(), 10)
        assert mqtt.is_connected()
        assert mqtt.get_stats()["messages_received"] == 1
        await mqtt.disconnect_async()
        await backend.disconnect_async()
        wrong = AsyncMqttHandler(**{**secure.old, "password": "wrong"})
        assert await wrong.connect_async(timeout=1) is False
        return seen

    assert sorted(asyncio.run(program())) == [("async", "t-1"), ("plain", "t-1")]
