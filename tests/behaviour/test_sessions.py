"""What waits for a client that is away, and what was under way when its connection broke."""

from __future__ import annotations

from tests.behaviour.conftest import Open
from tests.behaviour.wire import PUBCOMP, PUBREC, PUBREL


def test_messages_wait_for_a_client_that_is_away(join: Open, name: str):
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/a", qos=2)
    receiver.disconnect()
    sender.publish(f"{name}/a", b"one", 1)
    sender.publish(f"{name}/a", b"two", 2)
    again = join(name, keep=True)
    first, second = again.message(), again.message()
    assert [(m.payload, m.qos, m.duplicate) for m in (first, second)] == [
        (b"one", 1, False), (b"two", 2, False),
    ]  # fmt: skip


def test_those_of_qos_0_do_not(join: Open, name: str):
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/a", qos=1)
    receiver.disconnect()
    sender.publish(f"{name}/a", b"lost", 0)
    sender.publish(f"{name}/a", b"kept", 1)
    assert join(name, keep=True).pending() == [b"kept"]


def test_they_wait_in_their_order(join: Open, name: str):
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/#", qos=1)
    receiver.disconnect()
    bodies = [b"%d" % number for number in range(30)]
    for number, body in enumerate(bodies):
        sender.publish(f"{name}/{number % 3}", body, 1)
    assert join(name, keep=True).pending() == bodies


def test_what_was_not_acknowledged_comes_again_marked(join: Open, name: str):
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/a", qos=1)
    sender.publish(f"{name}/a", b"again", 1)
    first = receiver.message(acknowledge=False)
    receiver.close()
    second = join(name, keep=True).message()
    assert (second.payload, second.mid, second.duplicate) == (b"again", first.mid, True)
    assert not first.duplicate


def test_what_was_acknowledged_does_not(join: Open, name: str):
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/a", qos=1)
    sender.publish(f"{name}/a", b"done", 1)
    receiver.message()
    receiver.ping()
    receiver.close()
    assert join(name, keep=True).pending() == []


def test_a_qos_2_message_that_was_not_received_comes_again(join: Open, name: str):
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/a", qos=2)
    sender.publish(f"{name}/a", b"again", 2)
    first = receiver.message(acknowledge=False)
    receiver.close()
    again = join(name, keep=True)
    second = again.message()
    assert (second.payload, second.mid, second.duplicate) == (b"again", first.mid, True)
    assert again.pending() == []


def test_one_that_was_received_is_only_released(join: Open, name: str):
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/a", qos=2)
    sender.publish(f"{name}/a", b"once", 2)
    message = receiver.message(acknowledge=False)
    mid = message.mid.to_bytes(2)
    receiver.send(PUBREC, mid)
    receiver.expect(PUBREL)
    receiver.close()
    again = join(name, keep=True)
    assert again.expect(PUBREL)[:2] == mid
    again.send(PUBCOMP, mid)
    assert again.pending() == []


def test_subscriptions_outlive_the_connection(join: Open, name: str):
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/a", qos=1)
    receiver.disconnect()
    again = join(name, keep=True)
    sender.publish(f"{name}/a", b"now", 1)
    assert again.message().payload == b"now"


def test_a_clean_start_discards_them_and_what_waits(join: Open, name: str):
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/a", qos=1)
    receiver.disconnect()
    sender.publish(f"{name}/a", b"gone", 1)
    again = join(name, clean=True)
    sender.publish(f"{name}/a", b"gone too", 1)
    assert again.pending() == []


def test_unsubscribing_over_a_later_connection(join: Open, name: str):
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/a", qos=1)
    receiver.disconnect()
    again = join(name, keep=True)
    again.unsubscribe(f"{name}/a")
    sender.publish(f"{name}/a", b"nobody's", 1)
    assert again.pending() == []


def test_what_waited_comes_after_the_filter_is_gone(join: Open, name: str):
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/a", qos=1)
    receiver.disconnect()
    sender.publish(f"{name}/a", b"waited", 1)
    again = join(name, keep=True)
    again.unsubscribe(f"{name}/a")
    assert again.pending() == [b"waited"]
