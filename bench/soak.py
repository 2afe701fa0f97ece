"""Run a publisher and a subscriber for long, with connections that break, and look for growth.

    python bench/soak.py [--minutes 30] [--every 3] [--rate 200] [--seed 1]

Both clients are in this process, behind a proxy (`tests/faults/proxy.py`) that resets their
connections every few seconds; one more subscription comes and goes all the time. Resident memory,
open descriptors and threads are sampled each second. After a warm-up of a fifth of the time, a
line is laid through the samples (least squares). The exit status is 1 when memory, descriptors or
threads grow by more than the limits below, or a message is missing.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from topicwire import Client, ClientOptions, Delivery, QueueFull, ReconnectPolicy

# The experiments' tools live with the tests.
sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.channels import FastSubscriber, PlainPublisher, PlainSubscriber, Reading
from tests.faults.proxy import FaultProxy
from tests.mosquitto import Mosquitto

MEMORY_LIMIT = 2.0  # MiB, from the end of the warm-up to the end, along the line
COUNT_LIMIT = 1.0  # descriptors and threads, likewise


@dataclass
class Samples:
    """What was seen of this process, at `seconds` since the beginning."""

    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    descriptors: list[float] = field(default_factory=list)
    threads: list[float] = field(default_factory=list)

    def take(self, process: psutil.Process, now: float) -> None:
        """Look once."""
        self.seconds.append(now)
        self.memory.append(process.memory_info().rss / 2**20)
        self.descriptors.append(process.num_fds())
        self.threads.append(process.num_threads())

    def growth(self, values: list[float], after: float) -> float:
        """Return by how much the line through the values rises from `after` to the end."""
        points = [(x, y) for x, y in zip(self.seconds, values, strict=True) if x >= after]
        mean_x = sum(x for x, _ in points) / len(points)
        mean_y = sum(y for _, y in points) / len(points)
        spread = sum((x - mean_x) ** 2 for x, _ in points)
        slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
        return slope * (points[-1][0] - points[0][0])


class Publishing:
    """Publishes numbers at a steady rate on a thread of its own, and counts how they ended."""

    def __init__(self, client: Client, rate: float) -> None:
        self.published = self.acknowledged = self.failed = 0
        self._publisher = PlainPublisher(client)
        self._interval = 1 / rate
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publishing")
        self._thread.start()

    def stop(self) -> None:
        """Publish no more."""
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._end.is_set():
            try:
                delivery = self._publisher.publish(Reading(number=self.published))
            except QueueFull:
                continue
            self.published += 1
            delivery.add_done_callback(self._on_done)
            due += self._interval
            self._end.wait(max(0.0, due - time.monotonic()))

    def _on_done(self, delivery: object) -> None:
        if isinstance(delivery, Delivery) and delivery.error is None:
            self.acknowledged += 1
        else:
            self.failed += 1


class Counting:
    """A handler that counts; of the numbers it keeps only those that are missing."""

    def __init__(self) -> None:
        self.received = self.highest = 0
        self.missing: set[int] = set()

    def __call__(self, message: Reading, _context: object) -> None:
        self.received += 1
        self.missing.discard(message.number)
        if message.number >= self.highest:
            self.missing.update(range(self.highest, message.number))
            self.highest = message.number + 1


def soak(folder: Path, minutes: float, every: float, rate: float, seed: int) -> bool:
    """Soak, print a line each minute and the verdict; return whether all is well."""
    chance = random.Random(seed)
    policy = ReconnectPolicy(base=0.05, cap=0.5)
    samples, process = Samples(), psutil.Process()
    with (
        Mosquitto(folder, "max_queued_messages 0", "log_type none", "log_type notice",
                  "log_type information") as broker,
        FaultProxy(broker.port) as proxy,
    ):  # fmt: skip
        options: ClientOptions = {
            "reconnect": policy, "session_expiry": 600, "clean_start": False,
        }  # fmt: skip
        receiver = Client(proxy.url, client_id="soak-receiver", **options)
        sender = Client(proxy.url, client_id="soak-sender", **options)
        counting = Counting()
        PlainSubscriber(receiver).subscribe(counting)
        receiver.connect()
        sender.connect()
        publishing = Publishing(sender, rate)
        began = time.monotonic()
        breaks, subscriptions = 0, 0
        next_break = every
        while (now := time.monotonic() - began) < minutes * 60:
            samples.take(process, now)
            if now >= next_break:
                proxy.reset()
                breaks += 1
                next_break = now + chance.uniform(0.5, 1.5) * every
            if receiver.is_connected:
                subscriptions += come_and_go(receiver, str(chance.randrange(1000)))
            if len(samples.seconds) % 60 == 0:
                print(
                    f"{now / 60:5.1f} min: {samples.memory[-1]:.1f} MiB, "
                    f"{samples.descriptors[-1]:.0f} descriptors, "
                    f"{samples.threads[-1]:.0f} threads, "
                    f"{publishing.acknowledged} acknowledged, {breaks} times broken",
                    flush=True,
                )
            threading.Event().wait(1.0)
        publishing.stop()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and (
            publishing.acknowledged + publishing.failed < publishing.published
            or counting.highest < publishing.published
        ):
            threading.Event().wait(0.05)
        receiver.close()
        sender.close()
    # Threads for handlers are started only when all others are busy, which takes a while.
    after = max(minutes * 60 / 5, min(60.0, minutes * 30))
    checks = [
        ("resident memory, MiB", samples.growth(samples.memory, after), MEMORY_LIMIT),
        ("descriptors", samples.growth(samples.descriptors, after), COUNT_LIMIT),
        ("threads", samples.growth(samples.threads, after), COUNT_LIMIT),
        ("messages that failed", publishing.failed, 0),
        ("messages without an outcome",
         publishing.published - publishing.acknowledged - publishing.failed, 0),
        ("acknowledged and not received",
         len(counting.missing) + publishing.published - counting.highest, 0),
    ]  # fmt: skip
    print(
        f"{publishing.published} published, {counting.received} received, {breaks} times broken, "
        f"{subscriptions} subscriptions came and went; after the warm-up:"
    )
    for name, value, limit in checks:
        verdict = "ok" if value <= limit else "TOO MUCH"
        print(f"  {name:32} {value:+8.2f}   limit {limit:g}   {verdict}")
    return all(value <= limit for _, value, limit in checks)


def come_and_go(client: Client, rig: str) -> int:
    """Subscribe and unsubscribe once; a connection may break meanwhile."""
    try:
        FastSubscriber(client, rig=rig).subscribe(ignore).unsubscribe()
    except TimeoutError:
        return 0
    return 1


def ignore(message: object, context: object) -> None:
    """Do nothing with a message."""


def main() -> int:
    """Read the arguments and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=3, help="mean seconds between breaks")
    parser.add_argument("--rate", type=float, default=200, help="messages a second")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        well = soak(
            Path(folder), arguments.minutes, arguments.every, arguments.rate, arguments.seed
        )
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
