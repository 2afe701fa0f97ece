import pytest
from topicwire._failover import BrokerRing
from topicwire._url import BrokerUrl

A, B, C = BrokerUrl.parse_all("mqtt://a,b,c")


def test_a_round_takes_each_broker_once_and_then_goes_on_with_the_next():
    ring = BrokerRing([A, B, C])
    seen = [(ring.current, ring.failed()) for _ in range(4)]
    assert seen == [(A, True), (B, True), (C, False), (A, True)]


def test_after_a_stable_connection_the_same_broker_is_first():
    ring = BrokerRing([A, B, C])
    ring.failed()
    assert ring.lost(None, stable=True)
    assert ring.current == B
    assert ring.failed()
    assert ring.current == C


@pytest.mark.parametrize("code", [0x8B, 0x9C, 0x9D])
def test_a_broker_that_sends_its_clients_elsewhere_is_left(code):
    ring = BrokerRing([A, B])
    assert ring.lost(code, stable=True)
    assert ring.current == B


def test_brokers_that_accept_and_hang_up_are_a_round_too():
    ring = BrokerRing([A, B])
    assert [ring.lost(None, stable=False) for _ in range(4)] == [True, False, True, False]


def test_one_broker_alone_is_never_tried_at_once():
    ring = BrokerRing([A])
    assert not ring.lost(None, stable=True)
    assert not ring.failed()
    assert ring.current == A


def test_many_clients_begin_with_different_brokers():
    assert {BrokerRing([A, B, C], shuffled=True).current for _ in range(200)} == {A, B, C}
