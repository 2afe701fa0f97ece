"""Brokers that are killed, restarted, or away for long."""

from __future__ import annotations

import random
import signal
import time

from topicwire import Client, Context, ReconnectPolicy, SessionLost

from tests.channels import DurablePublisher, PlainPublisher, PlainSubscriber, Reading
from tests.faults.experiment import Stage, experiment
from tests.faults.ledger import Ledger
from tests.faults.receiver import Receiver
from tests.inbox import Errors


@experiment
def broker_killed(stage: Stage) -> None:
    """`kill -9` of the broker in the middle of publishing, again and again."""
    cycles, messages = stage.pick((20, 10_000), (2, 1_000))
    source = random.Random(stage.seed)
    broker = stage.durable_mosquitto()
    ledger = Ledger()
    # What the broker may not send on at once it has in its memory only, and has acknowledged.
    receiver = stage.cleanup.enter_context(
        Receiver(broker.url, ledger.receive, pending=20 * messages)
    )
    sender = stage.client(
        broker.url, client_id="sender", max_queued_messages=2 * messages, queue_timeout=60.0
    )
    sender.connect()
    publisher = DurablePublisher(sender)
    for cycle in range(cycles):
        numbers = range(cycle * messages, (cycle + 1) * messages)
        when = source.randrange(messages // 10, messages)
        for number in numbers:
            ledger.publish(number, publisher.publish(Reading(number=number), rig="r"))
        ledger.deliveries[numbers[when]].wait(60)
        broker.halt()  # what it has acknowledged and sent on it need not have on disk
        broker.restart(signal.SIGKILL)
        for number in numbers:
            ledger.deliveries[number].wait(60)
        ledger.wait_for(ledger.expected(), 60)
    receiver.end()
    verdict = ledger.verdict()
    # Sent and unacknowledged at the moment of the kill: 1,000 by the sender, which is the client's
    # limit, and by the broker to the receiver all that there are.
    stage.note("messages", verdict.published)
    stage.equal("lost", verdict.lost, 0)
    stage.equal("handled twice", verdict.duplicated, 0)
    stage.limit("repetitions dropped", receiver.duplicates, cycles * (messages + 1_000))
    stage.equal("deliveries not ended", verdict.open, 0)


@experiment
def broker_restarted_empty(stage: Stage) -> None:
    """A broker that comes back without any memory of its clients."""
    broker = stage.mosquitto()
    clients: list[tuple[Client, Errors, Ledger]] = []
    for _ in range(stage.pick(20, 5)):
        errors, ledger = Errors(), Ledger()
        client = stage.client(broker.url, on_error=errors, reconnect=ReconnectPolicy())

        def receive(message: Reading, context: Context, ledger: Ledger = ledger) -> None:
            ledger.receive(message.number)

        PlainSubscriber(client)(receive)
        client.connect()
        clients.append((client, errors, ledger))
    broker.stop(signal.SIGKILL)
    broker.start()
    started = time.monotonic()
    for _, errors, _ in clients:
        errors.wait_for(1, 20)
    while not all(client.is_connected for client, _, _ in clients):
        time.sleep(0.005)
    stage.limit("subscribed again", time.monotonic() - started, 5.0, " s")
    PlainPublisher(clients[0][0]).publish(Reading(number=1)).wait(10)
    heard = [ledger.wait_for({1}, 10) for _, _, ledger in clients]
    stage.equal("clients that hear", sum(heard), len(clients))
    reports = [len(errors.items) for _, errors, _ in clients]
    kinds = {type(error) for _, errors, _ in clients for error, _ in errors.items}
    stage.equal("reports for each", set(reports), {1})
    stage.equal("all SessionLost", kinds == {SessionLost}, True)


@experiment
def broker_away(stage: Stage) -> None:
    """A broker that is gone for longer than any budget of attempts."""
    attempts, messages = stage.pick((50, 5_000), (20, 500))
    broker = stage.durable_mosquitto()
    ledger = Ledger()
    receiver = stage.client(broker.url, client_id="receiver")

    @PlainSubscriber(receiver)
    def receive(message: Reading, context: Context) -> None:
        ledger.receive(message.number)

    receiver.connect()
    proxy = stage.proxy(broker)
    sender = stage.client(
        proxy.url, client_id="sender", reconnect=ReconnectPolicy(base=0.01, cap=0.05)
    )
    sender.connect()
    proxy.refusing = True
    proxy.reset()
    before = proxy.accepted
    for number in range(messages):
        ledger.publish(number, PlainPublisher(sender).publish(Reading(number=number)))
    while proxy.accepted < before + attempts:
        time.sleep(0.01)
    stage.note("attempts", proxy.accepted - before)
    proxy.refusing = False
    for delivery in ledger.deliveries.values():
        delivery.wait(60)
    ledger.wait_for(ledger.expected(), 30)
    verdict = ledger.verdict()
    stage.equal("lost, reordered, twice", (verdict.lost, verdict.reordered, verdict.duplicated),
                (0, 0, 0))  # fmt: skip
    stage.equal("failed", sender.stats().failed, 0)
