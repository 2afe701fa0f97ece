"""`list` and `describe`, and the fields they show, of this and of other packages."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest
from topicwire.command._catalogue import Catalogue
from topicwire.command._schema_fields import fields_of

from tests.command.conftest import PACKAGE, run_command

GOLDEN = Path(__file__).parents[1] / "codegen" / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir())


def test_list_shows_every_channel():
    ended = run_command("list")
    assert ended.status == 0
    shown = [line.split()[0] for line in ended.out.splitlines()[1:]]
    assert shown == list(PACKAGE.entries)
    line = next(line for line in ended.out.splitlines() if line.startswith("testStart "))
    assert "suspension/test/start" in line
    assert "TestCommand" in line
    assert "required" in line


def test_list_as_json_says_who_sends_what_to_whom():
    found = {fact["name"]: fact for fact in run_command("list", "--json").lines}
    assert list(found) == list(PACKAGE.entries)
    start = found["testStart"]
    assert start["senders"] == list(PACKAGE.entries["testStart"].senders) != []
    assert (start["qos"], start["signing"], start["expiry"]) == (1, "required", 30)
    assert found["sensor"]["batch"] is True


def test_list_of_an_app_and_of_a_category():
    of_gui = [fact["name"] for fact in run_command("list", "--app", "gui", "--json").lines]
    assert "testStart" in of_gui
    assert "rawDataComplete" not in of_gui
    raw = [fact["name"] for fact in run_command("list", "--category", "raw_data", "--json").lines]
    assert "rawDataComplete" in raw
    assert "testStart" not in raw


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("list", "--app", "guy"), "there is no app 'guy'; did you mean gui?"),
        (("list", "--category", "statu"), "there is no category 'statu'; did you mean status?"),
        (("describe", "testStrat"), "there is no channel or model 'testStrat'; did you mean "),
        (("tail", "sensors"), "there is no channel 'sensors'; did you mean sensor"),
        (("tail", "a/#/b"), "'a/#/b' is not a topic filter of MQTT"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_told_with_what_may_be_meant(arguments, text):
    ended = run_command(*arguments, TOPICWIRE_URL="mqtt://127.0.0.1:1")
    assert ended.status == 2
    assert ended.err.startswith(text)


def test_describe_a_channel():
    ended = run_command("describe", "sensor")
    assert ended.status == 0
    for text in (
        "suspension/sensor/{quantity}", "force, position", "suspension/sensor/{quantity}/batch",
        "SensorReading", "force|position", "required", "suspension-protocol send sensor --help",
    ):  # fmt: skip
        assert text in ended.out
    schemas = json.loads(run_command("describe", "sensor", "--json").out)["schemas"]
    assert schemas["SensorReading"]["required"][0] == "sensor"


def test_describe_a_model():
    ended = run_command("describe", "TestParameters")
    assert "frequency_range" in ended.out
    assert "number ..." in ended.out
    assert json.loads(run_command("describe", "TestParameters", "--json").out)["type"] == "object"


def test_fields_of_nested_and_of_several_messages():
    (schema,) = (payload for _, payload in PACKAGE.entries["testStart"].payloads)
    fields = {field.name: field for field in fields_of([schema])}
    assert fields["command"].choices == ("start",)
    assert fields["parameters.duration"].kind == "number"
    assert fields["parameters.duration"].limits == "> 0"
    assert fields["parameters.frequency_range"].repeated
    assert fields["method"].choices == ("phase_shift", "resonance")
    assert not fields["method"].required
    several = {
        field.name: field
        for field in fields_of(payload for _, payload in PACKAGE.entries["guiUpdate"].payloads)
    }
    assert several["event"].choices == ("live_data", "status", "result")
    assert several["event"].required, "by all of them"
    assert not several["measurement.progress"].required, "not by all"


@pytest.fixture(params=CASES)
def other(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """A package that was generated from another document."""
    monkeypatch.syspath_prepend(str(GOLDEN / request.param / "expected" / "src"))
    for name in [name for name in sys.modules if name.partition(".")[0] == request.param]:
        monkeypatch.delitem(sys.modules, name)
    importlib.invalidate_caches()
    return Catalogue(request.param, "0.1.0")


def test_channels_without_stubs_are_left_out(tmp_path, monkeypatch: pytest.MonkeyPatch):
    # What the generator writes of a channel on Kafka: all but a publisher and a subscriber.
    package = tmp_path / "mixed"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "asyncapi.json").write_text('{"channels": {}, "operations": {}}')
    (package / "channels.py").write_text(
        "from topicwire import Channel, Message\n"
        "ONE = Channel(name='one', address='one', messages=(Message(name='m', payload=bytes),))\n"
        "LOG = Channel(name='log', address='log', messages=(Message(name='m', payload=bytes),))\n"
        "CHANNELS = (ONE, LOG)\n"
    )
    (package / "publishers.py").write_text(
        "from topicwire import Publisher\nfrom . import channels\n"
        "class OnePublisher(Publisher[bytes]):\n    channel = channels.ONE\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    mixed = Catalogue("mixed", "0.1.0")
    assert [fact["name"] for fact in run_command("list", "--json", catalogue=mixed).lines] == [
        "one"
    ]
    refused = run_command("send", "log", "--json", "x", catalogue=mixed)
    assert refused.status == 2
    nothing = run_command("send", "one", "--dry-run", catalogue=mixed)
    assert nothing.err == "--json is missing: TEXT, @FILE, or - for standard input\n"
    given = run_command("send", "one", "--json", "plain text", "--dry-run", catalogue=mixed)
    assert given.out == "one plain text\n"


def test_other_packages_can_be_listed_described_and_sent(other: Catalogue):
    listed = run_command("list", "--json", catalogue=other)
    assert [fact["name"] for fact in listed.lines] == list(other.entries)
    for name in [*other.entries, *other.schemas]:
        assert run_command("describe", name, catalogue=other).status == 0
    for name in other.entries:
        assert run_command("send", name, "--help", catalogue=other).status == 0
