"""All services as processes that are restarted when they end, and somebody who watches them."""

from __future__ import annotations

import http.client
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, Unpack, cast

from pydantic import MISSING, JsonValue
from suspension_protocol.apps import Gui
from suspension_protocol.models import (
    GuiAction,
    GuiCommand,
    GuiStatusUpdate,
    LiveMeasurement,
    ServiceState,
    ServiceStatus,
    SimulatorAction,
    SimulatorCommand,
    TestCompleted,
    TestParameters,
    TestResult,
    TestState,
    TestStatus,
    WheelPosition,
)
from topicwire import ClientOptions, KeyRing, ReconnectPolicy
from topicwire.keys import new_key, write_ring

from tests.broker import free_port
from tests.inbox import Collection

M = TypeVar("M", TestCompleted, TestResult, TestStatus, LiveMeasurement)

SERVICES = ("simulator", "bridge", "processing", "orchestrator")


class Supervised:
    """A service that is started again whenever it ends, as systemd would do it."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path) -> None:
        self.name = name
        self.log = log
        self.starts = 0
        self._arguments = arguments
        self.restarts = True  # whether it is started again
        self._stopping = False
        self._lock = threading.Lock()
        self._process = self._start()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def kill(self, *, restart: bool = True) -> None:
        """End it as nothing else can; `restart` False: for good, until `revive`."""
        with self._lock:
            self.restarts = restart
            self._process.kill()

    def revive(self) -> None:
        """Start it again after it was ended for good."""
        self._thread.join()
        self.restarts = True
        self._process = self._start()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> int:
        """End it in good order; return its exit status."""
        with self._lock:
            self._stopping = True
            if self._process.poll() is None:
                self._process.terminate()
        self._thread.join(30)
        if self._process.poll() is None:
            self._process.kill()
            self._thread.join()
        return self._process.returncode

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        with self.log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "suspension_services", "run", self.name, *self._arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def _watch(self) -> None:
        while True:
            self._process.wait()
            with self._lock:
                if self._stopping or not self.restarts:
                    return
                self._process = self._start()


class Bench:
    """The services at a broker, signing with a key of their own."""

    def __init__(
        self, url: str, folder: Path, *, speed: float = 30.0, services: Sequence[str] = SERVICES
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.url = url
        self.keys = folder / "keys.json"
        write_ring(self.keys, KeyRing([new_key("hmac-sha256", "bench")]))
        # A Unix socket's path has to be short.
        self.bus = Path("/tmp", f"bench-{uuid.uuid4().hex[:12]}.sock")
        self.journal = folder / "orchestrator.json"
        bus = ["--bus", f"virtual:{self.bus}"]
        more = {
            "simulator": [*bus, "--speed", str(speed)],
            "bridge": bus,
            "processing": [],
            "orchestrator": ["--journal", str(self.journal)],
        }
        self.gui = f"127.0.0.1:{free_port()}"
        more["gui"] = ["--listen", self.gui, "--history", str(folder / "history.sqlite")]
        common = ["--broker", url, "--keys", str(self.keys)]
        self.services = {
            name: Supervised(name, [*common, *more[name]], folder / f"{name}.log")
            for name in services
        }
        self.watcher = Watcher(url, self.keys)

    def __enter__(self) -> Self:
        try:
            self.watcher.start()
            # The GUI says that it is there to who happens to listen; who needs it looks.
            self.watcher.wait_online(*(name for name in self.services if name != "gui"))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> dict[str, int]:
        """End all services; return their exit statuses."""
        statuses = {name: service.stop() for name, service in self.services.items()}
        self.watcher.close()
        self.bus.unlink(missing_ok=True)
        return statuses

    def logs(self) -> str:
        """Return what the services have logged, for failed assertions."""
        return "\n".join(
            f"--- {name}\n{service.log.read_text(errors='replace')[-4000:]}"
            for name, service in self.services.items()
        )


class Watcher:
    """A user interface that only remembers."""

    def __init__(self, url: str, keys: Path, **options: Unpack[ClientOptions]) -> None:
        client_id = f"watcher-{uuid.uuid4().hex[:8]}"
        options.setdefault("reconnect", ReconnectPolicy(base=0.1, cap=1.0))
        self.gui = Gui(url, client_id=client_id, signing=keys, **options)
        self.seen: Collection[object] = Collection()
        self._of_tests: dict[tuple[type, str], list[object]] = {}
        self.states: dict[str, ServiceState] = {}
        on = self.gui.on
        for subscriber in (
            on.system_status, on.hardware_status, on.processing_status, on.simulator_status,
            on.test_status, on.test_completed, on.results_processed, on.measurements_live,
            on.gui_update,
        ):  # fmt: skip
            subscriber(self._see)  # type: ignore[arg-type]

    def start(self) -> None:
        """Connect."""
        self.gui.connect()

    def close(self) -> None:
        """Disconnect."""
        self.gui.close()

    def _see(self, message: object, context: object) -> None:
        if isinstance(message, GuiStatusUpdate):
            for status in message.services if isinstance(message.services, list) else ():
                if status.service == "orchestrator":
                    self.states[status.service] = status.status
            if isinstance(message.test, TestStatus):
                self._of_tests.setdefault((GuiStatusUpdate, message.test.test_id), []).append(
                    message.test
                )
        elif isinstance(message, ServiceStatus):
            self.states[message.service] = message.status
        elif isinstance(message, TestCompleted | TestResult | TestStatus | LiveMeasurement):
            self._of_tests.setdefault((type(message), message.test_id), []).append(message)
        self.seen.add(message)

    def wait_online(self, *services: str, timeout: float = 40) -> None:
        """Wait until all of these services wait for work."""
        deadline = time.monotonic() + timeout

        def all_online(_: object) -> bool:
            return all(self.states.get(name) is ServiceState.ONLINE for name in services)

        while not all_online(None):
            assert time.monotonic() < deadline, f"not online: {self.states}"
            # The state of the orchestrator is nowhere retained, so it is asked for.
            self.ask(GuiAction.REFRESH)
            try:
                self.seen.wait_until(all_online, timeout=1)
            except AssertionError:
                continue

    def ask(self, action: GuiAction, **members: object) -> None:
        """Publish a wish of the user."""
        self.gui.send.gui_command(
            GuiCommand(command=action, timestamp=time.time(), **members)  # type: ignore[arg-type]
        ).wait(20)

    def start_test(
        self, position: WheelPosition, duration: float = 24.0, vehicle: str | None = None
    ) -> str:
        """Ask for a test; return its id."""
        test_id = f"{position.value}-{uuid.uuid4().hex[:8]}"
        self.ask(
            GuiAction.START_TEST,
            test_id=test_id,
            position=position,
            parameters=TestParameters(
                duration=duration, frequency_range=[5.0, 25.0], vehicle=vehicle or MISSING
            ),
        )
        return test_id

    def configure(self, **parameters: JsonValue) -> None:
        """Tell the simulator what to simulate, and wait until it says so."""
        begin = len(self.seen.items)
        self.gui.send.simulator_command(
            SimulatorCommand(
                command=SimulatorAction.CONFIGURE, parameters=parameters, timestamp=time.time()
            )
        ).wait(20)

        def told(items: list[object]) -> bool:
            return any(
                isinstance(item, ServiceStatus)
                and isinstance(item.details, dict)
                and parameters.items() <= item.details.items()
                for item in items[begin:]
            )

        self.seen.wait_until(told)

    def wait_completed(self, test_id: str, timeout: float = 40) -> TestCompleted:
        """Wait for the end of a test."""
        self.seen.wait_until(lambda _: self.completed(test_id) is not None, timeout)
        found = self.completed(test_id)
        assert found is not None
        return found

    def wait_end(self, test_id: str, timeout: float) -> TestState:
        """Wait for the end of a test as a user interface does: it asks when it hears nothing."""
        deadline = time.monotonic() + timeout
        while (state := self._end(test_id)) is None:
            assert time.monotonic() < deadline, f"{test_id} has not ended within {timeout:g} s"
            try:
                self.seen.wait_until(lambda _: self._end(test_id) is not None, 5)
            except AssertionError:
                self.ask(GuiAction.REFRESH, test_id=test_id)
        return state

    def _end(self, test_id: str) -> TestState | None:
        completed = self.completed(test_id)
        if completed is not None:
            return completed.state
        told = self._of_tests.get((GuiStatusUpdate, test_id), [])
        ends = (TestState.COMPLETED, TestState.ABORTED, TestState.ERROR)
        # What the bench says of its part is not the end; what the orchestrator remembers is.
        last = told[-1] if told else None
        if isinstance(last, TestStatus) and last.state in ends:
            return last.state
        return None

    def wait_offline(self, service: str, since: int, timeout: float) -> None:
        """Wait until a service was shown as offline, in what was seen from `since` on."""

        def is_shown(items: list[object]) -> bool:
            return any(
                isinstance(item, ServiceStatus)
                and (item.service, item.status) == (service, ServiceState.OFFLINE)
                for item in items[since:]
            )

        self.seen.wait_until(is_shown, timeout)

    def completed(self, test_id: str) -> TestCompleted | None:
        """Return the announcement of a test's end, if it has come."""
        return next(iter(self.of(TestCompleted, test_id)), None)

    def result(self, test_id: str) -> TestResult:
        """Wait for the result of a test."""
        self.seen.wait_until(lambda _: bool(self.of(TestResult, test_id)), 40)
        return self.of(TestResult, test_id)[0]

    def cause(self, test_id: str) -> str:
        """Return what was said of why a test has ended."""
        told = [*self.of(TestStatus, test_id), *self._of_tests.get((GuiStatusUpdate, test_id), ())]
        details = [status.details for status in told if isinstance(status, TestStatus)]
        causes = [
            entry["cause"] for entry in details if isinstance(entry, dict) if "cause" in entry
        ]
        return str(causes[-1]) if causes else ""

    def of(self, kind: type[M], test_id: str) -> list[M]:
        """Return what was said of a test, in one kind of messages."""
        return list(self._of_tests.get((kind, test_id), ()))  # type: ignore[arg-type]


def read_page(url: str) -> str:
    """Wait until there is a page at an address, and return it."""
    with open_page(url) as answer:
        text: str = answer.read().decode()
        return text


def open_page(
    url: str | urllib.request.Request, tls: ssl.SSLContext | None = None
) -> http.client.HTTPResponse:
    """Wait until there is a page at an address, and return the answer."""
    for _ in range(300):
        try:
            return cast(
                "http.client.HTTPResponse", urllib.request.urlopen(url, timeout=10, context=tls)
            )
        except urllib.error.URLError:
            threading.Event().wait(0.1)  # it has only just been started
    raise AssertionError(f"there is no page at {url}")
