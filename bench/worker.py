"""One side of a run in a process of its own; speaks JSON lines with `bench.throughput`."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path

from suspension_protocol.models import LiveMeasurement

from bench.messages import make_messages


def say(**values: object) -> None:
    """Write one line to the parent."""
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Publish or receive as the arguments say: side, peer, port, QoS, count."""
    side, name, port, qos, count = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
    peer = importlib.import_module(f"bench.peers.{name}")
    seen: set[float] = set()
    cpu = 0.0

    def usage() -> dict[str, float]:
        # Not getrusage: its maximum includes the parent's memory at the fork.
        status = Path("/proc/self/status").read_text()
        peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        return {"cpu": time.process_time() - cpu, "peak_mib": peak}

    def wait() -> None:
        sys.stdin.readline()
        say(event="end", seen=len(seen), **usage())

    def ready() -> None:
        nonlocal cpu
        cpu = time.process_time()
        say(event="ready")

    def begin() -> None:
        nonlocal cpu
        cpu = time.process_time()
        say(event="begin", at=time.monotonic())

    def handle(messages: list[LiveMeasurement]) -> None:
        seen.update([message.elapsed for message in messages])
        if len(seen) == count:
            say(event="done", at=time.monotonic())

    if side == "receive":
        peer.receive(port, qos, ready, handle, wait)
    else:
        messages = make_messages(count)
        say(event="ready")
        sys.stdin.readline()
        peer.publish(port, messages, qos, begin, wait)


if __name__ == "__main__":
    main()
