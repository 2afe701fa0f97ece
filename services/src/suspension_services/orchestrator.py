"""The orchestrator: carries out the tests that are asked for, and looks after the services."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from pathlib import Path
from typing import ClassVar

from prometheus_client import Counter
from pydantic import MISSING
from suspension_protocol.aio.apps import Backend
from suspension_protocol.models import (
    GuiAction,
    GuiCommand,
    GuiResult,
    GuiStatusUpdate,
    Heartbeat,
    ProcessingAction,
    ProcessingCommand,
    ProcessingResult,
    ServiceState,
    ServiceStatus,
    SystemAction,
    SystemCommand,
    TestCommand,
    TestMethod,
    TestParameters,
    TestResult,
    TestState,
    TestStatus,
    TestStop,
    WheelPosition,
)
from topicwire import Context

from suspension_services.access import Access
from suspension_services.health import Health
from suspension_services.journal import Journal, Phase, TestEntry
from suspension_services.logs import get_logger
from suspension_services.picture import Picture
from suspension_services.places import state_file
from suspension_services.quarter_car import HIGH, LOW
from suspension_services.service import BackendService, ServiceSettings
from suspension_services.sweep_parameters import problem
from suspension_services.test_course import PROCESSING, Patience, TestCourse

log = get_logger(__name__)

_LOOK = 1.0  # s between two looks at the services
_REMEMBERED = 1_000  # tests that are over
_LATE = 30.0  # s after which a wish starts nothing any more; a command to start lasts as long
_DURATION = 30.0  # s of a sweep, where nobody says otherwise
_METHOD = TestMethod.PHASE_SHIFT


class Orchestrator(BackendService):
    """Runs one test at a time, from the wish of a user interface to the announcement of its end.

    A test that was begun comes to its end even if the orchestrator itself is restarted: it is in
    the journal, and the broker keeps what is said of it meanwhile. Where there are keys, nobody
    starts a test without a signature.
    """

    name: ClassVar[str] = "orchestrator"
    keeps_session = True

    def __init__(
        self,
        access: Access,
        settings: ServiceSettings = ServiceSettings(),  # noqa: B008 - it is frozen
        *,
        journal: Path | None = None,
        patience: Patience = Patience(),  # noqa: B008
    ) -> None:
        super().__init__(access, settings)
        self._app = Backend(self.client)
        self._is_signed = access.is_signed
        self._journal = Journal(journal or state_file("orchestrator.json"))
        self._patience = patience
        self._picture = Picture(Health(settings.heartbeat))
        self._course: TestCourse | None = None
        self._over: OrderedDict[str, TestStatus | None] = OrderedDict()  # with their last words
        self._last_result: TestResult | None = None
        self._tests = Counter(
            "suspension_tests", "Tests, by their ends.", ["state"], registry=self.registry
        )

    def set_up(self) -> None:
        """Listen for wishes, for what is said of tests, and for the services."""
        # Before it connects, because then it may be asked for the next test at once.
        entry = self._journal.read()
        if entry is not None:
            log.warning("unfinished test", test_id=entry.test_id, phase=entry.phase.value)
            self._course = self._course_of(entry)
        on = self._app.on
        for subscriber in (
            on.system_status, on.simulator_status, on.processing_status, on.hardware_status,
        ):  # fmt: skip
            subscriber(self._on_service_status)
        on.system_heartbeat(self._on_heartbeat)
        on.test_status(self._on_test_status)
        on.test_start(self._on_start)
        on.test_stop(self._on_stop)
        on.processing_result(self._on_result)
        on.results_processed(self._on_announced)
        on.gui_command(self._on_gui_command)

    async def begin(self) -> None:
        """Go on with the test that was not over when the service ended."""
        course = self._course
        if course is not None and course.entry.phase is Phase.PREPARING:
            await course.announce_abort("the orchestrator was restarted before it had begun")
            self._note_end(course, TestState.ABORTED)
            self._course = None
        elif course is not None:
            self._carry_out(course)
        self.spawn(self._look_after_services(), "health")

    async def end(self) -> None:
        """Stop a test that is running."""
        if self._course is not None:
            test_id = self._course.entry.test_id
            self._picture.stops[test_id] = "the orchestrator has been stopped"
            await self._picture.change()
            await self._idle(self._patience.announcement)

    # ---- what the user wants -----------------------------------------------------------------

    async def _on_gui_command(self, command: GuiCommand, context: Context) -> None:
        match command.command:
            case GuiAction.REFRESH:
                await self._show_everything(self._asked_for(command))
            case GuiAction.STOP_TEST:
                await self._stop_wish(command)
            case GuiAction.START_TEST:
                if self._is_signed and context.sender is None:
                    log.warning("unsigned wish refused", command=command.command.value)
                    await self.tell(refused="start_test", reason="it was not signed")
                    return
                await self._start_wish(command)

    def _asked_for(self, command: GuiCommand) -> TestStatus | None:
        """Return the last status of the test that is named, or of the one that runs or was last."""
        test_id = command.test_id
        if not isinstance(test_id, str):
            if self._course is None:
                return next(reversed(self._over.values()), None)
            test_id = self._course.entry.test_id
        return self._picture.statuses.get(test_id) or self._over.get(test_id)

    async def _stop_wish(self, command: GuiCommand) -> None:
        running = self._course.entry.test_id if self._course is not None else None
        test_id = command.test_id if isinstance(command.test_id, str) else running
        if test_id is None or test_id != running:
            log.info("nothing to stop", test_id=test_id)
            return
        reason = command.reason if isinstance(command.reason, str) else "stopped by the user"
        self._picture.stops[test_id] = reason
        await self._picture.change()

    async def _start_wish(self, command: GuiCommand) -> None:
        if not isinstance(command.position, WheelPosition):
            await self.tell(refused="start_test", reason="it names no wheel (position)")
            return
        position = command.position
        test_id = command.test_id if isinstance(command.test_id, str) else _new_id(position)
        parameters = (
            command.parameters
            if isinstance(command.parameters, TestParameters)
            else TestParameters(duration=_DURATION, frequency_range=[LOW, HIGH])
        )
        method = command.method if isinstance(command.method, TestMethod) else _METHOD
        # A wish that had to wait for the broker comes when nobody reckons with it any more.
        age, late = time.time() - command.timestamp, None
        if age > _LATE:
            late = f"it was asked for {age:.0f} s ago, and nothing is started after {_LATE:g} s"
        entry = TestEntry(test_id=test_id, position=position, method=method, parameters=parameters)
        await self._accept(entry, cause=late)

    # ---- tests -------------------------------------------------------------------------------

    async def _on_start(self, command: TestCommand, context: Context) -> None:
        # Its own command comes back, and a user interface may start a test by itself.
        if self._course is None or self._course.entry.test_id != command.test_id:
            entry = TestEntry(
                test_id=command.test_id, position=command.position, method=command.method,
                parameters=command.parameters,
            )  # fmt: skip
            await self._accept(entry, is_started=True)

    async def _accept(
        self, entry: TestEntry, *, is_started: bool = False, cause: str | None = None
    ) -> None:
        """Carry a test out, or close it at once with the reason why not, such as `cause`."""
        running = self._course.entry.test_id if self._course is not None else None
        if entry.test_id == running or entry.test_id in self._over:
            log.info("known already", test_id=entry.test_id)
            return
        course = self._course_of(entry, is_started=is_started)
        cause = cause or problem(entry.parameters)
        if entry.method is not _METHOD:
            cause = f"the method {entry.method.value} is not carried out; {_METHOD.value} is"
        if running is not None:
            cause = f"busy with the test {running}"
        if cause is not None:
            await course.refuse(cause)
            self._note_end(course, TestState.ERROR)
        else:
            self._carry_out(course)

    def _course_of(self, entry: TestEntry, *, is_started: bool = False) -> TestCourse:
        return TestCourse(
            entry, self._app, self._picture, self._journal, self._patience, is_started
        )

    def _carry_out(self, course: TestCourse) -> None:
        self._course = course
        self.spawn(self._run(course), f"test {course.entry.test_id}")

    async def _run(self, course: TestCourse) -> None:
        test_id = course.entry.test_id
        await self.set_state(ServiceState.RUNNING, details={"test_id": test_id})
        state = await course.run()
        self._note_end(course, state)
        self._course = None
        await self._picture.change()
        await self._show_status()
        if self.state is ServiceState.RUNNING:
            await self.set_state(ServiceState.ONLINE)

    async def _idle(self, timeout: float) -> None:
        """Wait until no test is being carried out."""
        try:
            async with asyncio.timeout(timeout), self._picture.changed:
                await self._picture.changed.wait_for(lambda: self._course is None)
        except TimeoutError:
            log.warning("the test has not ended in time")

    def _note_end(self, course: TestCourse, state: TestState) -> None:
        test_id = course.entry.test_id
        self._picture.forget(test_id)
        self._tests.labels(state.value).inc()
        self._over[test_id] = course.told
        if len(self._over) > _REMEMBERED:
            self._over.popitem(last=False)

    async def _on_test_status(self, status: TestStatus, context: Context) -> None:
        # What is said of a test that is over, its own words among it, is no news.
        if status.test_id in self._over:
            return
        self._picture.statuses[status.test_id] = status
        self.note_activity()
        await self._picture.change()
        if self._course is not None and self._course.entry.test_id == status.test_id:
            await self._show_status(status)

    async def _on_stop(self, command: TestStop, context: Context) -> None:
        course = self._course
        if course is not None and course.entry.test_id == command.test_id:
            reason = command.reason if isinstance(command.reason, str) else "stopped"
            self._picture.stops[command.test_id] = reason
            await self._picture.change()

    async def _on_result(self, result: ProcessingResult, context: Context) -> None:
        if result.test_id in self._over:
            log.info("result of a test that is over", test_id=result.test_id)
            return
        self._picture.results[result.test_id] = result
        await self._picture.change()

    async def _on_announced(self, result: TestResult, context: Context) -> None:
        self._last_result = result
        await self._show_result(result)

    # ---- services ----------------------------------------------------------------------------

    async def _on_service_status(self, status: ServiceStatus, context: Context) -> None:
        if status.service != self.name:
            self._picture.health.take_status(status, time.monotonic())
            await self._picture.change()
            await self._show_status()

    async def _on_heartbeat(self, heartbeat: Heartbeat, context: Context) -> None:
        self._picture.health.take_heartbeat(heartbeat, time.monotonic())

    async def _look_after_services(self) -> None:
        """Restart what is in error, a few times; and see what has fallen silent."""
        stray: str | None = None
        while True:
            await asyncio.sleep(_LOOK)
            stray = await self._call_back_processing(stray)
            health = self._picture.health
            for service in health.to_restart(time.monotonic()):
                status = health.status(service)
                error = status.error if status is not None else ""
                attempts = health.attempts(service)
                log.warning("restarting", service=service, error=error, attempt=attempts)
                await self._app.send.system_command(
                    SystemCommand(
                        command=SystemAction.RESTART, service=service,
                        reason=f"in error: {error}", timestamp=time.time(),
                    )
                )  # fmt: skip
            await self._picture.change()

    async def _show_everything(self, status: TestStatus | None) -> None:
        """Show the services, a test and its result, to somebody who may have missed its end."""
        result = self._last_result
        await self._show_status(status)
        if status is not None and result is not None and result.test_id == status.test_id:
            await self._show_result(result)

    async def _show_result(self, result: TestResult) -> None:
        await self._app.send.gui_update(
            GuiResult(event="result", result=result, timestamp=time.time())
        )

    async def _call_back_processing(self, before: str | None) -> str | None:
        """Stop a processing that works on a test that is over; return the test.

        It has missed its end, if it still does after two looks.
        """
        status = self._picture.health.status(PROCESSING)
        test_id = self._picture.details(PROCESSING).get("test_id")
        if (
            status is None
            or status.status is not ServiceState.RUNNING
            or not isinstance(test_id, str)
            or (self._course is not None and self._course.entry.test_id == test_id)
        ):
            return None
        if test_id == before:
            log.warning("processing has missed the end", test_id=test_id)
            await self._app.send.processing_command(
                ProcessingCommand(
                    command=ProcessingAction.STOP_PROCESSING, test_id=test_id,
                    reason="the test is over", timestamp=time.time(),
                )
            )  # fmt: skip
        return test_id

    async def _show_status(self, test: TestStatus | None = None) -> None:
        await self._app.send.gui_update(
            GuiStatusUpdate(
                event="status",
                test=MISSING if test is None else test,
                services=[*self._picture.health.statuses(), self.status()],
                timestamp=time.time(),
            )
        )


def _new_id(position: WheelPosition) -> str:
    return f"{time.strftime('%Y-%m-%d-%H%M%S', time.gmtime())}-{position.value}"
