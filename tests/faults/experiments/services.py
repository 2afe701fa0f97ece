"""Services of the suspension tester that are killed in the middle of a test."""

from __future__ import annotations

import threading
import time
from collections import Counter

from suspension_protocol.models import ServiceState, TestState, WheelPosition

from tests.faults.experiment import Stage, experiment
from tests.services.bench import SERVICES, Bench

_SPEED = 15.0  # a test takes about three seconds then
_LONGEST = 90.0  # s; what has not ended by then hangs


def _take_a_test(bench: Bench) -> float:
    """Carry one test out; return how long it took."""
    begun = time.monotonic()
    completed = bench.watcher.wait_completed(bench.watcher.start_test(WheelPosition.FRONT_LEFT))
    assert completed.state is TestState.COMPLETED, bench.logs()
    return time.monotonic() - begun


@experiment
def killed_services(stage: Stage) -> None:
    """Kill each service at moments spread over a whole test; it is started again each time."""
    moments = stage.pick(10, 1)
    bench = stage.cleanup.enter_context(
        Bench(stage.durable_mosquitto().url, stage.folder / "bench", speed=_SPEED)
    )
    length = _take_a_test(bench)
    hung = 0
    ends: dict[str, Counter[str]] = {name: Counter() for name in SERVICES}
    slowest = 0.0
    for name in SERVICES:
        for moment in range(moments):
            bench.watcher.wait_online(*SERVICES)
            test_id = bench.watcher.start_test(WheelPosition.FRONT_LEFT)
            # In the middle of each of so many parts of the test.
            threading.Event().wait(length * (moment + 0.5) / moments)
            begun = time.monotonic()
            bench.services[name].kill()
            try:
                completed = bench.watcher.wait_completed(test_id, _LONGEST)
            except AssertionError:
                hung += 1
                continue
            slowest = max(slowest, time.monotonic() - begun)
            ends[name][completed.state.value] += 1
            if completed.state is not TestState.COMPLETED and not bench.watcher.cause(test_id):
                ends[name]["without a reason"] += 1
    bench.watcher.wait_online(*SERVICES)
    _take_a_test(bench)
    stage.equal("tests that hung", hung, 0)
    stage.limit("longest from kill to end", slowest, _LONGEST, " s")
    for name, counted in ends.items():
        stage.equal(f"{name}: ended", counted.total() - counted["without a reason"], moments)
        stage.equal(f"{name}: without a reason", counted["without a reason"], 0)
        stage.note(f"{name}: ends", dict(counted))


@experiment
def services_that_stay_away(stage: Stage) -> None:
    """Kill services in the middle of a sweep, for good, and see whether it is told."""
    names = stage.pick(SERVICES, ("bridge",))
    bench = stage.cleanup.enter_context(
        Bench(stage.durable_mosquitto().url, stage.folder / "bench", speed=_SPEED)
    )
    length = _take_a_test(bench)
    for name in names:
        bench.watcher.wait_online(*SERVICES)
        test_id = bench.watcher.start_test(WheelPosition.FRONT_LEFT)
        threading.Event().wait(length / 2)
        begun = time.monotonic()
        bench.services[name].kill(restart=False)
        bench.watcher.seen.wait_until(
            lambda _, name=name: bench.watcher.states[name] is ServiceState.OFFLINE, _LONGEST
        )
        # The keep-alive is 60 s; a process that was killed is noticed by its connection.
        stage.limit(f"{name}: shown as offline", time.monotonic() - begun, 60.0, " s")
        if name == "orchestrator":
            # Nobody is left to announce the end; when it is back, it does.
            bench.services[name].revive()
        completed = bench.watcher.wait_completed(test_id, _LONGEST)
        stage.limit(f"{name}: test ended", time.monotonic() - begun, _LONGEST, " s")
        stage.note(f"{name}: end", f"{completed.state.value} {bench.watcher.cause(test_id)}")
        if name != "orchestrator":
            bench.services[name].revive()
