"""Services of the suspension tester, and its broker, that are killed in the middle of a test."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from suspension_protocol.models import ServiceState, TestState, TestStatus, WheelPosition

from tests.faults.experiment import Stage, experiment
from tests.mosquitto import Mosquitto
from tests.services.bench import SERVICES, Bench

_SPEED = 15.0  # a test takes about three seconds then
_LONGEST = 90.0  # s; what has not ended by then hangs
_KEEP_ALIVE = 60.0  # s, as the protocol's document says
_WHEEL = WheelPosition.FRONT_LEFT


@dataclass
class Ends:
    """How tests have ended that something happened to, and how long that took."""

    bench: Bench
    counted: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    hung: int = 0
    slowest: float = 0.0
    shown: list[float] = field(default_factory=list[float])  # s until the indicators were right

    def see(self, name: str, test_id: str) -> None:
        """Wait for the end of a test, and count it."""
        begun = time.monotonic()
        found = self.counted.setdefault(name, Counter())
        try:
            state = self.bench.watcher.wait_end(test_id, _LONGEST)
        except AssertionError:
            self.hung += 1
            return
        self.slowest = max(self.slowest, time.monotonic() - begun)
        cause = self.bench.watcher.cause(test_id)
        found["completed" if state is TestState.COMPLETED else f"{state.value}: {cause}"] += 1
        if state is not TestState.COMPLETED and not cause:
            found["without a reason"] += 1

    def tell(self, stage: Stage, expected: int) -> None:
        """Hold what was counted against what is promised."""
        stage.equal("tests that hung", self.hung, 0)
        stage.limit("longest from then to the end", self.slowest, _LONGEST, " s")
        stage.limit("longest until the indicators are right", max(self.shown), _KEEP_ALIVE, " s")
        for name, found in self.counted.items():
            stage.equal(f"{name}: ended", found.total() - found["without a reason"], expected)
            stage.equal(f"{name}: without a reason", found["without a reason"], 0)
            for end, times in found.most_common():
                stage.note(f"{name}: {end}", times)


def _start_bench(stage: Stage, broker: Mosquitto) -> Bench:
    speed = stage.pick(_SPEED, 2 * _SPEED)
    return stage.cleanup.enter_context(Bench(broker.url, stage.folder / "bench", speed=speed))


def _take_a_test(bench: Bench) -> float:
    """Carry one test out; return how long it took."""
    bench.watcher.wait_online(*SERVICES, timeout=_LONGEST)
    begun = time.monotonic()
    completed = bench.watcher.wait_completed(bench.watcher.start_test(_WHEEL))
    assert completed.state is TestState.COMPLETED, bench.logs()
    return time.monotonic() - begun


def _moments(stage: Stage, length: float) -> Iterator[float]:
    """Yield the middle of each part of a test."""
    parts = stage.pick(10, 1)
    for part in range(parts):
        yield length * (part + 0.5) / parts


@contextmanager
def _console(bench: Bench) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run the console until it has started a test; gives it, and the test's id."""
    before = len(bench.watcher.seen.items)
    command = [sys.executable, "-m", "suspension_services", "run", "console", "--broker", bench.url]
    process = subprocess.Popen(
        [*command, "--keys", str(bench.keys), "--duration", "24"], stdout=subprocess.DEVNULL
    )
    try:

        def started() -> list[str]:
            return [
                item.test_id for item in bench.watcher.seen.items[before:]
                if isinstance(item, TestStatus)
            ]  # fmt: skip

        bench.watcher.seen.wait_until(lambda _: bool(started()), 30)
        yield process, started()[0]
    finally:
        process.kill()
        process.wait()


@experiment
def killed_services(stage: Stage) -> None:
    """Kill each service at moments spread over a whole test; it is started again each time."""
    bench = _start_bench(stage, stage.durable_mosquitto())
    length = _take_a_test(bench)
    ends = Ends(bench)
    for name in SERVICES:
        for moment in _moments(stage, length):
            bench.watcher.wait_online(*SERVICES, timeout=_LONGEST)
            test_id = bench.watcher.start_test(_WHEEL)
            threading.Event().wait(moment)
            ends.shown.append(_kill(bench, name))
            ends.see(name, test_id)
    for moment in _moments(stage, length):
        bench.watcher.wait_online(*SERVICES, timeout=_LONGEST)
        with _console(bench) as (process, test_id):
            threading.Event().wait(moment)
            process.kill()
            ends.see("console", test_id)
    _take_a_test(bench)
    ends.tell(stage, stage.pick(10, 1))


def _kill(bench: Bench, name: str) -> float:
    """Kill a service; return how long it took until the indicators showed it."""
    since, begun = len(bench.watcher.seen.items), time.monotonic()
    bench.services[name].kill()
    bench.watcher.wait_offline(name, since, _LONGEST)
    return time.monotonic() - begun


@experiment
def killed_broker_in_a_test(stage: Stage) -> None:
    """Kill the broker at moments spread over a whole test, and start it again."""
    _end_the_broker(stage, stage.durable_mosquitto(), signal.SIGKILL)


@experiment
def forgetful_broker_in_a_test(stage: Stage) -> None:
    """Restart a broker that keeps nothing, and that sends all last wills when it ends."""
    _end_the_broker(stage, stage.mosquitto(), signal.SIGTERM)


def _end_the_broker(stage: Stage, broker: Mosquitto, how: signal.Signals) -> None:
    bench = _start_bench(stage, broker)
    length = _take_a_test(bench)
    ends = Ends(bench)
    for moment in _moments(stage, length):
        bench.watcher.wait_online(*SERVICES, timeout=_LONGEST)
        test_id = bench.watcher.start_test(_WHEEL)
        threading.Event().wait(moment)
        broker.stop(how)
        bench.watcher.states.clear()
        begun = time.monotonic()
        broker.start()
        ends.see("broker", test_id)
        # Each has to say anew how it is: the broker may have told their wills, or nothing at all.
        bench.watcher.wait_online(*SERVICES, timeout=_LONGEST)
        ends.shown.append(time.monotonic() - begun)
    _take_a_test(bench)
    ends.tell(stage, stage.pick(10, 1))


@experiment
def services_that_stay_away(stage: Stage) -> None:
    """Kill services in the middle of a sweep, for good, and see whether it is told."""
    names = stage.pick(SERVICES, ("bridge",))
    bench = _start_bench(stage, stage.durable_mosquitto())
    length = _take_a_test(bench)
    for name in names:
        bench.watcher.wait_online(*SERVICES, timeout=_LONGEST)
        test_id = bench.watcher.start_test(_WHEEL)
        threading.Event().wait(length / 2)
        begun = time.monotonic()
        bench.services[name].kill(restart=False)
        bench.watcher.seen.wait_until(
            lambda _, name=name: bench.watcher.states[name] is ServiceState.OFFLINE, _LONGEST
        )
        # The keep-alive is 60 s; a process that was killed is noticed by its connection.
        stage.limit(f"{name}: shown as offline", time.monotonic() - begun, _KEEP_ALIVE, " s")
        if name == "orchestrator":
            # Nobody is left to announce the end; when it is back, it does.
            bench.services[name].revive()
        completed = bench.watcher.wait_completed(test_id, _LONGEST)
        stage.limit(f"{name}: test ended", time.monotonic() - begun, _LONGEST, " s")
        stage.note(f"{name}: end", f"{completed.state.value} {bench.watcher.cause(test_id)}")
        if name != "orchestrator":
            bench.services[name].revive()
    _take_a_test(bench)
