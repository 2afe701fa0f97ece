"""Somebody who can write to the broker, or sits on the way, and has no key."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence

import psutil
from topicwire import Context, KeyRing, SignatureInvalid
from topicwire._core import ClientCore
from topicwire._inbound import Inbound
from topicwire._stats import Counters
from topicwire._subscriptions import Route
from topicwire.errors import TopicwireError

from tests.channels import (
    SIGNED,
    SIGNED_DURABLE,
    Reading,
    SignedPublisher,
    SignedSubscriber,
)
from tests.faults.experiment import Stage, experiment
from tests.faults.forgeries import Forger, Packet
from tests.faults.ledger import Ledger
from tests.inbox import Errors
from tests.keys import ED25519, HMAC, SHARED

_A_MESSAGE = 100  # forgeries of each valid message


class Gate:
    """A client without a connection: tells whether it hands a message on to a handler."""

    def __init__(self, stage: Stage, channel: object = SIGNED) -> None:
        self._passed = 0
        self.core = ClientCore(
            "mqtt://127.0.0.1:1",
            self,
            Counters(),
            {"client_id": "gate", "signing": KeyRing([HMAC, ED25519]), "allow_unsigned": False},
        )
        # State is not what is looked at here, so durable channels do without a file of it.
        self.core._trust._keeps_state = True
        self.core.register(channel, {"rig": None}, _Route(channel))  # type: ignore[arg-type]

    def submit(self, inbound: Inbound, routes: Sequence[Route]) -> None:
        self._passed += 1
        for _ in routes:
            inbound.done()

    def report(self, error: TopicwireError, context: Context | None) -> None:
        pass

    def passes(self, packet: Packet) -> bool:
        """Return whether a message would reach the handler."""
        before = self._passed
        self.core.deliver(packet.inbound())
        return self._passed > before


class _Route:
    immediate = False

    def __init__(self, channel: object) -> None:
        self.channel = channel
        self.handler = self


@experiment
def forged_messages(stage: Stage) -> None:
    """Valid messages, changed in one place over either carrier before they arrive themselves."""
    count = stage.pick(1_000_000, 20_000)
    gate = Gate(stage)
    # Ed25519 takes its time; a tenth of all is signed with it.
    keys = (HMAC,) * 9 + (ED25519,)
    forger = Forger(stage.seed, keys, ("signed/a", "signed/b", "signed/ü"))
    passed = refused = 0
    for _ in range(count // _A_MESSAGE):
        packet = forger.genuine()
        for forgery in forger.forgeries(packet, _A_MESSAGE):
            passed += gate.passes(forgery)
        carried = packet if random.random() < 0.5 else packet.enveloped()
        refused += not gate.passes(carried)
        passed += gate.passes(packet) + gate.passes(packet.enveloped())
    stats = gate.core.stats()
    stage.note("messages changed", count)
    stage.note("refused for", ", ".join(f"{k} {v}" for k, v in sorted(stats.refusals.items())))
    stage.note("no such topic, sent again", f"{stats.unrouted}, {stats.duplicates}")
    stage.equal("believed", passed, 0)
    stage.equal("valid ones refused", refused, 0)


@experiment
def reordered_and_late(stage: Stage) -> None:
    """What may happen to valid messages on their way, up to the limits of it."""
    forger = Forger(stage.seed, (HMAC,), ("signed/a",))
    gate = Gate(stage)
    packets = [forger.genuine() for _ in range(1_000)]
    random.Random(stage.seed).shuffle(packets)
    stage.equal("reordered, live", sum(map(gate.passes, packets)), 1_000)
    durable = Gate(stage, SIGNED_DURABLE)
    forger = Forger(stage.seed, (HMAC,), ("signed_durable/a",))
    packets = [forger.genuine() for _ in range(1_000)]
    random.Random(stage.seed).shuffle(packets)
    # One sender's window of 1,024 numbers.
    stage.equal("reordered, durable", sum(map(durable.passes, packets)), 1_000)
    stage.equal("and not twice", sum(map(durable.passes, packets)), 0)
    forger = Forger(stage.seed, (HMAC,), ("signed/a",))
    for skew in (-299, 299, -301, 301):
        packet = forger.genuine(ts=time.time() + skew)
        stage.equal(f"{skew:+} s", gate.passes(packet), abs(skew) < 300)


@experiment
def bombs(stage: Stage) -> None:
    """Bodies that would be of 100 MiB, in a process of their own each."""
    for name in ("gzip", "gzip-that-lies", "nested", "zstd", "zstd-without-size"):
        told = subprocess.run(
            [sys.executable, "-m", "tests.faults.bomb", name],
            check=True, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        found = json.loads(told.stdout)
        stage.equal(f"{name}: refused", found["refused"], True)
        stage.limit(f"{name}: memory", found["mebibytes"], 32.0, " MiB")
        if stage.full:
            stage.limit(f"{name}: time", found["milliseconds"], 50.0, " ms")


@experiment
def signature_flood(stage: Stage) -> None:
    """Ten thousand badly signed messages a second, beside a sender that is believed."""
    seconds = stage.pick(30, 4)
    # By default mosquitto drops what a slow subscriber does not take, valid or not.
    broker = stage.mosquitto("max_queued_messages 0")
    ledger, errors = Ledger(), Errors()
    receiver = stage.client(broker.url, signing=SHARED, on_error=errors)

    @SignedSubscriber(receiver, rig="r")
    def receive(message: Reading, context: Context) -> None:
        ledger.receive(message.number)

    receiver.connect()
    sender = stage.client(broker.url, signing=SHARED)
    sender.connect()
    flood = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.flood", str(broker.port), "signed/r", str(seconds)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    stage.cleanup.enter_context(flood)
    stage.cleanup.callback(flood.kill)
    assert flood.stdout is not None
    flood.stdout.readline()
    process = psutil.Process()
    memory = process.memory_info().rss
    publisher, number = SignedPublisher(sender), 0
    while flood.poll() is None:
        publisher.publish(Reading(number=number), rig="r").wait(30)
        number += 1
        time.sleep(0.02)
    sent, took = flood.stdout.readline().split()
    ledger.wait_for(set(range(number)), 60)
    stage.limit("memory grown", (process.memory_info().rss - memory) / 2**20, 32.0, " MiB")
    stats = receiver.stats()
    stage.note("flood a second", f"{int(sent) / float(took):.0f}")
    stage.note("of them looked at", stats.refusals.get("bad_signature", 0))
    stage.equal("valid messages lost", number - len(set(ledger.arrived)), 0)
    stage.note("valid messages", number)
    stage.equal("connections lost", stats.reconnects, 0)
    told = [error for error, _ in errors.items if isinstance(error, SignatureInvalid)]
    stage.limit("told", len(told), seconds + 25)
