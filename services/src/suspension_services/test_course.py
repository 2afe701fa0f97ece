"""The course of one test, from the preparation of the bench to the announcement of its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import MISSING
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

from suspension_services.health import GONE
from suspension_services.journal import Journal, Phase, TestEntry
from suspension_services.logs import get_logger
from suspension_services.picture import Picture

log = get_logger(__name__)

BRIDGE, PROCESSING, SIMULATOR = "bridge", "processing", "simulator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long what may take, in s.

    `repetition` until a command without an answer is sent again, `preparation` until a wheel
    stands on the bench, `processing` until it answers, `absence` for the bridge to connect again
    (a broker that is restarted sends its last will, too), `silence`
    between two messages of a running test, `judgement` from the end of the sweep to the result
    (the processing may be restarted within it), and `announcement` until the broker has taken it.
    """

    repetition: float = 2.0
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
class TestCourse:
    """Carries one test out. However it ends, its end is announced, once `run` returns.

    Commands are repeated until they have shown an effect, because who obeys them may have been
    away; it knows a repetition by the test. `told` is what was last said of the test.
    """

    __test__ = False  # for pytest: not a test

    entry: TestEntry
    app: Backend
    picture: Picture
    journal: Journal
    patience: Patience
    is_started: bool = False  # somebody else has published the command to start
    told: TestStatus | None = None

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
        async with self._repeating(self._ask_to_prepare):
            await self._until(
                self._processing_answers,
                self.patience.processing, "the processing does not answer",
            )  # fmt: skip
            if not self.is_started:
                await self._until(
                    self._is_prepared, self.patience.preparation, "the bench was not ready"
                )

    async def _ask_to_prepare(self) -> None:
        """Ask whoever has not answered yet."""
        test_id, position, now = self.entry.test_id, self.entry.position, time.time()
        is_prepared = self._is_prepared()
        if not is_prepared and not self._is_gone(SIMULATOR):
            await self.app.send.simulator_command(
                SimulatorCommand(
                    command=SimulatorAction.PREPARE_TEST, test_id=test_id, position=position,
                    timestamp=now,
                )
            )  # fmt: skip
        if not is_prepared and not self.is_started:
            await self.app.send.hardware_command(
                HardwareCommand(
                    command=HardwareAction.PREPARE_TEST, test_id=test_id, position=position,
                    timestamp=now,
                )
            )  # fmt: skip
        if not self._processing_answers():
            await self.app.send.processing_command(
                ProcessingCommand(
                    command=ProcessingAction.START_PROCESSING, test_id=test_id, position=position,
                    timestamp=now,
                )
            )  # fmt: skip

    def _processing_answers(self) -> bool:
        return self.picture.details(PROCESSING).get("test_id") == self.entry.test_id

    def _is_prepared(self) -> bool:
        return self.picture.details(BRIDGE).get("prepared") == self.entry.test_id

    async def _start(self) -> None:
        self._enter(Phase.RUNNING)
        if self.is_started:
            return
        # Only now, not after a restart: nobody expects the bench to move then.
        async with self._repeating(self._ask_to_start):
            await self._hear_until(self._has_begun)

    async def _ask_to_start(self) -> None:
        await self.app.send.test_start(
            TestCommand(
                command="start", test_id=self.entry.test_id, position=self.entry.position,
                method=self.entry.method, parameters=self.entry.parameters,
                timestamp=time.time(),
            )
        )  # fmt: skip

    async def _follow(self) -> None:
        """Follow the sweep until the bench has stopped; it has to report all the time."""
        await self._hear_until(self._has_swept)
        self._enter(Phase.JUDGING)

    async def _await_result(self) -> ProcessingResult:
        test_id = self.entry.test_id
        await self._until(
            lambda: test_id in self.picture.results, self.patience.judgement, "there is no result"
        )
        return self.picture.results[test_id]

    # ---- waiting -----------------------------------------------------------------------------

    @asynccontextmanager
    async def _repeating(self, ask: Callable[[], Awaitable[None]]) -> AsyncGenerator[None, None]:
        """Ask at once, and again and again meanwhile."""
        await ask()

        async def repeat() -> None:
            while True:
                await asyncio.sleep(self.patience.repetition)
                log.info("asking again", test_id=self.entry.test_id)
                await ask()

        task = asyncio.create_task(repeat())
        try:
            yield
        finally:
            task.cancel()
            [error] = await asyncio.gather(task, return_exceptions=True)
            if isinstance(error, Exception):
                log.warning("not asked again", test_id=self.entry.test_id, reason=str(error))

    async def _hear_until(self, condition: Callable[[], bool]) -> None:
        """Wait for something, while there is news of the test."""
        while not condition():
            before = self._status()
            await self._until(
                lambda: condition() or self._status() is not before,  # noqa: B023 - awaited here
                self.patience.silence, "nothing heard of the test",
            )  # fmt: skip

    async def _until(self, condition: Callable[[], bool], timeout: float, otherwise: str) -> None:
        """Wait for something to become known, while the test can go on; raises `TestEnded`."""

        def is_reached() -> bool:
            self._check()
            return condition()

        try:
            async with asyncio.timeout(timeout), self.picture.changed:
                await self.picture.changed.wait_for(is_reached)
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
        for service, called in ((BRIDGE, "the bench"), (PROCESSING, "the processing")):
            details = self.picture.details(service)
            if details.get("refused_test") == test_id:
                raise TestEnded(TestState.ERROR, f"{called}: {details.get('reason')}")
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

    def _has_begun(self) -> bool:
        status = self._status()
        return self._has_swept() or (status is not None and status.state is TestState.RUNNING)

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
        self.told = TestStatus(
            test_id=self.entry.test_id,
            position=self.entry.position,
            state=state,
            progress=progress,
            details={"cause": cause} if cause else MISSING,
            timestamp=time.time(),
        )
        await self.app.send.test_status(self.told)


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
