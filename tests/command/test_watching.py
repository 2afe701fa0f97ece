"""`tail` and `stats` see what goes over a real mosquitto, valid or not."""

from __future__ import annotations

import json
import time

from suspension_protocol.channels import TEST_STOP
from suspension_protocol.models import TestStop
from topicwire import Client
from topicwire.raw import RawClient, RawMessage

from tests.command.conftest import Run, feeding
from tests.keys import SHARED, write_ring
from tests.mosquitto import Mosquitto

READING = {"sensor": "a", "quantity": "force", "value": 1, "unit": "N", "timestamp": 5}
FORCE = "suspension/sensor/force"


def message(topic: str, body: object, **more) -> RawMessage:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return RawMessage(topic=topic, payload=payload, qos=1, **more)


def test_messages_are_shown_one_a_line(run: Run, raw: RawClient):
    with feeding(raw, message(FORCE, READING)):
        ended = run("tail", "sensor", "-n", "2", "--for", "20")
    assert ended.status == 0, ended.err
    first, second = ended.out.splitlines()
    assert f" sensor {FORCE} {json.dumps(READING)}" in first
    assert first[12:] == second[12:], "but for the time"


def test_batches_are_taken_apart_and_errors_explained(run: Run, raw: RawClient):
    batch = message(f"{FORCE}/batch", [READING, {**READING, "value": "much"}])
    with feeding(raw, batch):
        ended = run("tail", "sensor", "--json", "-n", "4", "--for", "20")
        text = run("tail", "sensor", "-n", "2", "--for", "20")
        wrong = run("tail", "sensor", "--invalid", "--json", "-n", "2", "--for", "20")
    good, bad = ended.lines[:2]
    assert good["message"] == READING
    assert good["topic"] == FORCE
    assert good["parameters"] == {"quantity": "force"}
    assert good["batch"] == {"index": 0, "of": 2}
    assert bad["batch"] == {"index": 1, "of": 2}
    assert bad["error"]["kind"] == "PayloadInvalid"
    assert [one["path"] for one in bad["error"]["fields"]] == ["/value"]
    assert json.loads(bad["payload"])["value"] == "much"
    assert "[2/2]" in text.out
    assert "\n  /value: Input should be a valid number" in text.out
    assert [line["batch"]["index"] for line in wrong.lines] == [1, 1]


def test_filters_show_what_no_channel_has(run: Run, raw: RawClient):
    with feeding(raw, message("other/topic", b"\xff\x00", user_properties=(("a", "b"),))):
        ended = run("tail", "other/#", "--json", "-n", "1", "--for", "20")
        text = run("tail", "other/+", "-n", "1", "--for", "20")
    (seen,) = ended.lines
    assert (seen["channel"], seen["topic"], seen["qos"]) == (None, "other/topic", 1)
    assert seen["payload"] == "base64:/wA="
    assert seen["headers"] == {"a": "b"}
    assert "(no channel) other/topic base64:/wA=" in text.out


def test_retained_messages_are_marked(run: Run, raw: RawClient):
    status = {"service": "s", "status": "online", "uptime": 1, "timestamp": 5}
    raw.publish(message("suspension/simulator/status", status, retain=True)).wait(5)
    ended = run("tail", "simulatorStatus", "--json", "-n", "1", "--for", "20")
    assert ended.lines[0]["retained"] is True
    assert " retained " in run("tail", "simulatorStatus", "-n", "1", "--for", "20").out
    raw.publish(message("suspension/simulator/status", b"", retain=True)).wait(5)


def test_signatures_are_checked(run: Run, raw: RawClient, broker: Mosquitto, tmp_path):
    keys = write_ring(tmp_path / "keys.json", SHARED)
    stop = TestStop(command="stop", test_id="t", timestamp=time.time())
    seen: list[RawMessage] = []
    topic = TEST_STOP.address
    subscription = raw.subscribe(topic, lambda got, done: (seen.append(got), done()))
    with Client(broker.url, client_id="desk-1", signing=keys) as client:
        client._core.publisher(TEST_STOP)(stop).wait(5)
        while not seen:
            time.sleep(0.01)
    subscription.unsubscribe()
    signed = message(
        topic, seen[0].payload, user_properties=seen[0].user_properties,
        content_type=seen[0].content_type,
    )  # fmt: skip
    forged = message(
        topic, seen[0].payload.replace(b'"t"', b'"x"'),
        user_properties=seen[0].user_properties, content_type=seen[0].content_type,
    )  # fmt: skip
    unsigned = message(topic, seen[0].payload)
    with feeding(raw, signed, forged, unsigned):
        with_keys = run("tail", "testStop", "--json", "-n", "6", "--for", "20", "--keys", str(keys))
        without = run("tail", "testStop", "--json", "-n", "6", "--for", "20")
        text = run("tail", "testStop", "-n", "6", "--for", "20", "--keys", str(keys))
    by_signature = {one["signature"]: one for one in with_keys.lines}
    assert set(by_signature) == {"verified", "refused", "none"}
    assert by_signature["verified"]["sender"] == "desk-1"
    assert "error" not in by_signature["verified"]
    assert by_signature["refused"]["error"]["reason"] == "bad_signature"
    assert by_signature["none"]["error"] == {"kind": "SignatureInvalid", "reason": "unsigned"}
    assert {one["signature"] for one in without.lines} == {"unchecked", "none"}
    for sign in (" desk-1✓ ", " desk-1✗ ", " not signed ", "refused, bad_signature: "):
        assert sign in text.out


def test_what_comes_too_late_is_status_1(run: Run):
    ended = run("tail", "testCompleted", "-n", "1", "--for", "0.1")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err == "0 of 1 messages came within 0.1 s\n"
    assert run("tail", "testCompleted", "--for", "0.1").status == 0, "nothing was asked for"


def test_stats_count_each_channel(run: Run, raw: RawClient):
    messages = (
        message(f"{FORCE}/batch", [READING, {**READING, "value": "much"}]),
        message(TEST_STOP.address, {"command": "stop", "test_id": "t", "timestamp": 5}),
        message("other/topic", b"?"),
    )
    with feeding(raw, *messages):
        ended = run(
            "stats", "sensor", "testStop", "other/#", "--json", "--interval", "0.2", "--for", "1",
        )  # fmt: skip
        table = run("stats", "sensor", "--for", "0.5")
    assert ended.status == 0, ended.err
    assert len(ended.lines) > 3
    channels = ended.lines[-1]["channels"]
    assert set(channels) == {"sensor", "testStop", "(no channel)"}
    sensor = channels["sensor"]
    assert sensor["messages"] == 2 * sensor["packets"] == 2 * sensor["invalid"] > 0
    assert sensor["bytes"] == sensor["packets"] * len(messages[0].payload)
    assert sensor["messages_per_second"] > 0
    assert channels["testStop"]["unsigned"] == channels["testStop"]["packets"]
    assert channels["(no channel)"]["invalid"] == 0
    header, row, _ = table.out.splitlines()
    assert header.split()[0] == "channel"
    assert row.split()[0] == "sensor"
