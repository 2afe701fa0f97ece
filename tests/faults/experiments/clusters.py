"""Brokers of several nodes, and services of several workers: what is lost when some are killed."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from topicwire import Client, Context
from topicwire._url import BrokerUrl

from tests.broker import Broker
from tests.channels import PARTITIONS, DurablePublisher, DurableSubscriber, JobsPublisher, Reading
from tests.clusters import (
    CONFIGURATIONS,
    Cluster,
    EjabberdCluster,
    NatsCluster,
    RabbitCluster,
    works,
)
from tests.faults.experiment import QUICK, Stage, experiment
from tests.faults.ledger import Ledger
from tests.faults.worker import Way, Worker
from tests.inbox import wait_until
from tests.nats import Nats

_RATE = 1_000  # messages a second


@experiment
def nats_node_killed(stage: Stage) -> None:
    """`kill -9` of the node of a NATS cluster that sender and receiver are at."""
    _kill_a_node(stage, NatsCluster)


@experiment
def rabbitmq_node_killed(stage: Stage) -> None:
    """The same with RabbitMQ and quorum queues."""
    _kill_a_node(stage, RabbitCluster)


@experiment
def ejabberd_node_killed(stage: Stage) -> None:
    """The same with ejabberd, whose sessions die with their node.

    So there are two receivers, at two nodes, and what both get is handled once.
    """
    _kill_a_node(stage, EjabberdCluster, receivers=2)


def _kill_a_node(stage: Stage, kind: Callable[..., Cluster[Broker]], *, receivers: int = 1) -> None:
    messages = stage.pick(10_000, 1_000)
    cluster = stage.cleanup.enter_context(kind(stage.folder))
    ledger = Ledger()
    handled: set[int] = set()
    lock = threading.Lock()

    def receive(message: Reading, context: Context) -> None:
        with lock:
            if receivers > 1 and message.number in handled:
                return
            handled.add(message.number)
        ledger.receive(message.number)

    clients = [
        _client(stage, cluster.urls[place:] + cluster.urls[:place], f"receiver-{place}")
        for place in range(receivers)
    ]
    for client in clients:
        DurableSubscriber(client, rig="r")(receive)
        client.connect()
    sender = _client(stage, cluster.urls, "sender")
    sender.connect()
    publisher = DurablePublisher(sender)
    victim = cluster.nodes[0]
    ports = {BrokerUrl.parse(client.url).port for client in (clients[0], sender)}
    stage.equal("sender and receiver at the node that is killed", ports == {victim.port}, True)
    acknowledged: list[float] = []
    when = random.Random(stage.seed).randrange(messages // 5, messages // 2)
    began, killed = time.monotonic(), 0.0
    for number in range(messages):
        if number == when:
            killed = time.monotonic()
            victim.kill()
        delivery = publisher.publish(Reading(number=number), rig="r")
        delivery.add_done_callback(lambda _: acknowledged.append(time.monotonic()))
        ledger.publish(number, delivery)
        time.sleep(max(0.0, began + number / _RATE - time.monotonic()))
    for delivery in ledger.deliveries.values():
        delivery.wait(60)
    ledger.wait_for(ledger.expected(), 60)
    verdict = ledger.verdict()
    stage.equal("lost", verdict.lost, 0)
    stage.equal("deliveries not ended", verdict.open, 0)
    stage.equal("handled twice", verdict.duplicated, 0)
    stage.note("repetitions dropped", sum(client.stats().duplicates for client in clients))
    stage.note("out of order", verdict.reordered)
    moments = sorted(moment for moment in acknowledged if moment > killed)
    longest = max(later - earlier for earlier, later in pairwise([killed, *moments]))
    stage.limit("longest time without an acknowledgement", longest, 30.0, " s")
    victim.start()
    wait_until(lambda: works(victim), timeout=60)
    stage.note("memory of a node", f"{max(node.memory for node in cluster.nodes) / 2**20:.0f} MiB")


def _client(stage: Stage, urls: list[str], name: str) -> Client:
    return stage.client(
        urls, client_id=name, session_expiry=300, clean_start=False, reconnect=QUICK,
        queue_timeout=60.0, keep_alive=10,
    )  # fmt: skip


@experiment
def partitioned_workers_killed(stage: Stage) -> None:
    """Four workers divide partitions on NATS; two of them are killed (`kill -9`)."""
    broker = Nats(stage.folder, ack_wait="5s")
    stage.cleanup.enter_context(broker)
    _kill_workers(stage, broker.url, "partitioned", share=4)


@experiment
def sharing_workers_killed(stage: Stage) -> None:
    """Four workers share a subscription on mosquitto; two are killed (`kill -9`), and come back."""
    lines = (CONFIGURATIONS / "mosquitto.conf").read_text().splitlines()
    broker = stage.mosquitto(*lines)
    _kill_workers(stage, broker.url, "shared", share=1)


def _kill_workers(stage: Stage, url: str, way: Way, *, share: int) -> None:
    messages = stage.pick(10_000, 2_000)
    ledger = Ledger()
    counts: Counter[str] = Counter()

    def start(name: str) -> Worker:
        def handled(number: int) -> None:
            counts[name] += 1
            ledger.receive(number)

        return stage.cleanup.enter_context(Worker(url, way, name, handled))

    workers = [start(f"worker-{number}") for number in range(4)]
    wait_until(lambda: all(worker.share == share for worker in workers), timeout=60)
    sender = stage.client(url, client_id="sender")
    sender.connect()
    publisher = JobsPublisher(sender)

    def publish(numbers: range) -> None:
        began = time.monotonic()
        for place, number in enumerate(numbers):
            ledger.publish(number, publisher.publish(Reading(number=number), rig="r"))
            time.sleep(max(0.0, began + place / _RATE - time.monotonic()))

    publish(range(messages // 2))
    ledger.wait_for(set(range(messages // 2)), 60)
    even = messages / 2 / 4
    stage.note("handled by each", sorted(counts.values()))
    stage.limit(
        "furthest from even", max(abs(c - even) for c in counts.values()) / even * 100, 20.0, " %"
    )
    publish(range(messages // 2, messages * 3 // 4))
    killed = time.monotonic()
    for worker in workers[:2]:
        worker.kill()
    publish(range(messages * 3 // 4, messages))
    for delivery in ledger.deliveries.values():
        delivery.wait(60)
    if way == "shared":
        # What a member of a shared subscription was given, no other gets.
        wait_until(lambda: counts["worker-2"] + counts["worker-3"] >= messages // 2 - 100)
        stage.note("waiting for those that died", ledger.verdict().lost)
        for worker in workers[:2]:
            start(worker.name)
    ledger.wait_for(ledger.expected(), 60)
    stage.note("all handled after the kill", f"{time.monotonic() - killed:.1f} s")
    verdict = ledger.verdict()
    stage.equal("lost", verdict.lost, 0)
    stage.note("handled twice", verdict.duplicated)
    if way == "partitioned":
        # Numbers are published in their order, and each partition's come to one at a time.
        seen: dict[int, list[int]] = {}
        for number in dict.fromkeys(ledger.arrived):
            seen.setdefault(PARTITIONS.of_key(str(number)), []).append(number)
        late = sum(b < a for numbers in seen.values() for a, b in pairwise(numbers))
        stage.note("behind a later one of its partition", late)
