"""The programs of docs/migration.md do what it says, and its tables are complete."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from suspension_protocol import compat
from topicwire import KeyRing
from topicwire.compat import Extras
from topicwire.keys import new_key, write_ring

from tests.mosquitto import Mosquitto

GUIDE = (Path(__file__).parents[2] / "docs" / "migration.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
ONLINE = "system: pi_processing online\n"


@pytest.mark.parametrize(
    ("block", "printed"), list(zip(BLOCKS, [ONLINE, "started: True\n", ONLINE], strict=True))
)
def test_a_program(block: str, printed: str, mosquitto: Mosquitto, tmp_path: Path):
    write_ring(tmp_path / "keys.json", KeyRing([new_key("hmac-sha256", "bench")]))
    text = block.replace("mqtt://127.0.0.1:1883", mosquitto.url)
    text = text.replace("port=1883", f"port={mosquitto.port}")
    text = text.replace('Path("keys.json"), ', f'Path("keys.json"), port={mosquitto.port}, ')
    assert str(mosquitto.port) in text
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=tmp_path,
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (printed, "")


def test_the_table_has_every_call_that_there_is():
    section = GUIDE.split("| class | calls |")[1].split("\n\n")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE))
    classes = {
        name: kind
        for name, kind in vars(compat).items()
        if isinstance(kind, type) and kind.__module__ == compat.__name__
    }
    assert rows.keys() == classes.keys()
    for name, kind in classes.items():
        named = set(re.findall(r"`(\w+)[`(]", rows[name]))
        if "otherwise as `MqttHandler`" in rows[name]:
            named |= set(re.findall(r"`(\w+)[`(]", rows["MqttHandler"]))
        if name == "AsyncMqttHandler":
            named |= {"is_connected", "get_stats"}
        if name == "MqttClient":
            named |= {"is_connected"}
        public = {each for each in dir(kind) if not each.startswith("_")}
        attributes = {"app_type", "binding", "client_class", "last_error"}
        assert named - {name, "MqttHandler"} == public - attributes


def test_the_new_arguments_are_all_named():
    [named] = re.findall(r"New, as keyword arguments of each: (.*?)\n?which mean", GUIDE, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", named)) == set(Extras.__annotations__)
