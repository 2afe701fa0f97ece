"""What goes wrong at the broker because a test wants it to."""

from __future__ import annotations

from typing import Any

import pytest
from topicwire.testing import FaultKind, InMemoryBroker

from tests.behaviour.wire import PUBACK, PUBREC, Closed
from tests.testing.conftest import Join


def ask(fault: str) -> dict[str, Any]:
    return {"UserProperty": [("mine", "1"), ("topicwire-fault", fault)]}


def test_a_dropped_message_is_acknowledged_and_reaches_nobody(join: Join):
    receiver, sender = join(), join()
    receiver.subscribe("a", qos=1)
    assert sender.publish("a", b"lost", 1, more=ask("drop")) == 0
    sender.publish("a", b"there", 1)
    assert receiver.pending() == [b"there"]


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_a_fault_is_for_each_qos(join: Join, qos: int):
    receiver, sender = join(), join()
    receiver.subscribe("a", qos=2)
    sender.publish("a", b"lost", qos, more=ask("drop"))
    sender.publish("a", b"twice", qos, more=ask("duplicate"))
    assert receiver.pending() == [b"twice"] * 2


def test_receivers_do_not_see_the_request(join: Join):
    receiver, sender = join(), join()
    receiver.subscribe("a")
    sender.publish("a", more=ask("duplicate=3"))
    for _ in range(3):
        assert receiver.message().UserProperty == [("mine", "1")]
    assert receiver.pending() == []


def test_a_delayed_message_comes_when_its_time_has(join: Join, broker: InMemoryBroker):
    receiver, sender = join(), join()
    receiver.subscribe("a", qos=1)
    sender.publish("a", b"late", 1, more=ask("delay=2.5"))
    sender.publish("a", b"prompt", 1)
    assert receiver.pending() == [b"prompt"]
    broker.advance(2.4)
    assert receiver.pending() == []
    broker.advance(0.2)
    assert receiver.pending() == [b"late"]


def test_a_reordered_message_follows_the_next(join: Join):
    receiver, sender = join(), join()
    receiver.subscribe("#", qos=1)
    for topic, fault in (("a", "reorder"), ("b", "drop"), ("c", None), ("d", None)):
        sender.publish(topic, topic.encode(), 1, more=ask(fault) if fault else None)
    assert receiver.pending() == [b"c", b"a", b"d"]


@pytest.mark.parametrize(("payload", "damaged"), [(b"abc", b"a\x9dc"), (b"", b"\xff")])
def test_a_corrupted_message_has_one_wrong_byte(join: Join, payload: bytes, damaged: bytes):
    receiver, sender = join(), join()
    receiver.subscribe("a")
    sender.publish("a", payload, more=ask("corrupt"))
    assert receiver.message().payload == damaged


@pytest.mark.parametrize(
    ("fault", "code"), [("refuse", 0x80), ("refuse=0x97", 0x97), ("refuse=135", 135)]
)
@pytest.mark.parametrize("qos", [1, 2])
def test_a_refused_message_is_answered_with_the_reason(join: Join, fault: str, code: int, qos: int):
    receiver, sender = join(), join()
    receiver.subscribe("a", qos=2)
    assert sender.publish("a", b"refused", qos, more=ask(fault)) == code
    assert receiver.pending() == []


def test_what_cannot_be_answered_is_refused_by_closing(join: Join, broker: InMemoryBroker):
    sender = join(speaks="3.1.1")
    with broker.fault("refuse"), pytest.raises(Closed):
        sender.publish("a", b"refused", 1)


def test_a_withheld_acknowledgement(join: Join):
    receiver, sender = join(), join("sender", keep=True)
    receiver.subscribe("a", qos=1)
    mid = sender.start_publish("a", b"taken", 1, more=ask("withhold"))
    sender.ping()
    assert receiver.pending() == [b"taken"]
    # What a client does then: the same again over another connection.
    sender.close()
    again = join("sender", keep=True)
    again.start_publish("a", b"taken", 1, mid=mid, duplicate=True)
    assert again.answer(PUBACK, mid) == 0
    assert receiver.pending() == [b"taken"]


def test_a_withheld_receipt_of_qos_2_does_not_double_the_message(join: Join):
    receiver, sender = join(), join("sender", keep=True)
    receiver.subscribe("a", qos=2)
    mid = sender.start_publish("a", b"once", 2, more=ask("withhold"))
    sender.ping()
    sender.close()
    again = join("sender", keep=True)
    again.start_publish("a", b"once", 2, mid=mid, duplicate=True)
    assert again.answer(PUBREC, mid) == 0
    again.release(mid)
    assert receiver.pending() == [b"once"]


def test_a_disconnect_comes_before_the_message(join: Join):
    receiver, sender = join(), join()
    receiver.subscribe("a", qos=1)
    sender.start_publish("a", b"never", 1, more=ask("disconnect"))
    assert sender.closed() is None
    assert receiver.pending() == []


@pytest.mark.parametrize(
    "fault",
    ["typo", "delay=soon", "delay=nan", "refuse=1", "refuse=0x100", "duplicate=1.5", "drop=1", ""],
)
def test_an_unknown_fault_does_not_pass_for_none(join: Join, fault: str):
    sender = join()
    sender.start_publish("a", more=ask(fault))
    assert sender.closed() == 0x80


def test_a_rule_is_for_a_topic_a_client_and_a_number_of_messages(
    join: Join, broker: InMemoryBroker
):
    receiver, first, second = join(), join("first"), join("second", speaks="3.1.1")
    receiver.subscribe("#", qos=1)
    fault = broker.fault(FaultKind.DROP, topic="a/+", client_id="second", times=2)
    first.publish("a/x", b"1", 1)
    second.publish("b", b"2", 1)
    for number in (b"3", b"4", b"5"):
        second.publish("a/x", number, 1)
    assert receiver.pending() == [b"1", b"2", b"5"]
    assert fault.count == 2


def test_a_rule_holds_until_the_end_of_its_block(join: Join, broker: InMemoryBroker):
    receiver, sender = join(), join()
    receiver.subscribe("a", qos=1)
    with broker.fault("drop") as fault:
        sender.publish("a", b"lost", 1)
    sender.publish("a", b"there", 1)
    assert receiver.pending() == [b"there"]
    assert fault.count == 1


def test_what_a_message_asks_for_comes_before_rules(join: Join, broker: InMemoryBroker):
    receiver, sender = join(), join()
    receiver.subscribe("a", qos=1)
    broker.fault("drop")
    sender.publish("a", b"x", 1, more=ask("duplicate"))
    assert receiver.pending() == [b"x", b"x"]


def test_a_rule_that_cannot_be_meant_is_refused(broker: InMemoryBroker):
    with pytest.raises(ValueError, match="not a valid FaultKind"):
        broker.fault("typo")
    with pytest.raises(ValueError, match="300 cannot be the amount of 'refuse'"):
        broker.fault("refuse", amount=300)
    with pytest.raises(ValueError, match="not a topic filter"):
        broker.fault("drop", topic="a/#/b")
