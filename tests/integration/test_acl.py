"""The access rules of `topicwire acl`, held against brokers: each app, each topic, both ways.

What was measured. mosquitto 2.0.11 answers a publish that it refuses with code 135 over MQTT 5, and
as if it had taken it over 3.1.1; the connection goes on. It grants every subscription, and delivers
by the rules. RabbitMQ 3.10.8 closes the connection at a publish and at a subscription that it
refuses, and looks at the *filter* of a subscription only: who may subscribe to
`suspension/sensor/+`, as an app does that leaves out the parameter, gets what anybody publishes
there, also for values that the enumeration does not have. It takes a dot in a topic for a slash.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from suspension_protocol import apps, models
from suspension_protocol.publishers import ResultsProcessedPublisher
from topicwire import App, CategorySubscriber, Client, PublishRejected
from topicwire_codegen.acl.access import BrokerKind, write_access
from topicwire_codegen.acl.mosquitto import make_hash

from tests.broker import Broker, Version
from tests.inbox import Errors
from tests.mosquitto import Mosquitto
from tests.peer import CLOSED, Peer
from tests.rabbitmq import RabbitMQ
from tests.suspension_spec import DOCUMENT, SPEC, resolve

APPS = ("gui", "simulator", "tester", "backend")
FOREIGN = (
    "suspension", "suspension/test", "suspension/test/start/", "suspension/test/start/batch",
    "suspension/sensor/temperature", "suspension/sensor/force/batch/more", "dead/letters", "x",
)  # fmt: skip
"""Topics that are none of the document's, though nearly."""
SUPERUSER = "superuser"
END = b"end"
NOT_AUTHORIZED = 135


@dataclass(frozen=True)
class Granted:
    """What an app may do, read from the document without the generator's help."""

    write: frozenset[str]
    read: frozenset[str]


def topics_of(channel: dict) -> list[str]:
    parameters = {name: resolve(p)["enum"] for name, p in channel.get("parameters", {}).items()}
    chosen = product(*([(name, value) for value in enum] for name, enum in parameters.items()))
    topics = [
        channel["address"].format(**dict(values)) if values else channel["address"]
        for values in chosen
    ]
    batched = "batch" in channel.get("x-topicwire", {})
    return topics + [f"{topic}/batch" for topic in topics if batched]


def granted(app: str) -> Granted:
    found: dict[str, set[str]] = {"send": set(), "receive": set()}
    for operation in DOCUMENT["operations"].values():
        if app in (resolve(tag)["name"] for tag in operation["tags"]):
            found[operation["action"]].update(topics_of(resolve(operation["channel"])))
    return Granted(frozenset(found["send"]), frozenset(found["receive"]))


TOPICS = [topic for channel in DOCUMENT["channels"].values() for topic in topics_of(channel)]
ALL = (*TOPICS, *FOREIGN)


@dataclass(frozen=True)
class Guarded:
    """A broker with the rules, and the passwords of the apps and of who may do everything."""

    broker: Broker
    passwords: dict[str, str]
    version: Version

    def peer(self, user: str) -> Peer:
        peer = Peer(self.broker, user, self.passwords[user], self.version)
        assert peer.connected
        return peer


@pytest.fixture(scope="module")
def mosquitto_guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A mosquitto with the generated configuration, and a superuser besides."""
    folder = tmp_path_factory.mktemp("access")
    write_access(SPEC, folder, (BrokerKind.MOSQUITTO,), conventions=True, official=False)
    passwords = json.loads((folder / "credentials.json").read_text())
    with (folder / "mosquitto.acl").open("a") as acl:
        acl.write(f"\nuser {SUPERUSER}\ntopic readwrite #\ntopic read $SYS/#\n")
    with (folder / "mosquitto.passwd").open("a") as users:
        users.write(f"{SUPERUSER}:{make_hash('super')}\n")
    # What the broker of tests says itself, it must not be told twice.
    settings = [
        line
        for line in (folder / "mosquitto.conf").read_text().splitlines()
        if not line.startswith(("allow_anonymous", "listener"))
    ]
    with Mosquitto(tmp_path_factory.mktemp("mosquitto"), *settings, anonymous=False) as broker:
        yield Guarded(broker, {**passwords, SUPERUSER: "super"}, "5")


@pytest.fixture(scope="module")
def rabbitmq_guarded(rabbitmq: RabbitMQ, tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """The RabbitMQ that all tests share: more users disturb nobody."""
    if not rabbitmq.running:
        rabbitmq.start()
    folder = tmp_path_factory.mktemp("access")
    write_access(SPEC, folder, (BrokerKind.RABBITMQ,), conventions=True, official=False)
    rabbitmq.control("import_definitions", str(folder / "rabbitmq.json"))
    # It says that this can take some time; topic permissions come last.
    for _ in range(20):
        if all(app in rabbitmq.control("list_topic_permissions", "-q") for app in APPS):
            break
    passwords = json.loads((folder / "credentials.json").read_text())
    return Guarded(rabbitmq, passwords, "3.1.1")


@pytest.fixture(params=["mosquitto", "rabbitmq"])
def guarded(request: pytest.FixtureRequest) -> Guarded:
    """One broker after the other."""
    found: Guarded = request.getfixturevalue(f"{request.param}_guarded")
    return found


def test_the_document_has_what_this_tries():
    assert len(ALL) == len(set(ALL)) > len(DOCUMENT["channels"])
    assert {"suspension/sensor/force", "suspension/sensor/force/batch"} <= set(TOPICS)
    tags = {resolve(t)["name"] for o in DOCUMENT["operations"].values() for t in o["tags"]}
    assert tags == set(APPS)
    for app in APPS:
        assert granted(app).write
        assert granted(app).read
        assert not granted(app).read >= set(TOPICS)


def test_nobody_else_is_let_in(guarded: Guarded):
    for user, password in (("gui", "wrong"), ("gui", None), ("nobody", "x")):
        with Peer(guarded.broker, user, password, guarded.version) as peer:
            assert not peer.connected


def test_nobody_is_let_in_without_a_name(mosquitto_guarded: Guarded):
    with Peer(mosquitto_guarded.broker) as peer:
        assert not peer.connected


@pytest.mark.parametrize("app", APPS)
def test_an_app_can_publish_what_it_sends_and_nothing_else(app: str, mosquitto_guarded: Guarded):
    with mosquitto_guarded.peer(SUPERUSER) as everything, mosquitto_guarded.peer(app) as sender:
        assert everything.subscribe("#") == [1]
        codes = {topic: sender.publish(topic) for topic in ALL}
        everything.publish("end", END)
        assert everything.topics_until(END) == granted(app).write
    assert {topic for topic, code in codes.items() if code == 0} == granted(app).write
    assert set(codes.values()) == {0, NOT_AUTHORIZED}


@pytest.mark.parametrize("app", APPS)
def test_an_app_gets_what_it_receives_and_nothing_else(app: str, mosquitto_guarded: Guarded):
    with (
        mosquitto_guarded.peer(SUPERUSER) as sender,
        mosquitto_guarded.peer(app) as wildcard,
        mosquitto_guarded.peer(app) as single,
    ):
        # The broker grants these, and then delivers by the rules.
        wildcard.subscribe("#", "$SYS/#")
        single.subscribe(*ALL)
        for topic in ALL:
            assert sender.publish(topic) == 0
        sender.publish(min(granted(app).read), END)
        assert wildcard.topics_until(END) == granted(app).read
        assert single.topics_until(END) == granted(app).read


@pytest.mark.parametrize("app", APPS)
def test_rabbitmq_takes_from_an_app_what_it_sends_and_nothing_else(
    app: str, rabbitmq_guarded: Guarded
):
    with Peer(rabbitmq_guarded.broker, "guest", "guest", "3.1.1") as everything:
        assert everything.subscribe("#") == [1]
        for topic in ALL:
            # It closes the connection at a publish that it refuses.
            with rabbitmq_guarded.peer(app) as sender:
                assert sender.publish(topic) == (0 if topic in granted(app).write else CLOSED)
        everything.publish("end", END)
        assert everything.topics_until(END) == granted(app).write


@pytest.mark.parametrize("app", APPS)
def test_rabbitmq_gives_an_app_what_it_receives_and_nothing_else(
    app: str, rabbitmq_guarded: Guarded
):
    refused = set(ALL) - granted(app).read
    for each in (*refused, "#", "suspension/#", "suspension/+/+", "+/+/+", "suspension/sensor/#"):
        with rabbitmq_guarded.peer(app) as reader:
            assert reader.subscribe(each) is CLOSED
    allowed = sorted(granted(app).read)
    with (
        Peer(rabbitmq_guarded.broker, "guest", "guest", "3.1.1") as sender,
        rabbitmq_guarded.peer(app) as reader,
    ):
        assert reader.subscribe(*allowed) == [1] * len(allowed)
        for topic in ALL:
            assert sender.publish(topic) == 0
        sender.publish(allowed[0], END)
        assert reader.topics_until(END) == granted(app).read


def test_rabbitmq_does_not_see_values_behind_a_wildcard(rabbitmq_guarded: Guarded):
    with (
        Peer(rabbitmq_guarded.broker, "guest", "guest", "3.1.1") as sender,
        rabbitmq_guarded.peer("gui") as reader,
    ):
        assert reader.subscribe("suspension/sensor/+") == [1]
        sender.publish("suspension/sensor/temperature")
        sender.publish("suspension/sensor/force", END)
        assert reader.topics_until(END) == {"suspension/sensor/temperature"}


@pytest.mark.parametrize("kind", [apps.Gui, apps.Simulator, apps.Tester, apps.Backend])
def test_the_generated_apps_can_do_all_they_offer(kind: type[App], guarded: Guarded):
    """Every subscription is granted, parameters left out, over a session that stays."""
    name = kind.__name__.lower()
    errors = Errors()
    with kind(
        guarded.broker.url,
        client_id=f"acl-{name}",
        username=name,
        password=guarded.passwords[name],
        mqtt_version=guarded.version,
        session_expiry=60,
        clean_start=False,
        allow_unsigned=True,
        on_error=errors,
    ) as app:
        CategorySubscriber(app.client, app.on.channels)(lambda message, context: None)
        app.send.system_heartbeat(
            models.Heartbeat(
                service=name, status="alive", uptime=1, memory_usage=1, cpu_usage=1, timestamp=1
            )
        ).wait(5)
        assert app.client.is_connected
    assert errors.items == []


def test_a_refused_message_is_reported(mosquitto_guarded: Guarded):
    url, password = mosquitto_guarded.broker.url, mosquitto_guarded.passwords["simulator"]
    with (
        Client(url, username="simulator", password=password) as client,
        pytest.raises(PublishRejected) as refused,
    ):
        ResultsProcessedPublisher(client).publish(
            models.TestResult(
                event="test_result", test_id="t", wheel_id=models.WheelPosition.REAR_LEFT,
                overall_pass=True, timestamp=1,
            )
        ).wait(5)  # fmt: skip
    assert refused.value.reason_code == NOT_AUTHORIZED


def test_the_services_need_no_more(mosquitto_guarded: Guarded, tmp_path: Path):
    """Four wheels are tested by five processes, each with the user of its app and no other."""
    # A Unix socket's path has to be short.
    bus = ("--bus", f"virtual:/tmp/acl-{uuid.uuid4().hex[:12]}.sock")

    def service(name: str, user: str, *options: str) -> subprocess.Popen[str]:
        port, password = mosquitto_guarded.broker.port, mosquitto_guarded.passwords[user]
        url = f"mqtt://{user}:{password}@127.0.0.1:{port}"
        command = [sys.executable, "-m", "suspension_services", "run", name, "--broker", url]
        return subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    services = [
        service("simulator", "simulator", *bus, "--speed", "20"),
        service("bridge", "tester", *bus),
        service("processing", "backend"),
        service("orchestrator", "backend", "--journal", str(tmp_path / "journal.json")),
    ]
    try:
        with service("console", "gui", "--duration", "16") as console:
            output, _ = console.communicate(timeout=60)
        assert console.returncode == 0, output
    finally:
        for process in services:
            process.terminate()
        logs = [process.communicate(timeout=20)[0] for process in services]
    assert "refused" not in "".join(logs)
