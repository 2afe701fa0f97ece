import itertools

import pytest
from topicwire._inbound import AckLedger, Inbound


def message(mid: int) -> Inbound:
    return Inbound(
        "t", b"", qos=1, retained=False, duplicate=False, mid=mid
    )  # fmt: skip


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_acknowledged_in_the_order_received_whatever_order_handlers_end_in(order):
    messages = [message(mid) for mid in range(4)]
    ledger = AckLedger()
    for one in messages:
        ledger.add(one)
    released: list[Inbound] = []
    for position in order:
        released += ledger.finish(messages[position])
        finished = set(order[: order.index(position) + 1])
        expected = list(itertools.takewhile(finished.__contains__, range(4)))
        assert released == [messages[i] for i in expected]
    assert len(ledger) == 0


def test_nothing_of_an_old_connection_is_released():
    ledger = AckLedger()
    old = message(1)
    ledger.add(old)
    ledger.clear()
    new = message(1)
    ledger.add(new)
    assert list(ledger.finish(new)) == [new]


def test_a_message_without_routes_is_done_at_once():
    done: list[Inbound] = []
    one = message(1)
    one.expect(0, done.append)
    assert done == [one]
