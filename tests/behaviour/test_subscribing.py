"""SUBSCRIBE, UNSUBSCRIBE and topic filters."""

from __future__ import annotations

import pytest

from tests.behaviour.conftest import Open
from tests.behaviour.wire import SUBSCRIBE, Closed, Wire, text
from tests.broker import Version


def reached(receiver: Wire, sender: Wire, topic: str) -> bool:
    sender.publish(topic, b"here", 1)
    return bool(receiver.pending())


@pytest.mark.parametrize(
    ("pattern", "topic", "matches"),
    [
        ("{}/a", "{}/a", True),
        ("{}/a", "{}/A", False),
        ("{}/a", "{}/a/", False),
        ("{}/a", "/{}/a", False),
        ("/{}/a", "/{}/a", True),
        ("{}/+", "{}/a", True),
        ("{}/+", "{}/", True),
        ("{}/+", "{}", False),
        ("{}/+", "{}/a/b", False),
        ("{}/+/b", "{}/a/b", True),
        ("{}/+/b", "{}//b", True),
        ("{}/+/b", "{}/a/c", False),
        ("{}/#", "{}", True),
        ("{}/#", "{}/", True),
        ("{}/#", "{}/a/b/c", True),
        ("{}/#", "{}b/a", False),
        ("+/{}/+", "a/{}/b", True),
        ("/+/{}", "/a/{}", True),
        ("+/{}", "/{}", True),
        ("$x{}/#", "$x{}/a", True),
        ("+/{}", "$x/{}", False),
        ("#", "$x/{}", False),
        ("$x/+", "$x/{}", True),
    ],
)  # fmt: skip
def test_filters_match(join: Open, name: str, pattern: str, topic: str, matches: bool):
    receiver, sender = join(), join()
    receiver.subscribe(pattern.format(name), qos=1, handling=2 if receiver.is_v5 else 0)
    receiver.pending()
    assert reached(receiver, sender, topic.format(name)) == matches


def test_several_filters_are_granted_one_by_one(join: Open, name: str):
    receiver, sender = join(), join()
    assert receiver.subscribe(f"{name}/a", f"{name}/b", qos=1) == [1, 1]
    assert reached(receiver, sender, f"{name}/a")
    assert reached(receiver, sender, f"{name}/b")


@pytest.mark.parametrize("pattern", ["{}/#/a", "{}/a#", "{}/a+", "{}/+a/b", ""])
def test_a_wrong_filter_is_refused(join: Open, name: str, pattern: str):
    wire = join()
    try:
        assert wire.subscribe(pattern.format(name))[0] >= 0x80
    except Closed:
        pass  # both are allowed


def test_a_packet_without_a_filter_ends_the_connection(join: Open, version: Version):
    wire = join()
    wire.send(SUBSCRIBE | 2, b"\0\1" + (b"\0" if version == "5" else b""))
    wire.closed()


def test_a_reserved_option_ends_the_connection(join: Open, name: str, version: Version):
    wire = join()
    wire.send(
        SUBSCRIBE | 2,
        b"\0\1" + (b"\0" if version == "5" else b"") + text(f"{name}/a") + b"\xc0",
    )
    wire.closed()


def test_qos_3_is_refused(join: Open, name: str, version: Version):
    wire = join()
    wire.send(
        SUBSCRIBE | 2, b"\0\1" + (b"\0" if version == "5" else b"") + text(f"{name}/a") + b"\3"
    )
    wire.closed()


def test_a_second_subscription_replaces_the_first(join: Open, name: str):
    receiver, sender = join(), join()
    receiver.subscribe(f"{name}/a", qos=0)
    receiver.subscribe(f"{name}/a", qos=2)
    sender.publish(f"{name}/a", b"once", 2)
    assert receiver.message().qos == 2
    assert receiver.pending() == []


def test_unsubscribing_ends_it(join: Open, name: str, version: Version):
    receiver, sender = join(), join()
    receiver.subscribe(f"{name}/a", f"{name}/b", qos=1)
    codes = receiver.unsubscribe(f"{name}/a")
    assert codes == ([0] if version == "5" else [])
    assert not reached(receiver, sender, f"{name}/a")
    assert reached(receiver, sender, f"{name}/b")


def test_unsubscribing_from_what_was_not_subscribed(join: Open, name: str, version: Version):
    codes = join().unsubscribe(f"{name}/a", f"{name}/b")
    assert codes == ([0x11, 0x11] if version == "5" else [])


def test_an_unsubscribe_packet_is_about_the_filter_not_the_topics(join: Open, name: str):
    receiver, sender = join(), join()
    receiver.subscribe(f"{name}/#", qos=1)
    receiver.unsubscribe(f"{name}/a")
    assert reached(receiver, sender, f"{name}/a")


def test_overlapping_filters(join: Open, name: str, version: Version):
    receiver, sender = join(), join()
    receiver.subscribe(f"{name}/#", qos=1)
    receiver.subscribe(f"{name}/a", qos=1)
    sender.publish(f"{name}/a", b"one", 1)
    # MQTT 5 allows one or several; 3.1.1 too, and both brokers have chosen.
    assert receiver.pending() == ([b"one", b"one"] if version == "5" else [b"one"])


def test_subscribers_do_not_disturb_each_other(join: Open, name: str):
    first, second, sender = join(), join(), join()
    first.subscribe(f"{name}/a", qos=1)
    second.subscribe(f"{name}/+", qos=2)
    sender.publish(f"{name}/a", b"both", 2)
    assert first.message().qos == 1
    assert second.message().qos == 2
    first.close()
    assert reached(second, sender, f"{name}/a")
