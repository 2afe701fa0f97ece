"""What type checkers say of programs that use the generated package."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from topicwire_codegen.generate import generate

ROOT = Path(__file__).parents[2]

GOOD = """
import asyncio
import time
from typing import Any

from pydantic import MISSING, JsonValue
from suspension_protocol.aio.apps import Gui as AsyncGui
from suspension_protocol.aio.publishers import SensorPublisher as AsyncSensorPublisher
from suspension_protocol.apps import Gui, Simulator
from suspension_protocol.compat import (
    AsyncMqttHandler, MqttClient, MqttConnectionPool, MqttHandler,
)
from suspension_protocol.models import (
    LiveMeasurement, SensorQuantity, SensorReading, TestCompleted, TestResult, ProcessingResult,
)
from suspension_protocol.publishers import SensorPublisher
from suspension_protocol.subscribers import MeasurementsLiveSubscriber, SensorSubscriber
from topicwire import AsyncClient, Client, Context, Delivery
from topicwire.testing import build, expect

reading = SensorReading(
    sensor="a", quantity=SensorQuantity.FORCE, value=1.5, unit="N", timestamp=time.time()
)

def threads(client: Client) -> None:
    delivery: Delivery = SensorPublisher(client).publish(reading, quantity="force")
    delivery.wait(timeout=5)

    @MeasurementsLiveSubscriber(client)
    def show(message: LiveMeasurement, context: Context) -> None:
        if message.phase_shift is not None:
            print(message.phase_shift + 1)

    SensorSubscriber(client, quantity="position").subscribe(lambda message, _: print(message.unit))

with Gui("mqtt://127.0.0.1", client_id="gui-1", keep_alive=10) as gui:
    @gui.on.category("test_results")
    def finished(message: TestCompleted | TestResult | ProcessingResult, context: Context) -> None:
        print(message.test_id)

    @gui.on.sensor(quantity="force")
    def force(message: SensorReading, context: Context) -> None: ...

    @gui.on.results_processed
    def result(message: TestResult, context: Context) -> None:
        if message.rigidity is not MISSING:
            print(message.rigidity / 2)

async def main(client: AsyncClient) -> None:
    delivery = await AsyncSensorPublisher(client).publish(reading, quantity="force")
    await delivery
    async with AsyncGui(client) as gui:
        async for message, context in gui.on.results_processed:
            print(message.overall_pass, context.topic)

        async def handle(message: LiveMeasurement, context: Context) -> None: ...
        await gui.on.measurements_live.subscribe(handle)

def expectations(client: Client, gui: Gui) -> None:
    with expect(SensorSubscriber(client)) as readings, expect(gui.on.category("status")):
        unit: str = readings.next(where=lambda message: message.value > 1).unit
        made: SensorReading = build(SensorReading, unit=unit)

old = MqttHandler("pi", "localhost", 1883, "backend", signing="keys.json")

@old.add_callback("test_results")
def old_result(message: dict[str, Any]) -> None:
    old.publish("suspension/gui/update", {"result": message["overall_pass"]})

def old_status(message: dict[str, JsonValue]) -> None: ...

old.add_callback("status", old_status)
sent: int = old.get_stats()["messages_sent"]

async def old_async(mqtt: AsyncMqttHandler) -> None:
    @mqtt.add_async_callback("commands")
    async def command(message: dict[str, JsonValue]) -> None: ...

    if await mqtt.connect_async() and await mqtt.publish_async("t", {}):
        await command({})

pooled: MqttClient = MqttConnectionPool().get_connection("localhost", use_tls=True)
pooled.connect_with_options({"reconnect_delay": [1, 2, 4], "max_reconnect_attempts": 3})
"""

# A line each, and what mypy says of it; pyright has to refuse it too.
BAD = [
    (
        'SensorPublisher(client).publish(reading, quantity="speed")',
        'Argument "quantity" to "publish" of "SensorPublisher" has incompatible type '
        "\"Literal['speed']\"; expected \"Literal['force', 'position']\"",
    ),
    ("SensorPublisher(client).publish(reading)", 'Missing named argument "quantity"'),
    (
        'SensorPublisher(client).publish(result, quantity="force")',
        'has incompatible type "TestResult"; expected "SensorReading"',
    ),
    ("gui.send.results_processed(result)", '"GuiSender" has no attribute "results_processed"'),
    ("gui.on.raw_data_complete", '"GuiReceiver" has no attribute "raw_data_complete"'),
    ('gui.on.category("raw_data")', 'No overload variant of "category"'),
    ("result.overall_passed", '"TestResult" has no attribute "overall_passed"'),
    ("result.rigidity + 1", 'Unsupported operand types for + ("MISSING" and "int")'),
    ('SensorReading(sensor="a")', 'Missing named argument "quantity" for "SensorReading"'),
    (
        'SensorReading(sensor="a", quantity="force", value=1, unit="N", timestamp=1)',
        'Argument "quantity" to "SensorReading" has incompatible type "str"',
    ),
    ("gui.on.results_processed(wrong_handler)", "has incompatible type"),
    ('Gui("mqtt://h", keepalive=3)', 'Unexpected keyword argument "keepalive"'),
    ('MqttHandler(tls_insecure="no")', 'has incompatible type "str"; expected "bool"'),
    ('MqttHandler().add_callback("status", wrong_handler)', 'of "MqttHandler"'),
    ('MqttClient().connect_with_options({"keep_alive": 1})', 'key "keep_alive"'),
    (
        "expect(gui.on.results_processed).next().verdict",
        '"TestResult" has no attribute "verdict"',
    ),
    ("expect(gui)", 'No overload variant of "expect"'),
    ("SensorPublisher(async_client)", 'has incompatible type "AsyncClient"; expected "Client"'),
]

BAD_HEAD = """
from suspension_protocol.apps import Gui
from suspension_protocol.compat import MqttClient, MqttHandler
from suspension_protocol.models import SensorReading, TestCompleted, TestResult
from suspension_protocol.publishers import SensorPublisher
from topicwire import AsyncClient, Client, Context
from topicwire.testing import expect

def wrong_handler(message: TestCompleted, context: Context) -> None: ...

def program(
    client: Client, async_client: AsyncClient, gui: Gui, reading: SensorReading, result: TestResult
) -> None:
"""


def mypy(*paths: Path, search: Path | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--no-incremental",
         "--no-color-output", "--hide-error-context", "--config-file", "", *map(str, paths)],
        capture_output=True, text=True, check=False, cwd=paths[0].parent,
        env={"PATH": "/usr/bin:/bin", **({"MYPYPATH": str(search)} if search else {})},
    )  # fmt: skip
    return done.stdout + done.stderr


def test_right_programs_pass(tmp_path):
    program = tmp_path / "good.py"
    program.write_text(GOOD)
    assert mypy(program) == ""


def test_wrong_programs_are_refused_where_they_are_wrong(tmp_path):
    program = tmp_path / "bad.py"
    program.write_text(BAD_HEAD + "".join(f"    {line}\n" for line, _ in BAD))
    first = BAD_HEAD.count("\n") + 1
    said: dict[int, str] = {}
    for line in mypy(program).splitlines():
        found = re.match(r"bad\.py:(\d+): error: (.*)", line)
        if found:
            said[int(found[1])] = said.get(int(found[1]), "") + found[2]
    for number, (line, expected) in enumerate(BAD, first):
        assert expected in said.pop(number, "nothing"), line
    assert said == {}


def test_a_changed_payload_breaks_the_program_that_uses_the_old_one(tmp_path):
    source = (ROOT / "asyncapi.yaml").read_text()
    spec = tmp_path / "asyncapi.yaml"
    program = tmp_path / "program.py"
    program.write_text(
        "from changed.models import TestStop\n"
        'stop = TestStop(command="stop", test_id="a", reason="b", timestamp=1.0)\n'
        "print(stop.reason)\n"
    )
    old = re.search(r"    TestStop:\n(?:      .*\n|\n)+?        reason:", source)
    assert old is not None
    output = tmp_path / "out"

    def generate_from(text: str) -> str:
        spec.write_text(text)
        generate(spec, output, "changed", conventions=False, official=False, write=True)
        return mypy(program, search=output / "src")

    assert generate_from(source) == ""
    changed = source.replace(old[0], old[0].replace("        reason:", "        cause:"))
    changed = re.sub(r"(command: stop\n(?:.*\n){1,3}?\s+)reason:", r"\1cause:", changed)
    said = generate_from(changed)
    assert 'program.py:2: error: Unexpected keyword argument "reason" for "TestStop"' in said
    assert 'program.py:3: error: "TestStop" has no attribute "reason"' in said


@pytest.mark.skipif(not (ROOT / "node_modules/.bin/pyright").exists(), reason="no pyright (npm ci)")
def test_pyright_agrees(tmp_path):
    (tmp_path / "good.py").write_text(GOOD)
    (tmp_path / "bad.py").write_text(BAD_HEAD + "".join(f"    {line}\n" for line, _ in BAD))
    done = subprocess.run(
        [ROOT / "node_modules/.bin/pyright", "--pythonpath", sys.executable, str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    errors = re.findall(r"/(good|bad)\.py:(\d+):\d+ - error", done.stdout)
    first = BAD_HEAD.count("\n") + 1
    assert {int(line) for name, line in errors if name == "bad"} == {
        first + i for i in range(len(BAD))
    }, done.stdout
    assert not [line for name, line in errors if name == "good"], done.stdout
