"""What an experiment is: it acts on a stage, and holds what it measures against limits."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, Unpack

from topicwire import BrokerAddress, Client, ClientOptions, ReconnectPolicy

from tests.faults.proxy import FaultProxy
from tests.mosquitto import Mosquitto

T = TypeVar("T")

# Quick enough to meet many faults in the time there is, and with jitter as by default.
QUICK = ReconnectPolicy(base=0.1, cap=1.0)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing; `passed` is None for one that only informs."""

    name: str
    value: str
    limit: str
    passed: bool | None


@dataclass
class Stage:
    """Where an experiment takes place; what it starts here is ended with it."""

    full: bool
    seed: int
    folder: Path
    cleanup: ExitStack
    figures: list[Figure] = field(default_factory=list)

    def pick(self, full: T, short: T) -> T:
        """Return the size for `make faults`, or that for `make test`."""
        return full if self.full else short

    def mosquitto(self, *settings: str) -> Mosquitto:
        """Start a broker of the experiment's own."""
        folder = self.folder / f"mosquitto-{time.monotonic_ns()}"
        folder.mkdir()
        return self.cleanup.enter_context(Mosquitto(folder, *settings))

    def durable_mosquitto(self) -> Mosquitto:
        """Start a broker that has on disk, or has sent on, what it has acknowledged.

        mosquitto saves after it has acknowledged, so what it still has to send on at that moment
        is in its memory only; without a limit of its own it sends at once what it may.
        """
        return self.mosquitto(
            "persistence true",
            "autosave_interval 1",
            "autosave_on_changes true",
            "max_queued_messages 0",
            "max_inflight_messages 0",
        )

    def proxy(self, broker: Mosquitto) -> FaultProxy:
        """Start a proxy before a broker."""
        return self.cleanup.enter_context(FaultProxy(broker.port, seed=self.seed))

    def client(self, url: BrokerAddress, **options: Unpack[ClientOptions]) -> Client:
        """Make a client that is closed at the end; it is neither started nor connected."""
        options.setdefault("reconnect", QUICK)
        client = Client(url, **options)
        self.cleanup.callback(client.close, drain=0.0)
        return client

    def limit(self, name: str, value: float, at_most: float, unit: str = "") -> None:
        """Hold a figure against its upper limit."""
        passed = value <= at_most
        self.figures.append(Figure(name, _text(value, unit), f"<= {at_most:g}{unit}", passed))

    def equal(self, name: str, value: object, expected: object) -> None:
        """Hold a figure against what it has to be."""
        self.figures.append(Figure(name, str(value), f"= {expected}", value == expected))

    def note(self, name: str, value: object) -> None:
        """Tell a figure that has no limit."""
        self.figures.append(Figure(name, str(value), "", None))


Experiment = Callable[[Stage], None]
EXPERIMENTS: dict[str, Experiment] = {}


def experiment(function: Experiment) -> Experiment:
    """Add a function to the experiments, under its name with dashes."""
    EXPERIMENTS[function.__name__.replace("_", "-")] = function
    return function


def carry_out(name: str, *, full: bool, seed: int) -> tuple[list[Figure], float]:
    """Carry out one experiment; return its figures and how many seconds it took."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="topicwire-") as folder, ExitStack() as cleanup:
        stage = Stage(full, seed, Path(folder), cleanup)
        try:
            EXPERIMENTS[name](stage)
        except Exception as error:
            stage.figures.append(Figure("ended with", repr(error), "no exception", False))
    return stage.figures, time.monotonic() - started


def _text(value: float, unit: str) -> str:
    return f"{value:.2f}{unit}" if isinstance(value, float) else f"{value}{unit}"
