import asyncio
import threading

import pytest
from topicwire import Delivery, DeliveryState, DeliveryTimeout, NotConnected, WouldDeadlock
from topicwire._completion import Completion, enter_network_thread, leave_network_thread


def test_qos_0_is_done_when_sent():
    delivery = Delivery("t", 0)
    assert delivery.state is DeliveryState.QUEUED
    delivery._mark_sent()
    assert delivery.state is DeliveryState.SENT
    delivery.wait(0)


def test_qos_1_is_done_when_acknowledged():
    delivery = Delivery("t", 1)
    delivery._mark_sent()
    assert delivery.state is DeliveryState.SENT
    assert not delivery.done
    delivery._acknowledge()
    assert delivery.state is DeliveryState.ACKNOWLEDGED
    assert repr(delivery) == "<Delivery 't' QoS 1 acknowledged>"


def test_only_the_first_end_counts():
    delivery = Delivery("t", 1)
    delivery._fail(NotConnected("closed"))
    delivery._acknowledge()
    assert delivery.state is DeliveryState.FAILED
    with pytest.raises(NotConnected, match="closed"):
        delivery.wait()


def test_waiting_has_a_deadline():
    with pytest.raises(DeliveryTimeout):
        Delivery("t", 1).wait(0.01)
    with pytest.raises(TimeoutError):
        Delivery("t", 1).wait(0.01)


def test_another_thread_wakes_the_waiting_one():
    delivery = Delivery("t", 1)
    threading.Timer(0.01, delivery._acknowledge).start()
    delivery.wait(5)


def test_waiting_on_the_network_thread_raises_instead_of_hanging():
    enter_network_thread()
    try:
        with pytest.raises(WouldDeadlock):
            Delivery("t", 1).wait()
    finally:
        leave_network_thread()


def test_awaiting():
    async def program() -> None:
        delivery = Delivery("t", 1)
        threading.Timer(0.01, delivery._acknowledge).start()
        await delivery
        await delivery
        failed = Delivery("t", 1)
        threading.Timer(0.01, failed._fail, [NotConnected("gone")]).start()
        with pytest.raises(NotConnected, match="gone"):
            await failed

    asyncio.run(program())


def test_an_abandoned_await_does_no_harm():
    async def program() -> None:
        completion = Completion()

        async def wait() -> None:
            await completion

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(wait(), 0.01)
        completion._finish()
        await asyncio.sleep(0)

    asyncio.run(program())


def test_callbacks_run_once_also_when_late_and_can_be_taken_back():
    completion = Completion()
    calls: list[str] = []

    def unwanted(_: Completion) -> None:
        calls.append("unwanted")

    completion.add_done_callback(lambda _: calls.append("early"))
    completion.add_done_callback(unwanted)
    completion.remove_done_callback(unwanted)
    assert completion._finish()
    assert not completion._finish()
    completion.add_done_callback(lambda _: calls.append("late"))
    assert calls == ["early", "late"]
