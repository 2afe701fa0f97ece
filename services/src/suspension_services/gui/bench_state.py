"""What the GUI knows of the bench: messages in, state to be shown out. Pure: times are given."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from suspension_protocol.models import (
    GuiLiveData,
    GuiResult,
    GuiStatusUpdate,
    Heartbeat,
    LiveMeasurement,
    SensorReading,
    ServiceStatus,
    TestCompleted,
    TestResult,
    TestState,
    TestStatus,
    WheelPosition,
)

from suspension_services.gui.indicators import Indicator, Indicators
from suspension_services.gui.records import Record, Visit
from suspension_services.gui.shown_test import PATIENCE, ShownTest, Stage

_REMEMBERED = 1_000  # tests that are over
_LAST_WORD = 2.0  # s from the end of a test for its result or its cause, on another topic

LOST, NO_ANSWER, NO_RESULT = (
    "nothing was heard of the test any more",
    "the orchestrator did not answer",
    "the test was completed, and its result did not arrive",
)

_STAGES = {
    TestState.STARTING: Stage.PREPARING,
    TestState.RUNNING: Stage.RUNNING,
    TestState.STOPPING: Stage.JUDGING,
}
_ORDER = list(Stage)


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why no test can be begun: the broker is away, a test runs, or services are missing."""

    broker: bool = False
    busy: bool = False
    services: tuple[Indicator, ...] = ()


@dataclass
class BenchState:
    """The bench with all that is shown of it. `revision` goes up with each change.

    The methods that may end a test return the record of it then. Points in time named `now` are
    in s by a clock that only goes on, `wall` in s since the epoch.
    """

    indicators: Indicators
    visit: Visit
    connected: bool = False
    test: ShownTest | None = None
    selected: WheelPosition = WheelPosition.FRONT_LEFT
    wheels: dict[WheelPosition, Record] = field(default_factory=dict[WheelPosition, Record])
    revision: int = 0
    _over: OrderedDict[str, None] = field(default_factory=OrderedDict[str, None])

    # ---- the user ----------------------------------------------------------------------------

    def hindrance(self, now: float) -> Hindrance | None:
        """Return why no test can be begun, or None."""
        if not self.connected:
            return Hindrance(broker=True)
        if self.is_busy:
            return Hindrance(busy=True)
        missing = self.indicators.missing(now)
        return Hindrance(services=missing) if missing else None

    @property
    def is_busy(self) -> bool:
        """Whether a test is being carried out."""
        return self.test is not None and not self.test.stage.is_over

    def select(self, position: WheelPosition) -> None:
        """Choose the wheel that is tested next."""
        self.selected = position
        self.revision += 1

    def ask(self, test_id: str, now: float, wall: float) -> ShownTest:
        """Begin to show the test of the selected wheel that is being asked for."""
        self.test = ShownTest(test_id, self.selected, wall, now, visit=self.visit.visit_id)
        self.revision += 1
        return self.test

    def begin_visit(self, visit: Visit) -> None:
        """Have another vehicle on the bench."""
        self.visit = visit
        self.wheels = {}
        self.selected = WheelPosition.FRONT_LEFT
        if not self.is_busy:
            self.test = None
        self.revision += 1

    def name_visit(self, label: str) -> None:
        """Name the vehicle, by its number plate or otherwise."""
        self.visit = Visit(self.visit.visit_id, label, self.visit.begun)
        self.revision += 1

    def remember(self, test_ids: Iterable[str]) -> None:
        """Note tests that are over, so that what is said of them later is no news."""
        for test_id in test_ids:
            self._over[test_id] = None
        while len(self._over) > _REMEMBERED:
            self._over.popitem(last=False)

    # ---- services ----------------------------------------------------------------------------

    def set_connected(self, connected: bool, now: float) -> None:
        """Note that the broker was reached, or lost. A test goes on meanwhile, out of sight."""
        if connected:
            self.indicators.reach(now)
        else:
            self.indicators.lose()
        if self.test is not None:
            self.test.heard = now
        self.connected = connected
        self.revision += 1

    def take_service_status(self, status: ServiceStatus, now: float, wall: float) -> Record | None:
        """See a service's status; the orchestrator's may say that it refuses a wish."""
        self.indicators.take_status(status, now)
        self.revision += 1
        details = status.details if isinstance(status.details, dict) else {}
        test = self.test
        refused = status.service == "orchestrator" and details.get("refused") == "start_test"
        if refused and test is not None and test.stage is Stage.ASKED:
            return self._end(test, Stage.ERROR, str(details.get("reason", "")), wall)
        return None

    def take_heartbeat(self, heartbeat: Heartbeat, now: float) -> None:
        """See that a service is alive."""
        self.indicators.take_heartbeat(heartbeat, now)

    # ---- tests -------------------------------------------------------------------------------

    def take_update(
        self, update: GuiLiveData | GuiStatusUpdate | GuiResult, now: float, wall: float
    ) -> Record | None:
        """See what the orchestrator shows: its own state, the last test and its result."""
        if isinstance(update, GuiResult):
            return self.take_result(update.result, now, wall)
        if isinstance(update, GuiLiveData):
            self.take_measurements([update.measurement], now)
            return None
        # Of the other services it tells what they have said, which does not mean that they live.
        for status in update.services if isinstance(update.services, list) else []:
            if status.service == "orchestrator":
                self.take_service_status(status, now, wall)
        if not isinstance(update.test, TestStatus):
            return None
        record = self.take_test_status(update.test, now, wall)
        if record is None and update.test.state not in _STAGES:
            # What announced the end may have been missed, so this counts as well.
            completed = TestCompleted(
                test_id=update.test.test_id, state=update.test.state, result=None, timestamp=wall
            )
            record = self.take_completed(completed, now, wall)
        return record

    def take_test_status(self, status: TestStatus, now: float, wall: float) -> Record | None:
        """See how far a test is; one that somebody else has begun is shown, too."""
        test = self._known(status.test_id, now, status.position, wall)
        if test is None:
            return None
        self.revision += 1
        details = status.details if isinstance(status.details, dict) else {}
        test.take_details(details.get("static_weight"), details.get("begun"))
        if details.get("cause"):
            test.cause = test.cause or str(details["cause"])
        if status.state in _STAGES:
            test.stage = max(test.stage, _STAGES[status.state], key=_ORDER.index)
            test.progress = max(test.progress, status.progress)
            if isinstance(status.frequency, float):
                test.frequency = status.frequency
            return None
        # The bridge and the processing say so, too; the test is over when the orchestrator does.
        if test.end_heard is None:
            test.end_heard = now
        return self._conclude(test, now, wall)

    def take_measurements(self, measurements: Iterable[LiveMeasurement], now: float) -> None:
        """See what is measured."""
        for measurement in measurements:
            test = self.test
            if test is None or test.test_id != measurement.test_id or test.stage.is_over:
                continue
            test.heard = now
            test.progress = max(test.progress, measurement.progress)
            test.take_phase_shift(
                measurement.elapsed, measurement.frequency, measurement.phase_shift
            )
            self.revision += 1

    def take_forces(self, readings: Iterable[SensorReading]) -> None:
        """See readings of the force on the platforms."""
        if self.test is None or self.test.stage.is_over:
            return
        for reading in readings:
            self.test.take_force(reading)
        self.revision += 1

    def take_result(self, result: TestResult, now: float, wall: float) -> Record | None:
        """See the result of a test."""
        test = self._known(result.test_id, now, result.wheel_id, wall)
        if test is None:
            return None
        self.revision += 1
        test.result = result
        return self._conclude(test, now, wall)

    def take_completed(self, completed: TestCompleted, now: float, wall: float) -> Record | None:
        """See that a test is over."""
        test = self._known(completed.test_id, now, None, wall)
        if test is None:
            return None
        self.revision += 1
        test.end, test.end_heard = completed.state, now
        return self._conclude(test, now, wall)

    def tick(self, now: float, wall: float) -> Record | None:
        """See time pass: a test of which nothing is heard any more is given up."""
        test = self.test
        if test is None or test.stage.is_over or not self.connected:
            return None
        record = self._conclude(test, now, wall)
        if record is not None or now - test.heard <= PATIENCE[test.stage]:
            return record
        if test.result is not None:
            return self._end(test, _verdict(test.result), "", wall)
        cause = test.cause or (NO_ANSWER if test.stage is Stage.ASKED else LOST)
        return self._give_up(test, cause, wall)

    def record(self, test: ShownTest) -> Record:
        """Return the record of a test, with the name of its vehicle if that is on the bench."""
        own = test.visit == self.visit.visit_id
        return Record.of(test, self.visit.label if own else "")

    # ---- within ------------------------------------------------------------------------------

    def _known(
        self, test_id: str, now: float, position: WheelPosition | None, wall: float
    ) -> ShownTest | None:
        """Return the test that something is said of, or None if it is none that is shown."""
        if test_id in self._over:
            return None
        test = self.test
        if test is not None and test.test_id == test_id:
            test.heard = now
            if test.given_up:  # and there is more of it
                test.stage, test.cause, test.given_up = Stage.PREPARING, "", False
            return test
        if self.is_busy or position is None:
            return None
        self.selected = position
        self.test = ShownTest(test_id, position, wall, now, stage=Stage.PREPARING)
        return self.test

    def _conclude(self, test: ShownTest, now: float, wall: float) -> Record | None:
        """End a test when all that belongs to its end has come, or should have."""
        late = test.end_heard is not None and now - test.end_heard > _LAST_WORD
        if test.result is not None and (test.end is TestState.COMPLETED or late):
            return self._end(test, _verdict(test.result), "", wall)
        if test.end is TestState.COMPLETED and late:
            return self._give_up(test, NO_RESULT, wall)
        if test.end in (TestState.ABORTED, TestState.ERROR) and (test.cause or late):
            stage = Stage.ABORTED if test.end is TestState.ABORTED else Stage.ERROR
            return self._end(test, stage, test.cause, wall)
        return None

    def _give_up(self, test: ShownTest, cause: str, wall: float) -> Record:
        """End a test here; its real end may still be told, and counts then."""
        record = self._end(test, Stage.ERROR, cause, wall)
        test.given_up = True
        del self._over[test.test_id]
        return record

    def _end(self, test: ShownTest, stage: Stage, cause: str, wall: float) -> Record:
        test.stage, test.cause, test.ended = stage, cause, wall
        test.progress = 1.0 if stage.is_verdict else test.progress
        test.given_up = False
        self.remember([test.test_id])
        record = self.record(test)
        if stage.is_verdict and test.visit == self.visit.visit_id:
            self.wheels[test.position] = record
        self.revision += 1
        return record


def _verdict(result: TestResult) -> Stage:
    return Stage.PASSED if result.overall_pass else Stage.FAILED
