"""One side of a run, in a process of its own; it speaks JSON lines with `bench.pair`."""

from __future__ import annotations

import gc
import importlib
import json
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path

from bench.job import Job
from bench.messages import Sent, blocks, measurements


def say(**values: object) -> None:
    """Write one line to the parent."""
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


class Meter:
    """CPU time of this process since `start`, and its peak memory."""

    def __init__(self) -> None:
        self._cpu = 0.0

    def start(self) -> None:
        """Begin to count."""
        self._cpu = time.process_time()

    def usage(self) -> dict[str, float]:
        """Return seconds of CPU and MiB."""
        # Not getrusage: its maximum includes the parent's memory at the fork.
        status = Path("/proc/self/status").read_text()
        peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        return {"cpu": time.process_time() - self._cpu, "peak_mib": peak}


class Arrivals:
    """A handler: notes when each message came, or which it was, and tells when all are there."""

    def __init__(self, job: Job) -> None:
        self._left = job.count * job.subscribers
        self._timed = job.rate > 0
        self._lock = threading.Lock()
        self.noted: list[float] = []

    def handle(self, message: object, _context: object = None) -> None:
        """Take one message."""
        self.noted.append(time.monotonic() if self._timed else message.elapsed)  # type: ignore[attr-defined]
        if len(self.noted) == self._left:
            say(event="done", at=time.monotonic())

    def count(self, _message: object, _context: object = None) -> None:
        """Take one message on any thread, without a look at it."""
        with self._lock:
            self.noted.append(0.0)
            if len(self.noted) == self._left:
                say(event="done", at=time.monotonic())

    def handle_list(self, messages: list[object], _context: object = None) -> None:
        """Take a whole batch."""
        self.noted.extend([message.elapsed for message in messages])  # type: ignore[attr-defined]
        if len(self.noted) == self._left:
            say(event="done", at=time.monotonic())

    def finish(self) -> None:
        """Complain when some came more often than others: then others are missing."""
        if not self._timed and len(set(Counter(self.noted).values())) > 1:
            say(event="error", error="some messages came twice, and some not at all")


class Pace:
    """Gives out messages at a rate, and notes when."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self.noted: list[float] = []

    def go(self, messages: Iterable[Sent]) -> Iterator[Sent]:
        """Yield each message when it is due."""
        began = time.monotonic()
        for number, message in enumerate(messages):
            wait = began + number / self._rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self.noted.append(time.monotonic())
            yield message


def receive(job: Job) -> None:
    """Be the subscriber."""
    peer = importlib.import_module(f"bench.peers.{job.peer}")
    meter, arrivals = Meter(), Arrivals(job)

    def ready() -> None:
        gc.collect()
        meter.start()
        say(event="ready")

    def wait() -> None:
        sys.stdin.readline()
        usage = meter.usage()
        arrivals.finish()
        say(event="end", times=arrivals.noted if job.rate else (), **usage)

    if job.lists:
        handle = arrivals.handle_list
    elif job.subscribers > 1 or job.topics or job.size:
        handle = arrivals.count
    else:
        handle = arrivals.handle
    peer.receive(job, ready, handle, wait)


def publish(job: Job) -> None:
    """Be the publisher."""
    peer = importlib.import_module(f"bench.peers.{job.peer}")
    meter, pace = Meter(), Pace(job.rate)
    made: list[Sent] = [*(blocks(job.size) if job.size else measurements())]
    messages = islice(cycle(made), job.count)
    say(event="ready")
    sys.stdin.readline()

    def begin() -> None:
        gc.collect()
        meter.start()
        say(event="begin", at=time.monotonic())

    def wait() -> None:
        sys.stdin.readline()
        say(event="end", times=pace.noted, **meter.usage())

    peer.publish(job, pace.go(messages) if job.rate else messages, begin, wait)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
    {"receive": receive, "publish": publish}[sys.argv[1]](Job.parse(sys.argv[2]))
