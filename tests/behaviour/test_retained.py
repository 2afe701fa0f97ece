"""Retained messages."""

from __future__ import annotations

from tests.behaviour.conftest import Open


def test_a_new_subscriber_gets_it_marked(join: Open, name: str):
    join().publish(f"{name}/a", b"state", 1, retain=True)
    receiver = join()
    receiver.subscribe(f"{name}/a", qos=1)
    message = receiver.message()
    assert (message.payload, message.retain, message.qos) == (b"state", True, 1)
    assert receiver.pending() == []


def test_who_is_there_gets_it_unmarked(join: Open, name: str):
    receiver = join()
    receiver.subscribe(f"{name}/a")
    join().publish(f"{name}/a", b"state", retain=True)
    assert not receiver.message().retain


def test_the_last_one_counts(join: Open, name: str):
    sender = join()
    sender.publish(f"{name}/a", b"old", retain=True)
    sender.publish(f"{name}/a", b"new", retain=True)
    receiver = join()
    receiver.subscribe(f"{name}/a")
    assert receiver.pending() == [b"new"]


def test_one_that_is_not_retained_changes_nothing(join: Open, name: str):
    sender = join()
    sender.publish(f"{name}/a", b"state", retain=True)
    sender.publish(f"{name}/a", b"event")
    receiver = join()
    receiver.subscribe(f"{name}/a")
    assert receiver.pending() == [b"state"]


def test_an_empty_one_clears_it(join: Open, name: str):
    sender, present = join(), join()
    sender.publish(f"{name}/a", b"state", retain=True)
    present.subscribe(f"{name}/a")
    assert present.pending() == [b"state"]
    sender.publish(f"{name}/a", b"", retain=True)
    assert present.pending() == [b""]
    receiver = join()
    receiver.subscribe(f"{name}/a")
    assert receiver.pending() == []


def test_wildcards_find_all_that_match(join: Open, name: str):
    sender = join()
    for topic in ("a/x", "b/x", "b/y", "c"):
        sender.publish(f"{name}/{topic}", topic.encode(), retain=True)
    receiver = join()
    receiver.subscribe(f"{name}/+/x")
    assert sorted(receiver.pending()) == [b"a/x", b"b/x"]
    receiver.subscribe(f"{name}/#")
    assert sorted(receiver.pending()) == [b"a/x", b"b/x", b"b/y", b"c"]


def test_it_comes_with_the_lower_qos(join: Open, name: str):
    join().publish(f"{name}/a", b"state", 2, retain=True)
    receiver = join()
    receiver.subscribe(f"{name}/a", qos=1)
    assert receiver.message().qos == 1


def test_it_stays_when_its_publisher_goes(join: Open, name: str):
    sender = join()
    sender.publish(f"{name}/a", b"state", 1, retain=True)
    sender.disconnect()
    receiver = join()
    receiver.subscribe(f"{name}/a")
    assert receiver.pending() == [b"state"]


def test_subscribing_again_brings_it_again(join: Open, name: str):
    join().publish(f"{name}/a", b"state", retain=True)
    receiver = join()
    for _ in range(2):
        receiver.subscribe(f"{name}/a")
        assert receiver.pending() == [b"state"]


def test_a_resumed_session_does_not_get_it_again(join: Open, name: str):
    receiver = join(name, keep=True)
    receiver.subscribe(f"{name}/a", qos=1)
    join().publish(f"{name}/a", b"state", 1, retain=True)
    assert receiver.pending() == [b"state"]
    receiver.disconnect()
    assert join(name, keep=True).pending() == []


def test_those_below_dollar_are_not_for_wildcards_at_the_beginning(join: Open, name: str):
    join().publish(f"$x/{name}", b"hidden", retain=True)
    receiver = join()
    receiver.subscribe(f"+/{name}")
    assert receiver.pending() == []
    receiver.subscribe(f"$x/{name}")
    assert receiver.pending() == [b"hidden"]
