"""What an app sends, held against what it may send."""

from __future__ import annotations

import gzip
import json
import time
from typing import Any

import pytest
from suspension_protocol import models
from suspension_protocol.channels import (
    HARDWARE_STATUS,
    MEASUREMENTS_LIVE,
    RAW_DATA_COMPLETE,
    TEST_START,
    TEST_STATUS,
)
from topicwire import Channel
from topicwire._envelope import Headers
from topicwire._identity import IdentitySource
from topicwire._key_file import KeySource
from topicwire._signing import add_signature
from topicwire.raw import RawMessage
from topicwire.testing import Contract, Violation, build, example
from topicwire.testing._report import Report
from topicwire.testing._verification import Verification

from tests.keys import ED25519, HMAC, SHARED

TESTER = Contract.of_package("suspension_protocol", "tester")
GUI = Contract.of_package("suspension_protocol", "gui")


def message(channel: Channel[Any], value: object, **changes: Any) -> RawMessage:
    """A message as the runtime sends it."""
    fields: dict[str, Any] = {
        "topic": channel.address,
        "payload": channel.codec.encode(value) if value is not None else b"",
        "qos": int(channel.qos),
        "retain": channel.retain,
        "content_type": channel.content_type,
        "expiry": channel.message_expiry,
        "is_text": True,
    }
    return RawMessage(**(fields | changes))


def judged(
    contract: Contract, *messages: RawMessage, exact: bool = True, **options: Any
) -> list[tuple[str, str]]:
    verification = Verification(contract, exact=exact, **options)
    for each in messages:
        verification.observe(each)
    return [(each.rule, each.pointer or each.text) for each in verification.violations]


def status(**changes: Any) -> RawMessage:
    return message(TEST_STATUS, example(models.TestStatus), **changes)


# ---- contracts -----------------------------------------------------------------------------------


def test_the_contract_is_what_the_operations_say():
    assert {channel.name for channel in TESTER.sent} == {
        "systemStatus", "systemHeartbeat", "testStatus", "rawDataComplete", "measurementsLive",
        "sensor", "hardwareStatus", "hardwareSensor",
    }  # fmt: skip
    assert TESTER.shared["testStatus"] == ("backend", "simulator")
    assert TESTER.shared["hardwareStatus"] == ()
    assert "testStart" in {channel.name for channel in TESTER.others}
    assert TESTER.filters == ("suspension/#",)


def test_an_app_that_there_is_not():
    with pytest.raises(LookupError, match=r"no app 'x' .*; there are backend, gui, simulator, tes"):
        Contract.of_package("suspension_protocol", "x")


def test_a_package_that_is_none():
    with pytest.raises(LookupError, match="json is no generated package"):
        Contract.of_package("json", "x")


# ---- rules ---------------------------------------------------------------------------------------


def test_what_the_runtime_sends_is_right():
    live = example(models.LiveMeasurement)
    batch = json.dumps([json.loads(MEASUREMENTS_LIVE.codec.encode(live))] * 3).encode()
    assert judged(
        TESTER,
        status(),
        message(HARDWARE_STATUS, example(models.ServiceStatus)),
        message(HARDWARE_STATUS, example(models.ServiceStatus), payload=b""),
        message(MEASUREMENTS_LIVE, live),
        message(
            MEASUREMENTS_LIVE, live, topic=f"{MEASUREMENTS_LIVE.address}/batch", payload=batch
        ),
        message(
            RAW_DATA_COMPLETE, None, payload=gzip.compress(
                RAW_DATA_COMPLETE.codec.encode(example(models.RawData))
            ), user_properties=(("content-encoding", "gzip"),), is_text=False,
        ),
    ) == []  # fmt: skip


def test_a_payload_that_does_not_fit_has_pointers():
    value = json.loads(TEST_STATUS.codec.encode(example(models.TestStatus)))
    value |= {"progress": 2, "details": 7, "extra": True}
    assert set(judged(TESTER, status(payload=json.dumps(value).encode()))) == {
        ("payload", "/progress"), ("payload", "/details"), ("payload", "/extra"),
    }  # fmt: skip
    assert judged(TESTER, status(payload=b"{"))[0][0] == "payload"


def test_an_element_of_a_batch_has_its_index():
    good = json.loads(MEASUREMENTS_LIVE.codec.encode(example(models.LiveMeasurement)))
    body = json.dumps([good, {**good, "progress": -1}]).encode()
    topic = f"{MEASUREMENTS_LIVE.address}/batch"
    batch = message(MEASUREMENTS_LIVE, None, topic=topic, payload=body)
    assert judged(TESTER, batch) == [("payload", "/1/progress")]


def test_a_batch_that_is_too_long():
    good = json.loads(MEASUREMENTS_LIVE.codec.encode(example(models.LiveMeasurement)))
    batch = RawMessage(
        topic=f"{MEASUREMENTS_LIVE.address}/batch", payload=json.dumps([good] * 101).encode()
    )
    assert judged(TESTER, batch) == [("batch", "101 messages, the spec allows 100")]


@pytest.mark.parametrize(
    ("changes", "rule", "text"),
    [
        ({"qos": 0}, "qos", "QoS 0, the spec says 1"),
        ({"retain": True}, "retain", "retained, which the spec does not say"),
        ({"content_type": "text/plain"}, "content-type",
         "'text/plain', the spec says 'application/json'"),
        ({"content_type": None}, "content-type", "None, the spec says 'application/json'"),
        ({"user_properties": (("schema-id", "old"),)}, "schema-id",
         f"the sender speaks another schema (old) than this ({TEST_STATUS.schema_id})"),
        ({"user_properties": (("sid", "a"), ("sid", "b"))}, "envelope",
         "header 'sid' is given more than once"),
        ({"topic": "suspension/test/statu"}, "topic",
         "no channel of the spec has this topic; the most like it is 'suspension/test/status'"),
        ({"topic": "suspension/sensor/mass"}, "topic",
         "no channel of the spec has this topic; the most like it is "
         "'suspension/sensor/{quantity}'"),
    ],
)  # fmt: skip
def test_everything_else_that_a_message_has(changes: dict, rule: str, text: str):
    [(found, said)] = judged(TESTER, status(**changes))
    assert found == rule
    assert said == text


def test_a_retained_channel_is_retained():
    good = message(HARDWARE_STATUS, example(models.ServiceStatus), retain=False)
    assert judged(TESTER, good) == [("retain", "not retained, although the spec says so")]
    # Over 3.1.1 the flag only tells what the broker had kept.
    assert judged(TESTER, good, exact=False) == []


@pytest.mark.parametrize("expiry", [None, 31])
def test_an_expiry(expiry: int | None):
    command = message(TEST_START, example(models.TestCommand), expiry=expiry)
    rules = [rule for rule, _ in judged(GUI, command)]
    assert rules == ["expiry", "signature"]


def test_an_expiry_that_has_partly_passed():
    command = message(TEST_START, example(models.TestCommand), expiry=3)
    assert [rule for rule, _ in judged(GUI, command)] == ["signature"]


def test_what_an_old_client_cannot_say_is_not_asked_for():
    plain = RawMessage(topic=TEST_STATUS.address, qos=1, payload=status().payload)
    assert judged(TESTER, plain) == []


def test_signatures():
    body = TEST_START.codec.encode(build(models.TestCommand))
    plain = Headers(IdentitySource("gui-1").next().properties(0.0), TEST_START.content_type)

    def signed(key: Any, at: float | None = None) -> RawMessage:
        identity = IdentitySource("gui-1").next().properties(time.time() if at is None else at)
        headers = add_signature(
            key, TEST_START.address, Headers(identity, TEST_START.content_type), body
        )
        return message(TEST_START, None, payload=body, user_properties=headers.properties)

    unsigned = message(TEST_START, None, payload=body, user_properties=plain.properties)
    keys = KeySource(SHARED)
    assert judged(GUI, unsigned) == [("signature", "not signed, which the spec requires")]
    assert judged(GUI, signed(HMAC), keys=keys) == []
    # Without keys a signature is only looked for.
    assert judged(GUI, signed(ED25519)) == []
    [(rule, text)] = judged(GUI, signed(ED25519), keys=keys)
    assert rule == "signature"
    assert "no key 'own'" in text
    [(rule, text)] = judged(GUI, signed(HMAC, at=1.0), keys=keys)
    assert "do the clocks agree" in text


# ---- whose messages ------------------------------------------------------------------------------


def test_messages_of_other_apps_are_left_out():
    start = message(TEST_START, example(models.TestCommand))
    verification = Verification(TESTER, exact=True)
    verification.observe(start)
    assert (verification.messages, verification.ignored) == (1, 1)
    assert verification.violations == ()


def test_with_a_sender_what_says_that_it_is_of_others_is_left_out():
    def of(sender: str, **changes: Any) -> RawMessage:
        return status(user_properties=(("sid", sender),), **changes)

    assert judged(TESTER, of("other", qos=0), sender="tester-1") == []
    assert [rule for rule, _ in judged(TESTER, of("tester-1", qos=0), sender="tester-1")] == ["qos"]
    # Whoever does not say is judged.
    assert [rule for rule, _ in judged(TESTER, status(qos=0), sender="tester-1")] == ["qos"]


def test_and_what_says_that_it_is_the_apps_has_to_be_on_its_channels():
    start = message(TEST_START, example(models.TestCommand), user_properties=(("sid", "tester-1"),))
    assert judged(TESTER, start, sender="tester-1") == [
        ("direction", "tester does not send to channel 'testStart'")
    ]


# ---- the report ----------------------------------------------------------------------------------


def test_the_same_is_counted_not_repeated():
    verification = Verification(TESTER, exact=True)
    for _ in range(3):
        verification.observe(status(qos=0))
    [found] = verification.violations
    assert found.count == 3
    assert found.sample.startswith('{"test_id":')
    assert len(found.sample) <= 123


def test_a_flood_of_different_violations_is_bounded():
    verification = Verification(TESTER, exact=True)
    for number in range(1_100):
        verification.observe(RawMessage(topic=f"suspension/{number}", payload=b""))
    assert len(verification.violations) == 1_000


def report(verification: Verification) -> Report:
    return Report(
        "tester", "mqtt://broker", "5", 1.5, verification.messages, verification.ignored,
        verification.channels, verification.violations, ("a note",),
    )  # fmt: skip


def test_the_report_as_text():
    verification = Verification(TESTER, exact=True)
    for _ in range(2):
        verification.observe(status(qos=0))
    lines = report(verification).as_text().splitlines()
    assert lines[:2] == ["qos: suspension/test/status, 2 times", "  QoS 0, the spec says 1"]
    assert any(
        line.split() == ["testStatus", "2", "suspension/test/status", "(also", "of", "backend,",
                         "simulator)"]
        for line in lines
    )  # fmt: skip
    assert lines[-2:] == [
        "note: a note",
        "tester at mqtt://broker, 1.5 s, MQTT 5: 2 messages, 0 of them of other apps, "
        "2 violations; nothing seen on 7 of 8 channels",
    ]


def test_the_report_as_json():
    verification = Verification(TESTER, exact=True)
    verification.observe(status(qos=0))
    found = json.loads(report(verification).as_json())
    assert found["violations"][0]["rule"] == "qos"
    assert "sensor" in found["unseen"]
    assert Violation(**found["violations"][0]) == verification.violations[0]


def test_whether_it_passes():
    verification = Verification(TESTER, exact=True)
    verification.observe(status())
    assert report(verification).passes()
    assert not report(verification).passes(require_all=True)
    verification.observe(status(qos=0))
    assert not report(verification).passes()
