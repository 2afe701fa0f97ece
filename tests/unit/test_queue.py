import threading

import pytest
from topicwire import Delivery, DeliveryState, NotConnected, QueueFull
from topicwire._envelope import Headers
from topicwire._queue import Outgoing, OutgoingQueue
from topicwire._stats import Counters


def item(name: str = "t", size: int = 9) -> Outgoing:
    return Outgoing(name, b"x" * size, 1, False, Headers(), None, Delivery(name, 1))


def test_first_in_first_out_and_counted():
    queue = OutgoingQueue(10, 1000, "reject", 0, Counters())
    items = [item() for _ in range(3)]
    for one in items:
        queue.put(one)
    assert (len(queue), queue.size) == (3, 30)
    assert [queue.pop() for _ in range(4)] == [*items, None]
    assert (len(queue), queue.size) == (0, 0)


@pytest.mark.parametrize(("messages", "size"), [(2, 1000), (100, 20)])
def test_reject_at_the_limit_of_count_or_bytes(messages, size):
    queue = OutgoingQueue(messages, size, "reject", 0, Counters())
    queue.put(item())
    queue.put(item())
    refused = item()
    with pytest.raises(QueueFull, match=r"2 messages, 20 bytes") as caught:
        queue.put(refused)
    assert (caught.value.messages, caught.value.size) == (2, 20)
    assert refused.delivery.state is DeliveryState.QUEUED
    assert len(queue) == 2


def test_drop_oldest_fails_what_it_drops_and_only_that():
    queue = OutgoingQueue(100, 30, "drop_oldest", 0, Counters())
    old = [item() for _ in range(3)]
    for one in old:
        queue.put(one)
    large = item(size=19)
    queue.put(large)
    assert [one.delivery.state.value for one in old] == ["failed", "failed", "queued"]
    assert isinstance(old[0].delivery.error, QueueFull)
    assert [queue.pop(), queue.pop()] == [old[2], large]


def test_block_waits_for_room():
    queue = OutgoingQueue(1, 1000, "block", 10, Counters())
    first, second = item(), item()
    queue.put(first)
    waiting = threading.Thread(target=queue.put, args=(second,))
    waiting.start()
    assert queue.pop() is first
    waiting.join(5)
    assert queue.pop() is second


def test_block_ends_with_an_error_when_no_room_comes():
    queue = OutgoingQueue(1, 1000, "block", 0.01, Counters())
    queue.put(item())
    with pytest.raises(QueueFull, match=r"no room within 0\.01 s"):
        queue.put(item())


def test_block_becomes_reject_where_waiting_is_forbidden():
    queue = OutgoingQueue(1, 1000, "block", 1000, Counters())
    queue.put(item())
    with pytest.raises(QueueFull):
        queue.put(item(), may_wait=False)


def test_a_message_that_can_never_fit_is_refused_at_once():
    queue = OutgoingQueue(1, 10, "block", 1000, Counters())
    with pytest.raises(QueueFull, match="11 bytes can never fit 10"):
        queue.put(item(size=10))


def test_closing_wakes_and_refuses():
    queue = OutgoingQueue(1, 1000, "block", 1000, Counters())
    queue.put(item())
    errors = []

    def put() -> None:
        try:
            queue.put(item())
        except NotConnected as error:
            errors.append(error)

    waiting = threading.Thread(target=put)
    waiting.start()
    queue.close()
    waiting.join(5)
    assert len(errors) == 1
    with pytest.raises(NotConnected):
        queue.put(item())
    assert len(queue) == 1, "what is queued stays"


def test_putting_back_goes_to_the_front_even_when_full():
    queue = OutgoingQueue(1, 1000, "reject", 0, Counters())
    back, first = item(), item()
    queue.put(first)
    queue.put_back(back)
    assert queue.pop() is back


@pytest.mark.parametrize("limits", [(0, 1), (1, 0)])
def test_limits_must_be_positive(limits):
    with pytest.raises(ValueError, match="must be positive"):
        OutgoingQueue(*limits, "reject", 0, Counters())
