"""Programs that are killed, disks that are full, and messages that come again and again."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from topicwire import Client, Context, Outbox, OutboxFailed
from topicwire._envelope import Headers
from topicwire._identity import IdentitySource

from tests.channels import DurablePublisher, DurableSubscriber, Reading
from tests.faults.disk import small_disk
from tests.faults.experiment import Stage, experiment
from tests.faults.ledger import Ledger
from tests.raw import send_raw


@experiment
def publisher_killed(stage: Stage) -> None:
    """`kill -9` of a program with an outbox: what `publish` has accepted arrives."""
    cycles = stage.pick(50, 5)
    source = random.Random(stage.seed)
    broker = stage.mosquitto()
    ledger = Ledger()
    receiver = stage.client(broker.url)

    @DurableSubscriber(receiver, rig="r")
    def receive(message: Reading, context: Context) -> None:
        ledger.receive(message.number)

    receiver.connect()
    path = stage.folder / "outbox.sqlite"
    for cycle in range(cycles):
        # One may be killed after a message was committed and before it could say so.
        program = start(broker.url, path, first=cycle * 1_000_000)
        assert program.stdout is not None
        # How far it gets before it is killed; it says each number after `publish` returned.
        for _ in range(source.randint(1, 400)):
            ledger.promise(int(program.stdout.readline()))
        program.send_signal(signal.SIGKILL)
        for line in program.communicate()[0].splitlines():
            ledger.promise(int(line))
    with Client(broker.url, client_id="killed", outbox=path) as last:
        arrived = ledger.wait_for(ledger.promised, 60)
        last.close(drain=20)
    verdict = ledger.verdict()
    stage.note("committed", len(ledger.promised))
    stage.equal("committed minus delivered", verdict.lost, 0)
    stage.equal("all arrived", arrived, True)
    stage.equal("handled twice", verdict.duplicated, 0)
    stage.note("repetitions dropped", receiver.stats().duplicates)
    stage.equal("left in the outbox", last.stats().outbox_messages, 0)


def start(url: str, path: Path, first: int) -> subprocess.Popen[str]:
    """Start a program that publishes numbers from `first` on until it is killed."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.killed", url, str(path), str(first)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@experiment
def disk_full(stage: Stage) -> None:
    """A disk without room is an error to the caller, and all is well when there is room again."""
    broker = stage.mosquitto()
    ledger = Ledger()
    receiver = stage.client(broker.url)

    @DurableSubscriber(receiver, rig="r")
    def receive(message: Reading, context: Context) -> None:
        ledger.receive(message.number)

    receiver.connect()
    with small_disk(stage.folder) as disk:
        proxy = stage.proxy(broker)
        proxy.refusing = True
        client = stage.client(
            proxy.url, client_id="full", outbox=Outbox(path=disk.folder / "outbox.sqlite")
        )
        client.start()
        publisher, number, refused = DurablePublisher(client), 0, 0
        while refused < 5 and number < 1_000:
            try:
                publisher.publish(Reading(number=number, text="x" * 5_000), rig="r")
                ledger.promise(number)
                number += 1
            except OutboxFailed as error:
                refused, told = refused + 1, error.reason
        stage.note("full after", f"{number} messages: {told if refused else 'never'}")
        stage.equal("refused", refused, 5)
        # Even to forget what was delivered needs room; it has to be tried until there is some.
        proxy.refusing = False
        stage.equal("what it had arrives", ledger.wait_for(ledger.promised, 60), True)
        disk.make_room()
        publisher.publish(Reading(number=number), rig="r").wait(20)
        ledger.promise(number)
        stage.equal("and goes on", ledger.wait_for(ledger.promised, 20), True)
        deadline = time.monotonic() + 20
        while client.stats().outbox_messages and time.monotonic() < deadline:
            time.sleep(0.05)
        stage.equal("left in the outbox", client.stats().outbox_messages, 0)
        client.close()
    verdict = ledger.verdict()
    stage.equal("lost, twice", (verdict.lost, verdict.duplicated), (0, 0))


@experiment
def duplicate_storm(stage: Stage) -> None:
    """Ten thousand messages, each of which comes twice."""
    messages = stage.pick(10_000, 2_000)
    broker = stage.mosquitto("max_queued_messages 0")
    ledger = Ledger()
    receiver = stage.client(broker.url)

    @DurableSubscriber(receiver, rig="r")
    def receive(message: Reading, context: Context) -> None:
        ledger.receive(message.number)

    receiver.connect()
    sender = stage.client(broker.url, max_queued_messages=10 * messages)
    sender.connect()
    identities = IdentitySource(sender.client_id)
    headers = [Headers(identities.next().properties(time.time())) for _ in range(messages)]
    for _ in range(2):
        for number, header in enumerate(headers):
            body = b'{"number":%d}' % number
            send_raw(sender, DurableSubscriber.channel, "durable/r", body, header)
    DurablePublisher(sender).publish(Reading(number=messages), rig="r").wait(60)
    ledger.wait_for({messages}, 60)
    stage.equal("handled", ledger.arrived == list(range(messages + 1)), True)
    stage.equal("dropped", receiver.stats().duplicates, messages)
