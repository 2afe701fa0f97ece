"""The channels of `asyncapi.yaml`, held against the agreed tables of the suspension protocol."""

import re
from typing import NamedTuple

import pytest
import yaml

from tests.suspension_spec import DOCUMENT, MESSAGES, SCHEMAS, SPEC, resolve

APPS = ("gui", "simulator", "tester", "backend")
CATEGORIES = ("commands", "status", "measurements", "test_results", "raw_data", "system")


class Row(NamedTuple):
    """One channel as agreed; `expiry` in seconds."""

    channel: str
    address: str
    categories: list[str]
    senders: list[str]
    receivers: list[str]
    qos: int
    retain: bool
    expiry: int | None
    delivery: str
    signing: str
    extras: list[str]
    payloads: list[str]


# channel, address, who sends -> who receives
WHO = """
systemStatus      | suspension/system/status      | all -> all
systemHeartbeat   | suspension/system/heartbeat   | all -> gui backend
systemCommand     | suspension/system/command     | gui backend -> all
testStart         | suspension/test/start         | gui backend -> backend simulator tester
testStop          | suspension/test/stop          | gui backend -> backend simulator tester
testStatus        | suspension/test/status        | backend simulator tester -> gui backend
testCompleted     | suspension/test/completed     | backend -> gui simulator tester
rawDataComplete   | suspension/raw_data/complete  | tester simulator -> backend
resultsProcessed  | suspension/results/processed  | backend -> gui backend
measurementsLive  | suspension/measurements/live  | tester simulator backend -> gui backend
sensor            | suspension/sensor/{quantity}  | tester -> backend gui
simulatorCommand  | suspension/simulator/command  | gui backend -> simulator
simulatorStatus   | suspension/simulator/status   | simulator -> gui backend
simulatorData     | suspension/simulator/data     | simulator -> tester backend
processingCommand | suspension/processing/command | gui backend -> backend
processingStatus  | suspension/processing/status  | backend -> gui backend
processingResult  | suspension/processing/result  | backend -> gui backend
hardwareCommand   | suspension/hardware/command   | gui backend -> tester
hardwareStatus    | suspension/hardware/status    | tester -> gui backend
hardwareSensor    | suspension/hardware/sensor    | tester -> backend
guiCommand        | suspension/gui/command        | gui -> backend
guiUpdate         | suspension/gui/update         | backend -> gui
"""

# channel, categories, QoS, retained, message expiry, delivery, signing, what else
HOW = """
systemStatus      | status system | 1 | no     |        | live     | off      |
systemHeartbeat   | system        | 0 | no     |        | live     | off      |
systemCommand     | system        | 1 | no     | 30 s   | live     | off      |
testStart         | commands      | 1 | no     | 30 s   | live     | required |
testStop          | commands      | 1 | no     | 30 s   | live     | required |
testStatus        | status        | 1 | no     |        | live     | off      |
testCompleted     | test_results  | 1 | no     |        | durable  | off      |
rawDataComplete   | raw_data      | 1 | no     |        | durable  | off      | compression
resultsProcessed  | test_results  | 1 | no     |        | durable  | off      |
measurementsLive  | measurements  | 0 | no     |        | live     | off      | batch compression
sensor            | measurements  | 0 | no     |        | live     | off      | batch compression
simulatorCommand  | commands      | 1 | no     |        | live     | required |
simulatorStatus   | status        | 1 | yes    |        | retained | off      |
simulatorData     | measurements  | 0 | no     |        | live     | off      | batch compression
processingCommand | commands      | 1 | no     |        | live     | required |
processingStatus  | status        | 1 | yes    |        | retained | off      |
processingResult  | test_results  | 1 | no     |        | durable  | off      |
hardwareCommand   | commands      | 1 | no     |        | live     | required |
hardwareStatus    | status        | 1 | yes    |        | retained | off      |
hardwareSensor    | measurements  | 0 | no     |        | live     | off      | batch compression
guiCommand        | commands      | 1 | no     |        | live     | optional |
guiUpdate         | status        | 1 | no     |        | live     | off      |
"""

# channel, payloads
WHAT = """
systemStatus      | ServiceStatus
systemHeartbeat   | Heartbeat
systemCommand     | SystemCommand
testStart         | TestCommand
testStop          | TestStop
testStatus        | TestStatus
testCompleted     | TestCompleted
rawDataComplete   | RawData
resultsProcessed  | TestResult
measurementsLive  | LiveMeasurement
sensor            | SensorReading
simulatorCommand  | SimulatorCommand
simulatorStatus   | ServiceStatus
simulatorData     | SimulatorData
processingCommand | ProcessingCommand
processingStatus  | ServiceStatus
processingResult  | ProcessingResult
hardwareCommand   | HardwareCommand
hardwareStatus    | ServiceStatus
hardwareSensor    | SensorReading
guiCommand        | GuiCommand
guiUpdate         | GuiLiveData GuiStatusUpdate GuiResult
"""


def read_table() -> list[Row]:
    rows = []
    for lines in zip(*(text.strip().splitlines() for text in (WHO, HOW, WHAT)), strict=True):
        who, how, what = ([cell.strip() for cell in line.split("|")] for line in lines)
        assert who[0] == how[0] == what[0]
        senders, receivers = (
            list(APPS) if apps == "all" else apps.split() for apps in who[2].split(" -> ")
        )
        rows.append(
            Row(
                channel=who[0],
                address=who[1],
                categories=how[1].split(),
                senders=senders,
                receivers=receivers,
                qos=int(how[2]),
                retain=how[3] == "yes",
                expiry=int(how[4].removesuffix(" s")) if how[4] else None,
                delivery=how[5],
                signing=how[6],
                extras=how[7].split(),
                payloads=what[1].split(),
            )
        )
    return rows


TABLE = read_table()


def names_of(nodes: list[dict]) -> list[str]:
    return [resolve(node)["name"] for node in nodes]


def operation(action: str, channel: str) -> dict:
    return DOCUMENT["operations"][action + channel[0].upper() + channel[1:]]


def row_id(row: Row) -> str:
    return row.channel


def test_the_document_has_exactly_these_channels_in_this_order():
    assert list(DOCUMENT["channels"]) == [row.channel for row in TABLE]


@pytest.mark.parametrize("row", TABLE, ids=row_id)
class TestChannel:
    def test_address_and_categories(self, row):
        channel = DOCUMENT["channels"][row.channel]
        assert channel["address"] == row.address
        assert names_of(channel["tags"]) == row.categories

    def test_apps_that_send_and_receive(self, row):
        assert names_of(operation("send", row.channel)["tags"]) == row.senders
        assert names_of(operation("receive", row.channel)["tags"]) == row.receivers

    def test_quality_of_service_retain_and_expiry(self, row):
        sent = resolve(operation("send", row.channel)["bindings"])["mqtt"]
        received = resolve(operation("receive", row.channel)["bindings"])["mqtt"]
        assert (sent["qos"], sent["retain"]) == (row.qos, row.retain)
        assert sent.get("messageExpiryInterval") == row.expiry
        assert (received["qos"], received["retain"]) == (row.qos, False)
        assert "messageExpiryInterval" not in received

    def test_delivery_signing_batch_and_compression(self, row):
        extension = dict(DOCUMENT["channels"][row.channel]["x-topicwire"])
        assert extension.pop("delivery") == row.delivery
        assert extension.pop("signing") == row.signing
        assert sorted(extension) == row.extras
        assert extension.get("batch") in (
            None,
            {"max_messages": 100, "max_bytes": 65536, "linger": 1.0},
        )
        # zstd takes a fourth of gzip's time where messages are many, gzip is known everywhere.
        codec = "zstd" if "batch" in extension else "gzip"
        assert extension.get("compression") in (None, {"codec": codec, "threshold": 1024})

    def test_payloads(self, row):
        messages = map(resolve, DOCUMENT["channels"][row.channel]["messages"].values())
        references = [message["payload"]["$ref"] for message in messages]
        assert references == [f"#/components/schemas/{name}" for name in row.payloads]

    def test_one_operation_sends_and_one_receives(self, row):
        reference = {"$ref": f"#/channels/{row.channel}"}
        actions = [
            each["action"]
            for each in DOCUMENT["operations"].values()
            if each["channel"] == reference
        ]
        assert actions == ["send", "receive"]
        assert operation("send", row.channel)["action"] == "send"
        assert operation("receive", row.channel)["action"] == "receive"


def test_the_sensor_channel_has_the_quantities_of_its_payload():
    quantity = DOCUMENT["channels"]["sensor"]["parameters"]["quantity"]
    assert quantity["enum"] == SCHEMAS["SensorQuantity"]["enum"]


def test_tags_of_operations_are_apps_and_tags_of_channels_are_categories():
    declared = DOCUMENT["components"]["tags"]
    assert tuple(declared) == APPS + CATEGORIES
    assert all(tag["name"] == key and tag["description"] for key, tag in declared.items())
    for each in DOCUMENT["operations"].values():
        assert set(names_of(each["tags"])) <= set(APPS)
    for each in DOCUMENT["channels"].values():
        assert set(names_of(each["tags"])) <= set(CATEGORIES)


def test_messages_are_utf8_json():
    assert DOCUMENT["defaultContentType"] == "application/json"
    for message in MESSAGES.values():
        assert resolve(message["bindings"])["mqtt"]["payloadFormatIndicator"] == 1


def test_bindings_name_their_version():
    components = DOCUMENT["components"]
    for kind in ("operationBindings", "messageBindings", "serverBindings"):
        for bindings in components[kind].values():
            assert bindings["mqtt"]["bindingVersion"] == "0.2.0"


def test_servers():
    servers = DOCUMENT["servers"]
    assert {name: (each["protocol"], each["host"]) for name, each in servers.items()} == {
        "plain": ("mqtt", "{host}:1883"),
        "tls": ("mqtts", "{host}:8883"),
        "websocket": ("wss", "{host}:8884"),
    }
    for server in servers.values():
        session = resolve(server["bindings"])["mqtt"]
        assert session["keepAlive"] == 60
        assert session["cleanSession"] is False
        assert session["sessionExpiryInterval"] == 3600
        assert session["lastWill"]["topic"] == DOCUMENT["channels"]["systemStatus"]["address"]
        assert resolve(server["variables"]["host"])["default"] == "localhost"
    kinds = {
        name: [resolve(each)["type"] for each in server["security"]]
        for name, server in servers.items()
    }
    assert kinds == {
        "plain": ["userPassword"],
        "tls": ["userPassword", "X509"],
        "websocket": ["userPassword", "X509"],
    }


def test_references_lead_somewhere_and_components_are_used():
    text = SPEC.read_text(encoding="utf-8")
    references = set(re.findall(r"\$ref: '(#/[^']+)'", text))
    for reference in references:
        resolve({"$ref": reference})
    for kind, components in DOCUMENT["components"].items():
        for name in components:
            assert f"#/components/{kind}/{name}" in references, f"{kind}/{name} is not used"


def test_yaml_is_plain():
    tokens = yaml.scan(SPEC.read_text(encoding="utf-8"))
    kinds = (yaml.AnchorToken, yaml.AliasToken, yaml.TagToken)
    assert not [token.start_mark for token in tokens if isinstance(token, kinds)]
