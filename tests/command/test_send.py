"""`send`: options, JSON and standard input become messages, or errors that say what is wrong."""

from __future__ import annotations

import json
import time

import pytest
from suspension_protocol.models import TestCommand, WheelPosition
from suspension_protocol.subscribers import SensorSubscriber, TestStartSubscriber
from topicwire import Client

from tests.broker import free_port
from tests.command.conftest import PACKAGE, Run, run_command
from tests.inbox import Inbox
from tests.keys import SHARED, write_ring
from tests.mosquitto import Mosquitto

START = (
    "send", "testStart", "--test-id", "t-1", "--position", "rear_left", "--parameters.duration",
    "20", "--parameters.frequency-range", "5", "--parameters.frequency-range", "25",
    "--timestamp", "now",
)  # fmt: skip


def shown(*arguments: str, text: str | None = None) -> list[tuple[str, object]]:
    """Topics and messages of a dry run."""
    ended = run_command("send", *arguments, "--dry-run", text=text)
    assert ended.status == 0, ended.err
    pairs = (line.split(" ", 1) for line in ended.out.splitlines())
    return [(topic, json.loads(body)) for topic, body in pairs]


def test_fields_are_options():
    before = time.time()
    ((topic, message),) = shown(*START[1:])
    assert isinstance(message, dict)
    assert before - 1 < message.pop("timestamp") < time.time() + 1
    assert topic == "suspension/test/start"
    assert message == {
        "command": "start", "test_id": "t-1", "position": "rear_left",
        "parameters": {"duration": 20.0, "frequency_range": [5.0, 25.0]},
    }  # fmt: skip


@pytest.mark.parametrize("name", list(PACKAGE.entries))
def test_the_example_of_every_channel_can_be_sent(name: str):
    given = {"hardwareSensor": ("--quantity", "force")}
    ((topic, _),) = shown(name, "--example", *given.get(name, ()))
    assert PACKAGE.find(topic) is PACKAGE.entries[name].channel


def test_options_change_json_and_a_field_fills_the_address():
    ((topic, message),) = shown(
        "sensor", "--json", '{"sensor":"a","quantity":"force","value":1,"unit":"N","timestamp":5}',
        "--quantity", "position", "--unit", "mm",
    )  # fmt: skip
    assert topic == "suspension/sensor/position"
    assert message == {
        "sensor": "a", "quantity": "position", "value": 1.0, "unit": "mm", "timestamp": 5.0,
    }  # fmt: skip


def test_several_messages_come_from_standard_input(tmp_path):
    one = '{"sensor":"a","quantity":"force","value":1,"unit":"N","timestamp":5}'
    other = one.replace("force", "position")
    topics = ["suspension/sensor/force", "suspension/sensor/position"]
    text = f"{one}\n{other}{one}\n"
    assert [topic for topic, _ in shown("sensor", "--json", "-", text=text)] == [*topics, topics[0]]
    file = tmp_path / "one.json"
    file.write_text(other)
    assert [topic for topic, _ in shown("sensor", "-j", f"@{file}")] == topics[1:]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--value", "much"), "value: 'much' is not a number\n"),
        (("--value", "true"), "value: 'true' is not a number\n"),
        (("--json", "{"), "--json is not JSON: "),
        (("--json", ""), "--json: there is no message in it\n"),
        (("--json", "[1]", "--value", "1"), "--json: value can only be set in an object\n"),
        (
            ("--sensor", "a", "--quantity", "noise", "--value", "1", "--timestamp", "now"),
            "the message does not fit channel 'sensor':\n"
            "  /quantity: Input should be 'force' or 'position'\n  /unit: Field required\n",
        ),
        (("--colour", "red"), "Usage: "),
    ],
)
def test_a_message_that_does_not_fit_is_refused_before_anything_is_sent(arguments, expected):
    ended = run_command("send", "sensor", *arguments, TOPICWIRE_URL="mqtt://127.0.0.1:1")
    assert ended.status == 2
    assert ended.err.startswith(expected)
    assert ended.out == ""


def test_no_such_file(tmp_path):
    ended = run_command("send", "sensor", "--json", f"@{tmp_path}/none")
    assert ended.status == 2
    assert "No such file" in ended.err


def test_a_message_arrives(run: Run, broker: Mosquitto):
    inbox = Inbox()
    with Client(broker.url, allow_unsigned=True) as client:
        TestStartSubscriber(client).subscribe(inbox)
        ended = run(*START)
        ((message, _),) = inbox.wait_for(1)
    assert ended.status == 0, ended.err
    assert ended.out.startswith("acknowledged: suspension/test/start (QoS 1, ")
    assert isinstance(message, TestCommand)
    assert message.position is WheelPosition.REAR_LEFT


def test_messages_of_a_channel_with_batches_go_together(run: Run, broker: Mosquitto):
    inbox = Inbox()
    one = '{"sensor":"a","quantity":"force","value":1,"unit":"N","timestamp":5}'
    with Client(broker.url) as client:
        SensorSubscriber(client).subscribe(inbox)
        assert run("send", "sensor", "--json", "-", text=one * 3).status == 0
        contexts = [context for _, context in inbox.wait_for(3)]
    assert [context.batch_index for context in contexts] == [0, 1, 2]


def test_with_keys_it_is_signed_and_without_it_is_not_sent(run: Run, broker: Mosquitto, tmp_path):
    keys = write_ring(tmp_path / "keys.json", SHARED)
    inbox = Inbox()
    with Client(broker.url, signing=keys) as client:
        TestStartSubscriber(client).subscribe(inbox)
        ended = run(*START, "--keys", str(keys), "--client-id", "desk-1")
        ((_, context),) = inbox.wait_for(1)
    assert ended.status == 0, ended.err
    assert context.sender == "desk-1"
    # Without keys it is only for a broker on this machine.
    refused = run(*START, "--broker", "mqtt://192.0.2.1", "--allow-anonymous")
    assert refused.status in (2, 3)


def test_what_belongs_to_a_program_in_the_environment_is_left_alone(
    run: Run, broker: Mosquitto, tmp_path
):
    keys, state = write_ring(tmp_path / "keys.json", SHARED), tmp_path / "state.sqlite"
    outbox = tmp_path / "outbox.sqlite"
    name = f"bridge-{time.time_ns()}"
    ended = run(
        *START, TOPICWIRE_CLIENT_ID=name, TOPICWIRE_SIGNING_KEYS=str(keys),
        TOPICWIRE_REPLAY_STATE=str(state), TOPICWIRE_OUTBOX=str(outbox),
    )  # fmt: skip
    assert ended.status == 0, ended.err
    assert "as command-" in broker.log()
    assert name not in broker.log()
    assert not state.exists()
    assert not outbox.exists()


def test_no_broker_is_status_3():
    ended = run_command(*START, TOPICWIRE_URL=f"mqtt://127.0.0.1:{free_port()}")
    assert ended.status == 3
    assert "Connection refused" in ended.err
    assert "remedy: --broker" in ended.err


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TOPICWIRE_URL": "broker:1883"}, "'broker:1883' is not a broker address"),
        ({"TOPICWIRE_KEEP_ALIVE": "long"}, "setting 'keep_alive' (TOPICWIRE_KEEP_ALIVE or "),
        ({"TOPICWIRE_CONFIG": "/none.toml"}, "TOPICWIRE_CONFIG names '/none.toml'"),
        ({"TOPICWIRE_URL": "mqtt://example.org"}, "mqtt://example.org:1883: in the spec, "),
    ],
)
def test_settings_that_cannot_be_meant(environment, expected):
    ended = run_command(*START, **environment)
    assert ended.status == 2
    assert expected in ended.err
