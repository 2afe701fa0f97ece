"""Programs that are slow, raise, publish what they should not, or are told to end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from topicwire import Context, HandlerFailed, PayloadInvalid, TopicwireError

from tests.channels import (
    DurablePublisher,
    FastPublisher,
    PlainPublisher,
    PlainSubscriber,
    Reading,
    StatePublisher,
    StateSubscriber,
)
from tests.faults.experiment import Stage, experiment
from tests.faults.ledger import Ledger
from tests.faults.receiver import Receiver
from tests.inbox import Errors

MIB = 2**20


@experiment
def sigterm(stage: Stage) -> None:
    """A service that is told to end while 1,000 messages are queued."""
    broker = stage.mosquitto()
    ledger = Ledger()
    receiver = stage.client(broker.url)

    @PlainSubscriber(receiver)
    def receive(message: Reading, context: Context) -> None:
        ledger.receive(message.number)

    receiver.connect()
    messages = 1_000
    service = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.service", broker.url, str(messages)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert service.stdout is not None
    line = service.stdout.readline()
    service.send_signal(signal.SIGTERM)
    told = service.communicate(timeout=30)[0]
    stage.note("queued at SIGTERM", line.strip())
    stage.equal("exit status", service.returncode, 0)
    stage.equal("not delivered", told.strip(), "0")
    stage.equal("arrived", ledger.wait_for(set(range(messages)), 10), True)


@experiment
def slow_handler(stage: Stage) -> None:
    """A handler that takes ten times as long as the messages take to come."""
    seconds, rate = stage.pick((60.0, 1_000), (4.0, 500))
    broker = stage.mosquitto("max_queued_messages 0", "max_inflight_messages 0")
    ledger = Ledger()
    receiver = stage.cleanup.enter_context(Receiver(broker.url, ledger.receive, pause=10 / rate))
    sender = stage.client(broker.url)
    sender.connect()
    publisher, body = DurablePublisher(sender), "x" * 1_000
    memory: list[int] = []
    number, over = 0, time.monotonic() + seconds
    while time.monotonic() < over:
        for _ in range(rate // 50):
            ledger.publish(number, publisher.publish(Reading(number=number, text=body), rig="r"))
            number += 1
        time.sleep(0.02)
        memory.append(receiver.memory)
    stage.note("messages, behind at the end", f"{number}, {number - len(ledger.arrived)}")
    # In the first tenth it takes in as many as it may, 1,000 by default.
    growth = (max(memory) - memory[len(memory) // 10]) / MIB
    stage.limit("receiver's memory grown", growth, 8.0, " MiB")
    receiver.hurry()
    ledger.wait_for(set(range(number)), 120)
    receiver.end()
    verdict = ledger.verdict()
    stage.equal("lost", verdict.lost, 0)
    stage.equal("pings missed", receiver.reconnects, 0)


@experiment
def raising_handler(stage: Stage) -> None:
    """Forty messages that make the handler raise, and then five good ones."""
    broker = stage.mosquitto()
    errors, ledger = Errors(), Ledger()
    client = stage.client(broker.url, on_error=errors)

    @PlainSubscriber(client)
    def receive(message: Reading, context: Context) -> None:
        if message.number < 40:
            raise RuntimeError(f"number {message.number}")
        ledger.receive(message.number)

    client.connect()
    for number in range(45):
        PlainPublisher(client).publish(Reading(number=number)).wait(10)
    stage.equal("good ones arrived", ledger.wait_for(set(range(40, 45)), 10), True)
    errors.wait_for(40)
    kinds = {type(error) for error, _ in errors.items}
    stage.equal("reported", len(errors.items), 40)
    stage.equal("all as HandlerFailed", kinds == {HandlerFailed}, True)


@experiment
def malformed_retained(stage: Stage) -> None:
    """A retained message that no schema fits waits for every new subscriber."""
    broker = stage.mosquitto()
    broker.pub("-r", "-q", "1", "-t", "state/a/left", "-m", "{not json")
    errors, ledger = Errors(), Ledger()
    client = stage.client(broker.url, on_error=errors)

    @StateSubscriber(client)
    def receive(message: Reading, context: Context) -> None:
        ledger.receive(message.number)

    client.connect()
    [(error, context)] = errors.wait_for(1)
    stage.equal("reported as", type(error).__name__, PayloadInvalid.__name__)
    stage.equal("with its topic", context and context.topic, "state/a/left")
    StatePublisher(client).publish(Reading(number=1), rig="a", side="left").wait(10)
    stage.equal("and messages flow", ledger.wait_for({1}, 10), True)
    stage.equal("reported once", len(errors.items), 1)


@experiment
def poison(stage: Stage) -> None:
    """Publishes that no broker would take are refused at once, and the others flow."""
    broker = stage.mosquitto("max_packet_size 10000")
    ledger = Ledger()
    client = stage.client(broker.url, mqtt_version="5")

    @PlainSubscriber(client)
    def receive(message: Reading, context: Context) -> None:
        ledger.receive(message.number)

    client.connect()
    plain, fast = PlainPublisher(client), FastPublisher(client)
    surrogate = Reading.model_construct(number=1, text="\ud800")
    attempts = {
        "NUL in a parameter": lambda: fast.publish(Reading(number=1), rig="a\0b"),
        "wildcard in a parameter": lambda: fast.publish(Reading(number=1), rig="#"),
        "over the packet size": lambda: plain.publish(Reading(number=1, text="x" * 20_000)),
        "lone surrogate": lambda: plain.publish(surrogate),
        "lone surrogate in a parameter": lambda: fast.publish(Reading(number=1), rig="\ud800"),
    }
    numbers = set(range(100, 100 + len(attempts)))
    for number, (name, attempt) in zip(sorted(numbers), attempts.items(), strict=True):
        try:
            attempt()
            refused = "accepted"
        except TopicwireError as error:
            refused = type(error).__name__
        stage.equal(name, refused != "accepted", True)
        plain.publish(Reading(number=number)).wait(10)
    stage.equal("the others arrived", ledger.wait_for(numbers, 10), True)
    stage.equal("and only they", len(ledger.arrived), len(numbers))
    stage.equal("reconnects", client.stats().reconnects, 0)
