"""The payloads of the suspension protocol, held against the agreed tables of their members."""

import copy
import re

import pytest

from tests.suspension_spec import DOCUMENT, MESSAGES, SCHEMAS, resolve, schema_nodes, validator

# Members of every payload: the required ones, then the optional ones.
PAYLOADS = {
    "TestCommand": ("command test_id position parameters timestamp", "method"),
    "TestStop": ("command test_id timestamp", "reason"),
    "TestStatus": ("test_id position state progress timestamp", "frequency details"),
    "TestCompleted": ("test_id state result timestamp", ""),
    "RawData": (
        "test_id position time platform_position tire_force static_weight sampling_rate timestamp",
        "",
    ),
    "TestResult": (
        "event test_id wheel_id overall_pass timestamp",
        "min_phase_shift rfa_max rigidity limits imbalance",
    ),
    "ProcessingResult": (
        "event test_id wheel_id overall_pass timestamp",
        "min_phase_shift rfa_max rigidity limits imbalance",
    ),
    "LiveMeasurement": (
        "event test_id position timestamp elapsed frequency phase_shift tire_force"
        " platform_position progress",
        "",
    ),
    "SensorReading": ("sensor quantity value unit timestamp", ""),
    "SimulatorData": (
        "event test_id position timestamp elapsed frequency phase_shift tire_force"
        " platform_position progress static_weight damping",
        "",
    ),
    "ServiceStatus": (
        "service status uptime timestamp",
        "details error memory_usage cpu_usage last_activity",
    ),
    "Heartbeat": ("service status uptime memory_usage cpu_usage timestamp", ""),
    "SystemCommand": ("command timestamp", "service reason"),
    "SimulatorCommand": ("command timestamp", "test_id position reason parameters"),
    "ProcessingCommand": ("command timestamp", "test_id position reason parameters"),
    "HardwareCommand": ("command timestamp", "test_id position reason parameters"),
    "GuiCommand": ("command timestamp", "test_id position method parameters reason"),
    "GuiLiveData": ("event measurement timestamp", ""),
    "GuiStatusUpdate": ("event timestamp", "test services"),
    "GuiResult": ("event result timestamp", ""),
}

ENUMERATIONS = {
    "WheelPosition": "front_left front_right rear_left rear_right",
    "TestMethod": "phase_shift resonance",
    "TestState": "starting running stopping completed aborted error",
    "ServiceState": "starting online running stopping stopped offline error",
    "SensorQuantity": "force position",
    "SystemAction": "shutdown restart",
    "GuiAction": "start_test stop_test refresh",
}
SERVICE_ACTIONS = (
    "prepare_test",
    "start_processing",
    "stop_processing",
    "configure",
    "restart",
    "shutdown",
)

CONSTANTS = {
    ("TestCommand", "command"): "start",
    ("TestStop", "command"): "stop",
    ("TestResult", "event"): "test_result",
    ("ProcessingResult", "event"): "egea_result_processed",
    ("LiveMeasurement", "event"): "live_data",
    ("SimulatorData", "event"): "live_data",
    ("Heartbeat", "status"): "alive",
    ("GuiLiveData", "event"): "live_data",
    ("GuiStatusUpdate", "event"): "status",
    ("GuiResult", "event"): "result",
}

# Payloads that must not pass: schema, member (dotted), a value out of its range.
WRONG_VALUES = [
    ("TestCommand", "command", "stop"),
    ("TestCommand", "position", "front"),
    ("TestCommand", "method", "guess"),
    ("TestCommand", "test_id", ""),
    ("TestCommand", "timestamp", "now"),
    ("TestCommand", "parameters.duration", 0),
    ("TestCommand", "parameters.frequency_range", [25.0]),
    ("TestCommand", "parameters.frequency_range", [5.0, 15.0, 25.0]),
    ("TestStatus", "progress", 1.01),
    ("TestStatus", "progress", -0.01),
    ("TestStatus", "state", "finished"),
    ("TestCompleted", "result", "passed"),
    ("RawData", "time", [0.0]),
    ("RawData", "tire_force", [1.0]),
    ("RawData", "platform_position", [0.0, None]),
    ("RawData", "static_weight", 0),
    ("RawData", "sampling_rate", 0),
    ("LiveMeasurement", "phase_shift", 181),
    ("LiveMeasurement", "elapsed", -1),
    ("LiveMeasurement", "tire_force", None),
    ("TestResult", "event", "egea_result_processed"),
    ("TestResult", "rfa_max", 100.5),
    ("TestResult", "min_phase_shift", -1),
    ("SensorReading", "quantity", "speed"),
    ("ServiceStatus", "uptime", -1),
    ("ServiceStatus", "status", "alive"),
    ("Heartbeat", "status", "online"),
    ("SimulatorCommand", "command", "start_processing"),
    ("HardwareCommand", "command", "configure"),
    ("ProcessingCommand", "command", "prepare_test"),
    ("SystemCommand", "command", "configure"),
    ("GuiLiveData", "measurement.progress", 2),
]


NODES = [pair for name, schema in SCHEMAS.items() for pair in schema_nodes(schema, name)]
EXAMPLES = [
    (name, example) for name, schema in SCHEMAS.items() for example in schema["examples"]
] + [
    (message["payload"]["$ref"].rsplit("/", 1)[1], example["payload"])
    for message in MESSAGES.values()
    for example in message["examples"]
]


@pytest.mark.parametrize("name", PAYLOADS)
def test_members_of_a_payload(name):
    required, optional = PAYLOADS[name]
    assert set(SCHEMAS[name]["required"]) == set(required.split())
    assert set(SCHEMAS[name]["properties"]) == {*required.split(), *optional.split()}


def test_every_payload_is_in_the_table():
    payloads = {message["payload"]["$ref"].rsplit("/", 1)[1] for message in MESSAGES.values()}
    assert payloads == set(PAYLOADS)


@pytest.mark.parametrize("name", ENUMERATIONS)
def test_enumeration(name):
    assert SCHEMAS[name]["enum"] == ENUMERATIONS[name].split()


def test_each_service_understands_its_own_part_of_the_service_commands():
    parts = [
        SCHEMAS[name]["enum"] for name in ("SimulatorAction", "ProcessingAction", "HardwareAction")
    ]
    assert {action for part in parts for action in part} == set(SERVICE_ACTIONS)
    assert len(set(map(tuple, parts))) == 3


def test_constants():
    found = {
        (name, member): schema["const"]
        for name, owner in SCHEMAS.items()
        for member, schema in owner.get("properties", {}).items()
        if "const" in schema
    }
    assert found == CONSTANTS


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_example_is_valid(name, example):
    validator(name).validate(example)


@pytest.mark.parametrize("name", [name for name in SCHEMAS if "required" in SCHEMAS[name]])
def test_example_with_a_member_too_many_or_too_few_is_invalid(name):
    schema = SCHEMAS[name]
    example = schema["examples"][0]
    if name != "TestParameters":
        assert not validator(name).is_valid({**example, "unexpected": 1})
    for member in schema["required"]:
        without = {key: value for key, value in example.items() if key != member}
        assert not validator(name).is_valid(without), member


@pytest.mark.parametrize(("name", "member", "value"), WRONG_VALUES)
def test_wrong_value_is_invalid(name, member, value):
    payload = copy.deepcopy(SCHEMAS[name]["examples"][0])
    *path, last = member.split(".")
    owner = payload
    for part in path:
        owner = owner[part]
    owner[last] = value
    errors = list(validator(name).iter_errors(payload))
    assert [".".join(map(str, error.absolute_path))[: len(member)] for error in errors] == [member]


def test_objects_are_closed_but_for_parameters_and_details():
    for place, node in NODES:
        if node.get("type") == "object":
            is_open = re.search(r"(\.parameters|\.details|TestParameters)$", place) is not None
            assert node["additionalProperties"] is is_open, place


def test_everything_is_described_for_readers():
    for name, schema in SCHEMAS.items():
        assert schema["title"], name
    for place, node in NODES:
        assert resolve(node)["description"], place
        assert "$ref" not in node or set(node) == {"$ref"}, place
    for name, message in MESSAGES.items():
        assert message["name"] == name
        assert message["title"], name
        assert message["summary"], name
        assert all(set(each) == {"name", "summary", "payload"} for each in message["examples"])
    summaries = [each["summary"] for each in DOCUMENT["operations"].values()]
    assert len(set(summaries)) == len(summaries)
    for name, channel in DOCUMENT["channels"].items():
        assert channel["title"], name
        assert channel["description"], name


def test_class_names_are_python_names():
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in SCHEMAS)
