"""The course of one test, from the preparation of the bench to the announcement of its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import MISSING, JsonValue
from suspension_protocol.aio.apps import Backend
from suspension_protocol.models import (
    HardwareAction,
    HardwareCommand,
    ProcessingAction,
    ProcessingCommand,
    ProcessingResult,
    ServiceState,
    SimulatorAction,
    SimulatorCommand,
    TestCommand,
    TestCompleted,
    TestResult,
    TestState,
    TestStatus,
    TestStop,
)
from topicwire import Delivery, TopicwireError

from suspension_services.health import GONE, Health
from suspension_services.journal import Journal, Phase, TestEntry
from suspension_services.logs import get_logger

log = get_logger(__name__)

BRIDGE, PROCESSING, SIMULATOR = "bridge", "processing", "simulator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long what may take, in s.

    `preparation` until a wheel stands on the bench, `processing` until it answers, `absence` for
    the bridge to connect again (a broker that is restarted sends its last will, too), `silence`
    between two messages of a running test, `judgement` from the end of the sweep to the result
    (the processing may be restarted within it), and `announcement` until the broker has taken it.
    """

    preparation: float = 40.0
    processing: float = 15.0
    absence: float = 4.0
    silence: float = 8.0
    judgement: float = 60.0
    announcement: float = 20.0


class TestEnded(Exception):
    """The test is over without a result."""

    __test__ = False  # for pytest: not a test

    def __init__(self, state: TestState, cause: str) -> None:
        super().__init__(cause)
        self.state = state
        self.cause = cause


@dataclass
class Picture:
    """What the orchestrator knows of the running test and of the services."""

    health: Health
    statuses: dict[str, TestStatus] = field(default_factory=dict[str, TestStatus])
    results: dict[str, ProcessingResult] = field(default_factory=dict[str, ProcessingResult])
    stops: dict[str, str] = field(default_factory=dict[str, str])
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def change(self) -> None:
        """Have everybody look who waits for something."""
        async with self.changed:
            self.changed.notify_all()

    def details(self, service: str) -> dict[str, JsonValue]:
        """Return the details of a service's last status."""
        status = self.health.status(service)
        return status.details if status is not None and isinstance(status.details, dict) else {}

    def forget(self, test_id: str) -> None:
        """Forget a test that is over."""
        for table in (self.statuses, self.results, self.stops):
            table.pop(test_id, None)


@dataclass
class TestCourse:
    """Carries one test out. However it ends, its end is announced, once `run` returns."""

    __test__ = False  # for pytest: not a test

    entry: TestEntry
    app: Backend
    picture: Picture
    journal: Journal
    patience: Patience
    is_started: bool = False  # somebody else has published the command to start

    async def run(self) -> TestState:
        """Carry the test out from where the journal says that it is; return how it has ended."""
        result: ProcessingResult | None = None
        state, cause = TestState.COMPLETED, ""
        try:
            if self.entry.phase is Phase.PREPARING:
                await self._prepare()
                await self._start()
            if self.entry.phase is Phase.RUNNING:
                await self._follow()
            result = await self._await_result()
        except TestEnded as ended:
            state, cause = ended.state, ended.cause
        await self._announce(state, cause, result)
        self.journal.clear()
        return state

    async def announce_abort(self, cause: str) -> None:
        """End the test without carrying it out."""
        await self._announce(TestState.ABORTED, cause, None)
        self.journal.clear()

    async def refuse(self, cause: str) -> None:
        """Close a test that is not even begun; the one that runs goes on."""
        log.warning("test refused", test_id=self.entry.test_id, cause=cause)
        await self._tell(TestState.ERROR, 0.0, cause)
        await self._complete(TestState.ERROR, None)

    # ---- its phases --------------------------------------------------------------------------

    async def _prepare(self) -> None:
        """Have the wheel loaded and weighed, and the processing ready."""
        self.journal.write(self.entry)
        await self._tell(TestState.STARTING, 0.0)
        test_id, position = self.entry.test_id, self.entry.position
        if not self._is_gone(SIMULATOR):
            await self.app.send.simulator_command(
                SimulatorCommand(
                    command=SimulatorAction.PREPARE_TEST, test_id=test_id, position=position,
                    timestamp=time.time(),
                )
            )  # fmt: skip
        if not self.is_started:
            await self.app.send.hardware_command(
                HardwareCommand(
                    command=HardwareAction.PREPARE_TEST, test_id=test_id, position=position,
                    timestamp=time.time(),
                )
            )  # fmt: skip
        await self.app.send.processing_command(
            ProcessingCommand(
                command=ProcessingAction.START_PROCESSING, test_id=test_id, position=position,
                timestamp=time.time(),
            )
        )  # fmt: skip
        await self._until(
            lambda: self.picture.details(PROCESSING).get("test_id") == test_id,
            self.patience.processing, "the processing does not answer",
        )  # fmt: skip
        if not self.is_started:
            await self._until(
                self._is_prepared, self.patience.preparation, "the bench was not ready"
            )

    def _is_prepared(self) -> bool:
        details = self.picture.details(BRIDGE)
        if details.get("refused") == HardwareAction.PREPARE_TEST.value:
            named = details.get("test_id", self.entry.test_id)
            if named == self.entry.test_id:
                raise TestEnded(TestState.ERROR, f"the bench: {details.get('reason')}")
        return details.get("prepared") == self.entry.test_id

    async def _start(self) -> None:
        self._enter(Phase.RUNNING)
        if self.is_started:
            return
        await self.app.send.test_start(
            TestCommand(
                command="start", test_id=self.entry.test_id, position=self.entry.position,
                method=self.entry.method, parameters=self.entry.parameters,
                timestamp=time.time(),
            )
        )  # fmt: skip

    async def _follow(self) -> None:
        """Follow the sweep until the bench has stopped; it has to report all the time."""
        while not self._has_swept():
            before = self.picture.statuses.get(self.entry.test_id)
            await self._until(
                lambda: self._has_swept() or self._status() is not before,  # noqa: B023 - awaited here
                self.patience.silence, "nothing heard of the test",
            )  # fmt: skip
        self._enter(Phase.JUDGING)

    async def _await_result(self) -> ProcessingResult:
        test_id = self.entry.test_id
        await self._until(
            lambda: test_id in self.picture.results, self.patience.judgement, "there is no result"
        )
        return self.picture.results[test_id]

    # ---- waiting -----------------------------------------------------------------------------

    async def _until(self, condition: Callable[[], bool], timeout: float, otherwise: str) -> None:
        """Wait for something to become known, while the test can go on; raises `TestEnded`."""

        def is_reached() -> bool:
            self._check()
            return condition()

        try:
            async with self.picture.changed:
                await asyncio.wait_for(self.picture.changed.wait_for(is_reached), timeout)
        except TimeoutError:
            raise TestEnded(TestState.ABORTED, f"{otherwise} within {timeout:g} s") from None

    def _check(self) -> None:
        """Raise `TestEnded` for what makes it impossible to go on."""
        test_id = self.entry.test_id
        if test_id in self.picture.stops:
            raise TestEnded(TestState.ABORTED, self.picture.stops[test_id])
        status = self._status()
        if status is not None and status.state in (TestState.ERROR, TestState.ABORTED):
            details = status.details if isinstance(status.details, dict) else {}
            raise TestEnded(status.state, str(details.get("cause", "no reason was told")))
        if test_id in self.picture.results or self.entry.phase is Phase.JUDGING:
            return  # the bench is no longer needed
        now = time.monotonic()
        bridge = self.picture.health.status(BRIDGE)
        if bridge is None:
            return
        if self.entry.phase is Phase.RUNNING and bridge.status is ServiceState.STARTING:
            raise TestEnded(TestState.ABORTED, "the bridge to the bench was restarted")
        # One whose connection broke comes back, and goes on with the test.
        if self.picture.health.gone_for(BRIDGE, now) > self.patience.absence:
            state = self.picture.health.state(BRIDGE, now)
            raise TestEnded(TestState.ABORTED, f"the bridge to the bench is {state.value}")

    def _status(self) -> TestStatus | None:
        return self.picture.statuses.get(self.entry.test_id)

    def _has_swept(self) -> bool:
        status = self._status()
        stopped = status is not None and status.state is TestState.STOPPING
        return stopped or self.entry.test_id in self.picture.results

    def _is_gone(self, service: str) -> bool:
        return self.picture.health.state(service, time.monotonic()) in GONE

    def _enter(self, phase: Phase) -> None:
        self.entry = self.entry.model_copy(update={"phase": phase})
        self.journal.write(self.entry)
        log.info("phase", test_id=self.entry.test_id, phase=phase.value)

    # ---- its end -----------------------------------------------------------------------------

    async def _announce(
        self, state: TestState, cause: str, result: ProcessingResult | None
    ) -> None:
        test_id = self.entry.test_id
        log.info("test over", test_id=test_id, state=state.value, cause=cause)
        deliveries: list[Delivery] = []
        if result is None:
            deliveries += await self._stop_everything(cause)
        else:
            deliveries.append(await self.app.send.results_processed(_test_result(result)))
        await self._tell(state, 1.0 if result is not None else 0.0, cause)
        passed = None if result is None else result.overall_pass
        deliveries.append(await self._complete(state, passed))
        try:
            async with asyncio.timeout(self.patience.announcement):
                for delivery in deliveries:
                    await delivery
        except TimeoutError:
            # They are still in the queue, or the outbox, and go when the broker is there.
            log.warning("end not acknowledged yet", test_id=test_id)
        except TopicwireError as error:
            log.error("end not announced", test_id=test_id, reason=str(error))

    async def _complete(self, state: TestState, passed: bool | None) -> Delivery:
        return await self.app.send.test_completed(
            TestCompleted(
                test_id=self.entry.test_id, state=state, result=passed, timestamp=time.time()
            )
        )

    async def _stop_everything(self, cause: str) -> list[Delivery]:
        test_id, now = self.entry.test_id, time.time()
        return [
            await self.app.send.test_stop(
                TestStop(command="stop", test_id=test_id, reason=cause, timestamp=now)
            ),
            await self.app.send.processing_command(
                ProcessingCommand(
                    command=ProcessingAction.STOP_PROCESSING, test_id=test_id, reason=cause,
                    timestamp=now,
                )
            ),
        ]  # fmt: skip

    async def _tell(self, state: TestState, progress: float, cause: str = "") -> None:
        await self.app.send.test_status(
            TestStatus(
                test_id=self.entry.test_id,
                position=self.entry.position,
                state=state,
                progress=progress,
                details={"cause": cause} if cause else MISSING,
                timestamp=time.time(),
            )
        )


def _test_result(found: ProcessingResult) -> TestResult:
    """Make the result of the test of what the processing has found."""
    return TestResult(
        event="test_result",
        test_id=found.test_id,
        wheel_id=found.wheel_id,
        min_phase_shift=found.min_phase_shift,
        rfa_max=found.rfa_max,
        rigidity=found.rigidity,
        overall_pass=found.overall_pass,
        limits=found.limits,
        imbalance=found.imbalance,
        timestamp=time.time(),
    )
