"""The pytest plugin, and the programs of docs/testing.md, which are tests that use it."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points, requires
from pathlib import Path

import pytest
from suspension_protocol.aio.apps import Gui as AsyncGui
from suspension_protocol.apps import Gui, Tester
from suspension_protocol.models import SensorReading
from suspension_protocol.models import TestStop as Stop
from suspension_protocol.publishers import TestStopPublisher as StopPublisher
from suspension_protocol.subscribers import TestStopSubscriber as StopSubscriber
from topicwire import SigningRequired
from topicwire.testing import BrokerSettings, build, expect

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "testing.md").read_text(), re.DOTALL)


def run(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=300,
    )


def test_it_is_found_by_pytest():
    (found,) = [each for each in entry_points(group="pytest11") if each.name == "topicwire"]
    assert found.value == "pytest_topicwire"


def test_it_costs_nothing_until_it_is_used():
    program = "import sys, pytest_topicwire; print('topicwire' in sys.modules)"
    assert run("-c", program).stdout == "False\n"


def test_the_runtime_does_not_load_the_kit_and_the_kit_not_hypothesis():
    program = (
        "import sys, topicwire; print('topicwire.testing' in sys.modules)\n"
        "import topicwire.testing; print({'hypothesis', 'pytest', 'typer'} & sys.modules.keys())"
    )
    assert run("-c", program).stdout == "False\nset()\n"


def test_what_it_needs_is_an_extra():
    extras = {each for each in requires("topicwire") or [] if "extra ==" in each}
    assert {re.split(r"[><=; ]", each)[0] for each in extras if "testing" in each} == {
        "pytest", "hypothesis", "hypothesis-jsonschema",
    }  # fmt: skip


def test_apps_and_clients_meet_at_the_broker(topicwire_app, topicwire_client, topicwire_broker):
    tester, gui = topicwire_app(Tester), topicwire_app(Gui)
    other = topicwire_client()
    assert set(topicwire_broker.sessions) == {"tester-1", "gui-2", other.client_id}
    with expect(gui.on.sensor()) as seen:
        tester.send.sensor(build(SensorReading), quantity="force")
        tester.flush()
        assert seen.next() == build(SensorReading)


def test_signed_channels_have_a_key(topicwire_client, topicwire_keys):
    signing = topicwire_client(signing=topicwire_keys)
    with expect(StopSubscriber(signing)) as seen:
        StopPublisher(signing).publish(build(Stop)).wait(5)
        assert seen.next_seen().context.sender == signing.client_id
    with pytest.raises(SigningRequired):
        StopPublisher(topicwire_client()).publish(build(Stop))


class TestWithOtherSettings:
    @pytest.fixture
    def topicwire_broker_settings(self) -> BrokerSettings:
        return BrokerSettings(versions=("3.1.1",))

    def test_the_settings_are_those_of_the_fixture(self, topicwire_client):
        assert topicwire_client().mqtt_version == "3.1.1"


def test_apps_of_asyncio_use_the_address(topicwire_broker):
    import asyncio

    async def course() -> None:
        async with AsyncGui(topicwire_broker.url, client_id="gui") as gui:
            assert gui.client.is_connected

    asyncio.run(course())


def test_the_programs_of_the_documentation(tmp_path: Path):
    for number, block in enumerate(BLOCKS):
        (tmp_path / f"test_block_{number}.py").write_text(block)
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", folder=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout
    # Blocks without a test in them would prove nothing.
    assert all("def test_" in block for block in BLOCKS)
    assert len(BLOCKS) >= 4
