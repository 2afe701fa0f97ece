"""What the GUI makes of messages, without a network, a clock and a browser."""

from collections.abc import Callable

import pytest
from suspension_protocol import models
from suspension_protocol.models import (
    GuiResult,
    GuiStatusUpdate,
    Heartbeat,
    ServiceState,
    WheelPosition,
)
from suspension_services.gui.axles import Axle, difference
from suspension_services.gui.bench_state import LOST, NO_ANSWER, NO_RESULT, BenchState
from suspension_services.gui.curves import Curve, TimeCurve
from suspension_services.gui.indicators import Indicators, Level
from suspension_services.gui.records import Record, Visit
from suspension_services.gui.shown_test import PATIENCE, Stage

from tests.services import gui_messages as say

T = "test-1"


@pytest.fixture
def bench() -> BenchState:
    bench = BenchState(Indicators(30.0), Visit("visit-1", "M-AB 1", 0.0))
    bench.set_connected(True, 0.0)
    for name in ("bridge", "processing", "orchestrator"):
        bench.take_service_status(say.service(name), 0.0, 0.0)
    return bench


def run_until_judged(bench: BenchState) -> None:
    bench.ask(T, 1.0, 100.0)
    bench.take_test_status(say.status(T, models.TestState.STARTING), 1.1, 100.1)
    bench.take_test_status(say.running(T), 2.0, 101.0)
    bench.take_measurements([say.live(T, 1.0, 24.0, 170.0)], 2.1)
    bench.take_test_status(say.status(T, models.TestState.STOPPING, 1.0), 3.0, 102.0)


def test_a_test_goes_through_its_stages_to_a_record(bench: BenchState):
    assert bench.hindrance(1.0) is None
    stages: list[Stage] = []

    def note() -> None:
        assert bench.test is not None
        stages.append(bench.test.stage)

    bench.ask(T, 1.0, 100.0)
    note()
    assert bench.hindrance(1.0).busy
    bench.take_test_status(say.status(T, models.TestState.STARTING), 1.1, 100.1)
    note()
    bench.take_test_status(say.running(T, 0.4), 2.0, 101.0)
    note()
    assert (bench.test.progress, bench.test.static_weight) == (0.4, 3500.0)
    bench.take_test_status(say.status(T, models.TestState.STOPPING, 1.0), 3.0, 102.0)
    note()
    assert bench.take_result(say.result(T), 3.5, 102.5) is None
    record = bench.take_completed(say.completed(T), 3.6, 102.6)
    note()
    assert stages == ["asked", "preparing", "running", "judging", "passed"]
    assert record is not None
    assert (record.test_id, record.visit_id, record.label) == (T, "visit-1", "M-AB 1")
    assert (record.begun, record.ended, record.stage) == (100.0, 102.6, Stage.PASSED)
    assert bench.wheels == {WheelPosition.FRONT_LEFT: record}
    assert bench.hindrance(4.0) is None


@pytest.mark.parametrize("result_first", [True, False])
def test_the_result_and_the_end_come_in_any_order(bench: BenchState, result_first: bool):
    run_until_judged(bench)
    words: list[Callable[[], Record | None]] = [
        lambda: bench.take_result(say.result(T, phase_shift=20.0), 4.0, 103.0),
        lambda: bench.take_completed(say.completed(T), 4.0, 103.0),
    ]
    first, second = words if result_first else reversed(words)
    assert first() is None
    record = second()
    assert record is not None
    assert record.stage is Stage.FAILED


@pytest.mark.parametrize("cause_first", [True, False])
@pytest.mark.parametrize("state", [models.TestState.ABORTED, models.TestState.ERROR])
def test_the_cause_and_the_end_come_in_any_order(bench: BenchState, state, cause_first: bool):
    run_until_judged(bench)
    words: list[Callable[[], Record | None]] = [
        lambda: bench.take_test_status(say.status(T, state, cause="broken"), 4.0, 103.0),
        lambda: bench.take_completed(say.completed(T, state), 4.0, 103.0),
    ]
    first, second = words if cause_first else reversed(words)
    assert first() is None
    record = second()
    assert record is not None
    assert (record.stage.value, record.cause, record.result) == (state.value, "broken", None)
    assert bench.wheels == {}


def test_an_end_without_its_cause_or_its_result_is_not_waited_for_long(bench: BenchState):
    run_until_judged(bench)
    assert bench.take_completed(say.completed(T, models.TestState.ABORTED), 4.0, 103.0) is None
    assert bench.tick(5.0, 104.0) is None
    assert bench.tick(6.1, 105.0).stage is Stage.ABORTED
    run_again = "test-2"
    bench.ask(run_again, 10.0, 110.0)
    assert bench.take_completed(say.completed(run_again), 11.0, 111.0) is None
    record = bench.tick(13.1, 113.0)
    assert (record.stage, record.cause) == (Stage.ERROR, NO_RESULT)


@pytest.mark.parametrize(
    ("stage", "state"),
    [(Stage.ASKED, None), (Stage.PREPARING, models.TestState.STARTING),
     (Stage.RUNNING, models.TestState.RUNNING), (Stage.JUDGING, models.TestState.STOPPING)],
)  # fmt: skip
def test_a_test_that_falls_silent_is_given_up(bench: BenchState, stage: Stage, state):
    bench.ask(T, 1.0, 100.0)
    if state is not None:
        bench.take_test_status(say.status(T, state), 1.0, 100.0)
    assert bench.test.stage is stage
    assert bench.tick(1.0 + PATIENCE[stage], 0.0) is None
    record = bench.tick(1.1 + PATIENCE[stage], 0.0)
    assert (record.stage, record.cause) == (Stage.ERROR, NO_ANSWER if state is None else LOST)
    # It was only slow: what comes of it after all counts.
    bench.take_result(say.result(T), 200.0, 300.0)
    assert bench.is_busy
    record = bench.take_completed(say.completed(T), 200.0, 300.0)
    assert (record.stage, record.cause) == (Stage.PASSED, "")
    assert WheelPosition.FRONT_LEFT in bench.wheels


def test_while_the_broker_is_away_no_test_is_given_up(bench: BenchState):
    run_until_judged(bench)
    bench.set_connected(False, 10.0)
    assert bench.hindrance(10.0).broker
    assert bench.tick(500.0, 600.0) is None
    bench.set_connected(True, 500.0)
    assert bench.tick(501.0, 601.0) is None
    bench.take_result(say.result(T), 502.0, 602.0)
    assert bench.take_completed(say.completed(T), 502.0, 602.0).stage is Stage.PASSED


@pytest.mark.parametrize(
    "state", [models.TestState.COMPLETED, models.TestState.ABORTED, models.TestState.ERROR]
)
def test_an_end_that_was_missed_is_found_by_asking(bench: BenchState, state: models.TestState):
    run_until_judged(bench)
    cause = (
        {}
        if state is models.TestState.COMPLETED
        else {"cause": "the bridge to the bench is offline"}
    )
    update = GuiStatusUpdate(
        event="status", test=say.status(T, state, 1.0, **cause), services=[], timestamp=1.0
    )
    record = bench.take_update(update, 10.0, 110.0)
    if state is models.TestState.COMPLETED:
        shown = GuiResult(event="result", result=say.result(T), timestamp=1.0)
        record = bench.take_update(shown, 10.0, 110.0)
    assert record.stage.value == ("passed" if state is models.TestState.COMPLETED else state.value)
    # Asked again, as after each reconnection, it is no news.
    assert bench.take_update(update, 20.0, 120.0) is None
    assert not bench.is_busy


def test_a_test_of_somebody_else_is_shown_and_belongs_to_no_visit(bench: BenchState):
    bench.select(WheelPosition.REAR_RIGHT)
    bench.take_test_status(say.running("theirs"), 2.0, 102.0)
    assert (bench.test.test_id, bench.selected) == ("theirs", WheelPosition.FRONT_LEFT)
    bench.take_result(say.result("theirs"), 3.0, 103.0)
    record = bench.take_completed(say.completed("theirs"), 3.0, 103.0)
    assert (record.visit_id, record.label) == ("", "")
    assert bench.wheels == {}


def test_what_is_said_of_other_tests_meanwhile_changes_nothing(bench: BenchState):
    run_until_judged(bench)
    refused = say.status("other", models.TestState.ERROR, cause=f"busy with the test {T}")
    assert bench.take_test_status(refused, 4.0, 104.0) is None
    end = say.completed("other", models.TestState.ERROR)
    assert bench.take_completed(end, 4.0, 104.0) is None
    assert (bench.test.test_id, bench.test.cause) == (T, "")


def test_a_wish_that_is_refused_ends_at_once(bench: BenchState):
    bench.ask(T, 1.0, 100.0)
    refusal = say.service("orchestrator", refused="start_test", reason="it was not signed")
    record = bench.take_service_status(refusal, 1.1, 100.1)
    assert (record.stage, record.cause) == (Stage.ERROR, "it was not signed")


def test_another_vehicle_begins_with_no_results(bench: BenchState):
    run_until_judged(bench)
    bench.take_result(say.result(T), 4.0, 104.0)
    bench.take_completed(say.completed(T), 4.0, 104.0)
    bench.begin_visit(Visit("visit-2", "", 200.0))
    assert (bench.wheels, bench.test, bench.selected) == ({}, None, WheelPosition.FRONT_LEFT)


# ---- curves --------------------------------------------------------------------------------------


def test_curves_have_all_points_that_belong_to_them(bench: BenchState):
    bench.ask(T, 1.0, 100.0)
    # What comes before it is known when the sweep has begun waits; the test before is none of it.
    bench.take_forces([say.force(9_999.0, -3.0), say.force(3_510.0, 0.0)])
    bench.take_test_status(say.running(T), 2.0, 101.0)
    bench.take_forces([say.force(3_520.0, 0.01), say.force(80.0, 0.02, side="right")])
    bench.take_forces([say.force(3_530.0, 2.0)])
    assert bench.test.force_curve.points == [
        (0.0, 3510.0), (0.01, 3520.0), (2.0, None), (2.0, 3530.0)
    ]  # fmt: skip
    bench.take_measurements(
        [say.live(T, 0.5, 0.0, None), say.live(T, 1.0, 24.5, 171.0), say.live(T, 1.05, 24.5, 171.0),
         say.live(T, 1.1, 24.0, 170.0), say.live("other", 1.2, 1.0, 1.0)],
        2.1,
    )  # fmt: skip
    assert bench.test.phase_curve.points == [(24.5, 171.0), (24.0, 170.0)]
    assert (bench.test.frequency, bench.test.phase_shift) == (24.0, 170.0)


def test_curves_are_bounded_and_say_when_they_are_no_longer_the_same():
    curve = Curve(bound=100)
    for x in range(100):
        curve.add(float(x), 1.0)
    assert (len(curve), curve.generation) == (100, 0)
    for x in range(100, 1_000):
        curve.add(float(x), 1.0)
        assert len(curve) <= 100
    assert curve.generation > 0
    assert curve.points[0][0] == 0.0
    assert curve.points[-1][0] == 999.0
    assert [x for x, _ in curve.points] == sorted(x for x, _ in curve.points)


def test_a_curve_breaks_where_points_are_missing():
    curve = TimeCurve(gap=0.5)
    for x in (0.0, 0.5, 1.1):
        curve.add(x, 1.0)
    assert curve.points == [(0.0, 1.0), (0.5, 1.0), (1.1, None), (1.1, 1.0)]


# ---- lights --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "level"),
    [
        (ServiceState.ONLINE, Level.GOOD), (ServiceState.RUNNING, Level.GOOD),
        (ServiceState.STARTING, Level.WAIT), (ServiceState.STOPPING, Level.WAIT),
        (ServiceState.STOPPED, Level.BAD), (ServiceState.OFFLINE, Level.BAD),
        (ServiceState.ERROR, Level.BAD),
    ],
)  # fmt: skip
def test_lights_follow_the_states(bench: BenchState, state: ServiceState, level: Level):
    bench.take_service_status(say.service("processing", state), 1.0, 101.0)
    assert bench.indicators.light("processing", 1.0).level is level
    hindrance = bench.hindrance(1.0)
    assert (hindrance is None) is (level is Level.GOOD)
    if hindrance is not None:
        assert [light.service for light in hindrance.services] == ["processing"]


def test_a_service_that_was_never_heard_of_is_waited_for_a_little():
    indicators = Indicators(30.0)
    assert indicators.light("bridge", 0.0).level is Level.UNKNOWN
    indicators.reach(10.0)
    assert indicators.light("bridge", 15.0).level is Level.WAIT
    assert indicators.light("bridge", 17.0).level is Level.BAD
    indicators.lose()
    assert indicators.light("bridge", 18.0).level is Level.UNKNOWN


def test_a_service_whose_heart_has_stopped_is_not_there(bench: BenchState):
    beat = Heartbeat(
        service="bridge", status="alive", uptime=1.0, memory_usage=1.0, cpu_usage=1.0, timestamp=1.0
    )
    bench.take_heartbeat(beat, 100.0)
    # What the orchestrator repeats of others is no sign of their life.
    update = GuiStatusUpdate(event="status", services=[say.service("bridge")], timestamp=1.0)
    bench.take_update(update, 200.0, 300.0)
    assert bench.indicators.light("bridge", 204.0).level is Level.GOOD
    assert bench.indicators.light("bridge", 206.0).level is Level.BAD


def test_the_simulator_is_shown_where_there_is_one(bench: BenchState):
    def shown() -> list[str]:
        return [light.service for light in bench.indicators.lights(1.0)]

    assert "simulator" not in shown()
    bench.take_service_status(say.service("simulator", ServiceState.OFFLINE), 1.0, 1.0)
    assert "simulator" not in shown(), "one that was there long ago"
    bench.take_service_status(say.service("simulator"), 1.0, 1.0)
    bench.take_service_status(say.service("simulator", ServiceState.OFFLINE), 1.0, 1.0)
    assert "simulator" in shown()


# ---- axles ---------------------------------------------------------------------------------------


def test_left_and_right_are_compared_by_the_wheel_that_was_tested_last(bench: BenchState):
    for number, (position, imbalance) in enumerate(
        [(WheelPosition.FRONT_LEFT, None), (WheelPosition.FRONT_RIGHT, 50.0)]
    ):
        assert difference(Axle.FRONT, bench.wheels) is None
        bench.select(position)
        test_id = f"axle-{number}"
        bench.ask(test_id, 1.0, 100.0 + number)
        bench.take_result(say.result(test_id, position, imbalance=imbalance), 2.0, 0.0)
        bench.take_completed(say.completed(test_id), 2.0, 200.0 + number)
    found = difference(Axle.FRONT, bench.wheels)
    assert (found.imbalance.min_phase_shift, found.imbalance.exceeded) == (50.0, True)
    assert found.limits.max_imbalance == 30.0
    assert difference(Axle.REAR, bench.wheels) is None
