"""Workers that divide a channel's partitions, on brokers with and without shared subscriptions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from topicwire import AsyncClient, Client, Context, PartitionedSubscription

from tests.broker import Broker, Version
from tests.channels import AsyncJobsSubscriber, JobsPublisher, JobsSubscriber, Reading
from tests.inbox import Collection, wait_until
from tests.nats import Nats

QUICK = {"interval": 0.1, "timeout": 1.5}


@pytest.fixture
def work(connect: Callable[..., Client], stoppable: Broker, rig: str) -> Callable[[], Worker]:
    """Start workers of the test's own group."""

    def start() -> Worker:
        return Worker(connect(stoppable.url), rig)

    return start


class Worker:
    """A worker that collects what it handles."""

    done: Collection[tuple[int, str]]

    def __init__(self, client: Client, group: str) -> None:
        self.client = client
        self.done = Collection()
        self.may_end = threading.Event()
        self.may_end.set()
        self.membership: PartitionedSubscription = (
            JobsSubscriber(client).partitioned(group, **QUICK).subscribe(self._handle)
        )

    def _handle(self, message: Reading, context: Context) -> None:
        self.may_end.wait(10)
        self.done.add((message.number, context.parameters["partition"]))

    @property
    def numbers(self) -> list[int]:
        return [number for number, _ in self.done.items]


def settle(*workers: Worker) -> None:
    """Wait until all know each other, and each has its share of all partitions."""
    memberships = [worker.membership for worker in workers]
    wait_until(
        lambda: (
            all(len(each.workers) == len(workers) for each in memberships)
            and sorted(p for each in memberships for p in each.leases) == list(range(16))
        )
    )
    for membership in memberships:
        membership.wait(5)


def test_workers_divide_the_partitions_and_a_leaving_one_hands_over(
    work: Callable[[], Worker], connect: Callable[..., Client], stoppable: Broker, rig: str
):
    first = work()
    settle(first)
    second = work()
    settle(first, second)
    assert {len(worker.membership.leases) for worker in (first, second)} == {8}
    publisher = JobsPublisher(connect(stoppable.url))
    for number in range(100):
        publisher.publish(Reading(number=number), rig=rig).wait(5)
    wait_until(lambda: len(first.numbers) + len(second.numbers) == 100)
    assert sorted(first.numbers + second.numbers) == list(range(100))
    # What comes while it leaves waits for the other.
    before = second.membership.leases
    deliveries = [publisher.publish(Reading(number=n), rig=rig) for n in range(100, 200)]
    second.client.close()
    for delivery in deliveries:
        delivery.wait(10)
    settle(first)
    first.done.wait_until(
        lambda items: {n for n, _ in items} | set(second.numbers) >= set(range(200))
    )
    for partition in before:
        numbers = [n for n, p in second.done.items + first.done.items if p == str(partition)]
        # NATS delivers what it sent to the leaving one after its ack_wait, behind newer ones.
        if not isinstance(stoppable, Nats):
            assert list(dict.fromkeys(numbers)) == sorted(set(numbers))
    after = first.membership.leases
    assert all(after[partition] > epoch for partition, epoch in before.items())


def test_handlers_may_be_coroutines(
    broker: Broker, version: Version, connect: Callable[..., Client], rig: str
):
    publisher = JobsPublisher(connect())

    async def main() -> list[int]:
        numbers: list[int] = []
        complete = asyncio.Event()

        async def handle(message: Reading, context: Context) -> None:
            numbers.append(message.number)
            if len(numbers) == 20:
                complete.set()

        async with AsyncClient(broker.url, mqtt_version=version) as client:
            membership = (
                await AsyncJobsSubscriber(client).partitioned(rig, **QUICK).subscribe(handle)
            )
            await asyncio.to_thread(membership.wait)
            for number in range(20):
                publisher.publish(Reading(number=number), rig=rig)
            await asyncio.wait_for(complete.wait(), 10)
        assert membership.leases == {}
        return numbers

    assert sorted(asyncio.run(main())) == list(range(20))
