"""Simulator, virtual CAN bus, bridge, MQTT, processing, orchestrator: as processes, on mosquitto.

The simulated sweeps are played thirty times as fast as on a bench. What is measured is the
minimum phase shift of recordings of 24 s of bench time, with the noise and the ten bits of the
simulated sensors, against the transfer function of the same wheel.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from suspension_protocol import models
from suspension_protocol.apps import Gui
from suspension_protocol.compat import SecureMqttHandler
from suspension_protocol.models import (
    GuiAction,
    GuiCommand,
    GuiResult,
    GuiStatusUpdate,
    LiveMeasurement,
    SensorReading,
    ServiceState,
    WheelPosition,
)
from suspension_services.simulator import WHEELS

from tests.inbox import Collection, Inbox
from tests.mosquitto import Mosquitto
from tests.services.bench import SERVICES, Bench, Watcher


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with (
        Mosquitto(tmp_path_factory.mktemp("broker")) as broker,
        Bench(broker.url, tmp_path_factory.mktemp("bench")) as started,
    ):
        yield started


@pytest.fixture(autouse=True)
def healthy(bench: Bench) -> Iterator[None]:
    bench.watcher.wait_online(*SERVICES)
    yield
    bench.watcher.configure(fault="none", noise=2.0)


@pytest.mark.parametrize("damping", [900.0, 1300.0, 1800.0])
def test_four_wheels_within_1_5_degrees_of_the_transfer_function(bench: Bench, damping: float):
    bench.watcher.configure(damping=damping)
    vehicle = f"car-{damping:g}"
    for position, wheel in WHEELS.items():
        expected = replace(wheel, damping=damping).minimum_phase_shift()
        test_id = bench.watcher.start_test(position, vehicle=vehicle)
        completed = bench.watcher.wait_completed(test_id)
        assert completed.state is models.TestState.COMPLETED, bench.logs()
        assert completed.result is True
        result = bench.watcher.result(test_id)
        assert result.rfa_max < 100, "the wheel has not lifted off"
        # Half of what is asked for; noise and ten bits are 0.2 degrees.
        assert result.min_phase_shift == pytest.approx(expected, abs=0.75)
        if position.value.endswith("right"):
            assert result.imbalance.exceeded is False
            assert result.imbalance.min_phase_shift < 5


@pytest.mark.parametrize(("damping", "passed"), [(594.0, False), (614.0, True)])
def test_the_verdict_is_right_on_both_sides_of_35_degrees(bench: Bench, damping, passed):
    wheel = replace(WHEELS[WheelPosition.FRONT_LEFT], damping=damping)
    assert (wheel.minimum_phase_shift() >= 35) is passed
    assert wheel.minimum_phase_shift() == pytest.approx(35, abs=0.6)
    bench.watcher.configure(damping=damping, noise=0.0)
    test_id = bench.watcher.start_test(WheelPosition.FRONT_LEFT)
    completed = bench.watcher.wait_completed(test_id)
    assert (completed.state, completed.result) == (models.TestState.COMPLETED, passed)
    result = bench.watcher.result(test_id)
    assert result.overall_pass is passed
    assert result.limits.min_phase_shift == 35


def test_times_of_readings_are_those_of_the_bus(bench: Bench):
    bench.watcher.configure(damping=900.0)
    readings = Inbox()
    subscription = bench.watcher.gui.on.sensor(quantity="force").subscribe(readings)
    test_id = bench.watcher.start_test(WheelPosition.REAR_RIGHT)
    bench.watcher.wait_completed(test_id)

    def times() -> list[float]:
        return [one.timestamp for one in readings.messages if isinstance(one, SensorReading)]

    # The last batch may come behind the end of the test.
    readings.wait_until(lambda _: len(times()) >= 2490)
    subscription.unsubscribe()
    moments = times()
    assert all(
        isinstance(message, SensorReading) and message.sensor == "right_platform_force"
        for message in readings.messages
    )
    # 25 s of the bench, every 10 ms of it, although they have come in less than one.
    assert moments[-1] - moments[0] == pytest.approx(25, abs=0.2)
    steps = [later - earlier for earlier, later in pairwise(moments)]
    assert steps == pytest.approx([0.01] * len(steps), abs=1e-5)


def test_a_test_is_told_of_while_it_runs(bench: Bench):
    bench.watcher.configure(damping=900.0)
    test_id = bench.watcher.start_test(WheelPosition.FRONT_RIGHT)
    bench.watcher.wait_completed(test_id)
    told = bench.watcher.of(models.TestStatus, test_id)
    states = [status.state for status in told]
    assert states[0] is models.TestState.STARTING
    assert states[-1] is models.TestState.COMPLETED
    running = [status for status in told if status.state is models.TestState.RUNNING]
    assert running
    assert all(0 <= status.progress <= 1 for status in running)
    live = bench.watcher.of(LiveMeasurement, test_id)
    assert len(live) > 100
    assert [m.elapsed for m in live] == sorted(m.elapsed for m in live)
    shown = [m for m in live if m.phase_shift is not None and 8 < m.frequency < 12]
    wheel = replace(WHEELS[WheelPosition.FRONT_RIGHT], damping=900.0)
    for measurement in shown:
        expected = wheel.phase_shift(measurement.frequency)
        assert measurement.phase_shift == pytest.approx(expected, abs=8)
    assert len(shown) > 20


@pytest.mark.parametrize(
    ("fault", "state", "cause"),
    [
        ("motor", models.TestState.ERROR, "the motor does not start"),
        ("stuck", models.TestState.ERROR, "load cell 2 has shown the same value all the time"),
        ("dropout", models.TestState.ERROR, "the recording cannot be judged: no samples from "),
        ("silent", models.TestState.ERROR, "nothing heard of the bench for 1 s"),
    ],
)
def test_a_faulty_bench_ends_in_an_error_that_says_why(bench: Bench, fault, state, cause):
    bench.watcher.configure(damping=900.0, fault=fault)
    test_id = bench.watcher.start_test(WheelPosition.FRONT_LEFT)
    completed = bench.watcher.wait_completed(test_id)
    assert (completed.state, completed.result) == (state, None), bench.logs()
    assert cause in bench.watcher.cause(test_id)
    if fault == "silent":
        # A new wheel, and the bench speaks again.
        bench.watcher.configure(fault="none")
        again = bench.watcher.start_test(WheelPosition.FRONT_LEFT)
        assert bench.watcher.wait_completed(again).state is models.TestState.COMPLETED, bench.logs()


def test_the_user_can_stop_a_test_and_start_another(bench: Bench):
    bench.watcher.configure(damping=900.0)
    test_id = bench.watcher.start_test(WheelPosition.FRONT_LEFT, duration=100.0)
    bench.watcher.seen.wait_until(
        lambda _: any(
            status.state is models.TestState.RUNNING
            for status in bench.watcher.of(models.TestStatus, test_id)
        )
    )
    second = bench.watcher.start_test(WheelPosition.FRONT_RIGHT)
    refused = bench.watcher.wait_completed(second)
    assert refused.state is models.TestState.ERROR
    assert bench.watcher.cause(second) == f"busy with the test {test_id}"
    bench.watcher.ask(GuiAction.STOP_TEST, test_id=test_id, reason="seen enough")
    completed = bench.watcher.wait_completed(test_id)
    assert (completed.state, completed.result) == (models.TestState.ABORTED, None)
    assert bench.watcher.cause(test_id) == "seen enough"
    bench.watcher.wait_online(*SERVICES)
    third = bench.watcher.start_test(WheelPosition.FRONT_RIGHT)
    assert bench.watcher.wait_completed(third).state is models.TestState.COMPLETED


@pytest.mark.parametrize(
    ("members", "cause"),
    [
        ({"method": "resonance"}, "the method resonance is not carried out; phase_shift is"),
        (
            {"parameters": {"duration": 500.0, "frequency_range": [5.0, 25.0]}},
            "a duration of 500 s; the bench takes 1 to 100 s",
        ),
        (
            {"parameters": {"duration": 20.0, "frequency_range": [25.0, 5.0]}},
            "a frequency_range from 25 to 5 Hz; it has to go from a lower to a higher one",
        ),
    ],
)
def test_what_the_bench_cannot_do_is_refused_at_once(bench: Bench, members, cause):
    command = GuiCommand.model_validate_json(
        json.dumps({
            "command": "start_test", "test_id": f"refused-{cause[:20]}", "position": "front_left",
            "timestamp": time.time(), **members,
        })
    )  # fmt: skip
    bench.watcher.gui.send.gui_command(command).wait(10)
    completed = bench.watcher.wait_completed(command.test_id)
    assert completed.state is models.TestState.ERROR
    assert cause in bench.watcher.cause(command.test_id)


def test_who_was_away_is_shown_how_the_last_test_has_ended(bench: Bench):
    bench.watcher.configure(damping=900.0)
    test_id = bench.watcher.start_test(WheelPosition.FRONT_LEFT)
    bench.watcher.wait_completed(test_id)
    late = Watcher(bench.url, bench.keys)
    late.start()

    def is_shown(items: list[object]) -> bool:
        states = [
            item.test.state for item in items
            if isinstance(item, GuiStatusUpdate) and isinstance(item.test, models.TestStatus)
            if item.test.test_id == test_id
        ]  # fmt: skip
        results = [item.result.test_id for item in items if isinstance(item, GuiResult)]
        return models.TestState.COMPLETED in states and test_id in results

    try:
        # It hears of the end itself, and may do so a moment later than others.
        bench.watcher.wait_online("orchestrator")
        late.ask(GuiAction.REFRESH)
        late.ask(GuiAction.REFRESH)
        late.seen.wait_until(is_shown)
    finally:
        late.close()


def test_commands_that_are_repeated_are_obeyed_once(bench: Bench):
    bench.watcher.configure(damping=900.0)
    test_id = bench.watcher.start_test(WheelPosition.FRONT_LEFT)
    send = bench.watcher.gui.send

    def told(state: models.TestState) -> list[models.TestStatus]:
        return [s for s in bench.watcher.of(models.TestStatus, test_id) if s.state is state]

    def repeat() -> None:
        send.hardware_command(
            models.HardwareCommand(
                command=models.HardwareAction.PREPARE_TEST, test_id=test_id,
                position=WheelPosition.FRONT_LEFT, timestamp=1.0,
            )
        ).wait(10)  # fmt: skip
        send.test_start(
            models.TestCommand(
                command="start", test_id=test_id, position=WheelPosition.FRONT_LEFT,
                method=models.TestMethod.PHASE_SHIFT, timestamp=1.0,
                parameters=models.TestParameters(duration=24.0, frequency_range=[5.0, 25.0]),
            )
        ).wait(10)  # fmt: skip

    bench.watcher.seen.wait_until(lambda _: bool(told(models.TestState.RUNNING)))
    repeat()
    assert bench.watcher.wait_completed(test_id).state is models.TestState.COMPLETED, bench.logs()
    repeat()
    # The bench is free, and what it did last is what it has done.
    again = bench.watcher.start_test(WheelPosition.FRONT_LEFT)
    assert bench.watcher.wait_completed(again).state is models.TestState.COMPLETED, bench.logs()
    assert len(told(models.TestState.STOPPING)) == 1
    assert told(models.TestState.ERROR) == told(models.TestState.ABORTED) == []


def test_a_user_interface_of_the_older_module_tests_a_wheel_on_this_bench(bench: Bench):
    bench.watcher.configure(damping=900.0)
    results, live = Collection[dict](), Collection[dict]()
    gui = SecureMqttHandler(bench.keys, port=urlsplit(bench.url).port, app_type="gui")
    gui.add_callback("measurements", live.add)

    @gui.add_callback("test_results")
    def show(message: dict) -> None:
        results.add(message)

    assert gui.connect(), gui.last_error
    # It starts the test by itself, so the bridge weighs the wheel and the orchestrator follows.
    assert gui.publish_signed("suspension/test/start", {
        "command": "start", "test_id": "older", "position": "front_right",
        "method": "phase_shift", "parameters": {"duration": 24.0, "frequency_range": [5.0, 25.0]},
    })  # fmt: skip
    try:
        results.wait_until(lambda items: any("event" not in each for each in items), 40)
    finally:
        gui.disconnect()
    of_this = [message for message in results.items if message["test_id"] == "older"]
    [found] = [message for message in of_this if message.get("event") == "test_result"]
    wheel = replace(WHEELS[WheelPosition.FRONT_RIGHT], damping=900.0)
    assert found["min_phase_shift"] == pytest.approx(wheel.minimum_phase_shift(), abs=0.75)
    [completed] = [message for message in of_this if "event" not in message]
    assert (completed["state"], completed["result"]) == ("completed", True)
    assert any(message.get("event") == "live_data" for message in live.items)


def test_nobody_starts_a_test_without_a_signature(bench: Bench):
    forged = GuiCommand(
        command=GuiAction.START_TEST, test_id="forged", position=WheelPosition.FRONT_LEFT,
        timestamp=1.0,
    )  # fmt: skip
    begin = len(bench.watcher.seen.items)
    with Gui(bench.url, client_id="stranger", allow_unsigned=True) as stranger:
        stranger.send.gui_command(forged).wait(10)
    bench.watcher.seen.wait_until(lambda items: "it was not signed" in str(items[begin:]))
    assert bench.watcher.completed("forged") is None
    assert bench.watcher.states["bridge"] is ServiceState.ONLINE
