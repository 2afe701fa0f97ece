"""The English texts."""

from __future__ import annotations

from suspension_protocol.models import ServiceState, WheelPosition

from suspension_services.gui.causes import Cause
from suspension_services.gui.indicators import Level
from suspension_services.gui.shown_test import Stage
from suspension_services.gui.texts import Advice, Texts

ENGLISH = Texts(
    language="en",
    decimal_comma=False,
    date_format="%d %b %Y, %H:%M",
    title="Suspension tester",
    nav_test="Test",
    nav_history="History",
    nav_label="Pages",
    language_label="Language",
    theme_label="Light or dark",
    skip="Skip to the content",
    services="Services",
    service_names={
        "bridge": "Bench",
        "processing": "Processing",
        "orchestrator": "Control",
        "simulator": "Simulator",
    },
    service_states={
        ServiceState.STARTING: "starting",
        ServiceState.ONLINE: "ready",
        ServiceState.RUNNING: "working",
        ServiceState.STOPPING: "stopping",
        ServiceState.STOPPED: "stopped",
        ServiceState.OFFLINE: "not running",
        ServiceState.ERROR: "in error",
    },
    levels={
        Level.GOOD: "fine",
        Level.WAIT: "wait",
        Level.BAD: "not available",
        Level.UNKNOWN: "unknown",
    },
    broker="Connection",
    broker_here="connected",
    broker_away="no connection",
    broker_away_advice=(
        "The message broker cannot be reached. The page connects again by itself; a test that is "
        "running goes on. If this stays, check that the broker is running, and the network cable."
    ),
    not_heard="not heard of",
    service_advice={
        "bridge": (
            "Switch the bench on and check its CAN cable. "
            "Start the service: systemctl start suspension-bridge"
        ),
        "processing": "Start the service: systemctl start suspension-processing",
        "orchestrator": "Start the service: systemctl start suspension-orchestrator",
        "simulator": "Start the service: systemctl start suspension-simulator",
    },
    memory="Memory",
    processor="Processor",
    vehicle="Vehicle",
    vehicle_label="Number plate or order",
    vehicle_hint="optional",
    new_vehicle="New vehicle",
    new_vehicle_question="Begin with another vehicle? The results so far stay in the history.",
    wheels={
        WheelPosition.FRONT_LEFT: "front left",
        WheelPosition.FRONT_RIGHT: "front right",
        WheelPosition.REAR_LEFT: "rear left",
        WheelPosition.REAR_RIGHT: "rear right",
    },
    wheels_short={
        WheelPosition.FRONT_LEFT: "FL",
        WheelPosition.FRONT_RIGHT: "FR",
        WheelPosition.REAR_LEFT: "RL",
        WheelPosition.REAR_RIGHT: "RR",
    },
    wheels_label="Wheel to be tested",
    front="Front",
    rear="Rear",
    not_tested="not tested",
    imbalance="Left / right",
    imbalance_of="Difference {axle}",
    imbalance_open="open",
    imbalance_fine="within {limit}",
    imbalance_over="over {limit}",
    start="Start test",
    stop="Stop test",
    start_of="Start the test of the wheel {wheel}",
    retry="Try again",
    duration="Duration of the sweep",
    ready="Ready",
    ready_hint="Drive the wheel {wheel} onto the platform, then start.",
    stages={
        Stage.ASKED: "Starting",
        Stage.PREPARING: "Weighing",
        Stage.RUNNING: "Measuring",
        Stage.JUDGING: "Evaluating",
        Stage.PASSED: "Passed",
        Stage.FAILED: "Failed",
        Stage.ABORTED: "Stopped",
        Stage.ERROR: "No result",
    },
    stage_hints={
        Stage.ASKED: "Waiting for the bench.",
        Stage.PREPARING: "Let the wheel stand still. Nobody in the danger zone.",
        Stage.RUNNING: "The platform moves. Stay clear of the vehicle.",
        Stage.JUDGING: "The platform has stopped; the recording is being evaluated.",
        Stage.PASSED: "The wheel {wheel} has passed.",
        Stage.FAILED: "The wheel {wheel} has failed.",
        Stage.ABORTED: "The test of the wheel {wheel} was stopped.",
        Stage.ERROR: "The test of the wheel {wheel} came to no result.",
    },
    hindered_broker="No connection to the broker.",
    hindered_services="Not available: {services}.",
    keys_hint="Keys: 1 to 4 choose the wheel, Enter starts, Esc stops",
    progress="Progress of the test",
    frequency="Frequency",
    phase_shift="Phase shift",
    force="Wheel load",
    elapsed="Time",
    static_weight="Static wheel load",
    phase_chart="Phase shift (°) over frequency (Hz)",
    force_chart="Wheel load (N) over time (s)",
    limit="Limit",
    evaluated="evaluated",
    chart_empty="What is measured appears here.",
    phase_chart_label="Phase shift in degrees over frequency in hertz, {count} points",
    force_chart_label="Wheel load in newtons over time in seconds, {count} points",
    result="Result",
    verdict_passed="Passed",
    verdict_failed="Failed",
    no_verdict="No verdict",
    min_phase_shift="Lowest phase shift",
    rfa_max="Largest loss of force (RFA)",
    rigidity="Tyre rigidity",
    value="Value",
    limit_at_least="at least {limit}",
    limit_at_most="at most {limit}",
    dash="\N{EN DASH}",
    other_wheel_open="The other wheel of the axle has not been tested yet.",
    close="Close",
    next_wheel="Next: {wheel}",
    report="Report (PDF)",
    what_happened="What happened",
    what_to_do="What to do",
    told="Told by the bench: {cause}",
    causes={
        Cause.STOPPED: Advice(
            "The test was stopped", "Start it again when the wheel stands on the platform."
        ),
        Cause.BUSY: Advice(
            "The bench is busy with another test",
            "Wait for its end, or stop it, and try again.",
        ),
        Cause.UNSIGNED: Advice(
            "The bench does not trust this screen",
            "Give this service the key file of the bench (--keys, or TOPICWIRE_SIGNING_KEYS) and "
            "restart it.",
        ),
        Cause.NO_WHEEL: Advice(
            "No wheel stands still on the platform",
            "Drive the wheel onto the middle of the platform, release the brake, wait until the "
            "vehicle has settled, and try again.",
        ),
        Cause.BENCH_SILENT: Advice(
            "The bench has fallen silent",
            "Check that the bench is switched on, its emergency stop released and the CAN cable "
            "plugged in, and try again.",
        ),
        Cause.MOTOR: Advice(
            "The motor of the platform does not run as it should",
            "Check the emergency stop and the fuses of the bench. If it happens again, have the "
            "bench serviced.",
        ),
        Cause.SENSOR: Advice(
            "A load cell of the platform gives no sensible values",
            "Check the plug of the load cell that is named below. If it happens again, have it "
            "replaced.",
        ),
        Cause.RECORDING: Advice(
            "What was recorded cannot be judged",
            "See the reason below. Mostly the wheel did not stand in the middle of the platform, "
            "or somebody moved the vehicle: try again. If frames are missing, check the CAN "
            "cable.",
        ),
        Cause.BRIDGE_GONE: Advice(
            "The connection to the bench has ended",
            "Wait until the light of the bench is green, and try again. If it stays red: "
            "systemctl restart suspension-bridge",
        ),
        Cause.PROCESSING_GONE: Advice(
            "The evaluation does not answer",
            "Wait until its light is green, and try again. If it stays red: systemctl restart "
            "suspension-processing",
        ),
        Cause.ORCHESTRATOR_GONE: Advice(
            "The control of the bench does not answer",
            "Wait until its light is green, and try again. If it stays red: systemctl restart "
            "suspension-orchestrator",
        ),
        Cause.LOST: Advice(
            "The test has been lost sight of",
            "Check the lights of the services. If the platform moves still, use the emergency "
            "stop. Then try again.",
        ),
        Cause.PARAMETERS: Advice(
            "The bench cannot carry this test out", "Choose another duration, and try again."
        ),
        Cause.OTHER: Advice(
            "The test ended without a verdict", "Look at the reason below, and try again."
        ),
    },
    history_title="Tests so far",
    history_empty="No test yet. What is tested is kept here.",
    history_search="Search vehicle",
    column_time="Time",
    column_vehicle="Vehicle",
    column_wheel="Wheel",
    column_verdict="Verdict",
    open_test="Show the test {wheel}, {moment}",
    unnamed="no name",
    report_title="Suspension test report",
    report_date="Tested",
    report_overall="Verdict",
    report_all_passed="All tested wheels have passed.",
    report_some_failed="At least one wheel has failed.",
    report_incomplete="Not tested: {wheels}.",
    imbalance_exceeded="over limit",
    imbalance_kept="within limit",
    report_note=(
        "Phase shift: the angle between the movement of the platform and the contact force of the "
        "tyre; its lowest value between 6 and 18 Hz is judged. Imbalance: difference between "
        "left and right in percent of the larger value; it is reported and does not change the "
        "verdict. The limits are configured; no conformity with a test standard is claimed."
    ),
    report_page="Page {page} of {{nb}}",
    signature="Date, signature",
    not_found="There is no such test in the history.",
)
