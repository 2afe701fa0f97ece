from dataclasses import dataclass, field

import pytest
from topicwire import SubscribeRejected
from topicwire._inbound import Inbound
from topicwire._subscriptions import FilterEntry, SubscriptionTable


def handler_a() -> None: ...
def handler_b() -> None: ...


@dataclass(eq=False)
class Route:
    handler: object = field(default=handler_a)
    immediate: bool = False


class Table(SubscriptionTable):
    def receivers(self, inbound: Inbound) -> list[object]:
        return list(self.routes_for(inbound)[0])

    def granted(self, name: str, qos: int, route: Route) -> FilterEntry:
        entry = self.add(name, qos, route)
        entry.granted._finish()
        return entry


def message(*entries: FilterEntry, retained: bool = False, topic: str = "a/b") -> Inbound:
    return Inbound(
        topic, b"", qos=0, retained=retained, duplicate=False, mid=0,
        identifiers=tuple(entry.identifier for entry in entries),
    )  # fmt: skip


def test_without_identifiers_every_matching_route_gets_it():
    table, one, two = Table(), Route(), Route(handler_b)
    table.granted("a/b", 0, one)
    table.granted("a/+", 0, two)
    table.granted("c", 0, Route())
    assert set(table.receivers(message())) == {one, two}
    assert table.receivers(message(topic="d")) == []


def test_of_the_copies_for_overlapping_subscriptions_exactly_one_is_taken():
    table, one, two, three = Table(), Route(), Route(handler_b), Route(print)
    first = table.granted("a/b", 0, one)
    second = table.granted("a/+", 1, two)
    third = table.granted("#", 0, three)
    taken = [entry for entry in (first, second, third) if table.receivers(message(entry))]
    assert taken == [second], "the copy with the highest QoS"
    assert set(table.receivers(message(second))) == {one, two, three}
    assert set(table.receivers(message(first, second, third))) == {one, two, three}, "one for all"


def test_the_same_handler_is_called_once_however_often_it_matches():
    class Object:
        def method(self) -> None: ...

    instance = Object()
    table = Table()
    table.granted("a/b", 0, Route(instance.method))
    table.granted("a/+", 0, Route(instance.method))
    assert len(table.receivers(message())) == 1


def test_a_retained_message_is_only_for_the_subscription_that_asked():
    table, one, two = Table(), Route(), Route(handler_b)
    table.granted("a/b", 1, one)
    late = table.granted("a/#", 0, two)
    assert table.receivers(message(late, retained=True)) == [two]


def test_a_copy_that_comes_before_its_grant_is_not_counted_twice():
    table, one, two = Table(), Route(), Route(handler_b)
    granted = table.granted("a/b", 0, one)
    pending = table.add("a/+", 1, two)
    assert set(table.receivers(message(granted))) == {one, two}
    assert table.receivers(message(pending)) == []


def test_identifiers_of_an_earlier_process_do_not_lose_a_message():
    table, one = Table(), Route()
    table.granted("a/b", 0, one)
    stale = FilterEntry("a/#", "a/#", 0, 4711)
    assert table.receivers(message(stale)) == [one]


def test_identifiers_are_the_same_in_every_process_and_differ():
    first, second = Table(), Table()
    identifiers = [first.add(f"a/{i}", 0, Route()).identifier for i in range(100)]
    assert identifiers == [second.add(f"a/{i}", 0, Route()).identifier for i in range(100)]
    assert len(set(identifiers)) == 100
    assert all(1 <= identifier <= 268_435_455 for identifier in identifiers)


def test_a_filter_is_left_when_its_last_route_goes():
    table, one, two = Table(), Route(), Route(handler_b)
    table.granted("a/b", 0, one)
    table.granted("a/b", 0, two)
    assert not table.remove("a/b", one)
    assert table.receivers(message()) == [two]
    assert table.remove("a/b", two)
    assert not table.remove("a/b", two), "twice does no harm"
    assert table.entries() == []


def test_a_new_connection_asks_for_what_the_brokers_session_does_not_know():
    table = Table()
    known = table.granted("a/b", 0, Route())
    refused = table.add("a/c", 0, Route())
    refused.granted._finish(SubscribeRejected({"a/c": 0x87}))
    assert table.missing(session_present=True) == [refused]
    assert known.active
    assert refused.granted.error is None, "it may be granted this time"
    assert table.missing(session_present=False) == [known, refused]
    assert not known.active


def test_a_further_route_raises_the_qos_and_asks_again():
    table = Table()
    entry = table.granted("a/b", 0, Route())
    again = table.add("a/b", 2, Route(handler_b))
    assert again is entry
    assert (entry.qos, entry.active) == (2, False)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_message_is_done_when_each_of_its_routes_is(count):
    done: list[Inbound] = []
    inbound = message()
    inbound.expect(count, done.append)
    for _ in range(count):
        assert done == []
        inbound.done()
    assert done == [inbound]
