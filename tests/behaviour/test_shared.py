"""Shared subscriptions, which mosquitto has in MQTT 3.1.1 too."""

from __future__ import annotations

from itertools import chain

from tests.behaviour.conftest import Open


def test_each_message_goes_to_one_member(join: Open, name: str):
    members = [join() for _ in range(3)]
    for member in members:
        member.subscribe(f"$share/workers/{name}/a", qos=1)
    sender = join()
    bodies = [b"%d" % number for number in range(30)]
    for body in bodies:
        sender.publish(f"{name}/a", body, 1)
    shares = [member.pending() for member in members]
    assert sorted(chain.from_iterable(shares)) == sorted(bodies)
    assert [len(share) for share in shares] == [10, 10, 10]


def test_each_group_gets_all(join: Open, name: str):
    first, second, sender = join(), join(), join()
    first.subscribe(f"$share/one/{name}/a", qos=1)
    second.subscribe(f"$share/two/{name}/a", qos=1)
    sender.publish(f"{name}/a", b"both", 1)
    assert first.pending() == second.pending() == [b"both"]


def test_ordinary_subscribers_get_all_besides(join: Open, name: str):
    member, ordinary, sender = join(), join(), join()
    member.subscribe(f"$share/workers/{name}/a", qos=1)
    ordinary.subscribe(f"{name}/a", qos=1)
    sender.publish(f"{name}/a", b"both", 1)
    assert member.pending() == ordinary.pending() == [b"both"]


def test_a_group_shares_a_filter_with_wildcards(join: Open, name: str):
    member, sender = join(), join()
    member.subscribe(f"$share/workers/{name}/+/x", qos=1)
    sender.publish(f"{name}/a/x", b"in", 1)
    sender.publish(f"{name}/a/y", b"out", 1)
    assert member.pending() == [b"in"]


def test_the_rest_goes_on_when_a_member_leaves(join: Open, name: str):
    leaving, staying, sender = join(), join(), join()
    for member in (leaving, staying):
        member.subscribe(f"$share/workers/{name}/a", qos=1)
    leaving.unsubscribe(f"$share/workers/{name}/a")
    for _ in range(4):
        sender.publish(f"{name}/a", b"x", 1)
    assert leaving.pending() == []
    assert staying.pending() == [b"x"] * 4


def test_the_qos_is_the_members(join: Open, name: str):
    member, sender = join(), join()
    member.subscribe(f"$share/workers/{name}/a", qos=1)
    sender.publish(f"{name}/a", b"x", 2)
    assert member.message().qos == 1
