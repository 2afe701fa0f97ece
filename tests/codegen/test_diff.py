"""Changes of the suspension protocol, and exactly what is found of each."""

import copy
from functools import cache
from pathlib import Path

import pytest
from topicwire_codegen.diff.compare import compare_documents
from topicwire_codegen.diff.findings import Finding
from topicwire_codegen.document import Document, read_document
from topicwire_codegen.references import Workspace

from tests.codegen.mutations import GONE, ROOT, put

READ = read_document(ROOT / "asyncapi.yaml")
CHANNELS, OPERATIONS = "#/channels", "#/operations"
MESSAGES, SCHEMAS = "#/components/messages", "#/components/schemas"
BINDINGS = "#/components/operationBindings"

# What is changed, and what is found: level, direction, verdict, change.
CASES: dict[str, tuple[list[tuple[str, object]], list[str]]] = {
    "nothing": (
        [],
        [],
    ),
    "descriptions": (
        [
            (f"{SCHEMAS}/TestId/description", "another"),
            (f"{SCHEMAS}/TestId/examples", ["b"]),
            (f"{CHANNELS}/testStart/description", "x"),
            (f"{OPERATIONS}/sendTestStart/summary", "x"),
        ],
        [],
    ),
    "order of required": (
        [(f"{SCHEMAS}/ServiceStatus/required", ["timestamp", "uptime", "status", "service"])],
        [],
    ),
    "order of values": (
        [(f"{SCHEMAS}/TestMethod/enum", ["resonance", "phase_shift"])],
        [],
    ),
    "reference written out": (
        [(f"{SCHEMAS}/SystemCommand/properties/service", {"type": "string", "minLength": 1})],
        [],
    ),
    "reference wrapped": (
        [
            (
                f"{SCHEMAS}/SystemCommand/properties/service",
                {"allOf": [{"$ref": "#/components/schemas/ServiceName"}], "description": "x"},
            )
        ],
        [],
    ),
    "minimum raised": (
        [(f"{SCHEMAS}/Progress/minimum", 0.5)],
        [
            "wire old-to-new breaking: minimum: 0 -> 0.5",
        ],
    ),
    "minimum lowered": (
        [(f"{SCHEMAS}/Progress/minimum", -1)],
        [
            "wire new-to-old breaking: minimum: 0 -> -1",
        ],
    ),
    "minimum made exclusive": (
        [(f"{SCHEMAS}/Timestamp/exclusiveMinimum", 0)],
        [
            "wire old-to-new breaking: exclusiveMinimum: none -> 0",
        ],
    ),
    "minimum gone": (
        [(f"{SCHEMAS}/Timestamp/minimum", GONE)],
        [
            "wire new-to-old breaking: minimum: 0 -> none",
        ],
    ),
    "maximum lowered": (
        [(f"{SCHEMAS}/Progress/maximum", 0.5)],
        [
            "wire old-to-new breaking: maximum: 1 -> 0.5",
        ],
    ),
    "maximum raised": (
        [(f"{SCHEMAS}/Progress/maximum", 100)],
        [
            "wire new-to-old breaking: maximum: 1 -> 100",
        ],
    ),
    "longer text": (
        [(f"{SCHEMAS}/TestId/minLength", 3)],
        [
            "wire old-to-new breaking: minLength: 1 -> 3",
        ],
    ),
    "empty text": (
        [(f"{SCHEMAS}/TestId/minLength", 0)],
        [
            "wire new-to-old breaking: minLength: 1 -> 0",
        ],
    ),
    "text limited": (
        [(f"{SCHEMAS}/TestId/maxLength", 40)],
        [
            "wire old-to-new breaking: maxLength: none -> 40",
        ],
    ),
    "pattern": (
        [(f"{SCHEMAS}/TestId/pattern", "^[a-z]")],
        [
            "wire old-to-new breaking: pattern: none -> ^[a-z]",
        ],
    ),
    "format": (
        [(f"{SCHEMAS}/TestId/format", "uuid")],
        [
            "wire old-to-new may break: format: none -> uuid",
        ],
    ),
    "more items": (
        [(f"{SCHEMAS}/RawData/properties/time/minItems", 3)],
        [
            "wire old-to-new breaking: minItems: 2 -> 3",
        ],
    ),
    "fewer items": (
        [(f"{SCHEMAS}/RawData/properties/time/maxItems", 10)],
        [
            "wire old-to-new breaking: maxItems: 1000000 -> 10",
        ],
    ),
    "items typed": (
        [(f"{SCHEMAS}/RawData/properties/time/items/type", "integer")],
        [
            "source receiving breaking: type of `RawData` field 'time': list[float] -> list[int]",
            "source sending breaking: type of `RawData` field 'time': list[float] -> list[int]",
            "wire old-to-new breaking: type: number -> integer",
        ],
    ),
    "type narrowed": (
        [(f"{SCHEMAS}/SensorReading/properties/value/type", "integer")],
        [
            "source sending breaking: type of `SensorReading` field 'value': float -> int",
            "wire old-to-new breaking: type: number -> integer",
        ],
    ),
    "type widened": (
        [(f"{SCHEMAS}/SensorReading/properties/value/type", ["number", "null"])],
        [
            "source receiving breaking: type of `SensorReading` field 'value': float -> None | float",
            "wire new-to-old breaking: type: number -> number | null",
        ],
    ),
    "type changed": (
        [(f"{SCHEMAS}/SensorReading/properties/unit", {"type": "integer"})],
        [
            "source receiving breaking: type of `SensorReading` field 'unit': str -> int",
            "source sending breaking: type of `SensorReading` field 'unit': str -> int",
            "wire new-to-old breaking: type: string -> integer",
            "wire old-to-new breaking: type: string -> integer",
        ],
    ),
    "value added": (
        [(f"{SCHEMAS}/TestMethod/enum", ["phase_shift", "resonance", "both"])],
        [
            'wire new-to-old breaking: values: added "both"',
            "source receiving compatible: `TestMethod` has gained both",
        ],
    ),
    "value removed": (
        [(f"{SCHEMAS}/TestMethod/enum", ["phase_shift"])],
        [
            "source either breaking: class `TestMethod` was removed",
            "source receiving breaking: type of `TestCommand` field 'method': TestMethod -> Literal[\"phase_shift\"]",
            "source sending breaking: type of `TestCommand` field 'method': TestMethod -> Literal[\"phase_shift\"]",
            "source receiving breaking: type of `GuiCommand` field 'method': TestMethod -> Literal[\"phase_shift\"]",
            "source sending breaking: type of `GuiCommand` field 'method': TestMethod -> Literal[\"phase_shift\"]",
            'wire old-to-new breaking: values: removed "resonance"',
        ],
    ),
    "constant changed": (
        [(f"{SCHEMAS}/GuiResult/properties/event/const", "results")],
        [
            'source receiving breaking: type of `GuiResult` field \'event\': Literal["result"] -> Literal["results"]',
            'source sending breaking: type of `GuiResult` field \'event\': Literal["result"] -> Literal["results"]',
            'wire new-to-old breaking: values: removed "result", added "results"',
            'wire old-to-new breaking: values: removed "result", added "results"',
        ],
    ),
    "optional property added": (
        [(f"{SCHEMAS}/SystemCommand/properties/force", {"type": "boolean"})],
        [
            "wire new-to-old breaking: property 'force' was added",
            "source sending compatible: `SystemCommand` field 'force' was added",
        ],
    ),
    "required property added": (
        [
            (f"{SCHEMAS}/SystemCommand/properties/force", {"type": "boolean"}),
            (f"{SCHEMAS}/SystemCommand/required", ["command", "timestamp", "force"]),
        ],
        [
            "source sending breaking: `SystemCommand` field 'force' was added, and is required",
            "wire old-to-new breaking: property 'force' was added, and is required",
            "wire new-to-old breaking: property 'force' was added",
        ],
    ),
    "optional property removed": (
        [(f"{SCHEMAS}/SystemCommand/properties/reason", GONE)],
        [
            "source either breaking: `SystemCommand` field 'reason' was removed",
            "wire old-to-new breaking: property 'reason' was removed",
        ],
    ),
    "required property removed": (
        [
            (f"{SCHEMAS}/SystemCommand/properties/timestamp", GONE),
            (f"{SCHEMAS}/SystemCommand/required", ["command"]),
        ],
        [
            "source either breaking: `SystemCommand` field 'timestamp' was removed",
            "wire old-to-new breaking: property 'timestamp' was removed",
            "wire new-to-old breaking: property 'timestamp' was removed, which was required",
        ],
    ),
    "property made required": (
        [(f"{SCHEMAS}/SystemCommand/required", ["command", "timestamp", "reason"])],
        [
            "source sending breaking: `SystemCommand` field 'reason' is required now",
            "wire old-to-new breaking: property 'reason' was made required",
        ],
    ),
    "property made optional": (
        [(f"{SCHEMAS}/SystemCommand/required", ["command"])],
        [
            "source receiving breaking: `SystemCommand` field 'timestamp' is optional now",
            "wire new-to-old breaking: property 'timestamp' was made optional",
        ],
    ),
    "object opened": (
        [(f"{SCHEMAS}/SystemCommand/additionalProperties", True)],
        [
            "wire new-to-old breaking: further properties are allowed now",
        ],
    ),
    "default": (
        [(f"{SCHEMAS}/SystemCommand/properties/reason/default", "none")],
        [
            'wire either may break: default: none -> "none"',
        ],
    ),
    "message replaced": (
        [
            (
                f"{CHANNELS}/systemCommand/messages/systemCommand/$ref",
                "#/components/messages/testStop",
            )
        ],
        [
            "source either breaking: class `SystemAction` was removed",
            "source either breaking: class `SystemCommand` is called `TestStop` now",
            "source either breaking: `SystemCommand` field 'service' was removed",
            "source receiving breaking: type of `SystemCommand` field 'command': SystemAction -> Literal[\"stop\"]",
            "source sending breaking: type of `SystemCommand` field 'command': SystemAction -> Literal[\"stop\"]",
            "source sending breaking: `SystemCommand` field 'test_id' was added, and is required",
            "wire old-to-new breaking: property 'service' was removed",
            'wire old-to-new breaking: values: removed "shutdown", "restart", added "stop"',
            'wire new-to-old breaking: values: removed "shutdown", "restart", added "stop"',
            "wire old-to-new breaking: property 'test_id' was added, and is required",
            "wire new-to-old breaking: property 'test_id' was added",
        ],
    ),
    "message added": (
        [
            (
                f"{CHANNELS}/systemCommand/messages/testStop",
                {"$ref": "#/components/messages/testStop"},
            )
        ],
        [
            "source receiving breaking: `Backend.on.category('system')` hands on `TestStop` too",
            "source receiving breaking: `Gui.on.category('system')` hands on `TestStop` too",
            "source receiving breaking: `Simulator.on.category('system')` hands on `TestStop` too",
            "source receiving breaking: `Tester.on.category('system')` hands on `TestStop` too",
            "source receiving breaking: `SystemCommandSubscriber` hands on `TestStop` too",
            "wire new-to-old breaking: message 'testStop' was added to the channel",
        ],
    ),
    "message removed": (
        [(f"{CHANNELS}/guiUpdate/messages/guiResult", GONE)],
        [
            "source either breaking: class `GuiResult` was removed",
            "wire old-to-new breaking: message 'guiResult' was removed from the channel",
        ],
    ),
    "message renamed": (
        [
            (
                f"{CHANNELS}/systemCommand/messages",
                {"command": {"$ref": "#/components/messages/systemCommand"}},
            )
        ],
        [],
    ),
    "channel removed": (
        [
            (f"{CHANNELS}/systemHeartbeat", GONE),
            (f"{OPERATIONS}/sendSystemHeartbeat", GONE),
            (f"{OPERATIONS}/receiveSystemHeartbeat", GONE),
        ],
        [
            "source receiving breaking: `Backend.on.system_heartbeat` was removed",
            "source receiving breaking: `Gui.on.system_heartbeat` was removed",
            "source sending breaking: `Backend.send.system_heartbeat` was removed",
            "source sending breaking: `Gui.send.system_heartbeat` was removed",
            "source sending breaking: `Simulator.send.system_heartbeat` was removed",
            "source sending breaking: `Tester.send.system_heartbeat` was removed",
            "source either breaking: stubs `SystemHeartbeatPublisher` and `SystemHeartbeatSubscriber` were removed",
            "source either breaking: class `Heartbeat` was removed",
            "topic either breaking: channel 'systemHeartbeat' (suspension/system/heartbeat) was removed",
        ],
    ),
    "channel added": (
        [
            (
                f"{CHANNELS}/extra",
                {
                    "address": "suspension/extra",
                    "messages": {"m": {"$ref": "#/components/messages/testStop"}},
                },
            )
        ],
        [
            "topic either compatible: channel 'extra' (suspension/extra) was added",
        ],
    ),
    "address": (
        [(f"{CHANNELS}/testStart/address", "suspension/test/begin")],
        [
            "topic either breaking: address: suspension/test/start -> suspension/test/begin",
        ],
    ),
    "parameter value added": (
        [(f"{CHANNELS}/sensor/parameters/quantity/enum", ["force", "position", "speed"])],
        [
            "topic new-to-old breaking: parameter 'quantity' can now be speed",
        ],
    ),
    "parameter value removed": (
        [(f"{CHANNELS}/sensor/parameters/quantity/enum", ["force"])],
        [
            "source either breaking: argument `quantity` takes fewer values",
            "topic old-to-new breaking: parameter 'quantity' cannot be position any more",
        ],
    ),
    "parameter opened": (
        [(f"{CHANNELS}/sensor/parameters/quantity/enum", GONE)],
        [
            "topic new-to-old breaking: parameter 'quantity' can now be any text",
        ],
    ),
    "parameter default": (
        [(f"{CHANNELS}/sensor/parameters/quantity/default", "force")],
        [],
    ),
    "parameter renamed": (
        [
            (f"{CHANNELS}/sensor/address", "suspension/sensor/{kind}"),
            (f"{CHANNELS}/sensor/parameters", {"kind": {"enum": ["force", "position"]}}),
        ],
        [
            "source sending breaking: argument `kind` was added",
            "source either breaking: argument `quantity` was removed",
        ],
    ),
    "qos lowered": (
        [
            (
                f"{OPERATIONS}/sendTestStop/bindings",
                {"mqtt": {"qos": 0, "messageExpiryInterval": 30}},
            )
        ],
        [
            "topic new-to-old breaking: QoS of sending: 1 -> 0",
        ],
    ),
    "qos raised": (
        [
            (
                f"{OPERATIONS}/sendTestStop/bindings",
                {"mqtt": {"qos": 2, "messageExpiryInterval": 30}},
            )
        ],
        [
            "topic new-to-old compatible: QoS of sending: 1 -> 2",
        ],
    ),
    "receivers' qos lowered": (
        [(f"{OPERATIONS}/receiveTestStop/bindings", {"mqtt": {"qos": 0}})],
        [
            "topic old-to-new breaking: QoS of receiving: 1 -> 0",
        ],
    ),
    "retained": (
        [
            (f"{OPERATIONS}/sendTestStatus/bindings", {"mqtt": {"qos": 1, "retain": True}}),
            (f"{CHANNELS}/testStatus/x-topicwire/delivery", "retained"),
        ],
        [
            "topic new-to-old breaking: retained: no -> yes",
            "topic either compatible: delivery: live -> retained",
        ],
    ),
    "not retained": (
        [
            (f"{OPERATIONS}/sendSimulatorStatus/bindings", {"mqtt": {"qos": 1}}),
            (f"{CHANNELS}/simulatorStatus/x-topicwire/delivery", "live"),
        ],
        [
            "topic new-to-old breaking: retained: yes -> no",
            "topic either compatible: delivery: retained -> live",
        ],
    ),
    "expiry": (
        [(f"{BINDINGS}/command/mqtt/messageExpiryInterval", 10)],
        [
            "topic new-to-old may break: expiry: 30 s -> 10 s",
        ],
    ),
    "no expiry": (
        [(f"{BINDINGS}/command/mqtt/messageExpiryInterval", GONE)],
        [
            "topic new-to-old may break: expiry: 30 s -> never",
        ],
    ),
    "delivery weaker": (
        [(f"{CHANNELS}/testCompleted/x-topicwire/delivery", "live")],
        [
            "topic new-to-old breaking: delivery: durable -> live",
        ],
    ),
    "delivery stronger": (
        [(f"{CHANNELS}/testStatus/x-topicwire/delivery", "durable")],
        [
            "topic either compatible: delivery: live -> durable",
        ],
    ),
    "signing asked for": (
        [(f"{CHANNELS}/guiUpdate/x-topicwire/signing", "required")],
        [
            "wire old-to-new breaking: signing: off -> required",
        ],
    ),
    "signing not asked for": (
        [(f"{CHANNELS}/testStart/x-topicwire/signing", "off")],
        [
            "wire new-to-old breaking: signing: required -> off",
        ],
    ),
    "signing by choice": (
        [(f"{CHANNELS}/testStart/x-topicwire/signing", "optional")],
        [
            "wire new-to-old may break: signing: required -> optional",
        ],
    ),
    "batch added": (
        [(f"{CHANNELS}/testStatus/x-topicwire/batch", {"linger": 0.1})],
        [
            "topic new-to-old breaking: messages are sent in batches now",
        ],
    ),
    "batch removed": (
        [(f"{CHANNELS}/sensor/x-topicwire/batch", GONE)],
        [
            "topic old-to-new breaking: messages are not sent in batches any more",
        ],
    ),
    "partitions": (
        [(f"{CHANNELS}/rawDataComplete/x-topicwire/partitions", {"count": 4, "by": "test_id"})],
        [
            "topic either breaking: partitions: none -> 4 by test_id",
        ],
    ),
    "batch limits": (
        [(f"{CHANNELS}/sensor/x-topicwire/batch/linger", 0.1)],
        [
            "topic either compatible: the limits of batches have changed",
        ],
    ),
    "compression": (
        [(f"{CHANNELS}/sensor/x-topicwire/compression/codec", "gzip")],
        [
            "wire new-to-old compatible: compression: zstd from 1024 bytes -> gzip from 1024 bytes",
        ],
    ),
    "content type": (
        [(f"{MESSAGES}/testStop/contentType", "application/vnd.test+json")],
        [
            "wire either breaking: content type of message 'testStop': application/json -> application/vnd.test+json",
        ],
    ),
    "app gone": (
        [
            (
                f"{OPERATIONS}/receiveTestStart/tags",
                [{"$ref": "#/components/tags/backend"}, {"$ref": "#/components/tags/tester"}],
            )
        ],
        [
            "source receiving breaking: `Simulator.on.test_start` was removed",
            "topic either breaking: app 'simulator' does not receive on channel 'testStart' any more",
        ],
    ),
    "app added": (
        [
            (
                f"{OPERATIONS}/sendSystemCommand/tags",
                [
                    {"$ref": "#/components/tags/gui"},
                    {"$ref": "#/components/tags/backend"},
                    {"$ref": "#/components/tags/tester"},
                ],
            )
        ],
        [
            "topic either compatible: app 'tester' may send on channel 'systemCommand' now",
        ],
    ),
    "operation removed": (
        [(f"{OPERATIONS}/sendTestStop", GONE)],
        [
            "source sending breaking: `Backend.send.test_stop` was removed",
            "source sending breaking: `Gui.send.test_stop` was removed",
            "topic either breaking: app 'backend' does not send on channel 'testStop' any more",
            "topic either breaking: app 'gui' does not send on channel 'testStop' any more",
            "topic new-to-old breaking: nobody sends on channel 'testStop' any more",
        ],
    ),
    "category": (
        [(f"{CHANNELS}/rawDataComplete/tags", [{"$ref": "#/components/tags/measurements"}])],
        [
            "source receiving breaking: `Backend.on.category('measurements')` hands on `RawData` too",
            "source receiving breaking: `Backend.on.category('raw_data')` has no channel any more",
        ],
    ),
    "server removed": (
        [("#/servers/websocket", GONE)],
        [
            "topic either may break: server 'websocket' was removed",
        ],
    ),
    "server host": (
        [("#/servers/tls/host", "{host}:8884")],
        [
            "topic either may break: host of server 'tls': {host}:8883 -> {host}:8884",
        ],
    ),
    "security": (
        [("#/servers/tls/security", [{"$ref": "#/components/securitySchemes/clientCertificate"}])],
        [
            "topic either breaking: server 'tls' asks for X509, and not userPassword or X509",
        ],
    ),
    "session": (
        [("#/components/serverBindings/session/mqtt/sessionExpiryInterval", 60)],
        [
            "topic either may break: sessionExpiryInterval: 3600 -> 60",
        ],
    ),
    "older surface removed": (
        [("#/x-topicwire/compat", GONE)],
        ["source either breaking: module `compat` was removed"],
    ),
    "former names": (
        [
            ("#/x-topicwire/compat/renamed/ServiceStatus/state", GONE),
            ("#/x-topicwire/compat/renamed/ServiceStatus/source", "status"),
            ("#/x-topicwire/compat/renamed/ServiceStatus/condition", "status"),
        ],
        [
            "source either breaking: former name 'source' of `ServiceStatus` is 'status' now",
            "source either breaking: former name 'state' of `ServiceStatus` was removed",
            "source either compatible: former name 'condition' of `ServiceStatus` was added, "
            "for 'status'",
        ],
    ),
    "time of the older surface": (
        [("#/x-topicwire/compat/timestamp", GONE)],
        ["source sending breaking: time that the older surface sets: timestamp -> none"],
    ),
    "free object added": (
        [(f"{SCHEMAS}/SystemCommand/properties/details", {"type": "object"})],
        [
            "wire new-to-old breaking: property 'details' was added",
            "source sending compatible: `SystemCommand` field 'details' was added",
        ],
    ),
    "property added where others are allowed": (
        [(f"{SCHEMAS}/ServiceStatus/properties/details/properties", {"a": {"type": "string"}})],
        [
            "source receiving breaking: type of `ServiceStatus` field 'details': dict -> ServiceStatusDetails",
            "source sending breaking: type of `ServiceStatus` field 'details': dict -> ServiceStatusDetails",
            "wire old-to-new breaking: what is 'a' could be anything before",
        ],
    ),
}


def changed(changes: list[tuple[str, object]], name: str = "new.yaml") -> Workspace:
    data = copy.deepcopy(READ.data)
    for pointer, value in changes:
        put(pointer, copy.deepcopy(value) if value is not GONE else GONE)(data)
    return Workspace(Document(Path(name), name, data, READ.positions))


def said(findings) -> list[str]:
    return [f"{f.level} {f.direction} {f.verdict}: {f.change}" for f in findings]


@cache
def there(name: str) -> tuple[Finding, ...]:
    """Return what is found on the way from the protocol to what it was changed into."""
    return compare_documents(Workspace(READ), changed(CASES[name][0]))


@pytest.mark.parametrize("name", CASES)
def test_what_is_found(name):
    found = there(name)
    assert said(found) == CASES[name][1]
    for finding in found:
        assert finding.meaning
        assert finding.remedy
        assert (finding.old.file, finding.new.file) == ("asyncapi.yaml", "new.yaml")


MIRRORED = {"old-to-new": "new-to-old", "new-to-old": "old-to-new"}


@pytest.mark.parametrize(
    "name", [name for name in CASES if any("schema" in p for p, _ in CASES[name][0])]
)
def test_the_way_back_breaks_the_other_direction(name):
    """Schemas have no memory: what breaks new receivers on the way there breaks old ones on the way
    back, and as surely."""
    back = compare_documents(changed(CASES[name][0]), Workspace(READ))
    schemas_there = [f for f in there(name) if f.rule.startswith("schema-")]
    schemas_back = [f for f in back if f.rule.startswith("schema-")]
    assert sorted((MIRRORED[f.direction], f.verdict, f.rule) for f in schemas_there) == sorted(
        (f.direction, f.verdict, f.rule) for f in schemas_back
    )


REPLY = {
    "address": {"location": "$message.header#/answer"},
    "channel": {"$ref": "#/channels/testStatus"},
}
HEADERS = {"type": "object", "properties": {"rig": {"type": "string"}}}
START = f"{OPERATIONS}/sendTestStart/reply"
STOP = f"{MESSAGES}/testStop/headers"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([(START, REPLY)], [(START, REPLY)], []),
        (
            [],
            [(START, REPLY)],
            ["topic either may break: operation 'sendTestStart' has a reply now"],
        ),
        (
            [(START, REPLY)],
            [],
            [
                "source sending breaking: `Backend.request.test_start` was removed",
                "source sending breaking: `Gui.request.test_start` was removed",
                "source either breaking: stubs `TestStartRequester` and `TestStartResponder` "
                "were removed",
                "topic either breaking: operation 'sendTestStart' has no reply any more",
            ],
        ),
        (
            [(START, REPLY)],
            [(START, {**REPLY, "address": {"location": "$message.header#/other"}})],
            ["topic either breaking: the reply of operation 'sendTestStart' goes another way"],
        ),
        (
            [(START, REPLY)],
            [(START, {**REPLY, "channel": {"$ref": "#/channels/testCompleted"}})],
            [
                "source receiving breaking: `TestStartRequester` hands on `TestCompleted` too",
                "source sending breaking: `TestStartResponder` takes no `TestStatus` any more",
                "topic either breaking: the reply of operation 'sendTestStart' goes another way",
            ],
        ),
        ([], [(STOP, HEADERS)], []),
        (
            [],
            [(STOP, {**HEADERS, "required": ["rig"]})],
            [
                "source sending breaking: `TestStopPublisher` wants `headers` now",
                "wire old-to-new may break: headers are asked for, which there were none of",
            ],
        ),
        (
            [(STOP, HEADERS)],
            [(STOP, {**HEADERS, "required": ["rig"]})],
            [
                "source sending breaking: `TestStopPublisher` wants `headers` now",
                "source sending breaking: `TestStopHeaders` field 'rig' is required now",
                "wire old-to-new breaking: property 'rig' was made required",
            ],
        ),
    ],
)
def test_replies_and_headers(old, new, expected):
    assert said(compare_documents(changed(old, "old.yaml"), changed(new))) == expected


SHAPES = {
    "Circle": {"type": "object", "required": ["kind", "r"], "additionalProperties": False,
               "properties": {"kind": {"const": "circle"}, "r": {"type": "number"}}},
    "Line": {"type": "object", "required": ["kind"], "additionalProperties": False,
             "properties": {"kind": {"const": "line"}}},
    "Square": {"type": "object", "required": ["kind", "a"], "additionalProperties": False,
               "properties": {"kind": {"const": "square"}, "a": {"type": "number"}}},
}  # fmt: skip
PAYLOAD = f"{MESSAGES}/testStop/payload"


def choice(*options: object, keyword: str = "oneOf") -> list[tuple[str, object]]:
    return [(PAYLOAD, {keyword: list(options)})]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Circle Square", "Square Circle", []),
        ("Circle Square", "Circle Square Line", ["new-to-old breaking schema-{}"]),
        ("Line Circle Square", "Square Circle", ["old-to-new breaking schema-{}"]),
    ],
)
@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_options_of_a_choice(old, new, expected, keyword):
    before, after = (
        choice(*(SHAPES[name] for name in names.split()), keyword=keyword) for names in (old, new)
    )
    found = compare_documents(changed(before, "old.yaml"), changed(after))
    rules = [f"{f.direction} {f.verdict} {f.rule}" for f in found if f.level == "wire"]
    assert rules == [rule.format(keyword) for rule in expected]


def test_an_option_that_changes_is_shown_inside():
    wider = {**SHAPES["Square"], "properties": {**SHAPES["Square"]["properties"], "a": {}}}
    found = compare_documents(
        changed(choice(*SHAPES.values()), "old.yaml"),
        changed(choice(SHAPES["Circle"], SHAPES["Line"], wider)),
    )
    [finding] = [f for f in found if f.level == "wire"]
    assert (finding.direction, finding.verdict, finding.rule) == (
        "new-to-old", "breaking", "schema-type",
    )  # fmt: skip
