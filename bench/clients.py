"""A thousand clients on one mosquitto: do all connect, is all delivered, and what does each cost?

    python -m bench.clients [--clients 1000] [--processes 4] [--messages 20] [--idle 20]
                            [--volatile]

Each client is a whole `topicwire.Client`, as on a bench: it listens for commands of its own and
publishes a reading a second with QoS 1. One more client sends each of them a command and gets all
readings. Memory is resident memory; what a process has before its first client is taken off. CPU
is user and system time. The broker has the configuration of docs/scale/mosquitto.conf, unless it is
`--volatile`. The exit
status is 1 when a client does not connect or a message is missing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
from topicwire import Client, Context

from tests.channels import (
    ADD,
    DurablePublisher,
    DurableSubscriber,
    Reading,
    RigPublisher,
    RigSubscriber,
)
from tests.clusters import CONFIGURATIONS
from tests.mosquitto import Mosquitto

_INTERVAL = 1.0  # seconds between two readings of a client


class CommandPublisher(RigPublisher):
    """Commands to one bench."""

    channel = ADD


class CommandSubscriber(RigSubscriber):
    """Commands to one bench."""

    channel = ADD


class Benches:
    """Some of the clients, in a process of their own."""

    def __init__(self, url: str, first: int, count: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.clients", "--benches", url, str(first), str(count)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._bare = int(self.answer())

    def tell(self, line: str) -> None:
        """Have it do the next thing."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def answer(self) -> str:
        """Return the next line that it writes."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a process of clients has ended")
        return line.strip()

    @property
    def memory(self) -> int:
        """Bytes that its clients take."""
        found: int = psutil.Process(self._process.pid).memory_info().rss
        return found - self._bare

    @property
    def cpu(self) -> float:
        """Seconds of CPU that it has taken."""
        return cpu_of(self._process.pid)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU that a process has taken."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def run(clients: int, processes: int, messages: int, idle: float, *, volatile: bool) -> bool:
    """Measure, print a line for each figure, and return whether nothing was missing."""
    lines = [] if volatile else (CONFIGURATIONS / "mosquitto.conf").read_text().splitlines()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ended:
        broker = ended.enter_context(
            Mosquitto(Path(folder), *lines, "log_type none", "log_type information")
        )
        bare = broker.memory
        share = clients // processes
        groups = [Benches(broker.url, place * share, share) for place in range(processes)]
        for group in groups:
            ended.callback(group.close)
        count = share * processes
        began = time.monotonic()
        for group in groups:
            group.tell("connect")
        connected = sum(int(group.answer()) for group in groups)
        print(f"connected             {connected} of {count} in {time.monotonic() - began:.1f} s")
        print(f"memory of a client    {sum(g.memory for g in groups) / count / 1024:.0f} KiB")
        print(f"memory at the broker  {(broker.memory - bare) / count / 1024:.1f} KiB each")

        before = sum(group.cpu for group in groups), broker.cpu
        time.sleep(idle)
        used = sum(group.cpu for group in groups) - before[0], broker.cpu - before[1]
        print(f"CPU of an idle client {used[0] / idle / count * 1e6:.0f} us a second")
        print(f"CPU at the broker     {used[1] / idle / count * 1e6:.1f} us a second each")

        readings: set[tuple[str, int]] = set()
        changed = threading.Condition()

        def collect(message: Reading, context: Context) -> None:
            with changed:
                readings.add((context.parameters["rig"], message.number))
                changed.notify()

        control = ended.enter_context(Client(broker.url, client_id="control"))
        DurableSubscriber(control).subscribe(collect)
        commands = CommandPublisher(control)
        began = time.monotonic()
        for number in range(count):
            commands.publish(Reading(number=number), rig=str(number))
        obeyed = sum(int(group.answer()) for group in groups)
        print(f"commands              {obeyed} of {count} in {time.monotonic() - began:.1f} s")

        before = sum(group.cpu for group in groups), broker.cpu
        began = time.monotonic()
        for group in groups:
            group.tell(f"publish {messages}")
        acknowledged = sum(int(group.answer()) for group in groups)
        with changed:
            changed.wait_for(lambda: len(readings) == count * messages, 60)
        took, sent = time.monotonic() - began, count * messages
        used = sum(group.cpu for group in groups) - before[0], broker.cpu - before[1]
        print(f"readings              {len(readings)} of {sent}, {acknowledged} acknowledged")
        print(f"rate                  {sent / took:.0f} a second")
        print(f"CPU of a client       {used[0] / sent * 1e6:.0f} us a reading")
        print(f"CPU at the broker     {used[1] / sent * 1e6:.1f} us a reading")
        return (connected, obeyed, acknowledged, len(readings)) == (count, count, sent, sent)


def benches(url: str, first: int, count: int) -> None:
    """Be some of the clients, as standard input says."""
    print(psutil.Process().memory_info().rss, flush=True)
    sys.stdin.readline()
    obeyed, changed = 0, threading.Condition()

    def obey(message: Reading, context: Context) -> None:
        nonlocal obeyed
        with changed:
            obeyed += context.parameters["rig"] == str(message.number)
            changed.notify()

    clients = [Client(url, client_id=f"bench-{first + number}") for number in range(count)]
    for number, client in enumerate(clients, first):
        CommandSubscriber(client, rig=str(number)).subscribe(obey)
        client.start()
    for client in clients:
        client.connect(timeout=60)
    print(sum(client.is_connected for client in clients), flush=True)
    with changed:
        changed.wait_for(lambda: obeyed == count, 60)
    print(obeyed, flush=True)
    messages = int(sys.stdin.readline().split()[1])
    publishers = [DurablePublisher(client) for client in clients]
    deliveries = []
    began = time.monotonic()
    for message in range(messages):
        for number, publisher in enumerate(publishers):
            # Evenly over the interval, as clients that know nothing of each other.
            due = began + (message + number / count) * _INTERVAL
            time.sleep(max(0.0, due - time.monotonic()))
            deliveries.append(publisher.publish(Reading(number=message), rig=str(first + number)))
    for delivery in deliveries:
        delivery.wait(60)
    print(len(deliveries), flush=True)
    sys.stdin.read()
    for client in clients:
        client.close(drain=1.0)


def main() -> int:
    """Read the arguments and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--messages", type=int, default=20, help="of each client")
    parser.add_argument("--idle", type=float, default=20, help="seconds")
    parser.add_argument("--volatile", action="store_true", help="a broker that saves nothing")
    parser.add_argument("--benches", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.benches is not None:
        url, first, count = arguments.benches
        benches(url, int(first), int(count))
        return 0
    well = run(
        arguments.clients, arguments.processes, arguments.messages, arguments.idle,
        volatile=arguments.volatile,
    )  # fmt: skip
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
