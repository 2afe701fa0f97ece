"""A publisher and a subscriber in processes of their own, and what was measured of them."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
from typing import Any

from bench.job import Job

PATIENCE = 120  # seconds for one run
Row = dict[str, float]


class RunFailed(RuntimeError):
    """A run did not come to its end: messages were lost, or a peer raised."""


def run(job: Job) -> Row:
    """Measure once.

    Returns messages a second over all subscribers (`rate`), microseconds of CPU a message on each
    side (`send_us`, `receive_us`), peak MiB of each (`send_mib`, `receive_mib`), and with a rate
    the percentiles of latency in microseconds (`p50`, `p99`, `p99.9`).
    """
    receiver, sender = _start("receive", job), _start("publish", job)
    patience = threading.Timer(PATIENCE, lambda: (receiver.kill(), sender.kill()))
    patience.start()
    try:
        _hear(receiver, "ready")
        _hear(sender, "ready")
        _tell(sender)
        began = _hear(sender, "begin")["at"]
        seconds = _hear(receiver, "done")["at"] - began
        _tell(sender)
        _tell(receiver)
        sent, received = _hear(sender, "end"), _hear(receiver, "end")
        sender.wait()
        receiver.wait()
    finally:
        patience.cancel()
        for process in (sender, receiver):
            process.kill()
            process.wait()
    deliveries = job.count * job.subscribers
    row = {
        "rate": deliveries / seconds,
        "send_us": sent["cpu"] / job.count * 1e6,
        "receive_us": received["cpu"] / deliveries * 1e6,
        "send_mib": sent["peak_mib"],
        "receive_mib": received["peak_mib"],
    }
    if job.rate:
        latencies = [b - a for a, b in zip(sent["times"], received["times"], strict=True)]
        # The first messages pay for what is made on first use.
        cuts = statistics.quantiles(latencies[len(latencies) // 10 :], n=1000)
        row |= {"p50": cuts[499] * 1e6, "p99": cuts[989] * 1e6, "p99.9": cuts[998] * 1e6}
    return row


def _start(side: str, job: Job) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bench.worker", side, job.text()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env=os.environ | job.environment,
    )


def _tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _hear(process: subprocess.Popen[str], event: str) -> dict[str, Any]:
    assert process.stdout is not None
    for line in process.stdout:
        found: dict[str, Any] = json.loads(line)
        if found["event"] == "error":
            raise RunFailed(found["error"])
        if found["event"] == event:
            return found
    raise RunFailed(f"no {event!r} within {PATIENCE} s: messages were lost, or it failed")
