"""`topicwire verify` beside services that run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from suspension_protocol.apps import Tester
from suspension_protocol.channels import HARDWARE_STATUS, SENSOR
from suspension_protocol.models import SensorReading, ServiceStatus
from topicwire.raw import RawMessage
from topicwire.testing import (
    BrokerSettings,
    Contract,
    InMemoryBroker,
    Report,
    Watch,
    build,
    example,
    verify,
)
from topicwire_codegen.cli import app
from topicwire_codegen.verification import contract_of
from typer.testing import CliRunner

from tests.broker import Version, free_port
from tests.certificates import make_certificates
from tests.mosquitto import Mosquitto

SPEC = """\
asyncapi: 3.1.0
info: {title: Lamp, version: 1.0.0}
channels:
  lamp:
    address: house/lamp/{room}
    parameters: {room: {}}
    messages:
      lamp: {$ref: '#/components/messages/lamp'}
      dimmer:
        name: dimmer
        contentType: application/json
        payload:
          type: object
          additionalProperties: false
          required: [level]
          properties: {level: {type: integer, maximum: 100}}
  wish:
    address: house/wish
    messages:
      wish: {contentType: application/json, payload: {type: array, items: {type: string}}}
  answer:
    address: house/answer
    messages:
      answer: {contentType: application/json, payload: {type: string, format: date}}
operations:
  sendLamp:
    action: send
    channel: {$ref: '#/channels/lamp'}
    traits: [{tags: [{name: switch}]}]
    messages: [{$ref: '#/channels/lamp/messages/dimmer'}]
    bindings: {mqtt: {qos: 1}}
  receiveWish:
    action: receive
    channel: {$ref: '#/channels/wish'}
    tags: [{name: switch}]
    reply:
      channel: {$ref: '#/channels/answer'}
components:
  messages:
    lamp:
      name: lamp
      contentType: application/json
      payload:
        type: object
        additionalProperties: false
        required: ['on']
        properties: {'on': {type: boolean}}
"""
# A part of what a tester sends, so that a watch is complete soon.
TESTER = replace(
    Contract.of_package("suspension_protocol", "tester"), sent=(HARDWARE_STATUS, SENSOR)
)


@pytest.fixture
def broker() -> Iterator[InMemoryBroker]:
    with InMemoryBroker() as broker:
        yield broker


def is_watched(broker: InMemoryBroker) -> bool:
    return any(each.endswith("/#") for s in broker.sessions.values() for each in s.subscriptions)


def beside(broker: InMemoryBroker, watch: Callable[[], object], act: Callable[[], None]) -> object:
    """Return what `watch` returns, after having acted as soon as it watched."""
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(watch()))
    thread.start()
    broker.wait_until(is_watched, 60)
    act()
    thread.join(60)
    return found[0]


def report_on(broker: InMemoryBroker, act: Callable[[], None], version: Version = "5") -> Report:
    def watch() -> Report:
        return verify(broker.url, TESTER, Watch(until_complete=True), mqtt_version=version)

    found = beside(broker, watch, act)
    assert isinstance(found, Report)
    return found


def work(broker: InMemoryBroker, version: Version = "5") -> None:
    """Do what a tester does."""
    with Tester(broker.url, client_id="tester-1", mqtt_version=version) as tester:
        tester.send.hardware_status(example(ServiceStatus)).wait(5)
        delivery = tester.send.sensor(build(SensorReading), quantity="force")
        tester.flush()
        delivery.wait(5)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_service_on_the_generated_stubs_keeps_to_the_spec(
    broker: InMemoryBroker, version: Version
):
    report = report_on(broker, lambda: work(broker, version), version)
    assert report.passes(require_all=True), report.as_text()
    assert [each.messages for each in report.channels] == [1, 1]
    assert report.mqtt_version == version
    assert ("over MQTT 3.1.1" in report.notes[0]) == (version == "3.1.1")


def test_a_service_by_hand_does_not(broker: InMemoryBroker):
    def act() -> None:
        broker.publish(
            RawMessage(topic="suspension/hardware/status", payload=b'{"status": "fine"}', qos=1)
        )
        broker.publish(RawMessage(topic="suspension/hardware/state", payload=b"{}"))
        broker.publish(RawMessage(topic="elsewhere", payload=b"{}"))
        broker.publish(RawMessage(topic="suspension/sensor/force", payload=b"[]"))

    report = report_on(broker, act)
    assert [(each.rule, each.topic, each.pointer) for each in report.violations] == [
        ("retain", "suspension/hardware/status", ""),
        ("payload", "suspension/hardware/status", "/service"),
        ("payload", "suspension/hardware/status", "/status"),
        ("payload", "suspension/hardware/status", "/uptime"),
        ("payload", "suspension/hardware/status", "/timestamp"),
        ("topic", "suspension/hardware/state", ""),
        ("payload", "suspension/sensor/force", ""),
    ]
    assert not report.passes()


def test_a_watch_ends_with_its_time(broker: InMemoryBroker):
    report = verify(broker.url, TESTER, Watch(seconds=0.05))
    assert report.unseen == ("hardwareStatus", "sensor")
    assert report.passes()
    assert not report.passes(require_all=True)
    assert 0.05 <= report.seconds < 5


# ---- from a document -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lamp") / "asyncapi.yaml"
    path.write_text(SPEC)
    return path


def test_the_contract_of_a_document(spec: Path):
    contract = contract_of(spec, "switch")
    # Tags come from traits too, and who receives a request sends its answer.
    assert {each.name: [m.name for m in each.messages] for each in contract.sent} == {
        "lamp": ["dimmer"],
        "answer": ["answer"],
    }
    assert [each.name for each in contract.others] == ["wish"]
    assert contract.filters == ("house/#",)
    assert not [name for name in sys.modules if name == "verified"]


def invoke(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["verify", *map(str, arguments)])


def test_a_document_and_a_service(broker: InMemoryBroker, spec: Path):
    def act() -> None:
        broker.publish(RawMessage(topic="house/lamp/hall", payload=b'{"level": 101}', qos=1))
        # What another app sends to the same channel is not the switch's.
        broker.publish(RawMessage(topic="house/lamp/hall", payload=b'{"on": true}', qos=1))
        broker.publish(RawMessage(topic="house/answer", payload=b'"not a date"'))

    result: Any = beside(
        broker,
        lambda: invoke(
            "--app", "switch", "--spec", spec, "--broker", broker.url, "--until-complete",
            "--format", "json",
        ),
        act,
    )  # fmt: skip
    assert result.exit_code == 1, result.output
    found = json.loads(result.stdout)
    assert {(each["rule"], each["topic"], each["pointer"]) for each in found["violations"]} == {
        ("payload", "house/lamp/hall", "/level"),
        ("payload", "house/lamp/hall", "/on"),
        ("payload", "house/answer", ""),
    }


# ---- the command ---------------------------------------------------------------------------------

PACKAGE = ("--package", "suspension_protocol")


def test_a_run_without_violations(broker: InMemoryBroker):
    result = invoke("--app", "gui", *PACKAGE, "--broker", broker.url, "--seconds", "0.05")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("no violations; nothing seen on 9 of 9 channels\n")
    assert "note: signatures were looked for, not verified" in result.stdout


def test_unseen_channels_can_be_violations(broker: InMemoryBroker):
    arguments = ("--app", "gui", *PACKAGE, "--broker", broker.url, "--seconds", "0.05")
    assert invoke(*arguments, "--require-all").exit_code == 1


def test_what_cannot_be_done_says_why(tmp_path: Path):
    nobody = f"mqtt://127.0.0.1:{free_port()}"
    for arguments, said in [
        (("--app", "x", *PACKAGE, "--broker", nobody), "no app 'x' that sends anything"),
        (("--app", "gui", "--package", "json", "--broker", nobody), "json is no generated package"),
        (("--app", "gui", *PACKAGE, "--broker", "http://x"), "http://x"),
        (("--app", "gui", "--spec", tmp_path / "x.yaml", "--broker", nobody), "x.yaml"),
    ]:
        result = invoke(*arguments)
        assert result.exit_code == 2, result.output
        assert said in result.stderr


def test_a_broker_that_does_not_let_it_in():
    with InMemoryBroker(BrokerSettings(credentials={"a": "b"})) as broker:
        result = invoke("--app", "gui", *PACKAGE, "--broker", broker.url)
        assert result.exit_code == 2
        assert "password" in result.stderr
        url = broker.url.replace("mqtt://", "mqtt://a:b@")
        result = invoke("--app", "gui", *PACKAGE, "--broker", url, "--seconds", "0.05")
        assert result.exit_code == 0


def test_a_broker_that_asks_for_a_certificate(
    start_mosquitto: Callable[..., Mosquitto], tmp_path: Path
):
    make_certificates(tmp_path)
    port = free_port()
    start_mosquitto(
        f"listener {port} 127.0.0.1", f"cafile {tmp_path}/ca.pem",
        f"certfile {tmp_path}/server.pem", f"keyfile {tmp_path}/server.key",
        "require_certificate true", "allow_anonymous true",
    )  # fmt: skip
    arguments = (
        "--app", "gui", *PACKAGE, "--broker", f"mqtts://localhost:{port}", "--seconds", "0.05",
        "--ca", tmp_path / "ca.pem",
    )  # fmt: skip
    own = ("--certificate", tmp_path / "client.pem", "--key", tmp_path / "client.key")
    shown = invoke(*arguments, *own)
    assert shown.exit_code == 0, shown.output
    for lacking, said in [
        ((), "certificate"),
        (own[2:], "a key is given without its certificate"),
        (("--certificate", tmp_path / "client.pem", "--key", tmp_path / "server.key"), "KEY"),
        (("--certificate", tmp_path / "nothing.pem"), "nothing.pem"),
    ]:
        refused = invoke(*arguments, *lacking)
        assert refused.exit_code == 2, refused.output
        assert said in refused.stderr.replace("\n", ""), refused.stderr


def test_the_user_can_end_it(broker: InMemoryBroker):
    command = [
        sys.executable, "-m", "topicwire_codegen", "verify", "--app", "tester", *PACKAGE,
        "--broker", broker.url, "--seconds", "600",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        broker.wait_until(is_watched, 60)
        broker.publish(RawMessage(topic="suspension/x", payload=b"", qos=1))
        # It acknowledges what it has looked at.
        broker.wait_until(lambda it: not any(each.waiting for each in it.sessions.values()))
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output.startswith("topic: suspension/x\n  no channel of the spec has this topic")
