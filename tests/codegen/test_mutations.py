"""Forty and more ways to break the suspension protocol: each is found where it is, nothing written."""

import copy
import hashlib
from pathlib import Path

import pytest
import yaml
from topicwire_codegen.cli import app
from typer.testing import CliRunner

from tests.codegen.mutations import DOCUMENT, GONE, put

# The place that is changed, what to, and the place that the problem is shown at (by default the same).
CHANNELS, OPERATIONS = "#/channels", "#/operations"
MESSAGES, SCHEMAS = "#/components/messages", "#/components/schemas"
MUTATIONS: list[tuple[str, object, str | None]] = [
    ("#/asyncapi", "2.0.0", None),
    ("#/asyncapi", GONE, "#"),
    ("#/info", GONE, "#"),
    ("#/info/title", 5, None),
    ("#/info/version", GONE, "#/info"),
    ("#/info/colour", "red", None),
    ("#/servers/plain/protocol", GONE, "#/servers/plain"),
    ("#/servers/plain/host", "{host}:{port}", None),
    ("#/servers/plain/host", "localhost", "#/servers/plain/variables/host"),
    ("#/components/serverBindings/session/mqtt/keepAlive", 70_000, None),
    ("#/components/serverBindings/session/mqtt/keepAlive", "60", None),
    (f"{CHANNELS}/testStart", "suspension/test/start", None),
    (f"{CHANNELS}/testStart", None, None),
    (f"{CHANNELS}/testStart/address", GONE, f"{CHANNELS}/testStart"),
    (f"{CHANNELS}/testStart/address", "", None),
    (f"{CHANNELS}/testStart/address", "suspension/#", None),
    (f"{CHANNELS}/testStart/address", "suspension/+/start", None),
    (f"{CHANNELS}/testStop/address", "suspension/test/start", None),
    (f"{CHANNELS}/testStop/address", "suspension/measurements/live/batch", f"{CHANNELS}/measurementsLive/address"),
    (f"{CHANNELS}/sensor/address", "suspension/sensor/{quality}", None),
    (f"{CHANNELS}/sensor/parameters", GONE, f"{CHANNELS}/sensor/address"),
    (f"{CHANNELS}/sensor/parameters/quantity/enum", ["force", "a/b"], f"{CHANNELS}/sensor/parameters/quantity/enum/1"),
    (f"{CHANNELS}/testStart/messages", GONE, f"{CHANNELS}/testStart"),
    (f"{CHANNELS}/testStart/messages/testCommand/$ref", "#/components/messages/gone", None),
    (f"{CHANNELS}/testStart/messages/testCommand/$ref", "https://example.org/x.yaml", None),
    (f"{CHANNELS}/testStart/x-topicwire/signing", "maybe", None),
    (f"{CHANNELS}/testStart/x-topicwire/encryption", True, None),
    (f"{CHANNELS}/testStart/x-topicwire", "required", None),
    (f"{CHANNELS}/testCompleted/x-topicwire/delivery", "retained", None),
    (f"{CHANNELS}/measurementsLive/x-topicwire/batch/max_messages", 0, None),
    (f"{CHANNELS}/measurementsLive/x-topicwire/batch/linger", -1, None),
    (f"{OPERATIONS}/sendTestStart/action", "publish", None),
    (f"{OPERATIONS}/sendTestStart/channel/$ref", "#/channels/gone", None),
    (f"{OPERATIONS}/sendTestStart/channel", {}, None),
    (f"{OPERATIONS}/sendTestStart/messages", [{"$ref": f"{MESSAGES}/testStop"}], f"{OPERATIONS}/sendTestStart/messages/0"),
    (f"{OPERATIONS}/sendTestStart/tags", [], f"{OPERATIONS}/sendTestStart"),
    (f"{OPERATIONS}/sendTestStart/tags", ["gui"], f"{OPERATIONS}/sendTestStart/tags/0"),
    (f"{OPERATIONS}/sendTestStart/bindings", {"mqtt": {"qos": 3}}, f"{OPERATIONS}/sendTestStart/bindings/mqtt/qos"),
    (f"{OPERATIONS}/sendTestStart/bindings", {"mqtt": {"retained": True}}, f"{OPERATIONS}/sendTestStart/bindings/mqtt/retained"),
    (f"{OPERATIONS}/sendTestStart/reply", {}, None),
    (f"{MESSAGES}/testCommand/payload", GONE, f"{MESSAGES}/testCommand"),
    (f"{MESSAGES}/sensorReading/contentType", "application/xml", f"{CHANNELS}/sensor/x-topicwire/batch"),
    (f"{MESSAGES}/testCommand/headers", {"type": "array"}, f"{MESSAGES}/testCommand/headers/type"),
    (f"{MESSAGES}/testCommand/headers", {"properties": {"a": {}}}, f"{CHANNELS}/testStart/x-topicwire/signing"),
    (f"{MESSAGES}/testCommand/headers", {"properties": {"sig": {}}}, f"{MESSAGES}/testCommand/headers/properties/sig"),
    (f"{MESSAGES}/testCommand/correlationId", {"location": "id"}, f"{MESSAGES}/testCommand/correlationId/location"),
    (f"{MESSAGES}/testCommand/examples/0/payload/command", "stop", None),
    (f"{SCHEMAS}/TestCommand/type", "objekt", None),
    (f"{SCHEMAS}/TestCommand/required", ["no_such_property"], f"{SCHEMAS}/TestCommand/required/0"),
    (f"{SCHEMAS}/TestCommand/properties", [], None),
    (f"{SCHEMAS}/TestCommand/not", {}, f"{SCHEMAS}/TestCommand/examples/0"),
    (f"{SCHEMAS}/TestCommand/dependentRequired", {}, None),
    (f"{SCHEMAS}/TestId/pattern", "([a-z]", None),
    (f"{SCHEMAS}/TestId/minLength", -1, None),
    (f"{SCHEMAS}/Progress/minimum", 2, None),
    (f"{SCHEMAS}/WheelPosition/enum", [], None),
    (f"{SCHEMAS}/WheelPosition/enum", ["front_left", 4], f"{SCHEMAS}/WheelPosition/enum/1"),
    (f"{SCHEMAS}/WheelPosition/examples", ["middle"], f"{SCHEMAS}/WheelPosition/examples/0"),
    (f"{SCHEMAS}/Timestamp", {"$ref": f"{SCHEMAS}/Timestamp"}, f"{SCHEMAS}/Timestamp/$ref"),
    (f"{SCHEMAS}/RawData/properties/time", "an array", None),
]  # fmt: skip


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a document and an output that was generated from it."""
    folder = tmp_path_factory.mktemp("mutations")
    (folder / "asyncapi.yaml").write_text(yaml.safe_dump(DOCUMENT, sort_keys=False))
    done = generate(folder)
    assert done.exit_code == 0, done.output
    return folder


def generate(folder: Path):
    return CliRunner().invoke(
        app,
        ["generate", str(folder / "asyncapi.yaml"), "--output", str(folder / "out"),
         "--package", "mutated", "--no-official", "--strict"],
    )  # fmt: skip


def test_there_are_at_least_forty():
    assert len(MUTATIONS) >= 40


@pytest.mark.parametrize(
    ("pointer", "value", "shown"),
    MUTATIONS,
    ids=[f"{pointer}={'gone' if value is GONE else value}"[:80] for pointer, value, _ in MUTATIONS],
)
def test_a_broken_document_is_refused_and_nothing_written(pointer, value, shown, workplace):
    document = copy.deepcopy(DOCUMENT)
    put(pointer, value)(document)
    path = workplace / "asyncapi.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    before = fingerprint(workplace)
    done = generate(workplace)
    assert done.exit_code == 2, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert fingerprint(workplace) == before
    places = [
        line.split(": ", 1)[1]
        for line in done.stderr.splitlines()
        if line.startswith("asyncapi.yaml:")
    ]
    wanted = shown or pointer
    assert any(place == wanted or place.startswith(f"{wanted}/") for place in places), done.stderr
    assert "nothing was written" in done.stderr
    assert "Traceback" not in done.stderr
