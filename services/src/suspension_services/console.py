"""The console: a user interface in a terminal that tests four wheels."""

from __future__ import annotations

import time
import uuid
from queue import Empty, SimpleQueue

from pydantic import MISSING
from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.table import Table
from suspension_protocol.apps import Gui
from suspension_protocol.models import (
    GuiAction,
    GuiCommand,
    GuiLiveData,
    GuiResult,
    GuiStatusUpdate,
    LiveMeasurement,
    ServiceState,
    ServiceStatus,
    TestCompleted,
    TestParameters,
    TestResult,
    TestState,
    TestStatus,
    WheelPosition,
)
from topicwire import ClientOptions, Context

from suspension_services.access import Access
from suspension_services.imbalance import IMBALANCE_LIMIT, imbalance
from suspension_services.quarter_car import HIGH, LOW

_READY_TIMEOUT = 20.0  # s until all services have to be online
_SILENCE_TIMEOUT = 10.0  # s without any message of the running test
_SERVICES = ("bridge", "processing", "orchestrator")

Event = ServiceStatus | TestStatus | LiveMeasurement | TestResult | TestCompleted


class TestFailed(Exception):
    """The run cannot go on; the text says what is missing."""

    __test__ = False  # for pytest: not a test


class Console:
    """Tests the four wheels of a car, one after another, and shows what comes."""

    def __init__(self, access: Access, duration: float) -> None:
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._terminal = Terminal()
        self._duration = duration
        self._run = uuid.uuid4().hex[:8]
        self._results: dict[WheelPosition, TestResult] = {}
        self._states: dict[str, ServiceState] = {}
        options: ClientOptions = {
            "client_id": f"console-{self._run}",
            "clean_start": True,
            "session_expiry": 0,
            **access.options(),
        }
        self._gui = Gui(access.broker, **options)

    def run(self) -> None:
        """Test all wheels and show the results; raises `TestFailed` and topicwire's errors."""
        on = self._gui.on
        for subscriber in (on.system_status, on.hardware_status, on.processing_status):
            subscriber(self._put)
        on.gui_update(self._take_update)
        on.test_status(self._put)
        on.measurements_live(self._put)
        on.results_processed(self._put)
        on.test_completed(self._put)
        with self._gui:
            self._wait_for_services()
            with self._progress() as progress:
                for position in WheelPosition:
                    self._test(position, progress)
        self._show_results()

    def _put(self, message: Event, context: Context) -> None:
        self._events.put(message)

    def _take_update(
        self, message: GuiLiveData | GuiStatusUpdate | GuiResult, context: Context
    ) -> None:
        # The state of the orchestrator itself is nowhere retained.
        if isinstance(message, GuiStatusUpdate) and isinstance(message.services, list):
            for status in message.services:
                if status.service == "orchestrator":
                    self._events.put(status)

    def _wait_for_services(self) -> None:
        self._ask(GuiAction.REFRESH)
        deadline = time.monotonic() + _READY_TIMEOUT
        while any(self._states.get(name) is not ServiceState.ONLINE for name in _SERVICES):
            try:
                event = self._events.get(timeout=min(1.0, max(0.0, deadline - time.monotonic())))
            except Empty:
                if time.monotonic() < deadline:
                    self._ask(GuiAction.REFRESH)
                    continue
                missing = [n for n in _SERVICES if self._states.get(n) is not ServiceState.ONLINE]
                raise TestFailed(
                    f"not online within {_READY_TIMEOUT:g} s: {', '.join(missing)}; "
                    "start it with `suspension run`"
                ) from None
            self._note_service(event)

    def _note_service(self, event: Event) -> None:
        if isinstance(event, ServiceStatus):
            self._states[event.service] = event.status

    def _test(self, position: WheelPosition, progress: Progress) -> None:
        test_id = f"{self._run}-{position.value}"
        task = progress.add_task(_label(position), total=1.0, frequency="", phase="", force="")
        self._ask(
            GuiAction.START_TEST,
            test_id=test_id,
            position=position,
            parameters=TestParameters(
                duration=self._duration, frequency_range=[LOW, HIGH], vehicle=self._run
            ),
        )
        if not progress.console.is_terminal:
            progress.console.print(f"{_label(position)}: test started")
        self._follow(test_id, position, progress, task)

    def _ask(
        self,
        action: GuiAction,
        *,
        test_id: str | MISSING = MISSING,
        position: WheelPosition | MISSING = MISSING,
        parameters: TestParameters | MISSING = MISSING,
    ) -> None:
        self._gui.send.gui_command(
            GuiCommand(
                command=action, test_id=test_id, position=position, parameters=parameters,
                timestamp=time.time(),
            )
        ).wait(_SILENCE_TIMEOUT)  # fmt: skip

    def _follow(
        self, test_id: str, position: WheelPosition, progress: Progress, task: TaskID
    ) -> None:
        """Show a test until its end and its result are there."""
        completed, cause = False, ""
        while True:
            try:
                event = self._events.get(timeout=_SILENCE_TIMEOUT)
            except Empty:
                raise TestFailed(
                    f"{_label(position)}: nothing heard of the test for {_SILENCE_TIMEOUT:g} s"
                ) from None
            self._note_service(event)
            if isinstance(event, ServiceStatus) or event.test_id != test_id:
                continue
            if isinstance(event, TestResult):
                self._results[position] = event
            elif isinstance(event, TestCompleted):
                if event.state is not TestState.COMPLETED:
                    raise TestFailed(
                        f"{_label(position)}: the test ended with {event.state.value}{cause}"
                    )
                completed = True
            else:
                cause = _cause(event) or cause
                _show(event, progress, task)
            # The two come on different topics, so either may be first.
            if completed and position in self._results:
                self._finish(position, progress, task)
                return

    def _finish(self, position: WheelPosition, progress: Progress, task: TaskID) -> None:
        progress.update(task, completed=1.0, frequency="", force="", phase="done")
        if not progress.console.is_terminal:
            progress.console.print(f"{_label(position)}: {_verdict(self._results[position])}")

    def _progress(self) -> Progress:
        return Progress(
            TextColumn("{task.description:12}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn(
                "{task.fields[frequency]:>8} {task.fields[phase]:>9} {task.fields[force]:>8}"
            ),
            console=self._terminal,
            # Where nobody sees bars move, lines tell what happens.
            disable=not self._terminal.is_terminal,
        )

    def _show_results(self) -> None:
        table = Table(title="Suspension test")
        for column in ("wheel", "phase shift", "force loss", "rigidity", "verdict"):
            table.add_column(column, justify="left" if column in ("wheel", "verdict") else "right")
        for position, result in self._results.items():
            table.add_row(
                _label(position),
                _value(result.min_phase_shift, "°"),
                _value(result.rfa_max, " %"),
                _value(result.rigidity, " N/mm"),
                "[green]passed[/]" if result.overall_pass else "[bold red]failed[/]",
            )
        self._terminal.print(table)
        for axle in ("front", "rear"):
            left = self._results[WheelPosition(f"{axle}_left")].min_phase_shift
            right = self._results[WheelPosition(f"{axle}_right")].min_phase_shift
            if isinstance(left, float) and isinstance(right, float):
                found = imbalance(left, right)
                note = f"over {IMBALANCE_LIMIT:g} %" if found > IMBALANCE_LIMIT else "fine"
                self._terminal.print(f"left/right {axle}: {found:.0f} % ({note})")


def _cause(event: TestStatus | LiveMeasurement) -> str:
    """Return what is said of why a test has ended."""
    if isinstance(event, TestStatus) and isinstance(event.details, dict):
        cause = event.details.get("cause")
        return f": {cause}" if cause is not None else ""
    return ""


def _show(event: TestStatus | LiveMeasurement, progress: Progress, task: TaskID) -> None:
    if isinstance(event, TestStatus):
        progress.update(task, completed=event.progress)
        return
    phase = "" if event.phase_shift is None else f"{event.phase_shift:5.1f}°"
    progress.update(
        task,
        completed=event.progress,
        frequency=f"{event.frequency:.1f} Hz",
        phase=phase,
        force=f"{event.tire_force:.0f} N",
    )


def _label(position: WheelPosition) -> str:
    return position.value.replace("_", " ")


def _verdict(result: TestResult) -> str:
    return f"{_value(result.min_phase_shift, '°')}, {'passed' if result.overall_pass else 'failed'}"


def _value(value: object, unit: str) -> str:
    return f"{value:.1f}{unit}" if isinstance(value, float) else "-"
