"""Many clients that lose their broker at the same moment."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from tests.faults.experiment import Stage, experiment


@experiment
def herd(stage: Stage) -> None:
    """How evenly the clients of a restarted broker come back."""
    clients = stage.pick(200, 100)
    broker = stage.mosquitto("log_timestamp_format %s")
    crowd = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.crowd", broker.url, str(clients)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert crowd.stdin is not None
    assert crowd.stdout is not None
    stage.cleanup.enter_context(crowd)
    stage.cleanup.callback(crowd.kill)
    crowd.stdout.readline()
    broker.stop(signal.SIGKILL)
    # Long enough that all have noticed, and have begun to wait.
    time.sleep(stage.pick(5.0, 2.0))
    started = time.monotonic()
    broker.start()
    times = [float(text) for text in crowd.stdout.readline().split()]
    ready = time.monotonic() - started
    stage.limit("all ready", ready, 30.0, " s")
    stage.equal("clients", len(times), clients)
    # Connects a second in windows of one second, against the mean over the time they took.
    times.sort()
    span = max(times[-1] - times[0], 1.0)
    peak = max(sum(start <= other < start + 1 for other in times) for start in times)
    stage.note("mean, peak a second", f"{clients / span:.1f}, {peak}")
    stage.limit("peak over mean", peak / (clients / span), 3.0)
